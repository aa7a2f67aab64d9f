"""Say by when one checks in again, and what was done about somebody who did not."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.access import guard
from ops.errors import Refused
from ops.live import check_ins, welfare_queries
from ops.live.welfare_models import WelfareAnswer, WelfareTimer
from ops.operations import clocks, progress
from ops.operations.models import Deployment, Operation
from ops.operations.rules import check_replay, hash_of


def set_timer(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    """Begin a timer, begin it anew, or stand down from it; tell its id, and whether it is new.

    No clock that is wrong is a reason to refuse it.
    """
    return db.made_once("pk_welfare_timer", lambda: _set_timer(deployment_id, content, now))


def _set_timer(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    me = guard.actor().id
    sent = hash_of({**content, "deployment": deployment_id, "person": me})
    timer_id = content.get("id") or db.new_id()
    with db.transaction():
        deployment = db.find(Deployment, deployment_id, "deployment")
        if (kept := db.session.get(WelfareTimer, timer_id)) is not None:
            check_replay(kept.content_hash, sent, "a check-in timer")
            return timer_id, False
        if content["every_minutes"] is not None:
            check_ins.check_on_it(deployment, me)
            check_ins.check_open(deployment)
        elif not _was_on_it(deployment, me):
            check_ins.check_on_it(deployment, me)
        db.session.add(
            WelfareTimer(
                id=timer_id,
                operation_id=deployment.operation_id,
                deployment_id=deployment_id,
                person_id=me,
                every_minutes=content["every_minutes"],
                content_hash=sent,
                **clocks.stamped({"sent_at": now, **content}, now),
            )
        )
    return timer_id, True


def _was_on_it(deployment: Deployment, me: uuid.UUID) -> bool:
    """Tell whether somebody was on a deployment: who was taken off it can still stand down.

    So can who began a timer there and then left the team, of which nothing else is left to tell.
    """
    began = sa.exists().where(
        WelfareTimer.deployment_id == deployment.id, WelfareTimer.person_id == me
    )
    was = sa.or_(progress.was_on_it(deployment.id, me), began)
    return guard.in_scope("log") and bool(db.session.scalar(sa.select(was)))


def remarks(row: Any) -> list[str]:
    """Say that somebody was heard of in time though it came late, or by a clock that is wrong."""
    said = []
    if row["received_at"] - row["heard_at"] > welfare_queries.GRACE:
        came = wording.short_moment(row["received_at"])
        said = [f"That came here late, at {came}: until then they may have looked overdue."]
    return [*said, *clocks.remarks(row)]


def answer(
    operation_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    """Write down what was done about somebody who is overdue; tell its id, and whether it is new.

    They are watched on: it answers for that one time, and for no later one.
    """
    return db.made_once("pk_welfare_answer", lambda: _answer(operation_id, content, now))


def _answer(
    operation_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    me = guard.actor().id
    sent = hash_of({**content, "operation": operation_id, "made_by": me})
    answer_id = content.get("id") or db.new_id()
    with db.transaction():
        db.find(Operation, operation_id, "operation")
        guard.require("plan", operation_id)
        if (kept := db.session.get(WelfareAnswer, answer_id)) is not None:
            check_replay(kept.content_hash, sent, "an answer")
            return answer_id, False
        query = welfare_queries.watched(operation_id, now, content["person"])
        found = db.session.execute(query).first()
        if found is None:
            raise Refused("They stood down, or were never to check in; read the board again.")
        if found.due_at != content["due_at"] or found.state == "waiting":
            next_at = wording.clock(found.due_at)
            raise Refused(
                f"{found.person_name} was heard of meanwhile, and is to check in by {next_at};"
                " read the board again."
            )
        db.session.add(
            WelfareAnswer(
                id=answer_id,
                operation_id=operation_id,
                deployment_id=found.deployment,
                person_id=found.person,
                due_at=found.due_at,
                remark=content["remark"],
                made_by=me,
                content_hash=sent,
            )
        )
    return answer_id, True
