"""Who is to check in by when, worked out from what was said, as it is read."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, distinct_on

from ops import db
from ops.access.models import Person
from ops.live.models import CheckIn
from ops.live.welfare_models import WelfareAnswer, WelfareTimer
from ops.operations.models import Deployment

# A check-in takes a while to come; only then is it missed.
GRACE = dt.timedelta(minutes=5)
# What was dealt with and not heard of for so long is told no more.
KEPT = dt.timedelta(hours=24)
STATES = {
    "overdue": "Overdue",
    "due": "Due now",
    "waiting": "Not due yet",
    "dealt_with": "Overdue, dealt with",
}


def watched(operation_id: uuid.UUID, now: dt.datetime, person_id: uuid.UUID | None = None) -> Any:
    """List who is to check in, the overdue first: when they were last heard of, and where."""
    set_by = sa.select(WelfareTimer).where(WelfareTimer.operation_id == operation_id)
    if person_id is not None:
        set_by = set_by.where(WelfareTimer.person_id == person_id)
    timer = (
        set_by.ext(distinct_on(WelfareTimer.person_id))
        .order_by(
            WelfareTimer.person_id,
            WelfareTimer.at.desc(),
            WelfareTimer.received_at.desc(),
            WelfareTimer.id.desc(),
        )
        .subquery("timer")
    )
    own = (CheckIn.operation_id == operation_id, CheckIn.person_id == timer.c.person_id)
    # A mark that somebody needs assistance is no check-in: who goes silent after it is missed.
    heard = _latest(*own, CheckIn.at >= timer.c.at, ~CheckIn.needs_assistance).lateral("heard")
    place = _latest(*own, CheckIn.point.is_not(None)).lateral("place")

    def told(name: str) -> Any:
        return sa.case((heard.c.id.is_not(None), heard.c[name]), else_=timer.c[name])

    due_at = told("at") + sa.func.make_interval(0, 0, 0, 0, 0, timer.c.every_minutes)
    answered_by = orm.aliased(Person)
    answer = (
        sa.select(
            WelfareAnswer.remark, WelfareAnswer.made_at, answered_by.name.label("answered_by")
        )
        .join(answered_by, answered_by.id == WelfareAnswer.made_by)
        .where(
            WelfareAnswer.operation_id == operation_id,
            WelfareAnswer.person_id == timer.c.person_id,
            WelfareAnswer.due_at >= due_at,
        )
        .order_by(WelfareAnswer.made_at.desc(), WelfareAnswer.id.desc())
        .limit(1)
        .lateral("answer")
    )
    state = sa.case(
        (due_at > now, "waiting"),
        (due_at > now - GRACE, "due"),
        (answer.c.made_at.is_not(None), "dealt_with"),
        else_="overdue",
    )
    return (
        sa.select(
            timer.c.person_id.label("person"),
            Person.name.label("person_name"),
            timer.c.deployment_id.label("deployment"),
            Deployment.name.label("deployment_name"),
            timer.c.every_minutes,
            state.label("state"),
            due_at.label("due_at"),
            told("at").label("heard_at"),
            told("received_at").label("received_at"),
            told("claimed_at").label("claimed_at"),
            told("clock_offset_s").label("clock_offset_s"),
            heard.c.id.label("check_in"),
            place.c.id.label("place_id"),
            place.c.point.label("position"),
            place.c.at.label("position_at"),
            place.c.accuracy_m,
            answer.c.remark,
            answer.c.answered_by,
            answer.c.made_at.label("answered_at"),
        )
        .select_from(timer)
        .join(Person, Person.id == timer.c.person_id)
        .join(Deployment, Deployment.id == timer.c.deployment_id)
        .outerjoin(heard, sa.true())
        .outerjoin(place, sa.true())
        .outerjoin(answer, sa.true())
        .where(
            timer.c.every_minutes.is_not(None),
            sa.or_(state != "dealt_with", due_at > now - KEPT),
        )
        .order_by(
            sa.func.array_position(sa.cast(list(STATES), sa.ARRAY(sa.Text())), state),
            due_at,
            timer.c.person_id,
        )
    )


def states(operation_id: uuid.UUID, now: dt.datetime) -> Any:
    """Gather who is to check in, and how that stands, in one value worked out once a statement."""
    found = watched(operation_id, now).subquery("watched")
    names = ("person", "person_name", "deployment_name", "due_at", "state")
    each = sa.func.jsonb_build_object(*(part for name in names for part in (name, found.c[name])))
    ordered = aggregate_order_by(each, found.c.due_at, found.c.person)
    return sa.select(
        sa.func.coalesce(sa.func.jsonb_agg(ordered), sa.cast([], JSONB))
    ).scalar_subquery()


def timer(timer_id: uuid.UUID) -> db.Query:
    """Give what somebody said of their timer."""
    return sa.select(
        WelfareTimer.id,
        WelfareTimer.operation_id.label("operation"),
        WelfareTimer.deployment_id.label("deployment"),
        WelfareTimer.person_id.label("person"),
        WelfareTimer.every_minutes,
        WelfareTimer.at,
        WelfareTimer.received_at,
        WelfareTimer.claimed_at,
        WelfareTimer.clock_offset_s,
    ).where(WelfareTimer.id == timer_id)


def _latest(*which: sa.ColumnElement[bool]) -> Any:
    columns = (
        "id",
        "at",
        "received_at",
        "claimed_at",
        "clock_offset_s",
        "point",
        "accuracy_m",
    )
    return (
        sa.select(*(getattr(CheckIn, name) for name in columns))
        .where(*which)
        .order_by(CheckIn.at.desc(), CheckIn.id.desc())
        .limit(1)
    )
