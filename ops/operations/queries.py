"""Plans as they are read: one statement a list, whatever its length."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB, Range, aggregate_order_by

from ops.access import queries as access
from ops.access.models import Organisation, Person
from ops.geo.models import Area, Site
from ops.geo.queries import named
from ops.operations.models import (
    Assignment,
    Deployment,
    Operation,
    Phase,
    Team,
    TeamMember,
    Transition,
)

# What a sentence names of many, so that it stays one.
SOME = 5


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


def phases(operation_id: uuid.UUID) -> sa.Select[Phase]:
    """List an operation's phases, oldest first."""
    return (
        sa.select(Phase)
        .where(Phase.operation_id == operation_id)
        .order_by(Phase.starts_at, Phase.id)
    )


def deployments(operation_id: uuid.UUID, filters: Mapping[str, Any]) -> sa.Select[Any]:
    """List an operation's deployments, by the start of their windows."""
    query = _deployments().where(Deployment.operation_id == operation_id)
    if "status" in filters:
        query = query.where(Deployment.status == filters["status"])
    if "from_" in filters or "to" in filters:
        asked = Range(filters.get("from_"), filters.get("to"))
        query = query.where(Deployment.during.overlaps(asked))
    return query.order_by(sa.func.lower(Deployment.during), Deployment.id)


def outside(operation_id: uuid.UUID, leeway: dt.timedelta) -> sa.Select[str]:
    """Name some deployments that lie wholly outside their operation's period."""
    open_at = sa.func.tstzrange(Operation.starts_at - leeway, Operation.ends_at + leeway)
    return (
        sa.select(Deployment.name)
        .join(Operation, Operation.id == Deployment.operation_id)
        .where(
            Operation.id == operation_id,
            Deployment.status != "cancelled",
            ~Deployment.during.overlaps(open_at),
        )
        .order_by(sa.func.lower(Deployment.during), Deployment.id)
        .limit(SOME)
    )


def deployment(deployment_id: uuid.UUID) -> sa.Select[Any]:
    """Show one deployment."""
    return _deployments().where(Deployment.id == deployment_id).order_by(Deployment.id)


def teams(operation_id: uuid.UUID) -> sa.Select[Any]:
    """List an operation's teams with their members, by name."""
    return _teams().where(Team.operation_id == operation_id).order_by(Team.name, Team.id)


def team(team_id: uuid.UUID) -> sa.Select[Any]:
    """Show one team with its members."""
    return _teams().where(Team.id == team_id).order_by(Team.id)


def assignments(deployment_id: uuid.UUID) -> sa.Select[Any]:
    """List who is on a deployment, and who was, by name."""
    team = _named(Team.id, Team.name)
    return (
        sa.select(
            Assignment.id,
            _named(Person.id, Person.name).label("person"),
            sa.case((Team.id.is_not(None), team)).label("team"),
            Assignment.released_at,
        )
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Team, Team.id == Assignment.team_id)
        .where(Assignment.deployment_id == deployment_id)
        .order_by(Person.name, Assignment.id)
    )


def clashes(
    person_ids: list[uuid.UUID], during: Range[Any], but: uuid.UUID
) -> sa.Select[str, str, bool]:
    """List who is already deployed in a window, and where; one deployment left out.

    `is_told` says whether the place may be named: the operation is open, or the same.
    """
    this = orm.aliased(Deployment)
    own = sa.select(this.operation_id).where(this.id == but).scalar_subquery()
    return (
        sa.select(
            Person.name.label("person"),
            Deployment.name.label("deployment"),
            sa.or_(Operation.visibility == "open", Operation.id == own).label("is_told"),
        )
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Deployment, Deployment.id == Assignment.deployment_id)
        .join(Operation, Operation.id == Deployment.operation_id)
        .where(
            Person.id.in_(person_ids),
            Assignment.during.overlaps(during),
            Assignment.released_at.is_(None),
            Deployment.id != but,
        )
        .order_by(Person.name, Deployment.name, Assignment.id)
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


def _deployments() -> sa.Select[Any]:
    point = sa.func.ST_AsGeoJSON(sa.func.coalesce(Deployment.point, Site.point), 6)
    place = sa.func.jsonb_build_object(
        "type",
        sa.case((Site.id.is_not(None), "site"), (Area.id.is_not(None), "area"), else_="point"),
        "id",
        sa.func.coalesce(Site.id, Area.id),
        "name",
        sa.func.coalesce(Site.name, Area.name),
        "point",
        sa.cast(point, sa.JSON),
    )
    on_it = sa.and_(Assignment.deployment_id == Deployment.id, Assignment.released_at.is_(None))
    names = sa.func.array_agg(sa.distinct(Team.name))
    teams = (
        sa.select(sa.func.coalesce(names, sa.cast(sa.literal("{}"), sa.ARRAY(sa.Text))))
        .join(Assignment, Assignment.team_id == Team.id)
        .where(on_it)
        .correlate(Deployment)
        .scalar_subquery()
    )
    return (
        sa.select(
            Deployment.id,
            Deployment.operation_id.label("operation"),
            Deployment.kind,
            Deployment.name,
            sa.func.lower(Deployment.during).label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
            place.label("place"),
            Deployment.status,
            Deployment.note,
            _count(Assignment, on_it, of=Deployment).label("people"),
            teams.label("teams"),
            Deployment.version,
        )
        .outerjoin(Site, Site.id == Deployment.site_id)
        .outerjoin(Area, Area.id == Deployment.area_id)
    )


def _teams() -> sa.Select[Any]:
    members = (
        sa.select(
            sa.func.coalesce(
                sa.func.jsonb_agg(
                    aggregate_order_by(_named(Person.id, Person.name), Person.name, Person.id)
                ),
                sa.cast(sa.literal("[]"), JSONB),
            )
        )
        .join(TeamMember, TeamMember.person_id == Person.id)
        .where(TeamMember.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
    )
    return sa.select(Team.id, Team.name, members.label("members"))


def _named(id_: Any, name: Any) -> sa.Function[Any]:
    return sa.func.jsonb_build_object("id", id_, "name", name)


def _count(model: Any, *conditions: sa.ColumnElement[bool], of: Any = Operation) -> Any:
    return (
        sa.select(sa.func.count())
        .select_from(model)
        .where(*conditions)
        .correlate(of)
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
