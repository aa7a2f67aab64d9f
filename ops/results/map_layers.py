"""What the map of an operation shows, layer by layer."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from ops import wording
from ops.calls import call
from ops.geo.layers import MOST, Feature, Layer, districts, feature, layer, sites
from ops.geo.models import AREA_PURPOSES
from ops.operations.models import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES
from ops.results.detail_text import headline
from ops.results.kinds import KINDS


def of_operation(operation_id: uuid.UUID) -> list[Layer]:
    """Show an operation on its ground: areas, deployments and results, districts and sites."""
    here = f"/operations/{operation_id}"
    return [
        districts(),
        layer("Areas", "area", _areas(here)),
        sites(),
        layer("Deployments", "deployment", _deployments(here)),
        layer("Results", "result", _results(here)),
    ]


def ground(operation_id: uuid.UUID, without: str | None = None) -> list[Layer]:
    """Show what there is to draw among: the other areas, districts and sites."""
    areas = _areas(f"/operations/{operation_id}")
    others = [each for each in areas if each["properties"]["id"] != without]
    return [
        districts(),
        layer("Other areas", "area", others),
        sites(),
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


def _results(here: str) -> Iterator[Feature]:
    for found in call("GET", f"{here}/results", query={"limit": MOST}).body:
        if found["position"]:
            when = wording.short_moment(found["occurred_at"])
            address = f"/results/{found['id']}"
            yield feature(found["id"], found["position"], title(found), when, address)


def title(record: Mapping[str, Any]) -> str:
    """Name a record by its kind and what tells it from others."""
    kind = KINDS[record["kind"]]
    said = headline(kind, record["detail"])
    return f"{kind.label}: {said}" if said else kind.label
