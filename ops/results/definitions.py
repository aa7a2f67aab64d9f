"""What a measure asks for: of records, by their facets; or of other measures."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.models import Measure

COUNTS_WHEN = {"recorded": "When recorded", "confirmed": "When confirmed"}
PERIODS = {
    "financial_year": "The financial year so far",
    "last_12_months": "The last twelve months",
}
# A rate is a share, a percentage, or so many in a thousand.
TIMES = (1, 100, 1000)
COUNTED = {"kind", "where", "unless", "sum", "distinct", "counts_when", "period", "parts"}
DERIVED = {"ratio", "attainment", "times"}

Asked = tuple[str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Terms:
    """What is asked of a record: for each facet one of some codes, and that it meets no others."""

    where: tuple[Asked, ...] = ()
    unless: tuple["Terms", ...] = ()

    def asked(self) -> Iterator[Asked]:
        """Give every facet that matters, with its codes."""
        yield from self.where
        for each in self.unless:
            yield from each.asked()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Named:
    """One version of a measure, and when it is in force."""

    code: str
    version: int
    label: str
    four_p: str
    unit: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Definition(Named):
    """A measure that is added up from records, as `ops.results.figures` compiles it.

    `around` is what a record counts for whose parts are not counted again;
    mostly what the measure itself asks for.
    """

    kind: str
    terms: Terms
    around: Terms
    sum: str | None = None
    distinct: str | None = None
    counts_when: str = "recorded"
    period: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def where(self) -> tuple[Asked, ...]:
        """Give the facets that are asked for, with their codes."""
        return self.terms.where


@dataclasses.dataclass(frozen=True, kw_only=True)
class Derived(Named):
    """A measure over measures: `of` for each of `to`, or without one of the target of `of`."""

    of: str
    to: str | None = None
    times: int = 1

    @property
    def members(self) -> str:
        """Name the measures that it is worked out from."""
        return " and ".join(filter(None, (self.of, self.to)))


def read(measure: Measure) -> Definition | Derived | None:
    """Give a stored definition as it is compiled; none for what is no more."""
    stored = measure.definition
    if problems(stored):
        return None
    named = {field.name: getattr(measure, field.name) for field in dataclasses.fields(Named)}
    if stored.keys() & DERIVED:
        ratio = stored.get("ratio") or {"of": stored.get("attainment")}
        times = stored.get("times") or (100 if measure.unit == "percent" else 1)
        return Derived(**named, of=ratio["of"], to=ratio.get("to"), times=times)
    terms = Terms(
        _where(stored.get("where")),
        tuple(Terms(_where(each)) for each in stored.get("unless") or ()),
    )
    return Definition(
        **named,
        kind=stored["kind"],
        terms=terms,
        around=terms,
        sum=stored.get("sum"),
        distinct=stored.get("distinct"),
        counts_when=stored.get("counts_when") or "recorded",
        period=stored.get("period"),
        parts=tuple(stored.get("parts") or ()),
    )


def _where(stored: Mapping[str, Sequence[str]] | None) -> tuple[Asked, ...]:
    return tuple((facet, tuple(codes)) for facet, codes in sorted((stored or {}).items()))


def beneath(whole: Definition, known: Mapping[str, Any]) -> list[Definition]:
    """Give the parts of a measure and, last, what is in none of them.

    A part that counts the same by itself keeps its code; any other is of this whole alone.
    """
    parts = parts_of(whole, known)
    if not parts:
        return []
    under = [
        part
        if part == known[part.code]
        else dataclasses.replace(part, code=f"{whole.code}/{part.code}")
        for part in parts
    ]
    residual = dataclasses.replace(residual_of(whole, parts), code=f"{whole.code}/")
    return [*under, residual]


def parts_of(whole: Definition, known: Mapping[str, Any]) -> list[Definition]:
    """Give the parts of a measure, each of what the whole counts.

    What a record lies in may count for the whole and not for a part; the part
    leaves the record out all the same, so that the parts add up to the whole.
    """
    found = [known.get(code) for code in whole.parts]
    nests = KINDS[whole.kind].ancestors is not None
    return [
        dataclasses.replace(each, around=whole.terms) if nests else each
        for each in found
        if isinstance(each, Definition) and is_narrower(each, whole)
    ]


def residual_of(whole: Definition, parts: Sequence[Definition]) -> Definition:
    """Give what a measure counts that is in none of its parts."""
    unless = (*whole.terms.unless, *(part.terms for part in parts))
    return dataclasses.replace(whole, terms=Terms(whole.terms.where, unless), parts=())


def is_narrower(part: Definition, whole: Definition) -> bool:
    """Tell whether every record that a measure counts is one that another counts."""
    same = ("kind", "sum", "distinct", "counts_when", "period")
    kept = dict(part.terms.where)
    return (
        all(getattr(part, name) == getattr(whole, name) for name in same)
        and all(f in kept and set(kept[f]) <= set(codes) for f, codes in whole.terms.where)
        and set(whole.terms.unless) <= set(part.terms.unless)
    )


def problems(definition: Mapping[str, Any]) -> dict[str, str]:
    """Say, by part, what a definition asks for that is not there; of other measures, nothing."""
    if definition.keys() & DERIVED:
        return dict(_problems_of_derived(definition))
    return dict(_problems_of_counted(definition))


def _problems_of_derived(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _unknown(definition, DERIVED)
    ratio = definition.get("ratio")
    if (ratio is None) == (definition.get("attainment") is None):
        yield "ratio", "Give a ratio of two measures, or the measure whose target is attained."
    elif ratio is not None and ratio.keys() != {"of", "to"}:
        yield "ratio", "Say of what, and to what: the codes of two measures."
    if definition.get("times") not in {None, *TIMES}:
        yield "times", "Choose 1, 100 or 1000."


def _problems_of_counted(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from _unknown(definition, COUNTED)
    kind = KINDS.get(str(definition.get("kind", "")))
    if kind is None:
        yield "kind", f"Name a kind of result: {', '.join(KINDS)}."
        return
    yield from _problems_of_facets(kind, definition)
    if definition.get("sum") not in {None, *kind.quantities}:
        yield "sum", f"This kind has only {', '.join(kind.quantities) or 'nothing'} to sum."
    if definition.get("distinct") not in {None, *kind.keys}:
        yield "distinct", f"This kind has only {', '.join(kind.keys) or 'nothing'} to tell apart."
    elif definition.get("sum") and definition.get("distinct"):
        yield "distinct", "Sum a quantity, or count what is distinct; not both."
    for name, choices in (("counts_when", COUNTS_WHEN), ("period", PERIODS)):
        if definition.get(name) not in {None, *choices}:
            yield name, f"Choose one of {', '.join(choices)}."


def _problems_of_facets(kind: Kind, definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    asked = {"where": definition.get("where") or {}}
    unless = definition.get("unless") or []
    asked |= {f"unless.{n}": each for n, each in enumerate(unless)}
    for name, where in asked.items():
        if not where and name != "where":
            yield name, "Say which facet has which codes."
        for facet, codes in where.items():
            if facet not in kind.facets:
                yield f"{name}.{facet}", f"This kind has only {', '.join(kind.facets)}."
            elif not codes:
                yield f"{name}.{facet}", "Give at least one code."
            elif (listed := kind.facets[facet].codes) and set(codes) - set(listed):
                wrong = ", ".join(sorted(set(codes) - set(listed)))
                yield f"{name}.{facet}", f"There is no code {wrong}."


def _unknown(definition: Mapping[str, Any], names: set[str]) -> Iterator[tuple[str, str]]:
    for name in definition.keys() - names:
        yield name, f"A definition has only {', '.join(sorted(names))}."
