"""The API of an operation's map: all that it draws, in one compact reply."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import flask
import marshmallow as ma
import orjson
from flask.views import MethodView

from ops import db, wording
from ops.api import Blueprint
from ops.errors import Missing
from ops.geo.layers import outlines, said_of
from ops.geo.models import AREA_PURPOSES, Area
from ops.geo.queries import DISTRICTS, coarse, operation_named
from ops.geo.rules import is_closed_prison
from ops.ledger.consultation import saw, saw_each
from ops.operations.models import DEPLOYMENT_STATUSES
from ops.results import map_layers, map_queries
from ops.results.kinds import KINDS
from ops.results.models import STATUSES
from ops.wording import today

blp = Blueprint("operation_map", __name__, description="What the map of an operation draws")

# The sixth digit of a degree is a tenth of a metre.
DIGITS = 6
# More results than this come in squares, as the map moves.
MOST_AT_ONCE = 5_000


class MapFilterSchema(ma.Schema):
    """Whether with what was struck"""

    struck = ma.fields.Boolean(load_default=False)


class MapTilesSchema(ma.Schema):
    """Where more points are than are sent at once: vector tiles, square by square"""

    address = ma.fields.String(required=True)
    layer = ma.fields.String(required=True)
    counts = ma.fields.List(ma.fields.Integer(), required=True)
    bounds = ma.fields.List(ma.fields.Float(), required=True)


class MapPointsSchema(ma.Schema):
    """Many points as columns of one length; a kind or a status is its place in its list

    Above 5,000 the columns are empty, and `tiles` says where the points are.
    """

    kinds = ma.fields.List(ma.fields.List(ma.fields.String()), required=True)
    statuses = ma.fields.List(ma.fields.List(ma.fields.String()), required=True)
    id = ma.fields.List(ma.fields.UUID(), required=True)
    kind = ma.fields.List(ma.fields.Integer(), required=True)
    status = ma.fields.List(ma.fields.Integer(), required=True)
    at = ma.fields.List(ma.fields.Integer(), required=True)
    lon = ma.fields.List(ma.fields.Float(), required=True)
    lat = ma.fields.List(ma.fields.Float(), required=True)
    tiles = ma.fields.Nested(MapTilesSchema, required=True, allow_none=True)


class MapSchema(ma.Schema):
    """All that the map of an operation draws; outlines are GeoJSON, times seconds since 1970"""

    areas = ma.fields.List(ma.fields.Dict(), required=True)
    deployments = ma.fields.List(ma.fields.Dict(), required=True)
    zones = ma.fields.List(ma.fields.Dict(), required=True)
    districts = ma.fields.List(ma.fields.Dict(), required=True)
    sites = ma.fields.List(ma.fields.Dict(), required=True)
    layers = ma.fields.List(ma.fields.List(ma.fields.String()), required=True)
    results = ma.fields.Nested(MapPointsSchema, required=True)


@blp.route("/operations/<uuid:operation_id>/map")
class OperationMap(MethodView):
    @blp.etag
    @blp.arguments(MapFilterSchema, location="query")
    @blp.response(200, MapSchema())
    def get(self, filters: dict[str, Any], operation_id: uuid.UUID) -> flask.Response:
        """Show all that the map of an operation draws: every area, deployment and result"""
        if db.session.execute(operation_named(operation_id)).one_or_none() is None:
            raise Missing("There is no such operation.")
        body = orjson.dumps(_drawn(operation_id, struck=filters["struck"]))
        blp.set_etag(body.decode())
        return flask.Response(body, content_type="application/json")


def _drawn(operation_id: uuid.UUID, *, struck: bool) -> dict[str, Any]:
    areas = _all(map_queries.areas(operation_id, coarse(Area.geom, map_queries.FINE_M)))
    deployments = _all(map_queries.deployments(operation_id))
    zones = _all(map_queries.zones(operation_id, today()))
    sites = _all(map_queries.sites())
    saw_each("result", [(operation_id, row.id) for row in zones])
    saw("area", [row.id for row in areas], operation_id)
    saw("deployment", [row.id for row in deployments], operation_id)
    saw("site", [row.id for row in sites])
    return {
        "areas": [
            {
                "id": row.id,
                "name": row.name,
                "purpose": row.purpose,
                "text": AREA_PURPOSES[row.purpose],
                "outline": orjson.Fragment(row.outline),
            }
            for row in areas
        ],
        "deployments": [
            {
                "id": row.id,
                "name": row.name,
                "day": wording.local(row.starts_at).date(),
                "status": row.status,
                "status_text": DEPLOYMENT_STATUSES[row.status],
                "text": map_layers.deployment_text(row),
                **_at(row),
            }
            for row in deployments
        ],
        "zones": [
            {
                "id": f"{row.id}-{row.position}",
                "result": row.id,
                **dict(zip(("name", "text"), map_layers.zone_words(row), strict=True)),
                "outline": orjson.Fragment(row.outline),
            }
            for row in zones
        ],
        "districts": [
            {"id": row.id, "name": row.name, "outline": orjson.Fragment(row.outline)}
            for row in _all(map_queries.districts(today()))
        ],
        "sites": [
            {
                "id": row.id,
                "name": row.name,
                "text": said_of(row._mapping),
                "ringed": is_closed_prison(row.kind, row.category),
                **_at(row),
            }
            for row in sites
        ],
        "layers": [each for each in outlines() if each[0] != DISTRICTS],
        "results": _results(operation_id, struck=struck),
    }


def _results(operation_id: uuid.UUID, *, struck: bool) -> dict[str, Any]:
    """Give the results, or say where they are if they are too many to be sent at once."""
    found = _all(map_queries.results(operation_id, struck=struck).limit(MOST_AT_ONCE + 1))
    if len(found) > MOST_AT_ONCE:
        kinds = _all(map_queries.kinds(operation_id, struck=struck))
        return _columns([row.kind for row in kinds], [], _tiles(operation_id, kinds, struck=struck))
    saw_each("result", [(row.operation_id, row.id) for row in found])
    return _columns(sorted({row.kind for row in found}), found, None)


def _tiles(operation_id: uuid.UUID, kinds: Sequence[Any], *, struck: bool) -> dict[str, Any]:
    layer = "results"
    asked = {"in_operation": operation_id, "properties": "kind,status,occurred_at"}
    asked |= {"struck": "true"} if struck else {}
    there = f"/ogc/collections/{layer}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    return {
        "address": f"{there}?{urlencode(asked)}",
        "layer": layer,
        "counts": [row.count for row in kinds],
        "bounds": [
            min(row.west for row in kinds),
            min(row.south for row in kinds),
            max(row.east for row in kinds),
            max(row.north for row in kinds),
        ],
    }


def _columns(
    names: Sequence[str], found: Sequence[Any], tiles: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Write a column at a time: what a name costs a record, it costs once."""
    kinds = {name: place for place, name in enumerate(names)}
    statuses = {name: place for place, name in enumerate(STATUSES)}
    return {
        "kinds": [[name, KINDS[name].label] for name in kinds],
        "statuses": [[name, STATUSES[name]] for name in statuses],
        "tiles": tiles,
        "id": [row.id for row in found],
        "kind": [kinds[row.kind] for row in found],
        "status": [statuses[row.status] for row in found],
        "at": [int(row.at) for row in found],
        "lon": [round(row.lon, DIGITS) for row in found],
        "lat": [round(row.lat, DIGITS) for row in found],
    }


def _at(row: Any) -> dict[str, float]:
    return {"lon": round(row.lon, DIGITS), "lat": round(row.lat, DIGITS)}


def _all(query: db.Query) -> Sequence[Any]:
    return db.session.execute(query).all()
