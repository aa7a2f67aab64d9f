"""Which results count: those of a set of operations, each once, in a time, as known at one."""

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.geo.grid import GridBox
from ops.geo.queries import GRID
from ops.geo.shapes import SRID
from ops.results import stretches
from ops.results.kinds.base import KNOWN_BY
from ops.results.models import Confirmation, Credit, Result
from ops.results.stretches import ENDS_AT, STARTS_AT
from ops.wording import first_moment, local

# The years that a time on the wire may have.
ALWAYS = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
NEVER = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)

OPERATIONS: sa.BindParameter[Any] = sa.bindparam("operations", type_=ARRAY(sa.Uuid()))
OPERATION: sa.BindParameter[Any] = sa.bindparam("operation", type_=sa.Uuid())
# Of a rectangle, in the order of its own fields.
SIDES: Sequence[sa.BindParameter[Any]] = [
    sa.bindparam(f"within_{field.name}", type_=sa.Integer())
    for field in dataclasses.fields(GridBox)
]
# A side is cut into stretches, so that it stays straight on the grid once it is in degrees.
STRETCH_M = 1_000


class Named(enum.Enum):
    """How many operations are named.

    One operation has a statement of its own: the database plans that once and
    for all, while with an array it would plan anew each time.
    """

    NONE = enum.auto()
    MANY = enum.auto()
    ONE = enum.auto()


class Reach(enum.Enum):
    """Which of all results a statement reads: all, those of some days to keep, or the rest.

    The rest is what the kept figures do not hold (see `ops.results.rollup`): all of the days
    that were written to, and one's own, which members alone see.
    """

    ALL = enum.auto()
    DAYS = enum.auto()
    REST = enum.auto()
    OWN = enum.auto()


@dataclasses.dataclass(frozen=True)
class Of:
    """Whose results a statement counts, and whether as they stand or as they did at a moment.

    What stands now has a statement of its own, which looks at nothing past.
    """

    named: Named
    is_past: bool = False
    reach: Reach = Reach.ALL
    # How fine what is kept is, where it reads the rest of that or is to be kept: a day or a month.
    span: str = "day"
    # Whether its measures are of different periods, each to be looked at by itself.
    is_mixed: bool = False
    # Whether only what lies in a rectangle counts.
    is_within: bool = False

    @property
    def is_all(self) -> bool:
        """Tell whether no operations are named."""
        return self.named is Named.NONE

    def has(self, operation_id: db.Key) -> sa.ColumnElement[bool]:
        """Tell whether an operation is one of them."""
        if self.is_all:
            return sa.true()
        return operation_id == (OPERATION if self.named is Named.ONE else sa.any_(OPERATIONS))

    def credits(self, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """Tell of a credit whether it counts."""
        if self.is_past:
            stood = sa.or_(Credit.withdrawn_at.is_(None), Credit.withdrawn_at > KNOWN_BY)
            return sa.and_(*conditions, Credit.credited_at <= KNOWN_BY, stood)
        return sa.and_(*conditions, Credit.withdrawn_at.is_(None))


def begins(period: str | None) -> sa.BindParameter[dt.datetime]:
    """Give the start of a measure's own period, beside others that have other periods."""
    return sa.bindparam(f"begins_{period or 'as_asked'}", type_=sa.DateTime(timezone=True))


def ends(period: str | None) -> sa.BindParameter[dt.datetime]:
    """Give the end of a measure's own period, beside others that have other periods."""
    return sa.bindparam(f"ends_{period or 'as_asked'}", type_=sa.DateTime(timezone=True))


@dataclasses.dataclass(frozen=True)
class Scope:
    """What a figure is about: these operations (none named: all), from a time to before another.

    `as_at` is when it was known: what was recorded, confirmed, credited or
    struck later is left out. With `late` it is when it had happened, whenever
    that was recorded. `period_ends_at` is where a measure's own period ends
    while none is asked. `within` is where on the National Grid it happened.
    """

    operations: Sequence[uuid.UUID] | None = None
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    as_at: dt.datetime | None = None
    late: bool = False
    period_ends_at: dt.datetime | None = None
    within: GridBox | None = None

    @property
    def of(self) -> Of:
        """Tell whose results these are."""
        if self.operations is None:
            named = Named.NONE
        else:
            named = Named.ONE if len(self.operations) == 1 else Named.MANY
        return Of(named, is_past=self.as_at is not None, is_within=self.within is not None)

    def begun(self, period: str | None) -> dt.datetime:
        """Give the start of a measure's period, which ends where the asked one does, or now."""
        if period is None:
            return self.starts_at or ALWAYS
        last = self.ends_at or self.period_ends_at or self.as_at
        return start_of(period, last or dt.datetime.now(dt.UTC))

    def ended(self, period: str | None) -> dt.datetime:
        """Give the end of a measure's period."""
        ends_at = self.ends_at or (self.period_ends_at if period else None) or NEVER
        return min(ends_at, self.as_at) if self.late and self.as_at else ends_at

    def parameters(self, periods: Collection[str | None] = (None,)) -> dict[str, Any]:
        """Give the values of the parameters of a statement over measures of these periods."""
        begun = {begins(each).key: self.begun(each) for each in periods}
        ended = {ends(each).key: self.ended(each) for each in periods}
        operations = list(self.operations or ())
        named: dict[Named, dict[str, Any]] = {
            Named.NONE: {},
            Named.MANY: {"operations": operations},
            Named.ONE: {"operation": next(iter(operations), None)},
        }
        past: dict[str, Any] = {}
        if self.as_at is not None:
            past = {"happened_by": self.as_at, "known_by": NEVER if self.late else self.as_at}
        within: dict[str, Any] = {}
        if self.within is not None:
            sides = dataclasses.astuple(self.within)
            within = {side.key: at for side, at in zip(SIDES, sides, strict=True)}
        return {
            **named[self.of.named],
            **past,
            **within,
            **(begun | ended if len(begun) > 1 else {}),
            "starts_at": min(begun.values()),
            "ends_at": max(ended.values()),
        }


def last_day(ends_at: dt.datetime) -> dt.date:
    """Give the last day in London before a moment."""
    return local(ends_at - dt.timedelta(microseconds=1)).date()


def day_of(ends_at: dt.datetime | None) -> dt.date | None:
    """Give the day whose definitions hold for what ends at a moment; none is today."""
    return ends_at and last_day(ends_at)


def start_of(period: str, ends_at: dt.datetime) -> dt.datetime:
    """Give the start of the financial year, or of the twelve months, that a moment ends."""
    last = last_day(ends_at)
    if period == "financial_year":
        return first_moment(dt.date(last.year - ((last.month, last.day) < (4, 1)), 4, 1))
    is_leap_day = (last.month, last.day) == (2, 29)
    before = last.replace(year=last.year - 1, day=28 if is_leap_day else last.day)
    return first_moment(before + dt.timedelta(days=1))


def counted(*, of: Of, kind: str | None = None, struck: bool = False) -> sa.FromClause:
    """Give the results in scope, each once: led by the operations, or supported by them.

    Two disjoint scans, because an `or` would read the whole table.
    """
    if of.reach is not Reach.ALL:
        return _reached(of, kind)
    led = _results(of, struck=struck).where(of.has(Result.operation_id))
    supported = sa.select(_supported(of, struck=struck))
    if kind is not None:
        led = led.where(Result.kind == kind)
        supported = supported.where(supported.selected_columns.kind == kind)
    counts = led if of.is_all else sa.union_all(led, supported)
    return counts.subquery("counted")


def _reached(of: Of, kind: str | None) -> sa.FromClause:
    """Give the results of one of the stretches to be read, or those that a member alone sees."""
    is_open = stretches.is_open(Result)
    if of.reach is Reach.OWN:
        # Their operations are few, and the way in.
        members = sa.select(sa.func.actor_memberships())
        within = [Result.operation_id.in_(members), sa.not_(is_open)]
        within += [each.is_(True) for each in _between(STARTS_AT, ENDS_AT)]
    else:
        to_be_kept = stretches.is_of_organisation(Result)
        seen = to_be_kept if of.reach is Reach.DAYS else is_open
        within = [seen, *_between(stretches.BEGINS_AT, stretches.STOPS_AT)]
    found = sa.select(*Result.__table__.columns)
    return found.where(Result.kind == kind, Result.struck_at.is_(None), *within).subquery("counted")


def _between(
    starts_at: sa.ColumnElement[Any], ends_at: sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[bool], ...]:
    return Result.occurred_at >= starts_at, Result.occurred_at < ends_at


@db.shared
def _supported(of: Of, *, struck: bool) -> sa.CTE:
    """Give what the operations support and none of them led: found once, for all kinds."""
    supporting = sa.select(Credit.result_id).where(of.credits(of.has(Credit.operation_id)))
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
    if not of.is_all:
        supporting = of.credits(Credit.result_id == result.id, of.has(Credit.operation_id))
        conditions.append(sa.or_(of.has(result.operation_id), sa.exists().where(supporting)))
    return sa.and_(*conditions)


def is_confirmed(result: sa.FromClause, *, of: Of) -> sa.ColumnElement[bool]:
    """Tell whether a counted result is confirmed, or was at the moment that is asked about."""
    confirmed_at = result.c.confirmed_at
    if not of.is_past:
        return confirmed_at.is_not(None)
    # What was taken back since stood then; what stands has the first of its times beside it.
    once = sa.exists().where(
        Confirmation.result_id == result.c.id,
        Confirmation.confirmed_at <= KNOWN_BY,
        Confirmation.withdrawn_at > KNOWN_BY,
    )
    return sa.or_(sa.func.coalesce(confirmed_at <= KNOWN_BY, sa.false()), once.correlate(result))


def _in_time(result: type[Result], of: Of, *, struck: bool = False) -> list[sa.ColumnElement[bool]]:
    begun, ended = result.occurred_at >= STARTS_AT, result.occurred_at < ENDS_AT
    if not of.is_all:
        # The way in is by operation. A statement planned once for any times would take the index
        # of all times instead: it can't know that these mostly are from ever to never.
        begun, ended = begun.is_(True), ended.is_(True)
    conditions = [begun, ended]
    if of.is_within:
        conditions.append(_is_within(result.point))
    if of.is_past:
        conditions.append(result.recorded_at <= KNOWN_BY)
    if not struck:
        stands = result.struck_at.is_(None)
        conditions.append(sa.or_(stands, result.struck_at > KNOWN_BY) if of.is_past else stands)
    return conditions


def _is_within(point: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
    on_grid = sa.func.ST_MakeEnvelope(*SIDES, GRID)
    in_degrees = sa.func.ST_Transform(sa.func.ST_Segmentize(on_grid, STRETCH_M), SRID)
    # By itself, so that it is drawn once a statement and not once a record.
    return sa.func.ST_Covers(sa.select(in_degrees).scalar_subquery(), point)
