"""From definitions to figures: one statement for all, and the records of each from the same."""

import dataclasses
import decimal
import functools
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.results import cells, grouping, rollup, stretches
from ops.results.counting import Named, Of, Reach, Scope
from ops.results.definitions import Definition
from ops.results.grouping import BESIDE, code_labels, label_of


@dataclasses.dataclass(frozen=True)
class Figure:
    """A measure's value; where only the confirmed counts, the rest stands apart as provisional."""

    value: decimal.Decimal
    provisional: decimal.Decimal
    qualifier: str
    records: int

    def plus(self, more: "Figure") -> "Figure":
        """Add what was counted apart from it; both are as unsure as either, or about."""
        unsure = {self.qualifier, more.qualifier} - {"exact"}
        return Figure(
            self.value + more.value,
            self.provisional + more.provisional,
            unsure.pop() if len(unsure) == 1 else "approx" if unsure else "exact",
            self.records + more.records,
        )


NOTHING = Figure(decimal.Decimal(0), decimal.Decimal(0), "exact", 0)


@dataclasses.dataclass(frozen=True)
class Part:
    """The figures of one group of records: a day, a district, a drug; no key: of none of them."""

    key: str | None
    label: str | None
    figures: dict[str, Figure]


@dataclasses.dataclass(frozen=True)
class Summary:
    """The figures by the code of their measure, and their parts where they were asked for.

    Parts may overlap (areas do), so they do not always add up to the whole.
    """

    figures: Mapping[str, Figure]
    parts: Sequence[Part]


def add_up(
    definitions: Iterable[Definition],
    scope: Scope,
    by: str | None = None,
    kept: Sequence[str] = (),
) -> Summary:
    """Work out all the figures, and by choice their parts, in one statement.

    `kept` names the definitions that are kept added up, for the figures of all operations.
    """
    chosen = tuple(definitions)
    of, span = scope.of, rollup.span_of(by)
    if of == Of(Named.NONE) and span:
        ready = tuple(each for each in chosen if rollup.serves(each, kept))
        others = tuple(each for each in chosen if not rollup.serves(each, kept))
        rest = dataclasses.replace(of, reach=Reach.REST, span=span)
        return _together(_added_up(ready, scope, rest, by), _added_up(others, scope, of, by))
    return _added_up(chosen, scope, of, by)


def add_up_by(
    definitions: Iterable[Definition],
    scope: Scope,
    several: Sequence[str | None],
    kept: Sequence[str] = (),
) -> dict[Any, Summary]:
    """Work out the figures with their parts by each of several breakdowns.

    In one statement; but of what is kept added up, what is kept otherwise has its own.
    """
    chosen = tuple(definitions)
    is_kept = scope.of == Of(Named.NONE) and any(rollup.serves(each, kept) for each in chosen)
    found: dict[Any, Summary] = {}
    for names in rollup.alike(several) if is_kept else [several]:
        beside = BESIDE.join(name for name in names if name) or None
        found |= _apart(add_up(chosen, scope, beside, kept), beside)
    return {by: found[by] for by in several}


def _apart(summary: Summary, by: str | None) -> dict[Any, Summary]:
    """Take several breakdowns of the same figures apart."""
    if not (names := grouping.several(by)):
        return {by: summary}
    found: dict[str, list[Part]] = {name: [] for name in names}
    for part in summary.parts:
        name, _, key = (part.key or "").partition(" ")
        found[name].append(dataclasses.replace(part, key=key or None))
    # What is in no group comes last, as it does where there is one breakdown.
    ordered = {
        n: sorted(p, key=lambda each: (each.key is None, each.key)) for n, p in found.items()
    }
    return {name: Summary(summary.figures, parts) for name, parts in ordered.items()}


def _added_up(definitions: tuple[Definition, ...], scope: Scope, of: Of, by: str | None) -> Summary:
    if not definitions:
        return Summary({}, [])
    periods = {each.period for each in definitions}
    of = dataclasses.replace(of, is_mixed=len(periods) > 1)
    parameters = scope.parameters(periods)
    if of.reach is Reach.REST:
        parameters["kept"] = sorted({rollup.key_of(each) for each in definitions})
    statement = zlib.decompress(_written(definitions, of=of, by=by)).decode()
    rows = db.session.connection().exec_driver_sql(statement, parameters).all()
    if of.reach is Reach.REST and not rows[0].is_kept:
        # What was kept has just become of other definitions.
        return _added_up(definitions, scope, dataclasses.replace(of, reach=Reach.ALL), by)
    return _read(definitions, by, rows)


def _together(one: Summary, other: Summary) -> Summary:
    """Put the figures of different measures beside each other."""
    parts = {part.key: dataclasses.replace(part, figures={**part.figures}) for part in one.parts}
    for part in other.parts:
        parts.setdefault(part.key, Part(part.key, part.label, {})).figures.update(part.figures)
    ordered = sorted(parts.values(), key=lambda part: (part.key is None, part.key or ""))
    return Summary({**one.figures, **other.figures}, ordered)


@functools.lru_cache(maxsize=1024)
def _written(definitions: tuple[Definition, ...], *, of: Of, by: str | None) -> bytes:
    """Write a statement and pack it: 200 kB that take half a second to make become 12 to keep."""
    return zlib.compress(db.written(figures(definitions, of=of, by=by)).encode())


def figures(definitions: tuple[Definition, ...], *, of: Of, by: str | None) -> sa.Select[Any]:
    """Build the statement: one scan a kind, first to cells of like records, then to figures.

    What is told apart by a key takes one scan more, over the records that have the key.
    """
    everywhere = dataclasses.replace(of, reach=Reach.ALL)
    scans = [
        cells.told_apart(kind, chosen, apart, of=everywhere, by=by)
        if apart
        else cells.added_up(kind, chosen, of=of, by=by)
        for kind, apart, chosen in cells.scans(definitions)
    ]
    if of.reach is Reach.REST:
        scans += rollup.served(tuple(sorted(map(rollup.key_of, definitions))), by)
    together = sa.union_all(*scans).subquery("figures")
    is_kept = [stretches.is_kept().label("is_kept")] if of.reach is Reach.REST else []
    label = label_of(by, together.c.key).label("label")
    return sa.select(together, label, *is_kept).order_by(
        together.c.is_part, together.c.key, together.c.kind, together.c.apart
    )


def _read(
    definitions: Sequence[Definition], by: str | None, rows: Iterable[sa.Row[Any]]
) -> Summary:
    """Put the figures of each kind together again."""
    codes = {(k.name, apart): [each.code for each in d] for k, apart, d in cells.scans(definitions)}
    # What is kept comes by its key, whatever measures it is of.
    for each in definitions:
        codes.setdefault((rollup.key_of(each), rollup.APART), []).append(each.code)
    labels = code_labels(by) if by else {}
    whole = {each.code: NOTHING for each in definitions}
    parts: dict[str | None, Part] = {}
    for row in rows:
        columns = list(zip(row.values, row.provisional, row.qualifiers, row.records, strict=True))
        if row.apart == rollup.APART:
            columns *= len(codes[row.kind, row.apart])
        into = whole
        if row.is_part:
            label = row.label or labels.get(row.key or "")
            into = parts.setdefault(row.key, Part(row.key, label, {})).figures
        for code, (value, provisional, qualifier, records) in zip(
            codes[row.kind, row.apart], columns, strict=True
        ):
            found = Figure(value, provisional, qualifier, int(records))
            into[code] = into.get(code, NOTHING).plus(found)
    return Summary(whole, list(parts.values()))
