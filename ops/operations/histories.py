"""The histories of a plan's records in words: operation, deployments, areas, and sites."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.access.models import Organisation
from ops.geo.models import AREA_PURPOSES, SITE_KINDS, Area, Site
from ops.ledger import queries
from ops.ledger.history import Act, Words, acts
from ops.operations.deployment_codes import (
    DEPLOYMENT_KINDS,
    DEPLOYMENT_STATUSES,
    METHODS_OF_ENTRY,
    POWERS,
)
from ops.operations.models import (
    STATUSES,
    THEMES,
    VISIBILITIES,
    Operation,
)

# More than anybody reads; the ledger holds the rest.
MOST = 200
_MOMENTS = {"starts_at", "ends_at", "valid_from", "valid_to"}
_CODES: Mapping[str, Mapping[str, str]] = {
    "theme": THEMES,
    "visibility": VISIBILITIES,
    "kind": DEPLOYMENT_KINDS,
    "purpose": AREA_PURPOSES,
    "method_of_entry": METHODS_OF_ENTRY,
    "power": POWERS,
}
# What a column refers to; what the reader may not see has no name here, and so is not told.
_NAMED = {
    "parent_id": Operation,
    "predecessor_id": Operation,
    "organisation_id": Organisation,
    "site_id": Site,
    "area_id": Area,
}
# The bounds of a range as the database writes it; Python wants the offset in full.
_BOUNDS = re.compile(r'"(\S+) ([^"]+?[+-]\d\d)(:\d\d)?"')

_OPERATION = {
    "name": "Name",
    "aim": "Aim",
    "theme": "Theme",
    "starts_at": "Starts",
    "ends_at": "Ends",
    "organisation_id": "Lead organisation",
    "parent_id": "Part of",
    "predecessor_id": "Follows",
    "marking": "Marking",
    "visibility": "Who sees it",
}
_DEPLOYMENT = {
    "name": "Name",
    "kind": "Kind",
    "during": "When",
    "site_id": "Site",
    "area_id": "Area",
    "address": "Address",
    "postcode": "Postcode",
    "method_of_entry": "Method of entry",
    "power": "Power",
    "note": "Note",
}
_AREA = {
    "name": "Name",
    "purpose": "Purpose",
    "valid_from": "In force from",
    "valid_to": "In force until",
}
_SITE = {
    "name": "Name",
    "kind": "Kind",
    "category": "Category",
    "operator": "Run by",
    "address": "Address",
    "organisation_id": "Organisation here",
}


def of_operation(operation_id: uuid.UUID) -> list[Act]:
    """Tell an operation's history, the newest first."""
    return _told("operation", operation_id, "Planned", _OPERATION, statuses=STATUSES)


def of_deployment(deployment_id: uuid.UUID) -> list[Act]:
    """Tell a deployment's history, the newest first."""
    moved = {"point": "The point was moved."}
    return _told(
        "deployment",
        deployment_id,
        "Added",
        _DEPLOYMENT,
        statuses=DEPLOYMENT_STATUSES,
        shapes=moved,
    )


def of_area(area_id: uuid.UUID) -> list[Act]:
    """Tell an area's history, the newest first."""
    return _told("area", area_id, "Drawn", _AREA, shapes={"geom": "The shape was drawn anew."})


def of_site(site_id: uuid.UUID) -> list[Act]:
    """Tell a site's history, the newest first."""
    moved = {"point": "It was moved on the map."}
    return _told("site", site_id, "Added", _SITE, codes={"kind": SITE_KINDS}, shapes=moved)


def _told(
    kind: str,
    record_id: uuid.UUID,
    added: str,
    fields: Mapping[str, str],
    codes: Mapping[str, Mapping[str, str]] = _CODES,
    **more: Any,
) -> list[Act]:
    changes = db.session.execute(queries.history(kind, record_id).limit(MOST)).all()
    names = _names(changes)

    def write(name: str, value: Any) -> str | None:
        if name in _NAMED:
            return names.get(value)
        if name in _MOMENTS:
            return wording.moment(value)
        if name == "during":
            bounds = _BOUNDS.findall(value)
            return wording.window(*(f"{on}T{at}{minutes or ':00'}" for on, at, minutes in bounds))
        return codes.get(name, {}).get(value, str(value))

    return acts(changes, Words(added=added, fields=fields, write=write, **more))


def _names(changes: Sequence[Any]) -> dict[str, str]:
    """Find the names of what the changes refer to, as far as the reader may see it."""
    wanted: dict[type[Any], set[str]] = {}
    for change in changes:
        for values in (change.before or {}, change.after or {}):
            for column in _NAMED.keys() & values.keys():
                if change.before is not None and values[column] is not None:
                    wanted.setdefault(_NAMED[column], set()).add(values[column])
    if not wanted:
        return {}
    found = sa.union_all(
        *(sa.select(model.id, model.name).where(model.id.in_(ids)) for model, ids in wanted.items())
    )
    return {str(row.id): row.name for row in db.session.execute(found)}
