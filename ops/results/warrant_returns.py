"""Warrants on their way back to court: which are due, which are late, which have no clock."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.operations.models import Operation
from ops.results import erased
from ops.results.kinds.warrants import Warrant
from ops.results.models import Result

# Stands for a warrant without a clock in the order of a list, after every other.
_NEVER = sa.literal(dt.date.max, type_=sa.Date())
DUE: Any = sa.func.coalesce(Warrant.return_due, _NEVER, type_=sa.Date())


def returns(filters: Mapping[str, Any], today: dt.date) -> db.Query:
    """List warrants by the day they are due back, those not returned alone unless asked."""
    query = (
        sa.select(
            Result.id,
            Result.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Result.occurred_at,
            Result.version,
            Warrant.power,
            Warrant.reference,
            Warrant.court,
            Warrant.granted_on,
            Warrant.executed,
            Warrant.expires_on,
            Warrant.return_due,
            Warrant.returned_on,
        )
        .select_from(Warrant)
        .join(Result, Result.id == Warrant.result_id)
        .join(Operation, Operation.id == Result.operation_id)
        .where(Result.status != "struck", ~erased.is_erased(Result))
        .order_by(DUE, Result.id)
    )
    is_back = Warrant.returned_on.is_not(None)
    query = query.where(is_back if filters.get("returned", False) else ~is_back)
    if "operation" in filters:
        query = query.where(Result.operation_id == filters["operation"])
    if filters.get("overdue", False):
        query = query.where(Warrant.return_due < today)
    return query
