"""What was changed in a result, as a person can read it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import WKBElement

from ops.geo.fields import geojson
from ops.results.kinds import KINDS
from ops.results.records import names_a_person

# Kept for the machine: it says nothing to a reader.
_INSIDE = {"content_hash", "version", "result_id", "ward", "square"} | {
    column.name
    for kind in KINDS.values()
    for model in (kind.model, *kind.children.values())
    for column in sa.inspect(model).columns
    # Who did it is said of each change.
    if not column.info.get("wire", True) or names_a_person(column)
}
_SHAPES = {"point", "zone"}
_NAMES = {"point": "position", "position": "number"}


def entry(change: sa.Row[Any]) -> dict[str, Any]:
    """Give one change as it goes over the wire."""
    by = change.person_id and {"id": change.person_id, "name": change.person_name}
    return {
        "id": change.id,
        "at": change.at,
        "by": by,
        "part": change.object,
        "before": _readable(change.before),
        "after": _readable(change.after),
        "reason": change.reason,
    }


def _readable(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        _NAMES.get(name, name.removesuffix("_id")): _shape(value) if name in _SHAPES else value
        for name, value in values.items()
        if name not in _INSIDE
    }


def _shape(value: Any) -> Any:
    """Turn the ledger's GeoJSON or hex to GeoJSON without the words for machines."""
    if isinstance(value, str):
        return geojson(WKBElement(value, extended=True))
    return value and {"type": value["type"], "coordinates": value["coordinates"]}
