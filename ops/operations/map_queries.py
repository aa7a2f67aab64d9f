"""Where operations work: every area, every deployment yet to end, those at one site."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.geo.models import Area, Site
from ops.operations import rules
from ops.operations.models import Deployment, Operation


def areas(*, over: bool) -> db.Query:
    """List areas with the names of their operations; with `over`, those of finished ones too."""
    query = (
        sa.select(
            Area.id,
            Area.name,
            Area.purpose,
            Area.geom,
            Operation.id.label("operation_id"),
            Operation.name.label("operation_name"),
        )
        .join(Operation, Operation.id == Area.operation_id)
        .order_by(Operation.name, Area.name, Area.id)
    )
    return query if over else query.where(Operation.status.not_in(rules.OVER))


def drawn_at() -> sa.ColumnElement[Any]:
    """Give where a deployment is drawn: its point, that of its site, or one within its area."""
    within = sa.func.ST_PointOnSurface(Area.geom)
    return sa.func.coalesce(Deployment.point, Site.point, within, type_=Site.point.type)


def deployments(now: dt.datetime) -> db.Query:
    """List deployments that are not over yet, and where to draw each."""
    point = drawn_at()
    return (
        sa.select(
            Deployment.id,
            Deployment.name,
            Deployment.kind,
            point.label("point"),
            sa.func.lower(Deployment.during).label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
            Operation.id.label("operation_id"),
            Operation.name.label("operation_name"),
        )
        .join(Operation, Operation.id == Deployment.operation_id)
        .outerjoin(Site, Site.id == Deployment.site_id)
        .outerjoin(Area, Area.id == Deployment.area_id)
        .where(
            sa.func.upper(Deployment.during) > now,
            Deployment.status.not_in(rules.DEPLOYMENT_OVER),
            point.is_not(None),
        )
        .order_by(sa.func.lower(Deployment.during), Deployment.id)
    )


def at_site(site_id: uuid.UUID) -> db.Query:
    """List the deployments at a site, the newest first, with the names of their operations."""
    starts_at = sa.func.lower(Deployment.during)
    return (
        sa.select(
            Deployment.id,
            Deployment.name,
            Deployment.kind,
            Deployment.status,
            starts_at.label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
            Operation.id.label("operation_id"),
            Operation.name.label("operation_name"),
        )
        .join(Operation, Operation.id == Deployment.operation_id)
        .where(Deployment.site_id == site_id)
        .order_by(starts_at.desc(), Deployment.id)
    )
