"""What happened in an operation, and where its people say that they are."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ops import db
from ops.access.models import Person
from ops.briefings.models import Briefing
from ops.ledger import feed
from ops.ledger.models import Change
from ops.live import welfare_queries
from ops.live.models import CheckIn
from ops.live.welfare_models import WelfareAnswer, WelfareTimer
from ops.operations import progress_queries
from ops.operations.models import Assignment, Deployment, Operation
from ops.operations.progress import Patience, is_on_it
from ops.plans.models import Decision
from ops.results.models import Result

# For the running transaction: a statement that is prepared is planned once, whatever its values.
KEEP_PLAN = sa.select(sa.func.set_config("plan_cache_mode", "force_generic_plan", True))
# What was said by somebody who is deployed: the ledger names it, and no more.
_SAID: Any = sa.cast(Change.after["id"].astext, sa.Uuid())


def _there(key: Any, named: Any = Change.object_id) -> sa.ColumnElement[bool]:
    return sa.exists().where(key == named)


# What the feed tells of each table, where the reader sees the record itself: a change alone would
# tell of one that only some may see. Of a record that was changed, the column that makes it news.
SHOWN = {
    "result": (_there(Result.id), "version"),
    "deployment": (_there(Deployment.id), "version"),
    "assignment": (_there(Assignment.id), "released_at"),
    "check_in": (_there(CheckIn.id, _SAID), "id"),
    "welfare_timer": (_there(WelfareTimer.id, _SAID), "id"),
    "welfare_answer": (_there(WelfareAnswer.id, _SAID), "id"),
    "nil_return": (_there(Deployment.id), "taken_back_at"),
    "transition": (sa.true(), "to_status"),
    "decision": (_there(Decision.id), "what"),
    # A draft is nobody's business but of who writes it.
    "briefing": (_there(Briefing.id) & Change.before.is_not(None), "state"),
}


def _told() -> sa.ColumnElement[bool]:
    """Tell which changes are told: new records, and those of which the named column changed."""
    return sa.case(
        *(
            (
                Change.object == name,
                (Change.before.is_(None) | Change.after.has_key(column)) & there,
            )
            for name, (there, column) in SHOWN.items()
        ),
        else_=sa.false(),
    )


def entries(
    operation_id: uuid.UUID,
    place: feed.Place | None,
    limit: int,
    now: dt.datetime,
    patience: Patience,
) -> db.Query:
    """List what happened after a place, with all that is said of it; one row at least.

    No row without such an operation.
    """
    changed = feed.changes(
        Change.operation_id == operation_id,
        place,
        limit,
        Change.after.is_not(None),
        Change.object.in_(SHOWN),
        _told(),
    ).cte("changed")
    change = changed.c
    assigned, actor = orm.aliased(Person), orm.aliased(Person)
    of_deployment = ("deployment", "check_in", "welfare_timer", "welfare_answer", "nil_return")
    said: Any = sa.cast(change.after["id"].astext, sa.Uuid())
    deployment_id = sa.case(
        (change.object == "result", Result.deployment_id),
        (change.object == "assignment", Assignment.deployment_id),
        (change.object.in_(of_deployment), change.object_id),
    )
    point = sa.case(
        (change.object == "result", Result.point), (CheckIn.needs_assistance, CheckIn.point)
    )
    query = (
        sa.select(
            *feed.NOW,
            *changed.columns,
            Result.kind,
            Result.occurred_at,
            Deployment.id.label("deployment_id"),
            Deployment.name.label("deployment"),
            assigned.name.label("person"),
            actor.name.label("by"),
            CheckIn.needs_assistance,
            WelfareTimer.every_minutes,
            sa.cast(sa.func.ST_AsGeoJSON(point, 6), JSONB).label("position"),
            Briefing.version.label("briefing"),
            _late(operation_id, now, patience).label("late"),
            welfare_queries.states(operation_id, now).label("watched"),
        )
        .select_from(Operation)
        .outerjoin(changed, sa.true())
        .outerjoin(Result, (change.object == "result") & (Result.id == change.object_id))
        .outerjoin(
            Assignment, (change.object == "assignment") & (Assignment.id == change.object_id)
        )
        .outerjoin(CheckIn, (change.object == "check_in") & (CheckIn.id == said))
        .outerjoin(WelfareTimer, (change.object == "welfare_timer") & (WelfareTimer.id == said))
        .outerjoin(WelfareAnswer, (change.object == "welfare_answer") & (WelfareAnswer.id == said))
        .outerjoin(Briefing, (change.object == "briefing") & (Briefing.id == change.object_id))
        .outerjoin(Deployment, Deployment.id == deployment_id)
        .outerjoin(
            assigned,
            assigned.id
            == sa.func.coalesce(
                Assignment.person_id,
                CheckIn.person_id,
                WelfareTimer.person_id,
                WelfareAnswer.person_id,
            ),
        )
        .outerjoin(actor, actor.id == change.actor)
        .where(Operation.id == operation_id)
    )
    if place is None:
        return query.order_by(change.txid.desc(), change.id.desc())
    return query.order_by(change.txid, change.id)


def _late(operation_id: uuid.UUID, now: dt.datetime, patience: Patience) -> Any:
    """Gather what is overdue in one value, worked out once a statement."""
    of = {"operation": operation_id}
    found = progress_queries.overdue(now, patience, of).subquery("found")
    each = sa.func.jsonb_build_object(
        "id", found.c.id, "name", found.c.name, "missing", found.c.missing,
        "acknowledged", found.c.due_at, "started", found.c.starts_at, "finished", found.c.ends_at,
    )  # fmt: skip
    ordered = aggregate_order_by(each, found.c.due_at, found.c.id)
    return sa.select(
        sa.func.coalesce(sa.func.jsonb_agg(ordered), sa.cast([], JSONB))
    ).scalar_subquery()


def check_ins(filters: Mapping[str, Any]) -> db.Query:
    """List check-ins, the newest first."""
    query = (
        sa.select(
            CheckIn.id,
            CheckIn.operation_id.label("operation"),
            CheckIn.deployment_id.label("deployment"),
            Deployment.name.label("deployment_name"),
            CheckIn.person_id.label("person"),
            Person.name.label("person_name"),
            CheckIn.at,
            CheckIn.received_at,
            CheckIn.claimed_at,
            CheckIn.clock_offset_s,
            CheckIn.point.label("position"),
            CheckIn.accuracy_m,
            CheckIn.note,
            CheckIn.needs_assistance,
        )
        .join(Deployment, Deployment.id == CheckIn.deployment_id)
        .join(Person, Person.id == CheckIn.person_id)
        .order_by(CheckIn.at.desc(), CheckIn.id.desc())
    )
    for name, column in (
        ("id", CheckIn.id),
        ("operation", CheckIn.operation_id),
        ("deployment", CheckIn.deployment_id),
        ("person", CheckIn.person_id),
    ):
        if name in filters:
            query = query.where(column == filters[name])
    return query


def assistance(operation_id: uuid.UUID, since: dt.datetime) -> db.Query:
    """List who needed assistance lately, the latest first."""
    return check_ins({"operation": operation_id}).where(
        CheckIn.needs_assistance, CheckIn.received_at >= since
    )


def to_check_in(operation_id: uuid.UUID, person_id: uuid.UUID) -> db.Query:
    """List the deployments that somebody is on and that are not over."""
    return (
        sa.select(Deployment.id, Deployment.name)
        .where(
            Deployment.operation_id == operation_id,
            Deployment.status.not_in(("finished", "cancelled")),
            is_on_it(Deployment.id, person_id),
        )
        .order_by(sa.func.lower(Deployment.during), Deployment.id)
    )
