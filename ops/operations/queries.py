"""Plans as they are read: one statement a list, whatever its length."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ops.access import queries as access
from ops.access.models import Organisation, Person
from ops.geo.models import Area, Site
from ops.geo.queries import named
from ops.operations.models import (
    Deployment,
    Operation,
    Phase,
    Transition,
)


def operations(filters: Mapping[str, Any]) -> sa.Select[Any]:
    """List operations, newest first."""
    query = _operations().order_by(Operation.starts_at.desc(), Operation.id.desc())
    for name in ("kind", "status", "theme"):
        if name in filters:
            query = query.where(Operation.__table__.c[name] == filters[name])
    if "organisation" in filters:
        query = query.where(Operation.organisation_id.in_(access.below(filters["organisation"])))
    if "from_" in filters:
        runs_on = sa.or_(Operation.ends_at.is_(None), Operation.ends_at > filters["from_"])
        query = query.where(runs_on)
    if "to" in filters:
        query = query.where(Operation.starts_at < filters["to"])
    if "q" in filters:
        query = query.where(named(filters["q"], Operation.name, Operation.reference))
    if "bbox" in filters:
        query = query.where(_touches(sa.func.ST_MakeEnvelope(*filters["bbox"], 4326)))
    return query


def operation(operation_id: uuid.UUID) -> sa.Select[Any]:
    """Show one operation with its relatives and what its gates look at."""
    return _operations().add_columns(
        _pointer(Operation.parent_id).label("parent"),
        _pointer(Operation.predecessor_id).label("predecessor"),
        _pointers("parent_id").label("children"),
        _pointers("predecessor_id").label("successors"),
        *gates(),
    ).where(Operation.id == operation_id).order_by(Operation.id)  # fmt: skip


def gates() -> tuple[sa.ColumnElement[Any], ...]:
    """Count what an operation's gates look at."""
    of = Deployment.operation_id == Operation.id
    prison = orm.aliased(Site)
    standing = Deployment.status != "cancelled"
    return (
        _count(Area, Area.operation_id == Operation.id).label("areas"),
        _count(Deployment, of, standing).label("deployments"),
        sa.select(sa.func.count())
        .select_from(Deployment)
        .join(prison, prison.id == Deployment.site_id)
        .where(of, standing, prison.kind == "prison")
        .correlate(Operation)
        .scalar_subquery()
        .label("deployments_at_prisons"),
        _count(Deployment, of, Deployment.status.in_(("on_the_way", "started"))).label(
            "deployments_under_way"
        ),
        _count(Phase, Phase.operation_id == Operation.id).label("phases"),
    )


def ancestors(operation_id: uuid.UUID, by: str) -> sa.Select[Any]:
    """List an operation and those it follows by one of its links, nearest first."""
    table = Operation.__table__
    link = table.c[by]
    start = sa.select(
        table.c.id, table.c.name, link.label("next"), sa.literal(0).label("distance")
    ).where(table.c.id == operation_id)
    line = start.cte("line", recursive=True)
    above = sa.select(table.c.id, table.c.name, link, line.c.distance + 1).where(
        table.c.id == line.c.next, line.c.distance < 100
    )
    line = line.union_all(above)
    return sa.select(line.c.id, line.c.name).order_by(line.c.distance)


def transitions(operation_id: uuid.UUID) -> sa.Select[*tuple[Any, ...]]:
    """List the steps an operation took, oldest first."""
    return (
        sa.select(
            Transition.from_status,
            Transition.to_status,
            Transition.reason,
            Transition.at,
            Person.name.label("by"),
        )
        .join(Person, Person.id == Transition.made_by)
        .where(Transition.operation_id == operation_id)
        .order_by(Transition.id)
    )


def planner(operation_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """Find who last called the plan complete."""
    return (
        sa.select(Transition.made_by)
        .where(Transition.operation_id == operation_id, Transition.to_status == "planned")
        .order_by(Transition.at.desc(), Transition.id.desc())
        .limit(1)
    )


def phases(operation_id: uuid.UUID) -> sa.Select[Phase]:
    """List an operation's phases, oldest first."""
    return (
        sa.select(Phase)
        .where(Phase.operation_id == operation_id)
        .order_by(Phase.starts_at, Phase.id)
    )


def _operations() -> sa.Select[Any]:
    table = Operation.__table__
    shown = ("id", "reference", "kind", "name", "theme", "aim", "starts_at", "ends_at", "status")
    more = ("marking", "visibility", "version", "created_at")
    organisation = sa.func.jsonb_build_object(
        "code", Organisation.code, "name", Organisation.name
    ).label("organisation")
    return sa.select(*(table.c[name] for name in shown + more), organisation).join(
        Organisation, Organisation.id == Operation.organisation_id
    )


def _count(model: Any, *conditions: sa.ColumnElement[bool]) -> Any:
    return (
        sa.select(sa.func.count())
        .select_from(model)
        .where(*conditions)
        .correlate(Operation)
        .scalar_subquery()
    )


def _pointer(link: Any) -> sa.ScalarSelect[Any]:
    other = orm.aliased(Operation)
    return sa.select(_described(other)).where(other.id == link).scalar_subquery()


def _pointers(link: str) -> sa.ScalarSelect[Any]:
    """Point to the operations that point here by this link, oldest first."""
    other = orm.aliased(Operation)
    ordered = aggregate_order_by(_described(other), other.starts_at, other.id)
    return (
        sa.select(
            sa.func.coalesce(
                sa.func.jsonb_agg(ordered),
                sa.cast(sa.literal("[]"), JSONB),
            )
        )
        .where(getattr(other, link) == Operation.id)
        .correlate(Operation)
        .scalar_subquery()
    )


def _described(other: Any) -> sa.Function[Any]:
    return sa.func.jsonb_build_object(
        "id", other.id, "name", other.name, "reference", other.reference
    )


def _touches(box: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    of = Deployment.operation_id == Operation.id
    return sa.or_(
        sa.exists().where(Area.operation_id == Operation.id, sa.func.ST_Intersects(Area.geom, box)),
        sa.exists().where(of, sa.func.ST_Intersects(Deployment.point, box)),
        sa.exists().where(
            of, Site.id == Deployment.site_id, sa.func.ST_Intersects(Site.point, box)
        ),
    )
