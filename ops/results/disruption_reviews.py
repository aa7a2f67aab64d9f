"""Disruptions to look at again, three, six and twelve months on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.operations.models import Operation
from ops.results import erased
from ops.results.kinds.disruptions import Disruption
from ops.results.models import Result


def reviews(filters: Mapping[str, Any], today: dt.date) -> db.Query:
    """List disruptions by the day their next review is due."""
    query = (
        sa.select(
            Result.id,
            Result.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            Result.version,
            Disruption.target,
            Disruption.target_ref,
            Disruption.level,
            Disruption.level_assessed,
            Disruption.disrupted_on,
            Disruption.review_due.label("due_on"),
            (Disruption.review_due < today).label("is_overdue"),
        )
        .select_from(Disruption)
        .join(Result, Result.id == Disruption.result_id)
        .join(Operation, Operation.id == Result.operation_id)
        .where(
            Disruption.review_due.is_not(None),
            Result.status != "struck",
            ~erased.is_erased(Result),
        )
        .order_by(Disruption.review_due, Result.id)
    )
    if "operation" in filters:
        query = query.where(Result.operation_id == filters["operation"])
    if filters.get("overdue", False):
        query = query.where(Disruption.review_due < today)
    return query
