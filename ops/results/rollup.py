"""The programme's figures, kept added up: by measure, day, district and theme, in one snapshot.

By ward, square and hour they are kept by the month alone: by the day these would be as many as the
records.

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
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, array, insert

from ops.results import cells, measures, stretches
from ops.results.counting import Named, Of, Reach
from ops.results.definitions import Definition, beneath
from ops.results.grouping import BESIDE, BY_MONTH, CELL, SQUARES, several
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.models import Rollup, RollupPart, RollupState

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


def _square(kilometres: int) -> sa.ColumnElement[Any]:
    """Give the larger square that a kept one lies in; both by how many lie west and south."""
    west, south = (
        sa.cast(sa.func.nullif(sa.func.split_part(RollupPart.key, " ", part), ""), sa.Integer)
        // kilometres
        for part in (1, 2)
    )
    return sa.cast(west, sa.Text) + " " + sa.cast(south, sa.Text)


# Likewise by the month alone: what each is kept as, and its key.
PARTS: dict[str | None, tuple[str, sa.ColumnElement[Any]]] = {
    **{name: (name, sa.func.nullif(RollupPart.key, "")) for name in BY_MONTH.values()},
    "square_5km": ("square", _square(SQUARES["square_5km"] // SQUARES["square"])),
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


def span_of(by: str | None) -> str | None:
    """Say by what spans what a breakdown needs is kept, if at all: by days, or by months alone."""
    names = _names(by)
    if all(name in GROUPINGS for name in names):
        return "day"
    return "month" if all(name in PARTS for name in names) else None


def alike(several: Sequence[str | None]) -> list[list[str | None]]:
    """Put together the breakdowns that are kept alike.

    Where records are read, what is kept by months alone is read with them: once, not twice.
    """
    fine = [by for by in several if span_of(by) == "day"]
    rest = [by for by in several if by not in fine]
    return [names for names in (fine, rest) if names]


def _names(by: str | None) -> list[str | None]:
    return [*several(by)] or [by]


def can_keep(definition: Definition) -> bool:
    """Tell whether what a definition adds up stays the same until a record is written to."""
    facets = KINDS[definition.kind].facets
    asked = [*definition.terms.asked(), *definition.around.asked()]
    return definition.period is None and all(facets[name].is_lasting for name, _ in asked)


@functools.lru_cache(maxsize=64)
def served(served_keys: tuple[str, ...], by: str | None) -> list[sa.Select[Any]]:
    """Add up what is kept of the days and months that nobody wrote to, as a figure's columns."""
    broken = sa.func.array(sa.select(stretches.broken().c.month).scalar_subquery())

    def is_whole(starts_on: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(stretches.is_asked(starts_on, "month"), starts_on != sa.all_(broken))

    names = _names(by)
    if span_of(by) == "month":
        # Every one of them has the whole: it is taken once.
        kept = [(name, *PARTS[name]) for name in names]
        return [
            _added_up(RollupPart, {name: key}, by, with_whole=name == names[0]).where(
                RollupPart.definition.in_(served_keys),
                RollupPart.breakdown == breakdown,
                is_whole(RollupPart.starts_on),
            )
            for name, breakdown, key in kept
        ]
    days = sa.func.array(sa.select(stretches.served().c.day).scalar_subquery())
    whole = sa.and_(Rollup.span == "month", is_whole(Rollup.starts_on))
    # As an array, by which the index finds them.
    single = sa.and_(Rollup.span == "day", Rollup.starts_on == sa.any_(days))
    keys = {name: GROUPINGS[name] for name in names}
    asked = sa.or_(whole, single)
    return [_added_up(Rollup, keys, by).where(Rollup.definition.in_(served_keys), asked)]


def _added_up(
    kept: type[Rollup | RollupPart],
    keys: Mapping[str | None, sa.ColumnElement[Any]],
    by: str | None,
    *,
    with_whole: bool = True,
) -> sa.Select[Any]:
    """Add up kept rows: the whole, if it is wanted, and the parts by each key."""
    part: list[Any] = [sa.false().label("is_part"), GROUPINGS[None].label("key")]
    grouped: list[Any] = [kept.definition]
    if by is not None:
        [is_part, key] = cells.beside({name or "": key for name, key in keys.items()})
        only = next(iter(keys.values()))
        part = [is_part, key if several(by) else only.label("key")]
        sets = [sa.tuple_(kept.definition, each) for each in keys.values()]
        whole = [sa.tuple_(kept.definition)] if with_whole else []
        grouped = [sa.func.grouping_sets(*whole, *sets)]
    return (
        sa.select(
            kept.definition.label("kind"),
            sa.literal(APART).label("apart"),
            _one(sa.func.sum(kept.value), sa.Numeric()).label("values"),
            _one(sa.func.sum(kept.provisional), sa.Numeric()).label("provisional"),
            _one(sa.func.sum(kept.records), sa.Numeric()).label("records"),
            _one(_qualifier(kept), sa.Text()).label("qualifiers"),
            *part,
        )
        .where(stretches.is_kept())
        .group_by(*grouped)
    )


def _qualifier(kept: type[Rollup | RollupPart]) -> sa.ColumnElement[Any]:
    """Say how sure a sum of kept figures is: as unsure as those that are, or about."""
    unsure = kept.qualifier != "exact"
    least, most = (
        function(kept.qualifier).filter(unsure) for function in (sa.func.min, sa.func.max)
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
        connection.execute(sa.delete(RollupPart))
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
    connection.execute(sa.delete(RollupPart).where(RollupPart.starts_on.in_(months)))
    columns, parts = (
        [column.name for column in kept.__table__.columns] for kept in (Rollup, RollupPart)
    )
    for kind, apart, chosen in cells.scans(definitions):
        if not apart:
            rows = _cells(kind, chosen)
            connection.execute(insert(Rollup).from_select(columns, rows), {"days": days})
            rows = _parts(kind, chosen)
            connection.execute(insert(RollupPart).from_select(parts, rows), {"days": months})
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
            _qualifier(Rollup),
        )
        .where(Rollup.span == "day", Rollup.starts_on >= months[0], month.in_(months))
        .group_by(month, *alike)
    )


def _cells(kind: Kind, definitions: Sequence[Definition]) -> sa.Select[Any]:
    """Give a row for each definition, audience, day, district and theme of a kind."""
    of = Of(Named.NONE, reach=Reach.DAYS)
    figures = cells.added_up(kind, definitions, of=of, by=CELL).subquery("figures")
    audience, day, district, theme = (
        sa.func.split_part(figures.c.key, "|", number) for number in (1, 2, 3, 4)
    )
    return _each(
        figures,
        definitions,
        lambda each: (
            sa.literal("day"),
            sa.cast(day, sa.Date),
            each.c.definition,
            sa.cast(audience, sa.Uuid),
            district,
            theme,
        ),
    )


def _parts(kind: Kind, definitions: Sequence[Definition]) -> sa.Select[Any]:
    """Give a row for each definition, audience, month and ward, square or hour of a kind."""
    of = Of(Named.NONE, reach=Reach.DAYS, span="month")
    beside = BESIDE.join(BY_MONTH)
    figures = cells.added_up(kind, definitions, of=of, by=beside).subquery("figures")
    name, cell = (
        sa.func.split_part(figures.c.key, " ", 1),
        sa.func.substr(figures.c.key, sa.func.strpos(figures.c.key, " ") + 1),
    )
    audience, month, key = (sa.func.split_part(cell, "|", number) for number in (1, 2, 3))
    return _each(
        figures,
        definitions,
        lambda each: (
            each.c.definition,
            sa.case(BY_MONTH, value=name),
            sa.cast(month, sa.Date),
            sa.cast(audience, sa.Uuid),
            key,
        ),
    )


def _each(
    figures: sa.Subquery,
    definitions: Sequence[Definition],
    of: Callable[[sa.FromClause], Iterable[Any]],
) -> sa.Select[Any]:
    """Take what is added up apart by definition; keep what is not nothing, and what it is `of`."""
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
    return (
        sa.select(
            *of(each),
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
