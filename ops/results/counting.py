"""Which results count: those of a set of operations, each once, in a time, as known at one."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops.results.models import Credit, Result

# The years that a time on the wire may have.
ALWAYS = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
NEVER = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)

OPERATIONS: sa.BindParameter[Any] = sa.bindparam("operations", type_=ARRAY(sa.Uuid()))
STARTS_AT, ENDS_AT, AS_AT = (
    sa.bindparam(name, type_=sa.DateTime(timezone=True))
    for name in ("starts_at", "ends_at", "as_at")
)


@dataclasses.dataclass(frozen=True)
class Scope:
    """What a figure is about: these operations (none named: all), from a time to before another.

    `as_at` is when it was known: what was recorded later is left out, and what
    was struck or confirmed later still stands as it did.
    """

    operations: Sequence[uuid.UUID] | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    as_at: dt.datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Tell whether no operations are named."""
        return self.operations is None

    @property
    def parameters(self) -> dict[str, Any]:
        """Give the values of the statement's parameters."""
        named = {} if self.operations is None else {"operations": list(self.operations)}
        return named | {
            "starts_at": self.starts_at or ALWAYS,
            "ends_at": self.ends_at or NEVER,
            "as_at": self.as_at or NEVER,
        }


def counted(*, everything: bool, kind: str | None = None, struck: bool = False) -> sa.FromClause:
    """Give the results in scope, each once: led by the operations, or supported by them.

    Two disjoint scans, because an `or` would read the whole table.
    """
    results = sa.select(*Result.__table__.columns).where(*_in_time(Result, struck=struck))
    if kind is not None:
        results = results.where(Result.kind == kind)
    if everything:
        return results.subquery("counted")
    led = results.where(Result.operation_id == sa.any_(OPERATIONS))
    supporting = sa.select(Credit.result_id).where(Credit.operation_id == sa.any_(OPERATIONS))
    supported = results.where(
        Result.id.in_(supporting), sa.not_(Result.operation_id == sa.any_(OPERATIONS))
    )
    return sa.union_all(led, supported).subquery("counted")


def is_counted(result: type[Result], *, everything: bool) -> sa.ColumnElement[bool]:
    """Tell of one result, found by its id, whether it is in scope."""
    conditions = _in_time(result)
    if not everything:
        supports = sa.exists().where(
            Credit.result_id == result.id, Credit.operation_id == sa.any_(OPERATIONS)
        )
        conditions.append(sa.or_(result.operation_id == sa.any_(OPERATIONS), supports))
    return sa.and_(*conditions)


def is_confirmed(result: sa.FromClause) -> sa.ColumnElement[bool]:
    """Tell whether a counted result was confirmed by then."""
    return sa.func.coalesce(result.c.confirmed_at <= AS_AT, sa.false())


def _in_time(result: type[Result], *, struck: bool = False) -> list[sa.ColumnElement[bool]]:
    conditions = [
        result.occurred_at >= STARTS_AT,
        result.occurred_at < ENDS_AT,
        result.recorded_at <= AS_AT,
    ]
    if not struck:
        conditions.append(sa.or_(result.struck_at.is_(None), result.struck_at > AS_AT))
    return conditions
