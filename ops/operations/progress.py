"""Say how a deployment goes on: whoever is on it, or leads it."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access import guard
from ops.errors import Invalid, Refused
from ops.operations import clocks, rules
from ops.operations.models import Assignment, Deployment, Operation, TeamMember
from ops.operations.progress_models import DeploymentStep

# What comes later than that after it was taken came late.
LEEWAY = dt.timedelta(minutes=5)
# Nobody acknowledges a deployment earlier than that.
LONG_BEFORE = dt.timedelta(days=366)


@dataclasses.dataclass(frozen=True)
class Patience:
    """When a step of a deployment is overdue."""

    acknowledged_before: dt.timedelta = dt.timedelta(hours=1)
    started_within: dt.timedelta = dt.timedelta(minutes=15)
    finished_within: dt.timedelta = dt.timedelta(hours=1)


def take(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    """Take a step; tell its id, and whether it is new.

    The same under the same id again is the same step.
    """
    return db.made_once("pk_deployment_step", lambda: _take(deployment_id, content, now))


def _take(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    sent = rules.hash_of({**content, "deployment": deployment_id})
    step_id = content.get("id") or db.new_id()
    with db.transaction():
        deployment = db.find(Deployment, deployment_id, "deployment")
        # Before they are asked whether they still may: else a phone would be told it was refused.
        if (kept := db.session.get(DeploymentStep, step_id)) is not None:
            rules.check_replay(kept.content_hash, sent, "a step")
            return step_id, False
        _check_may(deployment)
        stamp = clocks.stamped(content, now)
        at = stamp["at"]
        _check_claimed(at, now, deployment)
        operation = db.find(Operation, deployment.operation_id, "operation")
        rules.check_open(operation.status)
        db.session.refresh(deployment, with_for_update={"key_share": True})
        if not _came_late(deployment, content["status"], at):
            rules.check_deployment_step(deployment.status, content["status"])
            deployment.status = content["status"]
        write(
            deployment,
            content["status"],
            by=guard.actor().id,
            id=step_id,
            point=content.get("point"),
            content_hash=sent,
            **stamp,
        )
    return step_id, True


def write(
    deployment: Deployment, status: str, *, at: dt.datetime, by: uuid.UUID, **more: Any
) -> None:
    """Write a step down, in the caller's transaction."""
    db.session.add(
        DeploymentStep(
            operation_id=deployment.operation_id,
            deployment_id=deployment.id,
            status=status,
            at=at,
            made_by=by,
            **more,
        )
    )


def _came_late(deployment: Deployment, status: str, at: dt.datetime) -> bool:
    """Tell whether a step was taken before one that is known already: it is kept, and changes
    nothing.
    """
    order = rules.DEPLOYMENT_ORDER
    if deployment.status not in order or order.index(status) >= order.index(deployment.status):
        return False
    later = sa.select(sa.func.min(DeploymentStep.at)).where(
        DeploymentStep.deployment_id == deployment.id,
        DeploymentStep.status.in_(order[order.index(status) + 1 :]),
    )
    known = db.session.scalar(later)
    return known is not None and at <= known


def _check_claimed(at: dt.datetime, now: dt.datetime, deployment: Deployment) -> None:
    said = None
    if at > now + clocks.AHEAD:
        said = "This is still to come; give the time it happened."
    elif deployment.during.lower and at < deployment.during.lower - LONG_BEFORE:
        said = "This is more than a year before the deployment; give the time it happened."
    if said:
        raise Invalid(said, {"at": [said]})


def is_on_it(deployment_id: Any, person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Tell whether somebody is on a deployment, by themselves or with their team."""
    return was_on_it(deployment_id, person_id, Assignment.released_at.is_(None))


def was_on_it(
    deployment_id: Any, person_id: uuid.UUID, *which: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Tell whether somebody is on a deployment or was, by themselves or with their team."""
    return sa.exists().where(Assignment.deployment_id == deployment_id, is_sent(person_id), *which)


def is_sent(person_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Tell whether an assignment is somebody's, by themselves or with their team."""
    with_team = sa.exists().where(
        TeamMember.team_id == Assignment.team_id, TeamMember.person_id == person_id
    )
    return sa.or_(Assignment.person_id == person_id, with_team)


def sent() -> sa.Subquery:
    """List who is on which deployment, by themselves or with their team; some of them twice."""
    alone = sa.select(Assignment.deployment_id, Assignment.during, Assignment.person_id)
    with_team = sa.select(Assignment.deployment_id, Assignment.during, TeamMember.person_id).join(
        TeamMember, TeamMember.team_id == Assignment.team_id
    )
    both = [each.where(Assignment.released_at.is_(None)) for each in (alone, with_team)]
    return sa.union_all(*both).subquery("sent")


def may_say(deployment: Deployment) -> bool:
    """Tell whether whoever is asking may say how a deployment goes on."""
    if guard.may("plan", deployment.operation_id):
        return True
    on_it = is_on_it(deployment.id, guard.actor().id)
    return guard.in_scope("log") and bool(db.session.scalar(sa.select(on_it)))


def _check_may(deployment: Deployment) -> None:
    """Let those who are on it say so, and those who plan."""
    if not may_say(deployment):
        guard.require("plan", deployment.operation_id)


def check_not_over(deployment: Deployment) -> None:
    """Refuse to send anybody or anything to a deployment that is over."""
    if deployment.status in rules.DEPLOYMENT_OVER:
        raise Refused(f"This deployment is {deployment.status}; add another.")
