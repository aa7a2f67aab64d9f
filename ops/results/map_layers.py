"""What the map of an operation shows, layer by layer."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ops import db, wording
from ops.calls import call
from ops.geo.layers import MOST, Feature, Layer, cut_at, districts, feature, layer, sites
from ops.geo.models import AREA_PURPOSES, Area
from ops.ledger.consultation import saw
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES
from ops.results import map_queries
from ops.results.detail_text import headline
from ops.results.kinds import KINDS
from ops.results.order_codes import ORDER_TYPES
from ops.wording import today

# What somebody reads beside a map; the list of results goes on.
NEWEST = 50


def of_operation(operation_id: uuid.UUID) -> list[Layer]:
    """Show an operation on its ground: areas, deployments and results, districts and sites."""
    return [districts(), *_things(operation_id, MOST, outlined=True)]


def listed(operation_id: uuid.UUID) -> list[Layer]:
    """List what is on an operation's map to read beside it: of the results the newest."""
    return _things(operation_id, NEWEST, outlined=False)


def ground(operation_id: uuid.UUID) -> list[Layer]:
    """Show what there is to draw among: the areas and sites."""
    return [layer("Areas", "area", _areas(operation_id, outlined=True)), sites()]


def _things(operation_id: uuid.UUID, most: int, *, outlined: bool) -> list[Layer]:
    zones = list(_zones(operation_id))
    return [
        layer("Areas", "area", _areas(operation_id, outlined=outlined)),
        *([layer("Exclusion zones of orders", "zone", zones)] if zones else []),
        sites(),
        _deployments(operation_id),
        _results(operation_id, most),
    ]


def _areas(operation_id: uuid.UUID, *, outlined: bool) -> Iterator[Feature]:
    query = map_queries.areas(operation_id, Area.geom if outlined else None)
    found = db.session.execute(query).all()
    saw("area", [row.id for row in found], operation_id)
    for row in found:
        outline = orjson.loads(row.outline) if outlined else None
        yield feature(row.id, outline, row.name, AREA_PURPOSES[row.purpose])


def _deployments(operation_id: uuid.UUID) -> Layer:
    found = db.session.execute(map_queries.deployments(operation_id).limit(MOST + 1)).all()
    shown = found[:MOST]
    saw("deployment", [row.id for row in shown], operation_id)
    name = cut_at(MOST, "Deployments", is_cut=len(found) > MOST)
    return layer(name, "deployment", (_deployment(operation_id, row) for row in shown))


def _deployment(operation_id: uuid.UUID, row: Any) -> Feature:
    point = {"type": "Point", "coordinates": [row.lon, row.lat]}
    text = f"{DEPLOYMENT_STATUSES[row.status]}. {deployment_text(row)}"
    address = f"/operations/{operation_id}/deployments/{row.id}/progress"
    return feature(row.id, point, row.name, text, address)


def deployment_text(row: Any) -> str:
    """Say what a deployment is for and when; where it is in an area at large, in which."""
    within = row.area and f"somewhere in {row.area}"
    window = wording.window(row.starts_at, row.ends_at)
    return ", ".join(filter(None, (DEPLOYMENT_KINDS[row.kind], within, window)))


def _results(operation_id: uuid.UUID, most: int) -> Layer:
    found = call("GET", f"/operations/{operation_id}/results", query={"limit": most})
    placed = (each for each in found.body if each["position"])
    name = cut_at(most, "Results", is_cut=found.cursor is not None, which="newest")
    return layer(name, "result", map(_result, placed))


def _result(found: Mapping[str, Any]) -> Feature:
    when, address = wording.short_moment(found["occurred_at"]), f"/results/{found['id']}"
    return feature(found["id"], found["position"], title(found), when, address)


def _zones(operation_id: uuid.UUID) -> Iterator[Feature]:
    """Outline where the orders that have not ended forbid somebody to go."""
    found = db.session.execute(map_queries.zones(operation_id, today())).all()
    saw("result", [row.id for row in found], operation_id)
    for row in found:
        outline = orjson.loads(row.outline)
        key = f"{row.id}-{row.position}"
        yield feature(key, outline, *zone_words(row), f"/results/{row.id}")


def zone_words(row: Any) -> tuple[str, str]:
    """Say which sort of order forbids to go there, and in its own words what it forbids."""
    said = ", ".join(filter(None, (row.text, row.hours)))
    return f"Exclusion zone: {ORDER_TYPES[row.order_type]}", said


def title(record: Mapping[str, Any]) -> str:
    """Name a record by its kind and what tells it from others."""
    kind = KINDS[record["kind"]]
    said = headline(kind, record["detail"])
    return f"{kind.label}: {said}" if said else kind.label
