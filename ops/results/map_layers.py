"""What the map of an operation shows, layer by layer."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from ops import wording
from ops.calls import call
from ops.geo.layers import MOST, Feature, Layer, districts, feature, layer, sites
from ops.geo.models import AREA_PURPOSES
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES
from ops.results.detail_text import headline
from ops.results.kinds import KINDS
from ops.wording import today

# What somebody reads beside a map; the list of results goes on.
NEWEST = 50


def of_operation(operation_id: uuid.UUID) -> list[Layer]:
    """Show an operation on its ground: areas, deployments and results, districts and sites."""
    return [districts(), *_things(operation_id, "Results", MOST)]


def listed(operation_id: uuid.UUID) -> list[Layer]:
    """List what is on an operation's map to read beside it: of the results the newest."""
    return _things(operation_id, "Newest results", NEWEST)


def ground(operation_id: uuid.UUID) -> list[Layer]:
    """Show what there is to draw among: the areas, districts and sites."""
    return [
        districts(),
        layer("Areas", "area", _areas(f"/operations/{operation_id}")),
        sites(),
    ]


def _things(operation_id: uuid.UUID, results: str, most: int) -> list[Layer]:
    here = f"/operations/{operation_id}"
    zones = list(_zones(here))
    return [
        layer("Areas", "area", _areas(here)),
        *([layer("Exclusion zones of orders", "zone", zones)] if zones else []),
        sites(),
        layer("Deployments", "deployment", _deployments(here)),
        layer(results, "result", _results(here, most)),
    ]


def _areas(here: str) -> Iterator[Feature]:
    for found in call("GET", f"{here}/areas").body["features"]:
        said = found["properties"]
        text = AREA_PURPOSES[said["purpose"]]
        yield feature(found["id"], found["geometry"], said["name"], text)


def _deployments(here: str) -> Iterator[Feature]:
    for found in call("GET", f"{here}/deployments", query={"limit": MOST}).body:
        if found["place"]["point"]:
            text = ", ".join(
                (
                    DEPLOYMENT_KINDS[found["kind"]],
                    DEPLOYMENT_STATUSES[found["status"]].lower(),
                    wording.window(found["starts_at"], found["ends_at"]),
                )
            )
            yield feature(found["id"], found["place"]["point"], found["name"], text, here)


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
