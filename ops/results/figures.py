"""From definitions to figures: one statement for all, and the records of each from the same."""

import dataclasses
import decimal
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, array

from ops import db
from ops.results.counting import Of, Scope, counted, is_confirmed, is_counted
from ops.results.grouping import code_labels, key_of, label_of, text_of
from ops.results.kinds import KINDS
from ops.results.kinds.base import Facet, Kind
from ops.results.measures import Definition
from ops.results.models import Result


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


def has(facet: Facet, codes: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tell whether a record of the kind has one of these codes."""
    if isinstance(facet.value, sa.Select):
        [value] = facet.value.selected_columns
        return facet.value.where(value.in_(codes)).exists()
    return facet.value.in_(codes)


def hits(kind: Kind, definitions: Sequence[Definition], *, of: Of) -> sa.ColumnElement[Any]:
    """Tell, definition by definition, whether a record counts towards it.

    A record that lies in another counts only where none of those around it
    does: parts are never added to their whole.
    """
    flags = [_matches(kind, each) for each in definitions]
    if kind.ancestors is None:
        return array(flags)
    around = sa.select(
        kind.model.__table__.c.result_id,
        *(flag.label(f"flag_{number}") for number, flag in enumerate(flags)),
    ).subquery("around")
    outer = orm.aliased(Result)
    outermost = [
        sa.and_(
            flag,
            sa.not_(sa.func.coalesce(sa.func.bool_or(around.c[f"flag_{number}"]), sa.false())),
        )
        for number, flag in enumerate(flags)
    ]
    nested = (
        sa.select(array(outermost))
        .select_from(around)
        .join(outer, outer.id == around.c.result_id)
        .where(
            around.c.result_id == sa.any_(kind.ancestors),
            is_counted(outer, of=of),
        )
        .correlate(kind.model)
        .scalar_subquery()
    )
    return sa.case((sa.func.cardinality(kind.ancestors) == 0, array(flags)), else_=nested)


def counts(kind: Kind, definition: Definition, *, of: Of) -> sa.ColumnElement[bool]:
    """Tell whether a record is one of those behind a figure, for the list of them."""
    return sa.true() == sa.any_(hits(kind, (definition,), of=of))


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


def _matches(kind: Kind, definition: Definition) -> sa.ColumnElement[bool]:
    conditions = [_says(kind.facets[facet], codes) for facet, codes in definition.where]
    if definition.sum:
        conditions.append(kind.quantities[definition.sum].value.is_not(None))
    return sa.and_(sa.true(), *conditions)


def _says(facet: Facet, codes: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tell the same as `has` of each record by itself.

    An `exists` in a list of columns can be worked out for the whole table
    first, which is the dearer the more there is that nobody asked for.
    """
    if not isinstance(facet.value, sa.Select):
        return has(facet, codes)
    [value] = facet.value.selected_columns
    any_of_them = facet.value.with_only_columns(sa.func.bool_or(value.in_(codes)))
    return sa.func.coalesce(any_of_them.scalar_subquery(), sa.false())


def _of_kind(
    kind: Kind, definitions: Sequence[Definition], *, of: Of, by: str | None
) -> sa.Select[Any]:
    """Add up one kind. Few cells stand for many records, so that each record is met once."""
    results = counted(of=of, kind=kind.name)
    key = key_of(by, kind, results, of=of)
    summed = {each.sum: kind.quantities[each.sum] for each in definitions if each.sum}
    source = results.join(kind.model, kind.model.__table__.c.result_id == results.c.id)
    rows = sa.select(
        hits(kind, definitions, of=of).label("hits"),
        is_confirmed(results).label("confirmed"),
        *(each.value.label(f"value_{name}") for name, each in summed.items()),
        *(
            (sa.literal("exact") if each.qualifier is None else each.qualifier).label(f"as_{name}")
            for name, each in summed.items()
        ),
    )
    if isinstance(key, sa.Select):
        keys, part = key.distinct().lateral("keys"), _whole_and_parts()
        source = source.join(part, sa.true()).outerjoin(keys, part.c.is_part)
        rows = rows.add_columns(next(iter(keys.c)).label("key"), part.c.is_part)
    elif key is not None:
        rows = rows.add_columns(key.label("key"))
    cells = _cells(rows.select_from(source).subquery("rows"), summed)
    return _figures(cells, kind, definitions, by)


def _whole_and_parts() -> sa.FromClause:
    """Give each record twice: once for the whole, once for the parts it belongs to."""
    return sa.values(sa.column("is_part", sa.Boolean), name="part").data([(False,), (True,)])


def _cells(rows: sa.Subquery, summed: Iterable[str]) -> sa.Subquery:
    marks = [column for column in rows.c if not column.name.startswith("value_")]
    return (
        sa.select(
            *marks,
            sa.func.count().label("records"),
            *(sa.func.sum(rows.c[f"value_{name}"]).label(f"sum_{name}") for name in summed),
        )
        .group_by(*marks)
        .subquery("cells")
    )


def _figures(
    cells: sa.Subquery, kind: Kind, definitions: Sequence[Definition], by: str | None
) -> sa.Select[Any]:
    keyed = cells
    if by is not None and "key" in cells.c:
        others = [column for column in cells.c if column.name != "key"]
        keyed = sa.select(*others, text_of(by, cells.c.key).label("key")).subquery("keyed")
    columns = [_figure(keyed, number, each) for number, each in enumerate(definitions, 1)]
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
        marks = (keyed.c.is_part, keyed.c.key)
        return query.add_columns(*marks).group_by(*marks)
    is_part = sa.func.grouping(keyed.c.key) == 0
    return query.add_columns(is_part.label("is_part"), keyed.c.key).group_by(
        sa.func.grouping_sets(sa.tuple_(), keyed.c.key)
    )


def _figure(
    cells: sa.Subquery, number: int, definition: Definition
) -> tuple[sa.ColumnElement[Any], ...]:
    """Give the value, the provisional value, the number of records and the qualifier."""
    count = cells.c[f"sum_{definition.sum}"] if definition.sum else cells.c.records
    hit = cells.c.hits[number]
    counts: sa.ColumnElement[bool] = hit
    waits: sa.ColumnElement[bool] = sa.false()
    if definition.counts_when == "confirmed":
        counts = sa.and_(hit, cells.c.confirmed)
        waits = sa.and_(hit, sa.not_(cells.c.confirmed))
    qualifier: sa.ColumnElement[Any] = sa.literal("exact")
    if definition.sum:
        unsure = sa.and_(counts, cells.c[f"as_{definition.sum}"] != "exact")
        least, most = (
            of(cells.c[f"as_{definition.sum}"]).filter(unsure) for of in (sa.func.min, sa.func.max)
        )
        qualifier = sa.case((least.is_(None), "exact"), (least == most, least), else_="approx")
    return (
        sa.func.trim_scale(sa.func.coalesce(sa.func.sum(count).filter(counts), 0)),
        sa.func.trim_scale(sa.func.coalesce(sa.func.sum(count).filter(waits), 0)),
        sa.func.coalesce(sa.func.sum(cells.c.records).filter(counts), 0),
        qualifier,
    )


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
