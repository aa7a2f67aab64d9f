"""The stretches of time that the kept figures leave to be added up, and the days they have."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.access.models import Organisation
from ops.results.models import Result, RollupState

STARTS_AT, ENDS_AT = (
    sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("starts_at", "ends_at")
)
# Which definitions must be kept, by their keys; and which days are added up to be kept.
KEPT: sa.BindParameter[Any] = sa.bindparam("kept", type_=ARRAY(sa.Text()))
DAYS: sa.BindParameter[Any] = sa.bindparam("days", type_=ARRAY(sa.Date()))
_LONDON = "Europe/London"
# Of the stretch that is read, as a lateral subquery names it.
STRETCH = "stretch"
BEGINS_AT, STOPS_AT = (
    sa.literal_column(f"{STRETCH}.{name}", sa.DateTime(timezone=True))
    for name in ("starts_at", "ends_at")
)


def first_of(day: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[Any]:
    """Give the first moment of a day, or of the month that it begins, in London."""
    return sa.func.timezone(_LONDON, sa.cast(day, sa.DateTime()))


def first_after(day: sa.SQLColumnExpression[Any], span: str) -> sa.ColumnElement[Any]:
    """Give the first moment after a day or month in London."""
    return first_of(sa.cast(day, sa.DateTime()) + sa.text(f"interval '1 {span}'"))


def month_of(day: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[Any]:
    """Give the first day of the month that a day is in."""
    return sa.cast(sa.func.date_trunc("month", sa.cast(day, sa.DateTime())), sa.Date)


def _days_of_edges() -> list[tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]]:
    """Give where the time asked about begins and ends, each with the day in London it is in."""
    return [
        (edge, sa.cast(sa.func.timezone(_LONDON, edge), sa.Date)) for edge in (STARTS_AT, ENDS_AT)
    ]


@db.shared
def state() -> sa.CTE:
    """Give the snapshot that the kept figures are of, where they have all that is asked for.

    A database that was restored elsewhere counts its transactions anew: there, nothing is kept.
    """
    return (
        sa.select(RollupState.snapshot)
        .where(
            RollupState.definitions.contains(KEPT), RollupState.cluster == sa.func.this_cluster()
        )
        .cte("kept_state")
    )


@db.shared
def unserved() -> sa.CTE:
    """Give the days that were written to since, and those of which only a part is asked for."""
    kept = state()
    touched = sa.select(
        sa.func.rollup_touched(kept.c.snapshot, type_=sa.Date()).label("day")
    ).select_from(kept)
    edges = [sa.select(day).where(edge != first_of(day)) for edge, day in _days_of_edges()]
    return sa.union(touched, *edges).cte("unserved")


@db.shared
def broken() -> sa.CTE:
    """Give the months that can't be taken whole: some of their days are not, or not asked for."""
    edges = [
        sa.select(month_of(day)).where(edge != first_of(month_of(day)))
        for edge, day in _days_of_edges()
    ]
    return sa.union(sa.select(month_of(unserved().c.day).label("month")), *edges).cte("broken")


@db.shared
def served() -> sa.CTE:
    """Give the days of those months that can be taken."""
    month = sa.cast(broken().c.month, sa.DateTime())
    days = (
        sa.func.generate_series(
            month, month + sa.text("interval '1 month - 1 day'"), sa.text("interval '1 day'")
        )
        .table_valued("day", name="each_day")
        .render_derived()
    )
    day = sa.cast(days.c.day, sa.Date)
    return (
        sa.select(day.label("day"))
        .select_from(broken().join(days, sa.true()))
        .where(is_asked(day, "day"), day.not_in(sa.select(unserved().c.day)))
        .cte("served")
    )


def is_asked(day: sa.SQLColumnExpression[Any], span: str) -> sa.ColumnElement[bool]:
    """Tell whether all of a day or month is asked about."""
    return sa.and_(first_of(day) >= STARTS_AT, first_after(day, span) <= ENDS_AT)


@db.shared
def rest(span: str) -> sa.CTE:
    """Give the stretches to be added up of the time asked about: days, or whole months."""
    begun = unserved().c.day if span == "day" else broken().c.month
    starts_at = sa.func.greatest(STARTS_AT, first_of(begun))
    ends_at = sa.func.least(ENDS_AT, first_after(begun, span))
    return (
        sa.select(starts_at.label("starts_at"), ends_at.label("ends_at"))
        .where(starts_at < ends_at)
        .cte(STRETCH)
    )


def named(span: str) -> sa.Subquery:
    """Give the stretches of the days that are named, or of the months that they begin."""
    day = sa.func.unnest(DAYS).column_valued("day")
    return sa.select(
        first_of(day).label("starts_at"), first_after(day, span).label("ends_at")
    ).subquery(STRETCH)


def is_kept() -> sa.ColumnElement[bool]:
    """Tell whether the kept figures have what is asked for."""
    return sa.exists().select_from(state())


def is_open(result: type[Result]) -> sa.ColumnElement[bool]:
    """Tell whether a result is open to the organisation of whoever asks."""
    mine = sa.select(sa.func.actor_organisations(type_=ARRAY(sa.Uuid()))).scalar_subquery()
    return result.audience_id == sa.any_(sa.cast(mine, ARRAY(sa.Uuid())))


def is_of_organisation(result: type[Result]) -> sa.ColumnElement[bool]:
    """Tell whether a result is open to an organisation, rather than to members alone."""
    return result.audience_id.in_(sa.select(Organisation.id))
