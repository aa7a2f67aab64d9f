"""What of an operation waits for somebody, counted; and the views that somebody kept."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.boards.models import BoardView
from ops.operations.models import Operation, Phase
from ops.results import nil_returns
from ops.todo.lists import Waiting

# The lists whose entries can be late, each with what its address needs to show those alone.
LATE = {
    "overdue": "",
    "warrants": "overdue=true",
    "actions": "overdue=true",
    "check_backs": "overdue=true",
    "disruptions": "overdue=true",
}
UNREPORTED = "unreported"


def waiting(operation_id: uuid.UUID, lists: Mapping[str, Waiting], now: dt.datetime) -> db.Query:
    """Count what is late of an operation, list by list, and who has not reported yet."""
    missing = nil_returns.missing({"operation": operation_id}, now).order_by(None).subquery()
    counts = [sa.select(sa.literal(UNREPORTED).label("name"), sa.func.count().label("number"))
              .select_from(missing)]  # fmt: skip
    for name in LATE:
        each = lists[name]
        entries = each.query.order_by(None).subquery()
        counts.append(
            sa.select(sa.literal(name), sa.func.count())
            .select_from(entries)
            .where(
                entries.c[each.operations[0]] == operation_id,
                entries.c[each.first] < each.overdue_before,
            )
        )
    counted = sa.union_all(*counts).subquery("counted")
    return sa.select(counted).order_by(counted.c.name)


def head(operation_id: uuid.UUID) -> db.Query:
    """Find an operation with its phases, the earliest first."""
    phases = (
        sa.select(Phase.kind, Phase.starts_at, Phase.ends_at)
        .where(Phase.operation_id == Operation.id)
        .order_by(Phase.starts_at, Phase.kind)
        .correlate(Operation)
        .subquery()
    )
    listed = sa.func.json_agg(phases.table_valued(), type_=sa.JSON())
    return sa.select(
        Operation.id,
        Operation.name,
        Operation.reference,
        Operation.kind,
        Operation.status,
        Operation.starts_at,
        Operation.ends_at,
        sa.select(listed).scalar_subquery().label("phases"),
    ).where(Operation.id == operation_id)


def views() -> db.Query:
    """List the views that whoever asks kept, by their names."""
    columns: Sequence[Any] = (BoardView.id, BoardView.name, BoardView.address, BoardView.made_at)
    return sa.select(*columns).order_by(BoardView.name, BoardView.id)
