"""What the map of an operation draws: few columns of each thing, and no cut at a page's end."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.geo.layers import COARSE_M
from ops.geo.models import Area, Boundary, Site
from ops.geo.queries import DIGITS, DISTRICTS, coarse, in_force
from ops.operations.map_queries import drawn_at
from ops.operations.models import Deployment
from ops.results.kinds.orders import CourtOrder, OrderCondition
from ops.results.models import Credit, Result

Shape = sa.SQLColumnExpression[Any]
# What the closest view of a map has a pixel for.
FINE_M = 0.2


def led_or_supported(operation_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Tell which results an operation led or supported."""
    supported = sa.select(Credit.result_id).where(
        Credit.operation_id == operation_id, Credit.withdrawn_at.is_(None)
    )
    return sa.or_(Result.operation_id == operation_id, Result.id.in_(supported))


def results(operation_id: uuid.UUID, *, struck: bool) -> db.Query:
    """List where the results are that an operation led or supported, the oldest first."""
    query = sa.select(
        Result.id,
        Result.operation_id,
        Result.kind,
        Result.status,
        sa.func.extract("epoch", Result.occurred_at).label("at"),
        sa.func.ST_X(Result.point).label("lon"),
        sa.func.ST_Y(Result.point).label("lat"),
    ).where(*_on_map(operation_id, struck=struck))
    return query.order_by(Result.occurred_at, Result.id)


def kinds(operation_id: uuid.UUID, *, struck: bool) -> db.Query:
    """Count these by kind, and say between which sides they lie."""
    lon, lat = sa.func.ST_X(Result.point), sa.func.ST_Y(Result.point)
    return (
        sa.select(
            Result.kind,
            sa.func.count().label("count"),
            sa.func.min(lon).label("west"),
            sa.func.min(lat).label("south"),
            sa.func.max(lon).label("east"),
            sa.func.max(lat).label("north"),
        )
        .where(*_on_map(operation_id, struck=struck))
        .group_by(Result.kind)
        .order_by(Result.kind)
    )


def _on_map(operation_id: uuid.UUID, *, struck: bool) -> Iterator[sa.ColumnElement[bool]]:
    yield led_or_supported(operation_id)
    yield Result.point.is_not(None)
    if not struck:
        yield Result.status != "struck"


def areas(operation_id: uuid.UUID, shape: Shape | None = None) -> db.Query:
    """List an operation's areas, with their outlines where a shape of them is given."""
    query = (
        sa.select(Area.id, Area.name, Area.purpose)
        .where(Area.operation_id == operation_id)
        .order_by(Area.name, Area.id)
    )
    return query if shape is None else query.add_columns(_outline(shape))


def deployments(operation_id: uuid.UUID) -> db.Query:
    """List an operation's deployments and where to draw each."""
    point = drawn_at()
    return (
        sa.select(
            Deployment.id,
            Deployment.name,
            Deployment.kind,
            Deployment.status,
            sa.func.lower(Deployment.during).label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
            sa.func.ST_X(point).label("lon"),
            sa.func.ST_Y(point).label("lat"),
            Area.name.label("area"),
        )
        .outerjoin(Site, Site.id == Deployment.site_id)
        .outerjoin(Area, Area.id == Deployment.area_id)
        .where(Deployment.operation_id == operation_id, point.is_not(None))
        .order_by(sa.func.lower(Deployment.during), Deployment.id)
    )


def zones(operation_id: uuid.UUID, on: dt.date) -> db.Query:
    """List where the orders of an operation that have not ended forbid somebody to go."""
    return (
        sa.select(
            Result.id,
            OrderCondition.position,
            OrderCondition.text,
            OrderCondition.hours,
            CourtOrder.order_type,
            _outline(OrderCondition.zone),
        )
        .join(CourtOrder, CourtOrder.result_id == Result.id)
        .join(OrderCondition, OrderCondition.result_id == Result.id)
        .where(
            Result.operation_id == operation_id,
            Result.status != "struck",
            OrderCondition.zone.is_not(None),
            sa.func.coalesce(CourtOrder.expires_on >= on, sa.true()),
        )
        .order_by(Result.id, OrderCondition.position)
    )


def districts(on: dt.date) -> db.Query:
    """List the districts, coarse enough to be a quiet ground."""
    return (
        sa.select(Boundary.id, Boundary.name, _outline(coarse(Boundary.geom, COARSE_M)))
        .where(Boundary.layer == DISTRICTS, in_force(on))
        .order_by(Boundary.name, Boundary.id)
    )


def sites() -> db.Query:
    """List prisons and other named places."""
    return sa.select(
        Site.id,
        Site.name,
        Site.kind,
        Site.category,
        Site.operator,
        sa.func.ST_X(Site.point).label("lon"),
        sa.func.ST_Y(Site.point).label("lat"),
    ).order_by(Site.name, Site.id)


def _outline(geom: Shape) -> sa.Label[str]:
    return sa.func.ST_AsGeoJSON(geom, DIGITS, type_=sa.Text).label("outline")
