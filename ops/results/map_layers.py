"""What the map of an operation shows, layer by layer."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ops import db, wording
from ops.calls import call
from ops.geo.layers import MOST, Feature, Layer, districts, feature, layer, sites
from ops.geo.models import AREA_PURPOSES
from ops.ledger.consultation import saw
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES
from ops.results import map_queries
from ops.results.detail_text import headline
from ops.results.kinds import KINDS
from ops.wording import today

# What somebody reads beside a map; the list of results goes on.
NEWEST = 50


def of_operation(operation_id: uuid.UUID) -> list[Layer]:
    """Show an operation on its ground: areas, deployments and results, districts and sites."""
    return [districts(), *_things(operation_id, "Results", MOST, outlined=True)]


def listed(operation_id: uuid.UUID) -> list[Layer]:
    """List what is on an operation's map to read beside it: of the results the newest."""
    return _things(operation_id, "Newest results", NEWEST, outlined=False)


def ground(operation_id: uuid.UUID) -> list[Layer]:
    """Show what there is to draw among: the areas and sites."""
    return [layer("Areas", "area", _areas(operation_id, outlined=True)), sites()]


def _things(operation_id: uuid.UUID, results: str, most: int, *, outlined: bool) -> list[Layer]:
    here = f"/operations/{operation_id}"
    zones = list(_zones(here))
    return [
        layer("Areas", "area", _areas(operation_id, outlined=outlined)),
        *([layer("Exclusion zones of orders", "zone", zones)] if zones else []),
        sites(),
        layer("Deployments", "deployment", _deployments(operation_id)),
        layer(results, "result", _results(here, most)),
    ]


def _areas(operation_id: uuid.UUID, *, outlined: bool) -> Iterator[Feature]:
    query = map_queries.areas(operation_id, outlined=outlined)
    found = db.session.execute(query).all()
    saw("area", [row.id for row in found], operation_id)
    for row in found:
        outline = orjson.loads(row.outline) if outlined else None
        yield feature(row.id, outline, row.name, AREA_PURPOSES[row.purpose])


def _deployments(operation_id: uuid.UUID) -> Iterator[Feature]:
    found = db.session.execute(map_queries.deployments(operation_id).limit(MOST)).all()
    saw("deployment", [row.id for row in found], operation_id)
    for row in found:
        point = {"type": "Point", "coordinates": [row.lon, row.lat]}
        text = f"{DEPLOYMENT_STATUSES[row.status]}. {deployment_text(row)}"
        address = f"/operations/{operation_id}/deployments/{row.id}/progress"
        yield feature(row.id, point, row.name, text, address)


def deployment_text(row: Any) -> str:
    """Say what a deployment is for and when; where it is in an area at large, in which."""
    within = row.area and f"somewhere in {row.area}"
    window = wording.window(row.starts_at, row.ends_at)
    return ", ".join(filter(None, (DEPLOYMENT_KINDS[row.kind], within, window)))


def _results(here: str, most: int) -> Iterator[Feature]:
    for found in call("GET", f"{here}/results", query={"limit": most}).body:
        if found["position"]:
            when = wording.short_moment(found["occurred_at"])
            address = f"/results/{found['id']}"
            yield feature(found["id"], found["position"], title(found), when, address)


def _zones(here: str) -> Iterator[Feature]:
    """Outline where the orders that have not ended forbid somebody to go."""
    on = today().isoformat()
    query = {"kind": "court_order", "exclusion_zone": "yes", "limit": MOST}
    for found in call("GET", f"{here}/results", query=query).body:
        detail = found["detail"]
        if detail.get("expires_on", on) < on:
            continue
        for number, condition in enumerate(detail["conditions"]):
            if zone := condition.get("zone"):
                words = ", ".join(filter(None, (condition["text"], condition.get("hours"))))
                key = f"{found['id']}-{number}"
                yield feature(key, zone, title(found), words, f"/results/{found['id']}")


def title(record: Mapping[str, Any]) -> str:
    """Name a record by its kind and what tells it from others."""
    kind = KINDS[record["kind"]]
    said = headline(kind, record["detail"])
    return f"{kind.label}: {said}" if said else kind.label
