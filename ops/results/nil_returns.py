"""Deployments that ended with nothing to report, and those of which nothing is known yet."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from ops import db
from ops.access import guard
from ops.access.models import Person
from ops.errors import Invalid, Refused
from ops.operations import clocks, progress
from ops.operations.models import Assignment, Deployment, Operation, Team
from ops.operations.rules import check_replay, hash_of
from ops.results import rules
from ops.results.models import NilReturn, Result

BOTH = (
    "A nil return says that this deployment had nothing to report; take the one or the other back."
)
ENDED: Any = sa.func.upper(Deployment.during, type_=sa.DateTime(timezone=True))


def give(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    """Write a nil return down; tell its id, and whether it is new.

    The same under the same id again is the same one.
    """
    return db.made_once("pk_nil_return", lambda: _give(deployment_id, content, now))


def _give(
    deployment_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    sent = hash_of({**content, "deployment": deployment_id})
    nil_id = content.get("id") or db.new_id()
    with db.transaction():
        deployment = db.find(Deployment, deployment_id, "deployment")
        # Before they are asked whether they still may: else a phone would be told it was refused.
        if (kept := db.session.get(NilReturn, nil_id)) is not None:
            check_replay(kept.content_hash, sent, "a nil return")
            return nil_id, False
        _check_may(deployment)
        stamp = clocks.stamped(content, now)
        at = stamp["at"]
        rules.check_occurred(at, now)
        _check_takes_one(deployment, at)
        db.session.add(
            NilReturn(
                id=nil_id,
                operation_id=deployment.operation_id,
                deployment_id=deployment_id,
                reason=content["reason"],
                note=content.get("note"),
                made_by=guard.actor().id,
                content_hash=sent,
                **stamp,
            )
        )
    return nil_id, True


def take_back(nil_id: uuid.UUID, reason: str, now: dt.datetime) -> None:
    """Take a nil return back; it stays, with the reason. Whoever calls commits."""
    nil = db.find(NilReturn, nil_id, "nil return")
    if nil.made_by != guard.actor().id or not guard.in_scope("log"):
        guard.require("confirm", nil.operation_id)
    db.session.refresh(nil, with_for_update=True)
    if nil.taken_back_at is not None:
        raise Refused("This nil return was taken back already.")
    db.give_reason(reason)
    nil.taken_back_at, nil.taken_back_by = now, guard.actor().id
    nil.taken_back_reason = reason


def remarked(record: dict[str, Any]) -> dict[str, Any]:
    """Say of a result that its deployment has a nil return, if it has."""
    if record["deployment"] is None:
        return record
    stands = sa.exists().where(
        NilReturn.deployment_id == uuid.UUID(record["deployment"]),
        NilReturn.taken_back_at.is_(None),
    )
    is_told = db.session.scalar(sa.select(stands))
    return record | {"remarks": [*record["remarks"], BOTH]} if is_told else record


def nil_returns(filters: Mapping[str, Any]) -> db.Query:
    """List nil returns, the newest first, with the results that were logged all the same."""
    made_by, taken_back_by = orm.aliased(Person), orm.aliased(Person)
    query = (
        sa.select(
            NilReturn.id,
            NilReturn.operation_id.label("operation"),
            NilReturn.deployment_id.label("deployment"),
            Deployment.name.label("deployment_name"),
            NilReturn.at,
            NilReturn.claimed_at,
            NilReturn.clock_offset_s,
            NilReturn.reason,
            NilReturn.note,
            made_by.name.label("made_by"),
            NilReturn.made_at,
            taken_back_by.name.label("taken_back_by"),
            NilReturn.taken_back_at,
            NilReturn.taken_back_reason,
            _results().label("results"),
        )
        .join(Deployment, Deployment.id == NilReturn.deployment_id)
        .join(made_by, made_by.id == NilReturn.made_by)
        .outerjoin(taken_back_by, taken_back_by.id == NilReturn.taken_back_by)
        .order_by(NilReturn.made_at.desc(), NilReturn.id.desc())
    )
    for name, column in (
        ("id", NilReturn.id),
        ("operation", NilReturn.operation_id),
        ("deployment", NilReturn.deployment_id),
    ):
        if name in filters:
            query = query.where(column == filters[name])
    if filters.get("contradicted", False):
        query = query.where(NilReturn.taken_back_at.is_(None), _results() > 0)
    return query


def missing(filters: Mapping[str, Any], now: dt.datetime) -> db.Query:
    """List deployments that ended with neither a result nor a nil return, the oldest first."""
    query = (
        sa.select(
            Deployment.id,
            Deployment.name,
            Deployment.kind,
            Deployment.status,
            Deployment.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            sa.func.lower(Deployment.during).label("starts_at"),
            ENDED.label("ended_at"),
            _names(Team.name, Team.id).label("teams"),
            _names(Person.name, Person.id).label("people"),
        )
        .join(Operation, Operation.id == Deployment.operation_id)
        .where(
            Operation.status.in_(rules.LOGGABLE),
            Deployment.status != "cancelled",
            now >= ENDED,
            ~sa.exists().where(Result.deployment_id == Deployment.id, Result.status != "struck"),
            ~sa.exists().where(
                NilReturn.deployment_id == Deployment.id, NilReturn.taken_back_at.is_(None)
            ),
        )
        .order_by(ENDED, Deployment.id)
    )
    if "operation" in filters:
        query = query.where(Deployment.operation_id == filters["operation"])
    if filters.get("led", False):
        in_charge: Any = sa.func.actor_roles(Operation.id, type_=ARRAY(sa.Text()))
        query = query.where(in_charge.overlap(sa.cast(["lead", "admin"], ARRAY(sa.Text()))))
    return query


def _results() -> Any:
    return (
        sa.select(sa.func.count())
        .where(Result.deployment_id == NilReturn.deployment_id, Result.status != "struck")
        .correlate(NilReturn)
        .scalar_subquery()
    )


def _names(name: Any, key: Any) -> Any:
    """List the names of the teams, or of the people, that were on a deployment."""
    on_it = Assignment.team_id if name is Team.name else Assignment.person_id
    found = (
        sa.select(name, key)
        .distinct()
        .join(Assignment, on_it == key)
        .where(Assignment.deployment_id == Deployment.id, Assignment.released_at.is_(None))
        .correlate(Deployment)
        .subquery()
    )
    ordered = sa.func.array_agg(aggregate_order_by(found.c.name, found.c.name, found.c.id))
    return sa.select(sa.func.coalesce(ordered, sa.cast([], ARRAY(sa.Text())))).scalar_subquery()


def _check_may(deployment: Deployment) -> None:
    """Let those who were on it say so, and those who may log."""
    on_it = progress.is_on_it(deployment.id, guard.actor().id)
    if not guard.in_scope("log") or not db.session.scalar(sa.select(on_it)):
        guard.require("log", deployment.operation_id)


def _check_takes_one(deployment: Deployment, at: dt.datetime) -> None:
    operation = db.find(Operation, deployment.operation_id, "operation")
    if operation.status not in rules.LOGGABLE:
        raise Refused("This operation is not approved yet, so there is nothing to report of it.")
    if deployment.status == "cancelled":
        raise Refused("This deployment was cancelled, so there is nothing to report of it.")
    if at < deployment.during.lower:  # type: ignore[operator]
        said = "This is before the deployment began; report once it is over."
        raise Invalid(said, {"at": [said]})
    logged = sa.exists().where(Result.deployment_id == deployment.id, Result.status != "struck")
    if db.session.scalar(sa.select(logged)):
        raise Refused("A result is logged for this deployment, so it did have something to report.")
