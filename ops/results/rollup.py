"""The programme's figures, kept added up: by measure, day, district and theme, in one snapshot.

Whoever reads takes what is kept of the days on which nothing was written since that snapshot,
whole months at once where they can, and adds up the rest anew, in one statement: the figures
are those of the plain query, and nobody who logs pays for it. Kept is what open operations add
up to, and of that what lies in nothing else; what a member alone sees, and what lies in
packages, is few.
"""

import datetime as dt
import functools
import hashlib
import itertools
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, array, insert

from ops.results import cells, measures, stretches
from ops.results.counting import Named, Of, Reach
from ops.results.definitions import Definition, beneath
from ops.results.grouping import CELL, several
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.models import Rollup, RollupState

# Any number that no other program uses: one refreshes at a time.
LOCK = 2_718_281_828
# How the rows that were kept are told from those that were added up.
APART = "kept"
# What the kept figures can be broken down by.
GROUPINGS: dict[str | None, sa.ColumnElement[Any]] = {
    None: sa.cast(sa.null(), sa.Text()),
    "month": sa.func.to_char(Rollup.starts_on, "YYYY-MM"),
    "district": sa.func.nullif(Rollup.district, ""),
    "district_month": sa.func.nullif(Rollup.district, "")
    + " "
    + sa.func.to_char(Rollup.starts_on, "YYYY-MM"),
    "theme": sa.func.nullif(Rollup.theme, ""),
}


@functools.lru_cache(maxsize=2048)
def key_of(definition: Definition) -> str:
    """Name what a definition adds up, whatever it is called."""
    asked = (
        definition.kind,
        definition.terms,
        definition.around,
        definition.sum,
        definition.distinct,
        definition.counts_when,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:32]


def serves(definition: Definition, kept: Collection[str]) -> bool:
    """Tell whether what a definition adds up is kept."""
    return definition.period is None and key_of(definition) in kept


def can_group(by: str | None) -> bool:
    """Tell whether the kept figures can be broken down so."""
    return all(name in GROUPINGS for name in _names(by))


def _names(by: str | None) -> list[str | None]:
    return [*several(by)] or [by]


def can_keep(definition: Definition) -> bool:
    """Tell whether what a definition adds up stays the same until a record is written to."""
    facets = KINDS[definition.kind].facets
    asked = [*definition.terms.asked(), *definition.around.asked()]
    return definition.period is None and all(facets[name].is_lasting for name, _ in asked)


@functools.lru_cache(maxsize=64)
def served(served_keys: tuple[str, ...], by: str | None) -> sa.Select[Any]:
    """Add up what is kept of the days and months that nobody wrote to, as a figure's columns."""
    broken = sa.func.array(sa.select(stretches.broken().c.month).scalar_subquery())
    days = sa.func.array(sa.select(stretches.served().c.day).scalar_subquery())
    whole = sa.and_(
        Rollup.span == "month",
        stretches.is_asked(Rollup.starts_on, "month"),
        Rollup.starts_on != sa.all_(broken),
    )
    # As an array, by which the index finds them.
    single = sa.and_(Rollup.span == "day", Rollup.starts_on == sa.any_(days))
    keys = {name or "": GROUPINGS[name] for name in _names(by)}
    part: list[Any] = [sa.false().label("is_part"), GROUPINGS[None].label("key")]
    grouped: list[Any] = [Rollup.definition]
    if by is not None:
        [is_part, key] = cells.beside(keys)
        only = next(iter(keys.values()))
        part = [is_part, key if several(by) else only.label("key")]
        sets = (sa.tuple_(Rollup.definition, each) for each in keys.values())
        grouped = [sa.func.grouping_sets(sa.tuple_(Rollup.definition), *sets)]
    return (
        sa.select(
            Rollup.definition.label("kind"),
            sa.literal(APART).label("apart"),
            _one(sa.func.sum(Rollup.value), sa.Numeric()).label("values"),
            _one(sa.func.sum(Rollup.provisional), sa.Numeric()).label("provisional"),
            _one(sa.func.sum(Rollup.records), sa.Numeric()).label("records"),
            _one(_qualifier(), sa.Text()).label("qualifiers"),
            *part,
        )
        .where(Rollup.definition.in_(served_keys), stretches.is_kept(), sa.or_(whole, single))
        .group_by(*grouped)
    )


def _qualifier() -> sa.ColumnElement[Any]:
    """Say how sure a sum of kept figures is: as unsure as those that are, or about."""
    unsure = Rollup.qualifier != "exact"
    least, most = (
        function(Rollup.qualifier).filter(unsure) for function in (sa.func.min, sa.func.max)
    )
    return sa.case((least.is_(None), "exact"), (least == most, least), else_="approx")


def _one(value: sa.ColumnElement[Any], type_: Any) -> sa.ColumnElement[Any]:
    return sa.cast(array([value]), ARRAY(type_))


def refresh(engine: sa.Engine) -> int | None:
    """Add up anew the days that were written to; give how many, or none where another does.

    It runs as the owner of the tables, in one snapshot.
    """
    of_one_snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    with of_one_snapshot.begin() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))):
            return None
        return _refresh(connection)


def _refresh(connection: sa.Connection) -> int:
    definitions = _definitions(connection)
    keys = sorted({key_of(each) for each in definitions})
    # The session's first look decides what it sees, and what it sees is what is kept.
    snapshot = connection.scalar(sa.select(sa.cast(sa.func.pg_current_snapshot(), sa.Text)))
    cluster = connection.scalar(sa.select(sa.func.this_cluster()))
    there = connection.execute(sa.select(RollupState.__table__)).first()
    is_usable = there is not None and there.cluster == cluster and there.definitions == keys
    if there is not None and is_usable:
        touched = sa.select(sa.func.rollup_touched(there.snapshot, type_=sa.Date()))
        days = list(connection.scalars(touched))
    else:
        days = list(connection.scalars(sa.select(sa.func.rollup_days(type_=sa.Date()))))
        connection.execute(sa.delete(Rollup))
    if days:
        _keep(connection, definitions, days)
    said = {"snapshot": snapshot, "cluster": cluster, "definitions": keys}
    state = insert(RollupState).values(is_one=True, **said)
    connection.execute(
        state.on_conflict_do_update(
            index_elements=[RollupState.is_one], set_=said | {"built_at": sa.func.now()}
        )
    )
    return len(days)


def _definitions(connection: sa.Connection) -> list[Definition]:
    """List, once each, what the measures in force and their parts add up over any time."""
    session = orm.Session(bind=connection)
    found = [measures.read(each) for each in session.scalars(measures.current())]
    known = {each.code: each for each in found if each is not None}
    counted = [each for each in known.values() if isinstance(each, Definition)]
    whole_and_parts = itertools.chain.from_iterable(
        (each, *beneath(each, known)) for each in counted
    )
    return list({key_of(each): each for each in whole_and_parts if can_keep(each)}.values())


def _keep(
    connection: sa.Connection, definitions: Sequence[Definition], days: Sequence[dt.date]
) -> None:
    """Add up these days and the months that they are in, and keep what is not nothing."""
    months = sorted({day.replace(day=1) for day in days})
    old = sa.tuple_(Rollup.span, Rollup.starts_on).in_(
        [*(("day", day) for day in days), *(("month", month) for month in months)]
    )
    connection.execute(sa.delete(Rollup).where(old))
    columns = [column.name for column in Rollup.__table__.columns]
    for kind, apart, chosen in cells.scans(definitions):
        if not apart:
            rows = _cells(kind, chosen)
            connection.execute(insert(Rollup).from_select(columns, rows), {"days": days})
    connection.execute(insert(Rollup).from_select(columns, _months(months)))


def _months(months: Sequence[dt.date]) -> sa.Select[Any]:
    """Add up the days of months."""
    month = stretches.month_of(Rollup.starts_on)
    alike = (Rollup.definition, Rollup.audience_id, Rollup.district, Rollup.theme)
    return (
        sa.select(
            sa.literal("month"),
            month,
            *alike,
            sa.func.sum(Rollup.value),
            sa.func.sum(Rollup.provisional),
            sa.func.sum(Rollup.records),
            _qualifier(),
        )
        .where(Rollup.span == "day", Rollup.starts_on >= months[0], month.in_(months))
        .group_by(month, *alike)
    )


def _cells(kind: Kind, definitions: Sequence[Definition]) -> sa.Select[Any]:
    """Give a row for each definition, audience, day, district and theme of a kind."""
    of = Of(Named.NONE, reach=Reach.DAYS)
    figures = cells.added_up(kind, definitions, of=of, by=CELL).subquery("figures")
    keys = sa.cast(array([key_of(one) for one in definitions]), ARRAY(sa.Text))
    columns: list[Any] = [
        sa.column("definition", sa.Text),
        sa.column("value", sa.Numeric),
        sa.column("provisional", sa.Numeric),
        sa.column("records", sa.Numeric),
        sa.column("qualifier", sa.Text),
    ]
    each = (
        sa.func.unnest(
            keys,
            figures.c["values"],
            figures.c.provisional,
            figures.c.records,
            figures.c.qualifiers,
        )
        .table_valued(*columns, name="each_figure")
        .render_derived()
    )
    audience, day, district, theme = (
        sa.func.split_part(figures.c.key, "|", number) for number in (1, 2, 3, 4)
    )
    return (
        sa.select(
            sa.literal("day"),
            sa.cast(day, sa.Date),
            each.c.definition,
            sa.cast(audience, sa.Uuid),
            district,
            theme,
            each.c.value,
            each.c.provisional,
            sa.cast(each.c.records, sa.BigInteger),
            each.c.qualifier,
        )
        .select_from(figures)
        .join(each, sa.true())
        .where(
            figures.c.is_part,
            sa.or_(each.c.records != 0, each.c.value != 0, each.c.provisional != 0),
        )
    )
