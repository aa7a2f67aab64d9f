"""Closures to look at again, and those that name no line yet."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.lines.queries import NONE, status_of
from ops.operations.models import Operation
from ops.results import erased
from ops.results.kinds.lines import IN_USE, CheckBack, DealLine, LineChange, LineClosure
from ops.results.models import Result

# So alike are two names of one line; what is less alike is another.
ALIKE = 0.5
MOST_ALIKE = 5


def check_backs(filters: Mapping[str, Any], days: Sequence[int]) -> db.Query:
    """List closed lines to look at again, by the day the look is due."""
    due = due_on(days)
    query = (
        sa.select(
            LineClosure.result_id.label("id"),
            LineClosure.line_id.label("line"),
            sa.func.coalesce(DealLine.name, LineClosure.line_name).label("name"),
            LineClosure.type,
            LineClosure.closed_on,
            made().label("made"),
            due.label("due_on"),
            Result.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Result.version,
        )
        .select_from(LineClosure)
        .join(Result, Result.id == LineClosure.result_id)
        .join(Operation, Operation.id == Result.operation_id)
        .outerjoin(DealLine, DealLine.result_id == LineClosure.line_id)
        .where(
            Result.status == "confirmed",
            ~erased.is_erased(Result),
            made() < len(days),
            ~_in_use_since(),
        )
        .order_by(due, LineClosure.result_id)
    )
    if "operation" in filters:
        query = query.where(Result.operation_id == filters["operation"])
    if "before" in filters:
        query = query.where(due < filters["before"])
    return query


def due_on(days: Sequence[int]) -> sa.ColumnElement[Any]:
    """Give the day that the next look at a closure is due."""
    after = sa.case(dict(enumerate(days)), value=made())
    return sa.cast(LineClosure.closed_on + sa.cast(after, sa.Integer()), sa.Date())


def unnamed(filters: Mapping[str, Any]) -> db.Query:
    """List closures that name no line of the register, with those that are called alike."""
    alike = (
        sa.select(
            DealLine.result_id.label("id"), DealLine.name, DealLine.operation_id.label("operation")
        )
        .where(
            sa.func.similarity(DealLine.name, LineClosure.line_name) >= ALIKE,
            status_of(DealLine) != "struck",
        )
        .correlate(LineClosure)
        .order_by(DealLine.name, DealLine.result_id)
        .limit(MOST_ALIKE)
        .subquery("alike")
    )
    likely = sa.select(
        sa.func.coalesce(sa.func.json_agg(alike.table_valued(), type_=sa.JSON()), NONE)
    ).scalar_subquery()
    query = (
        sa.select(
            LineClosure.result_id.label("id"),
            LineClosure.line_name.label("name"),
            LineClosure.type,
            LineClosure.closed_on,
            Result.status,
            Result.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            likely.label("likely"),
        )
        .select_from(LineClosure)
        .join(Result, Result.id == LineClosure.result_id)
        .join(Operation, Operation.id == Result.operation_id)
        .where(LineClosure.line_id.is_(None), Result.status != "struck", ~erased.is_erased(Result))
        .order_by(LineClosure.closed_on, LineClosure.result_id)
    )
    if "operation" in filters:
        query = query.where(Result.operation_id == filters["operation"])
    return query


def made() -> sa.ColumnElement[int]:
    """Count the looks that were taken at a closure."""
    return (
        sa.select(sa.func.count())
        .where(CheckBack.result_id == LineClosure.result_id)
        .correlate(LineClosure)
        .scalar_subquery()
    )


def _in_use_since() -> sa.ColumnElement[bool]:
    """Tell whether something says that a closed line is in use again."""
    found = sa.exists().where(
        CheckBack.result_id == LineClosure.result_id, CheckBack.out_of_use.is_(False)
    )
    said = sa.exists().where(
        LineChange.line_id == LineClosure.line_id,
        LineChange.change.in_(IN_USE),
        LineChange.on >= LineClosure.closed_on,
        status_of(LineChange) != "struck",
    )
    return sa.or_(found.correlate(LineClosure), said.correlate(LineClosure))
