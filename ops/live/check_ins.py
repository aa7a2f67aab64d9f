"""Say where one is, on a deployment, and that one needs assistance."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.errors import Refused
from ops.live.models import CheckIn
from ops.live.rules import check_at
from ops.operations import clocks, progress
from ops.operations.models import Deployment, Operation
from ops.operations.rules import check_replay, hash_of
from ops.results.rules import LOGGABLE


def check_in(
    deployment_id: uuid.UUID,
    content: Mapping[str, Any],
    now: dt.datetime,
    *,
    needs_assistance: bool = False,
) -> tuple[uuid.UUID, bool]:
    """Write down where whoever asks is; tell its id, and whether it is new.

    The same under the same id again is the same one. Whoever needs assistance is refused neither
    for a clock that is wrong nor for how far the plan is.
    """
    return db.made_once(
        "pk_check_in", lambda: _check_in(deployment_id, content, now, needs_assistance)
    )


def _check_in(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime, needs_assistance: bool
) -> tuple[uuid.UUID, bool]:
    me = guard.actor().id
    marked = {"needs_assistance": True} if needs_assistance else {}
    sent = hash_of({**content, **marked, "deployment": deployment_id, "person": me})
    check_in_id = content.get("id") or db.new_id()
    with db.transaction():
        deployment = db.find(Deployment, deployment_id, "deployment")
        # Before they are asked whether they still may: else a phone would be told it was refused.
        if (kept := db.session.get(CheckIn, check_in_id)) is not None:
            check_replay(kept.content_hash, sent, "a check-in")
            return check_in_id, False
        check_on_it(deployment, me)
        # No time that is typed wrong stops a mark either.
        clock = {"sent_at": now} if needs_assistance else {}
        stamp = clocks.stamped({**clock, **content}, now)
        if not needs_assistance:
            check_open(deployment)
            check_at(stamp["at"], now)
        db.session.add(
            CheckIn(
                id=check_in_id,
                operation_id=deployment.operation_id,
                deployment_id=deployment_id,
                person_id=me,
                point=content.get("position"),
                needs_assistance=needs_assistance,
                accuracy_m=content.get("accuracy_m"),
                note=content.get("note"),
                content_hash=sent,
                **stamp,
            )
        )
    return check_in_id, True


def check_open(deployment: Deployment) -> None:
    """Refuse a check-in where nobody is to be."""
    operation = db.find(Operation, deployment.operation_id, "operation")
    if operation.status not in LOGGABLE:
        raise Refused("This operation is not approved yet, so nobody checks in on it.")
    if deployment.status == "cancelled":
        raise Refused("This deployment was cancelled, so nobody checks in on it.")


def check_on_it(deployment: Deployment, me: uuid.UUID) -> None:
    """Let those who are on it say where they are; who could be sent is told why they can't."""
    on_it = progress.is_on_it(deployment.id, me)
    if guard.in_scope("log") and db.session.scalar(sa.select(on_it)):
        return
    guard.require("log", deployment.operation_id)
    raise Refused("You are not on this deployment; check in on one that you are on.")
