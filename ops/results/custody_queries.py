"""Custody as it was written, and the clocks of detained cash."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Person
from ops.operations.models import Operation
from ops.results.custody_models import CustodyEvent
from ops.results.kinds.seizures import Seizure
from ops.results.models import Result

# Shown by their names.
_PEOPLE = {"entered_by", "struck_by"}


def events(result_id: uuid.UUID) -> db.Query:
    """List the steps of an exhibit in the order they happened, struck ones too."""
    by, struck_by = orm.aliased(Person), orm.aliased(Person)
    columns = [column for column in CustodyEvent.__table__.c if column.name not in _PEOPLE]
    return (
        sa.select(
            *columns,
            _named(by).label("entered_by"),
            sa.case((struck_by.id.is_not(None), _named(struck_by))).label("struck_by"),
        )
        .join(by, by.id == CustodyEvent.entered_by)
        .outerjoin(struck_by, struck_by.id == CustodyEvent.struck_by)
        .where(CustodyEvent.result_id == result_id)
        .order_by(CustodyEvent.at, CustodyEvent.entered_at, CustodyEvent.id)
    )


def _named(person: type[Person]) -> sa.ColumnElement[Any]:
    return sa.func.json_build_object("id", person.id, "name", person.name, type_=sa.JSON)


def clocks(
    now: dt.datetime, *, operation: uuid.UUID | None = None, overdue: bool | None = None
) -> db.Query:
    """List the cash whose detention no court has ordered, what is due first before the rest."""
    is_overdue = Seizure.poca_due_at <= now
    query = (
        sa.select(
            Seizure.result_id.label("id"),
            Seizure.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Seizure.value,
            Seizure.exhibit_ref,
            Result.occurred_at.label("seized_at"),
            Seizure.poca_due_at.label("due_at"),
            is_overdue.label("is_overdue"),
            Seizure.poca_route.label("route"),
            Seizure.fiu_informed_at,
        )
        .join(Result, Result.id == Seizure.result_id)
        .join(Operation, Operation.id == Seizure.operation_id)
        .where(
            Seizure.poca_due_at.is_not(None),
            Seizure.detention_order_at.is_(None),
            Result.status != "struck",
        )
        .order_by(Seizure.poca_due_at, Seizure.result_id)
    )
    if operation is not None:
        query = query.where(Seizure.operation_id == operation)
    if overdue is not None:
        query = query.where(is_overdue if overdue else sa.not_(is_overdue))
    return query
