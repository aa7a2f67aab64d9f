"""That a result was confirmed: by whom, when and how; and that it was taken back, and why."""

import datetime as dt
import uuid

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.results import rules
from ops.results.models import Confirmation, Result


def confirm(
    result: Result,
    missing: str | None,
    by: uuid.UUID,
    now: dt.datetime,
    *,
    how: str = "checked",
    note: str | None = None,
) -> None:
    """Confirm a result in one way more; the same way again changes nothing."""
    rules.confirm(result, missing, by, now)
    if db.session.scalar(_standing(result.id).where(Confirmation.how == how)) is not None:
        return
    result.bump()
    # First the new version: from then on the ledger sees what is added.
    db.session.flush()
    db.session.add(
        Confirmation(result_id=result.id, how=how, note=note, confirmed_at=now, confirmed_by=by)
    )
    db.session.flush()


def withdraw(result_id: uuid.UUID, reason: str, now: dt.datetime) -> None:
    """Take back what was confirmed, because it has changed."""
    for each in db.session.scalars(_standing(result_id)):
        each.withdrawn_at, each.withdrawn_because = now, reason


def of_result(result_id: uuid.UUID) -> db.Query:
    """List the confirmations of a result, the oldest first, also those taken back."""
    by = sa.func.json_build_object("id", Person.id, "name", Person.name, type_=sa.JSON)
    return (
        sa.select(
            Confirmation.id,
            Confirmation.how,
            Confirmation.note,
            Confirmation.confirmed_at,
            by.label("confirmed_by"),
            Confirmation.withdrawn_at,
            Confirmation.withdrawn_because,
        )
        .join(Person, Person.id == Confirmation.confirmed_by)
        .where(Confirmation.result_id == result_id)
        .order_by(Confirmation.confirmed_at, Confirmation.id)
    )


def _standing(result_id: uuid.UUID) -> sa.Select[Confirmation]:
    return sa.select(Confirmation).where(
        Confirmation.result_id == result_id, Confirmation.withdrawn_at.is_(None)
    )
