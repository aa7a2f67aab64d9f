"""The API of vehicles, dogs, equipment and custody suites."""

import datetime as dt

from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw
from ops.operations import asset_queries, asset_schemas, assets
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Deployment

blp = Blueprint("assets", __name__, description="Vehicles, dogs, equipment and custody suites")


@blp.route("/assets")
class Assets(MethodView):
    @blp.arguments(asset_schemas.AssetFilterSchema, location="query")
    @blp.response(200, asset_schemas.AssetSchema(many=True))
    def get(self, filters):
        """List what can be reserved, by kind and name"""
        guard.require_anywhere("plan")
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        keys: list[db.Key] = [Asset.kind, Asset.name, Asset.id]
        query = asset_queries.assets(filters)
        rows, headers = api.page(query, keys, limit=limit, cursor=cursor)
        saw("asset", [row.id for row in rows])
        return [row._mapping for row in rows], headers

    @blp.arguments(asset_schemas.AssetPlanSchema)
    @blp.response(201, asset_schemas.AssetSchema)
    def post(self, content):
        """Add something that one's own organisation has"""
        guard.require("plan")
        return _asset(assets.add(content))


@blp.route("/assets/<uuid:asset_id>")
class AssetById(MethodView):
    @blp.arguments(asset_schemas.AssetChangeSchema)
    @blp.response(200, asset_schemas.AssetSchema)
    def patch(self, content, asset_id):
        """Change what it is called, or take it out of use"""
        guard.require("plan")
        assets.change(asset_id, content, dt.datetime.now(dt.UTC))
        return _asset(asset_id)


@blp.route("/deployments/<uuid:deployment_id>/reservations")
class Reservations(MethodView):
    @blp.response(200, asset_schemas.ReservationSchema(many=True))
    def get(self, deployment_id):
        """List what is reserved for a deployment, and what was"""
        db.find(Deployment, deployment_id, "deployment")
        return _reservations(deployment_id)

    @blp.arguments(asset_schemas.ReserveSchema)
    @blp.response(201, asset_schemas.ReservationSchema(many=True))
    def post(self, content, deployment_id):
        """Set something aside for a deployment; nothing can be in two places at once"""
        deployment = db.find(Deployment, deployment_id, "deployment")
        guard.require("plan", deployment.operation_id)
        assets.reserve(deployment_id, content)
        return _reservations(deployment_id)


@blp.route("/reservations/<uuid:reservation_id>")
class ReservationById(MethodView):
    @blp.response(204)
    def delete(self, reservation_id):
        """Set free what was reserved; that it was stays as history"""
        reservation = db.find(Reservation, reservation_id, "reservation")
        guard.require("plan", reservation.operation_id)
        assets.release(reservation_id, dt.datetime.now(dt.UTC))


def _reservations(deployment_id):
    query = asset_queries.reservations(deployment_id)
    return [dict(row) for row in db.session.execute(query).mappings()]


def _asset(asset_id):
    found = db.session.execute(asset_queries.assets({"id": asset_id})).mappings().one_or_none()
    if found is None:
        raise Missing("There is no such vehicle, dog or equipment.")
    return dict(found)
