"""The operations of somebody's shift and what of them a phone needs, a statement each."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from ops import db, wording
from ops.access.models import Organisation, Person
from ops.briefings.models import Briefing, BriefingReading
from ops.geo.models import Area, Site
from ops.ledger import feed
from ops.ledger.models import Change
from ops.operations import deployment_queries, progress
from ops.operations.models import Assignment, Deployment, Operation

# What somebody is a member of or deployed in is told so long before it begins.
SOON = dt.timedelta(days=7)
# What ended earlier is no part of a shift any more; a night shift still finds its evening.
OVER = dt.timedelta(hours=12)
MOST_OPERATIONS = 20
MOST_DEPLOYMENTS = 300
# The fifth decimal of a degree is a metre, which no phone's fix is better than.
DIGITS = 5
_METRE = 0.00001
# What of the ledger changes something that a phone has.
TOUCHING = (
    "operation", "area", "deployment", "assignment", "team", "team_member", "briefing",
    "briefing_reading",
)  # fmt: skip
# What a place in the feed is taken from, before anything else is read.
NOW = sa.select(*feed.NOW)


def person(person_id: uuid.UUID) -> db.Query:
    """Give whose shift it is."""
    organisation = sa.func.jsonb_build_object(
        "code", Organisation.code, "name", Organisation.name
    ).label("organisation")
    return (
        sa.select(Person.id, Person.name, organisation)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.id == person_id)
    )


def shift(person_id: uuid.UUID, now: dt.datetime) -> db.Query:
    """List the operations of a shift, one's own first: those under way, and one's own that follow.

    Whoever belongs to none of them still sees what their organisation has live today.
    """
    is_mine = sa.or_(
        Operation.id.in_(_ids(sa.func.actor_memberships())),
        sa.exists()
        .where(
            Deployment.operation_id == Operation.id,
            Assignment.deployment_id == Deployment.id,
            Assignment.released_at.is_(None),
            progress.is_sent(person_id),
        )
        .correlate(Operation),
    )
    is_live = Operation.status == "live"
    follows = Operation.status.in_(("planned", "approved")) & (Operation.starts_at < now + SOON)
    today = wording.today()
    is_today = sa.and_(
        Operation.starts_at < wording.first_moment(today + dt.timedelta(days=1)),
        sa.or_(Operation.ends_at.is_(None), Operation.ends_at > wording.first_moment(today)),
    )
    return (
        sa.select(
            Operation.id,
            Operation.name,
            Operation.kind,
            Operation.reference,
            Operation.marking,
            Operation.status,
            Operation.starts_at,
            Operation.ends_at,
            Operation.id.in_(_ids(sa.func.actor_parts())).label("is_part"),
        )
        .where(sa.or_(is_mine & (is_live | follows), is_live & is_today))
        .order_by(is_mine.desc(), Operation.starts_at, Operation.id)
        .limit(MOST_OPERATIONS)
    )


def _ids(function: sa.Function[Any]) -> sa.Select[uuid.UUID]:
    return sa.select(function.column_valued())


def areas(whole: Collection[uuid.UUID], some: Collection[uuid.UUID] = ()) -> db.Query:
    """List the areas of operations, and some of others, each with its shape to the metre."""
    shape = sa.func.ST_SimplifyPreserveTopology(Area.geom, _METRE)
    return (
        sa.select(
            Area.id,
            Area.operation_id,
            Area.name,
            Area.purpose,
            Area.valid_from,
            Area.valid_to,
            sa.cast(sa.func.ST_AsGeoJSON(shape, DIGITS), JSONB).label("geometry"),
        )
        .where(sa.or_(Area.operation_id.in_(whole), Area.id.in_(some)))
        .order_by(Area.name, Area.id)
    )


def deployments(
    person_id: uuid.UUID,
    now: dt.datetime,
    whole: Collection[uuid.UUID],
    some: Collection[uuid.UUID] = (),
) -> db.Query:
    """List the deployments of operations, and some of others, that are not long over."""
    which = sa.and_(
        sa.or_(Deployment.operation_id.in_(whole), Deployment.id.in_(some)),
        sa.func.upper(Deployment.during) > now - OVER,
    )
    return deployment_queries.of_operations(which, person_id).limit(MOST_DEPLOYMENTS)


def sites(ids: Collection[uuid.UUID]) -> db.Query:
    """List sites by name."""
    return (
        sa.select(
            Site.id,
            Site.kind,
            Site.name,
            Site.address,
            sa.cast(sa.func.ST_AsGeoJSON(Site.point, DIGITS), JSONB).label("position"),
        )
        .where(Site.id.in_(ids))
        .order_by(Site.name, Site.id)
    )


def briefings(operation_ids: Collection[uuid.UUID], person_id: uuid.UUID) -> db.Query:
    """Give the briefing in force of each operation, and when somebody read it."""
    return (
        sa.select(
            Briefing.operation_id,
            Briefing.id,
            Briefing.version,
            Briefing.marking,
            Briefing.issued_at,
            Briefing.content,
            BriefingReading.read_at,
        )
        .ext(distinct_on(Briefing.operation_id))
        .outerjoin(
            BriefingReading,
            (BriefingReading.briefing_id == Briefing.id) & (BriefingReading.person_id == person_id),
        )
        .where(Briefing.operation_id.in_(operation_ids), Briefing.state == "issued")
        .order_by(Briefing.operation_id, Briefing.version.desc())
    )


def touched(operation_ids: Collection[uuid.UUID], place: feed.Place, limit: int) -> db.Query:
    """List what was changed of operations after a place, and where one is now: a row at least.

    A site belongs to none of them: it is told where somebody is deployed at it.
    """
    sites = sa.select(Deployment.site_id).where(Deployment.operation_id.in_(operation_ids))
    of_operation = Change.operation_id.in_(operation_ids) & Change.object.in_(TOUCHING)
    of_site = (
        Change.operation_id.is_(None) & (Change.object == "site") & Change.object_id.in_(sites)
    )
    changed = feed.changes(of_operation | of_site, place, limit).cte("changed")
    columns = (changed.c[name] for name in ("id", "txid", "operation_id", "object", "object_id"))
    one = sa.select(sa.literal(1)).subquery("one")
    return (
        sa.select(*feed.NOW, *columns)
        .select_from(one.outerjoin(changed, sa.true()))
        .order_by(changed.c.txid, changed.c.id)
    )


def deployments_with(
    operation_ids: Collection[uuid.UUID], of: Mapping[str, Collection[uuid.UUID]]
) -> db.Query:
    """List the deployments of which something is told that belongs to another record."""
    on_it = sa.select(Assignment.deployment_id).where(
        sa.or_(
            Assignment.id.in_(of["assignment"]),
            Assignment.team_id.in_([*of["team"], *of["team_member"]]),
        )
    )
    return (
        sa.select(Deployment.id, Deployment.operation_id)
        .where(
            Deployment.operation_id.in_(operation_ids),
            sa.or_(
                Deployment.id.in_(on_it),
                Deployment.site_id.in_(of["site"]),
                Deployment.area_id.in_(of["area"]),
            ),
        )
        .order_by(Deployment.id)
    )
