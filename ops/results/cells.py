"""The statement behind figures: records to cells of like ones, and cells to values."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from ops.results import stretches
from ops.results.counting import Of, Reach, counted, is_confirmed
from ops.results.definitions import Definition
from ops.results.grouping import key_of, keys_of, several, text_of
from ops.results.kinds import KINDS
from ops.results.kinds.base import Facet, Kind, Quantity
from ops.results.matching import fits, has, in_own_period, lies_in_none, matches_around

# A facet as it is asked for: of one with several codes, together with those that are asked for.
Mark = tuple[str, tuple[str, ...]]


def scans(
    definitions: Iterable[Definition],
) -> Iterator[tuple[Kind, str, list[Definition]]]:
    """Give the definitions of each kind, and again of each key that some of them tell apart by."""
    all_of = list(definitions)
    for kind in KINDS.values():
        if chosen := [each for each in all_of if each.kind == kind.name]:
            yield kind, "", chosen
            for key in sorted({each.distinct for each in chosen if each.distinct}):
                yield kind, key, [each for each in chosen if each.distinct == key]


def added_up(
    kind: Kind, definitions: Sequence[Definition], *, of: Of, by: str | None
) -> sa.Select[Any]:
    """Add up one kind. Few cells stand for many records, so that each record is met once."""
    summed = {each.sum: kind.quantities[each.sum] for each in definitions if each.sum}
    alone = {each.distinct: kind.keys[each.distinct] for each in definitions if each.distinct}
    rows = _rows(
        kind,
        definitions,
        *(each.value.label(f"value_{name}") for name, each in summed.items()),
        *(_qualifier(each).label(f"as_{name}") for name, each in summed.items()),
        # Without the key, each record is one of its own.
        *(sa.case((each.value.is_(None), 1)).label(f"alone_{n}") for n, each in alone.items()),
        of=of,
        by=by,
    )
    cells = sa.union_all(*(_cells(each.subquery("rows"), summed, alone) for each in rows))
    return _figures(cells.subquery("cells"), kind, definitions, "", by)


def told_apart(
    kind: Kind, definitions: Sequence[Definition], key: str, *, of: Of, by: str | None
) -> sa.Select[Any]:
    """Count what differs by a key, over the records that have it."""
    value = kind.keys[key].value
    rows = _rows(kind, definitions, value.label("one"), of=of, by=by)
    cells = sa.union_all(*(each.where(value.is_not(None)).distinct() for each in rows))
    return _figures(cells.subquery("cells"), kind, definitions, key, by)


def _rows(
    kind: Kind,
    definitions: Sequence[Definition],
    *columns: sa.Label[Any],
    of: Of,
    by: str | None,
) -> list[sa.Select[Any]]:
    """Give a kind's records, with what is asked about each and the group that it is in.

    What lies in others is never kept: of it, all is read.
    """

    def read(reach: Reach) -> list[sa.Select[Any]]:
        reached = dataclasses.replace(of, reach=reach)
        return _read(kind, definitions, *columns, of=reached, by=by)

    if of.reach is Reach.ALL:
        return read(Reach.ALL)
    if of.reach is Reach.DAYS:
        return [_in_each(stretches.named(of.span), read(Reach.DAYS)[0])]
    written_to = _in_each(stretches.rest(of.span), read(Reach.REST)[0])
    return [written_to, read(Reach.OWN)[0], *read(Reach.ALL)[1:]]


def _in_each(stretch: sa.FromClause, rows: sa.Select[Any]) -> sa.Select[Any]:
    """Read stretch by stretch, which the planner keeps to: few rows of each kind's table."""
    inside = rows.offset(0).lateral("inside")
    return sa.select(*inside.c).select_from(stretch.join(inside, sa.true()))


def _read(
    kind: Kind,
    definitions: Sequence[Definition],
    *columns: sa.Label[Any],
    of: Of,
    by: str | None,
) -> list[sa.Select[Any]]:
    results = counted(of=of, kind=kind.name)
    key = key_of(by, kind, results, of=of)
    source = results.join(kind.model, kind.model.__table__.c.result_id == results.c.id)
    values: list[sa.Label[Any]] = [
        _value(kind.facets[facet], codes, of=of).label(name)
        for (facet, codes), name in _marks(kind, definitions).items()
    ]
    marks = [is_confirmed(results, of=of).label("confirmed"), *values]
    marks += {
        each.period: own[0].label(_period(each))
        for each in definitions
        if (own := in_own_period(each, results.c.occurred_at, of=of))
    }.values()
    if isinstance(key, sa.Select):
        keys, part = key.distinct().lateral("keys"), _whole_and_parts()
        source = source.join(part, sa.true()).outerjoin(keys, part.c.is_part)
        marks += [next(iter(keys.c)).label("key"), part.c.is_part.label("is_part")]
    elif key is not None:
        marks.append(key.label("key"))
    marks += [each.label(f"key_{name}") for name, each in keys_of(by, kind, results, of=of).items()]
    rows = sa.select(*marks, *columns).select_from(source)
    return [
        some.add_columns(inside.label("inside"))
        for some, inside in _inside(kind, definitions, rows, of=of)
    ]


def _marks(kind: Kind, definitions: Sequence[Definition]) -> dict[Mark, str]:
    """Name what the definitions ask about a record: the facets, so that few cells differ."""
    asked = dict.fromkeys(
        (facet, codes if kind.facets[facet].is_many else ())
        for each in definitions
        for facet, codes in each.terms.asked()
    )
    return {mark: f"mark_{number}" for number, mark in enumerate(asked)}


def _value(facet: Facet, codes: tuple[str, ...], *, of: Of) -> sa.SQLColumnExpression[Any]:
    """Give a record's code; of a facet with several, whether it has those that are asked for."""
    return has(facet, codes, of=of) if facet.is_many else facet.at(is_past=of.is_past)


def _period(definition: Definition) -> str:
    return f"in_{definition.period or 'as_asked'}"


def _inside(
    kind: Kind, definitions: Sequence[Definition], rows: sa.Select[Any], *, of: Of
) -> list[tuple[sa.Select[Any], sa.ColumnElement[Any]]]:
    """Tell, of records that lie in others, what those others count towards.

    Of all records they are taken apart: the many that lie in none are then
    added up by several processes at once.
    """
    nothing = sa.cast(sa.null(), ARRAY(sa.Boolean))
    if kind.ancestors is None:
        return [(rows, nothing)]
    around, alone = matches_around(kind, definitions, of=of), lies_in_none(kind)
    if of.is_all:
        return [(rows.where(alone), nothing), (rows.where(sa.not_(alone)), around)]
    return [(rows, sa.case((alone, nothing), else_=around))]


def _qualifier(quantity: Quantity) -> sa.SQLColumnExpression[Any]:
    return sa.literal("exact") if quantity.qualifier is None else quantity.qualifier


def _whole_and_parts() -> sa.FromClause:
    """Give each record twice: once for the whole, once for the parts it belongs to."""
    return sa.values(sa.column("is_part", sa.Boolean), name="part").data([(False,), (True,)])


def _cells(rows: sa.Subquery, summed: Iterable[str], alone: Iterable[str]) -> sa.Select[Any]:
    marks = [each for each in rows.c if not each.name.startswith(("value_", "alone_"))]
    values = {name: rows.c[f"value_{name}"] for name in summed}
    return sa.select(
        *marks,
        sa.func.count().label("records"),
        *(sa.func.sum(value).label(f"sum_{name}") for name, value in values.items()),
        *(sa.func.count(value).label(f"records_{name}") for name, value in values.items()),
        *(sa.func.count(rows.c[f"alone_{name}"]).label(f"alone_{name}") for name in alone),
    ).group_by(*marks)


def _figures(
    cells: sa.Subquery, kind: Kind, definitions: Sequence[Definition], apart: str, by: str | None
) -> sa.Select[Any]:
    keyed = cells
    if by is not None and "key" in cells.c:
        others = [column for column in cells.c if column.name != "key"]
        keyed = sa.select(*others, text_of(by, cells.c.key).label("key")).subquery("keyed")
    beside = [name for name in several(by) if f"key_{name}" in cells.c]
    if beside:
        texts = {f"key_{name}": text_of(name, cells.c[f"key_{name}"]) for name in beside}
        others = [column for column in cells.c if column.name not in texts]
        each_text = (text.label(name) for name, text in texts.items())
        keyed = sa.select(*others, *each_text).subquery("keyed")
    marks = _marks(kind, definitions)
    columns = []
    for number, each in enumerate(definitions, 1):
        hit = sa.and_(_hit(kind, keyed, each, marks), sa.not_(_is_inside(keyed, number)))
        columns.append(_different(keyed, each, hit) if apart else _figure(keyed, each, hit))
    values, provisional, records, qualifiers = zip(*columns, strict=True)
    query = sa.select(
        sa.literal(kind.name).label("kind"),
        sa.literal(apart).label("apart"),
        sa.cast(array(values), ARRAY(sa.Numeric)).label("values"),
        sa.cast(array(provisional), ARRAY(sa.Numeric)).label("provisional"),
        sa.cast(array(records), ARRAY(sa.Numeric)).label("records"),
        sa.cast(array(qualifiers), ARRAY(sa.Text)).label("qualifiers"),
    )
    if beside:
        return _beside(query, {name: keyed.c[f"key_{name}"] for name in beside})
    if "key" not in keyed.c:
        return query.add_columns(sa.false().label("is_part"), sa.cast(None, sa.Text).label("key"))
    if "is_part" in keyed.c:
        part = (keyed.c.is_part, keyed.c.key)
        return query.add_columns(*part).group_by(*part)
    is_part = sa.func.grouping(keyed.c.key) == 0
    return query.add_columns(is_part.label("is_part"), keyed.c.key).group_by(
        sa.func.grouping_sets(sa.tuple_(), keyed.c.key)
    )


def _beside(query: sa.Select[Any], keys: Mapping[str, sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """Give the whole and its parts by several keys; the key of each begins with its name."""
    return query.add_columns(*beside(keys)).group_by(
        sa.func.grouping_sets(sa.tuple_(), *keys.values())
    )


def beside(keys: Mapping[str, sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
    """Tell of a row of several groupings whether it is a part, and give its key."""
    of = {name: sa.func.grouping(key) == 0 for name, key in keys.items()}
    key = sa.case(
        *((is_of, name + " " + sa.func.coalesce(keys[name], "")) for name, is_of in of.items())
    )
    return [sa.or_(*of.values()).label("is_part"), key.label("key")]


def _figure(
    cells: sa.Subquery, definition: Definition, hit: sa.ColumnElement[bool]
) -> tuple[sa.ColumnElement[Any], ...]:
    """Give the value, the provisional value, the number of records and the qualifier."""
    records = cells.c[f"records_{definition.sum}"] if definition.sum else cells.c.records
    value = cells.c[f"sum_{definition.sum}"] if definition.sum else cells.c.records
    if definition.distinct:
        value = cells.c[f"alone_{definition.distinct}"]
    counts, waits = _when(cells, definition, hit)
    qualifier: sa.ColumnElement[Any] = sa.literal("exact")
    if definition.sum:
        sure = cells.c[f"as_{definition.sum}"]
        unsure = sa.and_(counts, records > 0, sure != "exact")
        least, most = sa.func.min(sure).filter(unsure), sa.func.max(sure).filter(unsure)
        qualifier = sa.case((least.is_(None), "exact"), (least == most, least), else_="approx")
    return (
        sa.func.trim_scale(sa.func.coalesce(sa.func.sum(value).filter(counts), 0)),
        sa.func.trim_scale(sa.func.coalesce(sa.func.sum(value).filter(waits), 0)),
        sa.func.coalesce(sa.func.sum(records).filter(counts), 0),
        qualifier,
    )


def _different(
    cells: sa.Subquery, definition: Definition, hit: sa.ColumnElement[bool]
) -> tuple[sa.ColumnElement[Any], ...]:
    """Give the number of keys; the records that have them are counted with the others."""
    number = sa.func.count(sa.distinct(cells.c.one))
    counts, waits = _when(cells, definition, hit)
    return number.filter(counts), number.filter(waits), sa.literal(0), sa.literal("exact")


def _when(
    cells: sa.Subquery, definition: Definition, hit: sa.ColumnElement[bool]
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Tell what counts, and what waits until it is confirmed."""
    if definition.counts_when == "confirmed":
        return sa.and_(hit, cells.c.confirmed), sa.and_(hit, sa.not_(cells.c.confirmed))
    return hit, sa.and_(hit, sa.false())


def _is_inside(cells: sa.Subquery, number: int) -> sa.ColumnElement[bool]:
    """Tell whether something around the records of a cell counts for a definition already."""
    return sa.func.coalesce(cells.c.inside[number], sa.false())


def _hit(
    kind: Kind, cells: sa.Subquery, definition: Definition, marks: Mapping[Mark, str]
) -> sa.ColumnElement[bool]:
    """Tell whether a cell holds what a definition asks for."""

    def has_one(facet: str, codes: tuple[str, ...]) -> sa.ColumnElement[bool]:
        if kind.facets[facet].is_many:
            return cells.c[marks[facet, codes]]
        return cells.c[marks[facet, ()]].in_(codes)

    fit = fits(definition.terms, has_one)
    own = cells.c.get(_period(definition))
    return fit if own is None else sa.and_(fit, own)
