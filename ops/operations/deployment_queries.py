"""Deployments and teams as they are read: one statement a list, whatever its length."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB, Range, aggregate_order_by

from ops.access.models import Person
from ops.geo.models import Area, Site
from ops.operations import progress
from ops.operations.models import Assignment, Deployment, Operation, Team, TeamMember

# What a sentence names of many, so that it stays one.
SOME = 5
# Whoever may not see the line sees a deployment without one.
_LINE = sa.table("deal_line", sa.column("result_id", sa.Uuid()), sa.column("name", sa.Text()))


def deployments(operation_id: uuid.UUID, filters: Mapping[str, Any]) -> sa.Select[Any]:
    """List an operation's deployments, by the start of their windows."""
    query = _deployments().where(Deployment.operation_id == operation_id)
    if "status" in filters:
        query = query.where(Deployment.status == filters["status"])
    if "from_" in filters or "to" in filters:
        asked = Range(filters.get("from_"), filters.get("to"))
        query = query.where(Deployment.during.overlaps(asked))
    return query.order_by(sa.func.lower(Deployment.during), Deployment.id)


def of_operations(which: sa.ColumnElement[bool], person_id: uuid.UUID) -> sa.Select[Any]:
    """List deployments of many operations, those that somebody is on first, then by their start."""
    mine = progress.is_on_it(Deployment.id, person_id)
    return (
        _deployments()
        .add_columns(Deployment.site_id, Deployment.area_id, mine.label("mine"))
        .where(which)
        .order_by(mine.desc(), sa.func.lower(Deployment.during), Deployment.id)
    )


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
    before = orm.aliased(Assignment)
    person, place = orm.aliased(Person), orm.aliased(Deployment)
    told = sa.func.jsonb_build_object("person", person.name, "deployment", place.name)
    return (
        sa.select(
            Assignment.id,
            _named(Person.id, Person.name).label("person"),
            sa.case((Team.id.is_not(None), team)).label("team"),
            Assignment.released_at,
            sa.case((place.id.is_not(None), told)).label("in_place_of"),
        )
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(Team, Team.id == Assignment.team_id)
        .outerjoin(before, before.id == Assignment.replaces_id)
        .outerjoin(person, person.id == before.person_id)
        .outerjoin(place, place.id == before.deployment_id)
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
    line = _named(_LINE.c.result_id, _LINE.c.name)
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
            Deployment.address,
            Deployment.postcode,
            sa.case((_LINE.c.result_id.is_not(None), line)).label("line"),
            Deployment.method_of_entry,
            Deployment.power,
            Deployment.status,
            Deployment.note,
            sa.select(sa.func.count())
            .select_from(Assignment)
            .where(on_it)
            .correlate(Deployment)
            .scalar_subquery()
            .label("people"),
            teams.label("teams"),
            Deployment.version,
        )
        .outerjoin(Site, Site.id == Deployment.site_id)
        .outerjoin(Area, Area.id == Deployment.area_id)
        .outerjoin(_LINE, _LINE.c.result_id == Deployment.line_id)
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
