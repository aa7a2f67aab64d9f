"""Let people into an operation, for a time, and out again."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.member_models import Membership
from ops.access.models import Person
from ops.errors import Invalid, Missing, Refused
from ops.operations import member_queries
from ops.operations.models import Operation

UNKNOWN = "There is nobody with this id who may sign in."
# Of a restricted operation that is not there, not one's own, or covert, no more is said.
NOTHING_TO_OPEN = "There is no restricted operation of your organisation with this reference."


def admit(
    operation_id: uuid.UUID, content: Mapping[str, Any], by: uuid.UUID, now: dt.datetime
) -> uuid.UUID:
    """Make somebody a member of an operation between two times; give the membership's id."""
    starts_at, ends_at = content.get("from_", now), content.get("to")
    if ends_at is not None and ends_at <= max(starts_at, now):
        said = "Must be after its start, and not over yet."
        raise Invalid(said, {"to": [said]})
    membership = Membership(
        id=db.new_id(),
        operation_id=operation_id,
        person_id=_person(content["person"]),
        role=content["role"],
        during=Range(content["from_"], ends_at) if "from_" in content else _from_now(ends_at),
        granted_by=by,
        reason=content.get("reason"),
    )
    with db.transaction():
        db.find(Operation, operation_id, "operation")
        db.session.add(membership)
    return membership.id


def admit_deployed(operation: Operation, person_ids: Iterable[uuid.UUID], by: uuid.UUID) -> None:
    """Let those who are deployed see what they are sent to, as part of the caller's transaction.

    In an open operation of their own organisation they see it anyway. Somebody of another
    organisation comes as a partner, who sees that organisation's part.
    """
    for person_id, is_of_it in db.session.execute(
        member_queries.strangers(operation, list(person_ids))
    ):
        db.session.add(
            Membership(
                operation_id=operation.id,
                person_id=person_id,
                role="officer" if is_of_it else "partner",
                during=_from_now(None),
                granted_by=by,
                reason="Deployed",
            )
        )


def end(membership: Membership, by: uuid.UUID) -> None:
    """Take a membership back from now on; somebody must go on leading what only members see."""
    operation = db.session.get(Operation, membership.operation_id, with_for_update=True)
    if operation is None:
        raise Missing("There is no such membership.")
    others = member_queries.leads(membership.operation_id, but=membership.id)
    is_last = membership.role == "lead" and db.session.scalar(others) == 0
    if is_last and operation.visibility != "open":
        raise Refused("Nobody else leads this operation; let another lead in first.")
    if membership.revoked_at is None:
        membership.revoked_at, membership.revoked_by = sa.func.now(), by


def break_glass(reference: str, reason: str) -> uuid.UUID:
    """Open a restricted operation of one's organisation for eight hours, and give its id.

    Those who lead it and those who audit it are told at once, with the reason.
    """
    with db.transaction():
        db.give_reason(reason)
        opened = db.session.scalar(sa.select(sa.func.break_glass(reference, reason)))
    if opened is None:
        raise Missing(NOTHING_TO_OPEN)
    found: uuid.UUID = opened
    return found


def _from_now(ends_at: dt.datetime | None) -> Any:
    """Begin by the clock of the database, which is the one that judges it."""
    return sa.func.tstzrange(sa.func.now(), ends_at)


def _person(person_id: uuid.UUID) -> uuid.UUID:
    person = db.session.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        raise Invalid(UNKNOWN, {"person": [UNKNOWN]})
    return person.id
