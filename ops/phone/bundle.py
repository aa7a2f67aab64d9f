"""What a phone needs for a shift, read for whoever asks, each look noted."""

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from ops import db
from ops.access import guard
from ops.ledger.consultation import saw
from ops.phone import forms, queries

Told = dict[str, Any]
# What an operation has many of, and what each is to the ledger.
PARTS = {"areas": "area", "deployments": "deployment"}


@dataclasses.dataclass
class Touched:
    """What of operations that a phone has was changed: all else in them it has as it is."""

    operations: set[uuid.UUID] = dataclasses.field(default_factory=set)
    areas: set[uuid.UUID] = dataclasses.field(default_factory=set)
    deployments: set[uuid.UUID] = dataclasses.field(default_factory=set)
    briefings: set[uuid.UUID] = dataclasses.field(default_factory=set)


def shift(now: dt.datetime) -> Sequence[Any]:
    """Find the operations of a shift."""
    return db.session.execute(queries.shift(guard.actor().id, now)).all()


def told(
    found: Iterable[Any],
    now: dt.datetime,
    whole: Collection[uuid.UUID],
    touched: Touched | None = None,
) -> list[Told]:
    """Tell operations: those in `whole` with all there is, of the others what was touched."""
    changed = touched or Touched()
    me = guard.actor().id
    areas = _by_operation(queries.areas(whole, changed.areas))
    deployments = _by_operation(queries.deployments(me, now, whole, changed.deployments))
    sites = _sites(deployments)
    briefed = {*whole, *changed.briefings}
    briefings = _by_operation(queries.briefings(briefed, me)) if briefed else {}
    operations = []
    for row in found:
        key = row.id
        if key not in whole and key not in changed.operations:
            continue
        of_it = {
            **{name: value for name, value in row._mapping.items() if name != "is_part"},
            "expects": forms.expected(row.kind),
            "areas": [_without(each, "operation_id") for each in areas[key]],
            "deployments": [_deployment(each) for each in deployments[key]],
            "sites": _unique(
                sites[each["site_id"]] for each in deployments[key] if each["site_id"] in sites
            ),
        }
        if key in briefed:
            of_it["briefing"] = _briefing(briefings[key])
        operations.append(of_it)
    return operations


def note(operations: Iterable[Told]) -> None:
    """Note what was looked at."""
    for each in operations:
        saw("operation", [each["id"]])
        for name, kind in PARTS.items():
            if each[name]:
                saw(kind, [part["id"] for part in each[name]], each["id"])
        if each.get("briefing"):
            saw("briefing", [each["briefing"]["id"]], each["id"])


def _by_operation(query: db.Query) -> Mapping[uuid.UUID, list[Told]]:
    found = collections.defaultdict(list)
    for row in db.session.execute(query).mappings():
        found[row.get("operation_id") or row["operation"]].append(dict(row))
    return found


def _sites(deployments: Mapping[Any, Sequence[Told]]) -> Mapping[uuid.UUID, Told]:
    ids = {each["site_id"] for of_it in deployments.values() for each in of_it if each["site_id"]}
    if not ids:
        return {}
    return {row["id"]: dict(row) for row in db.session.execute(queries.sites(ids)).mappings()}


def _deployment(row: Told) -> Told:
    """Tell a deployment with its place in words, and where that is."""
    place = row["place"]
    names = (
        "id", "kind", "name", "starts_at", "ends_at", "status", "teams", "power",
        "method_of_entry", "note", "version", "mine",
    )  # fmt: skip
    words = [place["name"], row["address"], row["postcode"]]
    return {name: row[name] for name in names} | {
        "place": ", ".join(each for each in words if each),
        "position": place["point"],
        "site": row["site_id"],
        "area": row["area_id"],
    }


def _briefing(rows: Sequence[Told]) -> Told | None:
    """Tell what was issued, as it was issued."""
    if not rows:
        return None
    row = _without(rows[0], "operation_id")
    return row | {"sections": orjson.loads(row.pop("content"))["sections"]}


def _without(row: Told, name: str) -> Told:
    return {key: value for key, value in row.items() if key != name}


def _unique(found: Iterable[Told]) -> list[Told]:
    return list({each["id"]: each for each in found}.values())
