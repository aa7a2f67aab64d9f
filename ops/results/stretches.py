"""The stretches of time that the kept figures leave to be added up, and the months they have."""

import functools
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops.access.models import Organisation
from ops.results.models import Result, RollupState

STARTS_AT, ENDS_AT = (
    sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("starts_at", "ends_at")
)
# Which definitions must be kept, by their keys; and which months are added up to be kept.
KEPT: sa.BindParameter[Any] = sa.bindparam("kept", type_=ARRAY(sa.Text()))
MONTHS: sa.BindParameter[Any] = sa.bindparam("months", type_=ARRAY(sa.Date()))
_LONDON = "Europe/London"


def first_of(month: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[Any]:
    """Give the first moment of a month in London."""
    return sa.func.timezone(_LONDON, sa.cast(month, sa.DateTime()))


def first_after(month: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[Any]:
    """Give the first moment after a month in London."""
    return first_of(sa.cast(month, sa.DateTime()) + sa.text("interval '1 month'"))


def month_of(at: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Give the month in London that a moment is in, as its first day."""
    return sa.cast(sa.func.date_trunc("month", sa.func.timezone(_LONDON, at)), sa.Date)


@functools.cache
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


@functools.cache
def unserved() -> sa.CTE:
    """Give the months that were written to since, and those of which only a part is asked for."""
    kept = state()
    touched = sa.select(
        sa.func.rollup_touched(kept.c.snapshot, type_=sa.Date()).label("month")
    ).select_from(kept)
    edges = [
        sa.select(month_of(edge)).where(edge != first_of(month_of(edge)))
        for edge in (STARTS_AT, ENDS_AT)
    ]
    return sa.union(touched, *edges).cte("unserved")


@functools.cache
def rest() -> sa.CTE:
    """Give the stretches to be added up; where nothing is kept, all the time asked about."""
    months = unserved().c.month
    starts_at = sa.func.greatest(STARTS_AT, first_of(months))
    ends_at = sa.func.least(ENDS_AT, first_after(months))
    parts = sa.select(
        starts_at.label("starts_at"), ends_at.label("ends_at"), sa.true().label("is_open_only")
    ).where(is_kept(), starts_at < ends_at)
    whole = sa.select(STARTS_AT, ENDS_AT, sa.false()).where(sa.not_(is_kept()))
    return sa.union_all(parts, whole).cte("stretch")


def months() -> sa.Subquery:
    """Give the stretches of the months that are named."""
    named = sa.func.unnest(MONTHS).column_valued("month")
    return sa.select(
        first_of(named).label("starts_at"), first_after(named).label("ends_at")
    ).subquery("months")


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
