"""From definitions to figures: one statement for all, and the records of each from the same."""

import dataclasses
import decimal
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from ops import db
from ops.results.counting import Of, Scope, counted, is_confirmed
from ops.results.grouping import code_labels, key_of, label_of, text_of
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind, Quantity
from ops.results.matching import has, lies_in_none, matches_around
from ops.results.measures import Definition


@dataclasses.dataclass(frozen=True)
class Figure:
    """A measure's value; where only the confirmed counts, the rest stands apart as provisional."""

    value: decimal.Decimal
    provisional: decimal.Decimal
    qualifier: str
    records: int


@dataclasses.dataclass(frozen=True)
class Part:
    """The figures of one group of records: a day, a district, a drug; no key: of none of them."""

    key: str | None
    label: str | None
    figures: Mapping[str, Figure]


@dataclasses.dataclass(frozen=True)
class Summary:
    """The figures by the code of their measure, and their parts where they were asked for.

    Parts may overlap (areas do), so they do not always add up to the whole.
    """

    figures: Mapping[str, Figure]
    parts: Sequence[Part]


def add_up(definitions: Iterable[Definition], scope: Scope, by: str | None = None) -> Summary:
    """Work out all the figures, and by choice their parts, in one statement."""
    chosen = tuple(definitions)
    if not chosen:
        return Summary({}, [])
    statement = figures(chosen, of=scope.of, by=by)
    return _read(chosen, by, db.session.execute(statement, scope.parameters).all())


@functools.lru_cache(maxsize=256)
def figures(definitions: tuple[Definition, ...], *, of: Of, by: str | None) -> sa.Select[Any]:
    """Build the statement: one scan a kind, first to cells of like records, then to figures."""
    together = sa.union_all(
        *(
            _of_kind(kind, chosen, of=of, by=by)
            for kind in KINDS.values()
            if (chosen := [each for each in definitions if each.kind == kind.name])
        )
    ).subquery("figures")
    return sa.select(together, label_of(by, together.c.key).label("label")).order_by(
        together.c.is_part, together.c.key, together.c.kind
    )


def _of_kind(
    kind: Kind, definitions: Sequence[Definition], *, of: Of, by: str | None
) -> sa.Select[Any]:
    """Add up one kind. Few cells stand for many records, so that each record is met once."""
    results = counted(of=of, kind=kind.name)
    key = key_of(by, kind, results, of=of)
    source = results.join(kind.model, kind.model.__table__.c.result_id == results.c.id)
    marks = [is_confirmed(results).label("confirmed"), *_marks(kind, definitions).values()]
    if isinstance(key, sa.Select):
        keys, part = key.distinct().lateral("keys"), _whole_and_parts()
        source = source.join(part, sa.true()).outerjoin(keys, part.c.is_part)
        marks += [next(iter(keys.c)).label("key"), part.c.is_part.label("is_part")]
    elif key is not None:
        marks.append(key.label("key"))
    summed = {each.sum: kind.quantities[each.sum] for each in definitions if each.sum}
    rows = sa.select(
        *marks,
        *(each.value.label(f"value_{name}") for name, each in summed.items()),
        *(_qualifier(each).label(f"as_{name}") for name, each in summed.items()),
    ).select_from(source)
    cells = sa.union_all(
        *(
            _cells(some.add_columns(inside.label("inside")).subquery("rows"), summed)
            for some, inside in _inside(kind, definitions, rows, of=of)
        )
    ).subquery("cells")
    return _figures(cells, kind, definitions, by)


def _marks(
    kind: Kind, definitions: Sequence[Definition]
) -> dict[tuple[str, tuple[str, ...]], sa.Label[Any]]:
    """Give what the definitions ask about a record: the facets, so that few cells differ.

    Of a facet with several codes, whether it has those that are asked for.
    """
    found: dict[tuple[str, tuple[str, ...]], sa.Label[Any]] = {}
    for facet, codes in (pair for each in definitions for pair in each.where):
        described = kind.facets[facet]
        asked = (facet, codes if described.is_many else ())
        value = has(described, codes) if described.is_many else described.value
        found.setdefault(asked, value.label(f"mark_{len(found)}"))
    return found


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
    if of is Of.ALL:
        return [(rows.where(alone), nothing), (rows.where(sa.not_(alone)), around)]
    return [(rows, sa.case((alone, nothing), else_=around))]


def _qualifier(quantity: Quantity) -> sa.SQLColumnExpression[Any]:
    return sa.literal("exact") if quantity.qualifier is None else quantity.qualifier


def _whole_and_parts() -> sa.FromClause:
    """Give each record twice: once for the whole, once for the parts it belongs to."""
    return sa.values(sa.column("is_part", sa.Boolean), name="part").data([(False,), (True,)])


def _cells(rows: sa.Subquery, summed: Iterable[str]) -> sa.Select[Any]:
    marks = [column for column in rows.c if not column.name.startswith("value_")]
    values = {name: rows.c[f"value_{name}"] for name in summed}
    return sa.select(
        *marks,
        sa.func.count().label("records"),
        *(sa.func.sum(value).label(f"sum_{name}") for name, value in values.items()),
        *(sa.func.count(value).label(f"records_{name}") for name, value in values.items()),
    ).group_by(*marks)


def _figures(
    cells: sa.Subquery, kind: Kind, definitions: Sequence[Definition], by: str | None
) -> sa.Select[Any]:
    keyed = cells
    if by is not None and "key" in cells.c:
        others = [column for column in cells.c if column.name != "key"]
        keyed = sa.select(*others, text_of(by, cells.c.key).label("key")).subquery("keyed")
    marks = _marks(kind, definitions)
    columns = [
        _figure(keyed, number, each, _hit(kind, keyed, each, marks))
        for number, each in enumerate(definitions, 1)
    ]
    values, provisional, records, qualifiers = zip(*columns, strict=True)
    query = sa.select(
        sa.literal(kind.name).label("kind"),
        sa.cast(array(values), ARRAY(sa.Numeric)).label("values"),
        sa.cast(array(provisional), ARRAY(sa.Numeric)).label("provisional"),
        sa.cast(array(records), ARRAY(sa.Numeric)).label("records"),
        sa.cast(array(qualifiers), ARRAY(sa.Text)).label("qualifiers"),
    )
    if "key" not in keyed.c:
        return query.add_columns(sa.false().label("is_part"), sa.cast(None, sa.Text).label("key"))
    if "is_part" in keyed.c:
        part = (keyed.c.is_part, keyed.c.key)
        return query.add_columns(*part).group_by(*part)
    is_part = sa.func.grouping(keyed.c.key) == 0
    return query.add_columns(is_part.label("is_part"), keyed.c.key).group_by(
        sa.func.grouping_sets(sa.tuple_(), keyed.c.key)
    )


def _figure(
    cells: sa.Subquery, number: int, definition: Definition, hit: sa.ColumnElement[bool]
) -> tuple[sa.ColumnElement[Any], ...]:
    """Give the value, the provisional value, the number of records and the qualifier."""
    records = cells.c[f"records_{definition.sum}"] if definition.sum else cells.c.records
    value = cells.c[f"sum_{definition.sum}"] if definition.sum else cells.c.records
    hit = sa.and_(hit, sa.not_(sa.func.coalesce(cells.c.inside[number], sa.false())))
    counts, waits = hit, sa.and_(hit, sa.false())
    if definition.counts_when == "confirmed":
        counts = sa.and_(hit, cells.c.confirmed)
        waits = sa.and_(hit, sa.not_(cells.c.confirmed))
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


def _hit(kind: Kind, cells: sa.Subquery, definition: Definition, marks: Any) -> Any:
    """Tell whether a cell holds what a definition asks for."""
    conditions = [sa.true()]
    for facet, codes in definition.where:
        is_many = kind.facets[facet].is_many
        mark = cells.c[marks[facet, codes if is_many else ()].name]
        conditions.append(mark if is_many else mark.in_(codes))
    return sa.and_(*conditions)


def _read(
    definitions: Sequence[Definition], by: str | None, rows: Iterable[sa.Row[Any]]
) -> Summary:
    """Put the figures of each kind together again."""
    codes: dict[str, list[str]] = {}
    for each in definitions:
        codes.setdefault(each.kind, []).append(each.code)
    labels = code_labels(by) if by else {}
    zero = Figure(decimal.Decimal(0), decimal.Decimal(0), "exact", 0)
    whole = {each.code: zero for each in definitions}
    parts: dict[str | None, Part] = {}
    for row in rows:
        columns = zip(row.values, row.provisional, row.qualifiers, row.records, strict=True)
        found = {
            code: Figure(value, provisional, qualifier, int(records))
            for code, (value, provisional, qualifier, records) in zip(
                codes[row.kind], columns, strict=True
            )
        }
        if not row.is_part:
            whole |= found
            continue
        label = row.label or labels.get(row.key or "")
        so_far = parts.get(row.key) or Part(row.key, label, {})
        parts[row.key] = dataclasses.replace(so_far, figures={**so_far.figures, **found})
    return Summary(whole, list(parts.values()))
