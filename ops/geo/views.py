"""The API of places."""

import functools
import uuid
from http import HTTPStatus
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint, page
from ops.errors import Missing
from ops.geo import areas, queries, rules, sites
from ops.geo.models import Area
from ops.geo.schemas import (
    AreaCollectionSchema,
    AreaFeatureSchema,
    AreaSchema,
    BoundaryCollectionSchema,
    BoundaryFilterSchema,
    CoveringSchema,
    FixSchema,
    SiteChangeSchema,
    SiteFilterSchema,
    SiteSchema,
)
from ops.ledger.consultation import saw, saw_each

blp = Blueprint("geo", __name__, description="Areas, sites and boundaries")

GEOJSON = "application/geo+json"


def _collection(features: str, headers: dict[str, str] | None = None) -> flask.Response:
    """Answer with what the database wrote, as it is."""
    text = f'{{"type":"FeatureCollection","features":[{features}]}}'
    return flask.Response(text, headers=headers, content_type=GEOJSON)


@functools.cache
def _areas() -> str:
    return db.written(queries.AREAS)


def _area(area_id: uuid.UUID, status: int = HTTPStatus.OK) -> flask.Response:
    """Answer with one area as it is kept."""
    found = db.session.execute(queries.area_feature(area_id)).one_or_none()
    if found is None:
        raise Missing("There is no such area.")
    blp.set_etag(found.version)
    return flask.Response(found.feature, status, content_type=GEOJSON)


@blp.route("/operations/<uuid:operation_id>/areas")
class Areas(MethodView):
    @blp.etag
    @blp.response(200, AreaCollectionSchema(), content_type=GEOJSON)
    def get(self, operation_id: uuid.UUID) -> flask.Response:
        """List an operation's areas as a FeatureCollection"""
        which = {"operation_id": operation_id}
        # Whoever has them already needs the tag alone, which costs less than the shapes.
        if flask.request.if_none_match and (tag := db.session.scalar(queries.AREAS_TAG, which)):
            blp.set_etag(tag)
        rows = db.run(_areas(), which)
        if not rows:
            raise Missing("There is no such operation.")
        found = rows[0]
        blp.set_etag(found.tag)
        saw("area", found.ids, operation_id)
        return _collection(found.features)

    @blp.etag
    @blp.arguments(AreaSchema())
    @blp.response(201, AreaFeatureSchema(), content_type=GEOJSON)
    @blp.alt_response(200, schema=AreaFeatureSchema(), content_type=GEOJSON)
    def post(self, sent: dict[str, Any], operation_id: uuid.UUID) -> flask.Response:
        """Add an area to an operation; the same again under its own id adds nothing"""
        guard.require("plan", operation_id)
        rules.check_own(sent["operation"], operation_id, "operation")
        area_id, is_new = areas.add(operation_id, sent["content"], guard.actor().id, sent["id"])
        return _area(area_id, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


@blp.route("/areas/<uuid:area_id>")
@blp.etag
class AreaById(MethodView):
    @blp.response(200, AreaFeatureSchema(), content_type=GEOJSON)
    def get(self, area_id: uuid.UUID) -> flask.Response:
        """Show an area"""
        return _area(area_id)

    @blp.arguments(AreaSchema())
    @blp.response(200, AreaFeatureSchema(), content_type=GEOJSON)
    def put(self, sent: dict[str, Any], area_id: uuid.UUID) -> flask.Response:
        """Redraw an area"""
        rules.check_own(sent["id"], area_id, "id")
        with db.transaction():
            area = _to_change(area_id)
            rules.check_own(sent["operation"], area.operation_id, "operation")
            blp.check_etag(area.version)
            rules.redraw(area, sent["content"])
        return _area(area_id)

    @blp.response(204)
    def delete(self, area_id: uuid.UUID) -> None:
        """Remove an area that nothing refers to"""
        with db.transaction():
            area = _to_change(area_id)
            blp.check_etag(area.version)
            db.session.delete(area)


def _to_change(area_id: uuid.UUID) -> Area:
    guard.require("plan", db.find(Area, area_id, "area").operation_id)
    return areas.to_change(area_id)


@blp.route("/areas/covering")
class Covering(MethodView):
    @blp.arguments(FixSchema(), location="query")
    @blp.response(200, CoveringSchema(many=True))
    def get(self, sent: dict[str, Any]) -> ResponseReturnValue:
        """List the areas of operations not yet over that hold a position, wholly or perhaps"""
        found = db.session.execute(queries.COVERING, queries.fix(**sent)).all()
        saw_each("area", [(row.operation_id, row.id) for row in found])
        return flask.jsonify(
            [
                {
                    "area": {"id": row.id, "name": row.name, "purpose": row.purpose},
                    "operation": {
                        "id": row.operation_id,
                        "name": row.operation_name,
                        "reference": row.reference,
                    },
                    "relation": row.relation,
                    "distance_m": round(row.distance_m, 1),
                }
                for row in found
            ]
        )


@blp.route("/sites")
class Sites(MethodView):
    @blp.arguments(SiteFilterSchema(), location="query")
    @blp.response(200, SiteSchema(many=True))
    def get(self, which: dict[str, Any]) -> ResponseReturnValue:
        """List sites, the likest name first"""
        part = {name: which.pop(name, None) for name in ("limit", "cursor")}
        found, keys = queries.sites(**which)
        rows, headers = page(found, keys, **part)
        saw("site", [row.id for row in rows])
        return rows, headers

    @blp.arguments(SiteSchema())
    @blp.response(201, SiteSchema())
    def post(self, content: dict[str, Any]) -> dict[str, Any]:
        """Add a site"""
        guard.require("plan")
        return _site(sites.add(content))


@blp.route("/sites/<uuid:site_id>")
@blp.etag
class SiteById(MethodView):
    @blp.response(200, SiteSchema())
    def get(self, site_id: uuid.UUID) -> dict[str, Any]:
        """Show a site"""
        return _site(site_id)

    @blp.arguments(SiteChangeSchema())
    @blp.response(200, SiteSchema())
    def patch(self, content: dict[str, Any], site_id: uuid.UUID) -> dict[str, Any]:
        """Change a site; what it was stays in its history, and searches there go by its new name"""
        guard.require("plan")
        sites.change(site_id, content, check_version=blp.check_etag)
        return _site(site_id)


def _site(site_id: uuid.UUID) -> dict[str, Any]:
    found = db.session.execute(queries.site(site_id)).mappings().one_or_none()
    if found is None:
        raise Missing("There is no such site.")
    blp.set_etag(found["version"])
    return dict(found)


@blp.route("/boundaries")
class Boundaries(MethodView):
    @blp.arguments(BoundaryFilterSchema(), location="query")
    @blp.response(200, BoundaryCollectionSchema(), content_type=GEOJSON)
    def get(self, which: dict[str, Any]) -> flask.Response:
        """List boundaries as a FeatureCollection, the likest name first"""
        part = {name: which.pop(name, None) for name in ("limit", "cursor")}
        found, keys = queries.boundaries(**which)
        rows, headers = page(found, keys, **part)
        return _collection(",".join(row.feature for row in rows), headers)
