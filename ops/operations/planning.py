"""Plan operations, change them, and move them on."""

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access.models import Organisation
from ops.errors import Invalid, Missing
from ops.operations import deployment_queries, queries, rules
from ops.operations.models import Operation, Phase, Transition

# Letters and digits that can't be taken for one another when read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIXES = {
    "week_of_action": "WOA",
    "prison_search": "PS",
    "place_based": "PB",
    "day_of_action": "DOA",
}
LINKS = {"parent": "parent_id", "predecessor": "predecessor_id"}
# Whoever links operations waits for this lock: two at once could close a circle between them.
LINKING = 7_065_117


def plan(
    content: Mapping[str, Any], organisation_id: uuid.UUID, by: uuid.UUID
) -> tuple[uuid.UUID, bool]:
    """Add an operation led by an organisation; tell its id, and whether it is new.

    The same content under the same id again is the same operation; other
    content is refused.
    """
    with db.transaction():
        return begin(content, organisation_id, by, rules.hash_of(content))


def begin(
    content: Mapping[str, Any], organisation_id: uuid.UUID, by: uuid.UUID, sent: bytes
) -> tuple[uuid.UUID, bool]:
    """Add an operation in the caller's transaction; `sent` tells what was sent under its id."""
    rules.check_marking(content.get("marking", "OFFICIAL"))
    rules.check_period(content["kind"], content["starts_at"], content.get("ends_at"))
    operation_id = content.get("id") or db.new_id()
    if _is_replay(operation_id, sent):
        return operation_id, False
    values = _columns(content)
    values.setdefault("organisation_id", organisation_id)
    values.setdefault("reference", _reference(content["kind"]))
    made = Operation(**values | {"id": operation_id}, created_by=by, content_hash=sent)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except sa.exc.IntegrityError as error:
        if error.orig.diag.constraint_name != "pk_operation":  # type: ignore[union-attr]
            raise
        # The same sent twice at once: the first one made it.
        if not _is_replay(operation_id, sent):
            # It is there, and this person doesn't see it: more is not said.
            rules.check_replay(None, sent, "an operation")
        return operation_id, False
    return operation_id, True


def change(operation: Operation, content: Mapping[str, Any]) -> None:
    """Change an operation that is not over, as part of the caller's transaction."""
    rules.check_open(operation.status)
    rules.check_marking(content.get("marking", operation.marking))
    values = _columns(content)
    for link in LINKS.values():
        if link in values and _is_hidden(getattr(operation, link)):
            # Whoever does not see what it is linked to does not know what they would undo.
            del values[link]
        if values.get(link):
            _check_no_circle(operation, values[link], link)
    for name, value in values.items():
        setattr(operation, name, value)
    rules.check_period(operation.kind, operation.starts_at, operation.ends_at)
    if values.keys() & {"starts_at", "ends_at"}:
        _check_deployments_stay_within(operation)


def move(
    operation_id: uuid.UUID, to: str, reason: str | None, by: uuid.UUID, now: dt.datetime
) -> None:
    """Take a step of an operation's life, if nothing is missing for it."""
    with db.transaction():
        operation = db.session.get(Operation, operation_id, with_for_update=True)
        if operation is None:
            raise Missing("There is no such operation.")
        rules.check_step(operation.status, to, reason, plan_of(operation_id), now)
        if to == "approved":
            rules.check_four_eyes(db.session.scalar(queries.planner(operation_id)), by)
        step = Transition(
            operation_id=operation_id,
            from_status=operation.status,
            to_status=to,
            reason=reason,
            made_by=by,
        )
        operation.status = to
        if reason:
            db.give_reason(reason)
        db.session.add(step)


def plan_of(operation_id: uuid.UUID) -> rules.Plan:
    """Give what the gates look at."""
    found = db.session.execute(queries.operation(operation_id)).mappings().one()
    return rules.Plan(**{name: found[name] for name in rules.Plan.__dataclass_fields__})


def add_phase(operation_id: uuid.UUID, content: Mapping[str, Any]) -> Phase:
    """Add a phase to a place-based operation."""
    with db.transaction():
        operation = to_change(operation_id)
        if operation.kind != "place_based":
            said = "Only a place-based operation has phases."
            raise Invalid(said, {"kind": [said]})
        phase = Phase(operation_id=operation_id, **content)
        db.session.add(phase)
    return phase


def to_change(operation_id: uuid.UUID) -> Operation:
    """Find an operation whose plan may still change, in the caller's transaction.

    The lock holds until the end of it, so that the operation can't be closed meanwhile.
    """
    operation = db.session.get(Operation, operation_id, with_for_update={"read": True})
    if operation is None:
        raise Missing("There is no such operation.")
    rules.check_open(operation.status)
    return operation


def _is_replay(operation_id: uuid.UUID, sent: bytes) -> bool:
    kept = db.session.execute(
        sa.select(Operation.content_hash).where(Operation.id == operation_id)
    ).one_or_none()
    if kept is None:
        return False
    rules.check_replay(kept.content_hash, sent, "an operation")
    return True


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what was sent to columns: an organisation's code to its id, links to theirs."""
    values = {name: value for name, value in content.items() if name not in LINKS | {"id": ""}}
    for name, column in LINKS.items():
        if name in content:
            values[column] = content[name]
            if content[name] and db.session.get(Operation, content[name]) is None:
                said = "There is no such operation."
                raise Invalid(said, {name: [said]})
    if "organisation" in values:
        code = values.pop("organisation")
        values["organisation_id"] = db.session.scalar(
            sa.select(Organisation.id).where(Organisation.code == code)
        )
        if values["organisation_id"] is None:
            said = f"There is no organisation with the code {code}."
            raise Invalid(said, {"organisation": [said]})
    return values


def _is_hidden(operation_id: uuid.UUID | None) -> bool:
    return operation_id is not None and db.session.get(Operation, operation_id) is None


def _check_no_circle(operation: Operation, other: uuid.UUID, link: str) -> None:
    """Refuse a parent that lies below the operation itself, or a predecessor that follows it."""
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(LINKING)))
    line = db.session.execute(queries.ancestors(other, link)).all()
    if any(above.id == operation.id for above in line):
        name = next(key for key, column in LINKS.items() if column == link)
        word = "part of" if name == "parent" else "a successor of"
        said = f"{line[0].name} is itself {word} {operation.name}; that would be a circle."
        raise Invalid(said, {name: [said]})


def _check_deployments_stay_within(operation: Operation) -> None:
    """Refuse a period that leaves deployments outside."""
    left = db.session.scalars(deployment_queries.outside(operation.id, rules.LEEWAY)).all()
    if left:
        said = f"These would lie outside: {', '.join(left)}. Move or cancel them first."
        raise Invalid(said, {"ends_at": [said]})


def _reference(kind: str) -> str:
    """Make a reference at random: a number in sequence would tell how many others there are."""
    return f"{PREFIXES[kind]}-{''.join(secrets.choice(ALPHABET) for _ in range(6))}"
