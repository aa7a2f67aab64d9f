"""Which results count: those of a set of operations, each once, in a time, as known at one."""

import dataclasses
import datetime as dt
import enum
import functools
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.results.models import Credit, Result

# The years that a time on the wire may have.
ALWAYS = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
NEVER = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)

OPERATIONS: sa.BindParameter[Any] = sa.bindparam("operations", type_=ARRAY(sa.Uuid()))
OPERATION: sa.BindParameter[Any] = sa.bindparam("operation", type_=sa.Uuid())
STARTS_AT, ENDS_AT, AS_AT = (
    sa.bindparam(name, type_=sa.DateTime(timezone=True))
    for name in ("starts_at", "ends_at", "as_at")
)


class Of(enum.Enum):
    """Whose results a statement counts.

    One operation has a statement of its own: the database plans that once and
    for all, while with an array it would plan anew each time.
    """

    ALL = enum.auto()
    MANY = enum.auto()
    ONE = enum.auto()

    def has(self, operation_id: db.Key) -> sa.ColumnElement[bool]:
        """Tell whether an operation is one of them."""
        if self is Of.ALL:
            return sa.true()
        return operation_id == (OPERATION if self is Of.ONE else sa.any_(OPERATIONS))


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
    def of(self) -> Of:
        """Tell whose results these are."""
        if self.operations is None:
            return Of.ALL
        return Of.ONE if len(self.operations) == 1 else Of.MANY

    @property
    def parameters(self) -> dict[str, Any]:
        """Give the values of the statement's parameters."""
        operations = list(self.operations or ())
        named: dict[Of, dict[str, Any]] = {
            Of.ALL: {},
            Of.MANY: {"operations": operations},
            Of.ONE: {"operation": next(iter(operations), None)},
        }
        return {
            **named[self.of],
            "starts_at": self.starts_at or ALWAYS,
            "ends_at": self.ends_at or NEVER,
            "as_at": self.as_at or NEVER,
        }


def counted(*, of: Of, kind: str | None = None, struck: bool = False) -> sa.FromClause:
    """Give the results in scope, each once: led by the operations, or supported by them.

    Two disjoint scans, because an `or` would read the whole table.
    """
    led = _results(of, struck=struck).where(of.has(Result.operation_id))
    supported = sa.select(_supported(of, struck=struck))
    if kind is not None:
        led = led.where(Result.kind == kind)
        supported = supported.where(supported.selected_columns.kind == kind)
    counts = led if of is Of.ALL else sa.union_all(led, supported)
    return counts.subquery("counted")


@functools.cache
def _supported(of: Of, *, struck: bool) -> sa.CTE:
    """Give what the operations support and none of them led: found once, for all kinds."""
    supporting = sa.select(Credit.result_id).where(of.has(Credit.operation_id))
    return (
        _results(of, struck=struck)
        .where(Result.id.in_(supporting), sa.not_(of.has(Result.operation_id)))
        .cte("supported")
    )


def _results(of: Of, *, struck: bool) -> sa.Select[Any]:
    return sa.select(*Result.__table__.columns).where(*_in_time(Result, of, struck=struck))


def is_counted(result: type[Result], *, of: Of) -> sa.ColumnElement[bool]:
    """Tell of one result, found by its id, whether it is in scope."""
    conditions = _in_time(result, of)
    if of is not Of.ALL:
        supports = sa.exists().where(Credit.result_id == result.id, of.has(Credit.operation_id))
        conditions.append(sa.or_(of.has(result.operation_id), supports))
    return sa.and_(*conditions)


def is_confirmed(result: sa.FromClause) -> sa.ColumnElement[bool]:
    """Tell whether a counted result was confirmed by then."""
    return sa.func.coalesce(result.c.confirmed_at <= AS_AT, sa.false())


def _in_time(result: type[Result], of: Of, *, struck: bool = False) -> list[sa.ColumnElement[bool]]:
    begun, ended = result.occurred_at >= STARTS_AT, result.occurred_at < ENDS_AT
    if of is not Of.ALL:
        # The way in is by operation. A statement planned once for any times would take the index
        # of all times instead: it can't know that these mostly are from ever to never.
        begun, ended = begun.is_(True), ended.is_(True)
    conditions = [begun, ended, result.recorded_at <= AS_AT]
    if not struck:
        conditions.append(sa.or_(result.struck_at.is_(None), result.struck_at > AS_AT))
    return conditions
