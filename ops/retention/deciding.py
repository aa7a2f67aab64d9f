"""Decide about records, hold them, and erase them; the database has the last word."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.errors import Conflict, Invalid, Missing
from ops.operations.models import Operation
from ops.results.models import Result
from ops.retention import queries, rules
from ops.retention.models import RetentionHold, Review

MODELS: Mapping[str, type[Operation] | type[Result]] = {"operation": Operation, "result": Result}


def operation_of(object_: str, object_id: uuid.UUID) -> uuid.UUID:
    """Find a record that whoever asks may see; give its operation."""
    found = db.find(MODELS[object_], object_id, object_)
    return found.operation_id if isinstance(found, Result) else found.id


def row(object_: str, object_id: uuid.UUID, operation_id: uuid.UUID) -> sa.Row[Any]:
    """Give how a record stands, as it is read."""
    return db.session.execute(queries.state(object_, object_id, operation_id)).one()


def state(found: sa.Row[Any]) -> rules.State:
    """Give how a record stands, as the rules look at it."""
    return rules.State(
        status=found.status,
        is_erased=found.erased_at is not None,
        is_held=found.is_held,
        decision=found.decision,
        decided_by=found.decided_by,
    )


def review(object_: str, object_id: uuid.UUID, sent: Mapping[str, Any], by: uuid.UUID) -> uuid.UUID:
    """Write a decision; whoever calls commits."""
    operation_id = operation_of(object_, object_id)
    found = state(row(object_, object_id, operation_id))
    rules.check_review(found, sent["decision"], sent.get("next_review_on"), wording.today())
    group = sent.get("group")
    known = {each.code for each in db.session.execute(queries.groups(wording.today()))}
    if group is not None and group not in known:
        said = f"There is no such group; choose one of {', '.join(sorted(known))}."
        raise Invalid(said, {"group": [said]})
    decided = Review(
        object=object_,
        object_id=object_id,
        operation_id=operation_id,
        decision=sent["decision"],
        group_code=group,
        next_review_on=sent.get("next_review_on"),
        reason=sent["reason"],
        decided_by=by,
    )
    db.session.add(decided)
    db.session.flush()
    return decided.id


def hold(object_: str, object_id: uuid.UUID, reason: str, by: uuid.UUID) -> uuid.UUID:
    """Stop a record from being erased until the hold is lifted; whoever calls commits."""
    operation_id = operation_of(object_, object_id)
    rules.check_there(state(row(object_, object_id, operation_id)))
    made = RetentionHold(
        object=object_, object_id=object_id, operation_id=operation_id, reason=reason, placed_by=by
    )
    db.session.add(made)
    db.session.flush()
    return made.id


def lift(found: RetentionHold, by: uuid.UUID, now: dt.datetime) -> None:
    """Lift a hold; lifted already, it stays so."""
    if found.lifted_at is None:
        found.lifted_at, found.lifted_by = now, by


def erase(
    object_: str, object_id: uuid.UUID, token: str | None, by: uuid.UUID, *, dry_run: bool
) -> dict[str, Any]:
    """Erase what a dry run showed, or say what would go; whoever calls commits."""
    operation_id = operation_of(object_, object_id)
    rules.check_erasure(state(row(object_, object_id, operation_id)), by)
    if not dry_run and token is None:
        said = "First ask with dry_run=true; then send the token of what it shows."
        raise Invalid(said, {"token": [said]})
    shown = None if dry_run else token
    found: dict[str, Any] | None = db.session.scalar(queries.erased(object_, object_id, shown))
    if found is None:
        raise Missing(f"There is no such {object_}.")
    if not dry_run and not found["is_erased"]:
        raise Conflict("What would go is no longer what you were shown; look at the list again.")
    return found
