"""The smallest set of records that gives a set of figures, found by integer programming.

A figure asks for a total over the records that meet its conditions. Records that meet the same
figures are one unknown; the totals are equations over the unknowns, and their sum is made least.
Nothing here knows the name of a measure, a kind or a code.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import numpy
from scipy.optimize import Bounds, LinearConstraint, milp

# Amounts are worked out in this share of their unit, so that pence and milligrams come out whole.
GRAIN = 1000
# More records than any figure needs.
MANY = 100_000
# What a figure adds up that counts records; beside it, the names of quantities and of keys.
RECORDS = "records"
CERTAIN = {"exact", "at_publication", "provisional"}


@dataclasses.dataclass(frozen=True)
class Figure:
    """A published figure as a total over records.

    `where` are the codes that count, by facet; `adds` what is added up; `scopes` the parts of
    the operation it was published for; `inside` names what its records lie in.
    """

    kind: str
    where: Mapping[str, frozenset[str]]
    value: Decimal
    adds: str = RECORDS
    qualifier: str = "exact"
    scopes: frozenset[str] = frozenset()
    inside: str | None = None
    # How far a total may lie from the value: half a digit of a rounded share.
    within: Decimal = Decimal(0)

    def bounds(self) -> tuple[Decimal, Decimal]:
        """Say between which totals the figure is true; a count of records can't be unsure."""
        if self.adds == RECORDS and self.qualifier.endswith("more_than"):
            return self.value + 1, Decimal("inf")
        if self.adds == RECORDS and self.qualifier == "almost":
            return self.value - 1, self.value - 1
        return self.value - self.within, self.value + self.within


@dataclasses.dataclass(frozen=True)
class Record:
    """One unknown: records with these codes that add to these totals, and how much they add."""

    kind: str
    codes: Mapping[str, str]
    adds: frozenset[str]
    scopes: frozenset[str]
    inside: str | None
    amount: Decimal = Decimal(0)
    qualifier: str = "exact"
    # The key by which these are again what another record was of: one person, arrested twice.
    again: str | None = None

    @property
    def alike(self) -> tuple[object, ...]:
        """Give all that two records share of which one is again what the other was of."""
        return self.kind, frozenset(self.codes.items()), self.scopes, self.inside

    def meets(self, figure: Figure) -> bool:
        """Tell whether the figure counts these records."""
        return (
            self.kind == figure.kind
            and figure.adds in self.adds
            and all(self.codes.get(name) in codes for name, codes in figure.where.items())
            and figure.scopes <= self.scopes
            and figure.inside in (None, self.inside)
        )


def records(
    figures: Sequence[Figure], ways: Mapping[str, Sequence[frozenset[str]]]
) -> list[Record]:
    """Find the smallest set of records behind the figures; refuse figures that contradict.

    `ways` says of each kind which totals one unit in a record can add to at once.
    """
    found: list[Record] = []
    for kind in dict.fromkeys(figure.kind for figure in figures):
        mine = [figure for figure in figures if figure.kind == kind]
        found += _solved(mine, _useful(mine, ways[kind]))
    return found


def _solved(figures: Sequence[Figure], ways: Sequence[frozenset[str]]) -> Iterator[Record]:
    unknowns = [each for each in _unknowns(figures, ways) if any(map(each.meets, figures))]
    # Each total in its own grain: people and packages are whole, pounds and grams are not.
    grains = [1 if RECORDS in each.adds else GRAIN for each in unknowns]
    meets = numpy.array([[each.meets(figure) for each in unknowns] for figure in figures])
    bounds = [figure.bounds() for figure in figures]
    again = _again(unknowns, figures)
    found = milp(
        # Of two as small, the one that says less.
        numpy.array([1 + len(each.codes) / 1000 for each in unknowns]) / grains,
        constraints=[
            LinearConstraint(
                meets / numpy.array(grains),
                [float(least) for least, _ in bounds],
                [float(most) for _, most in bounds],
            ),
            *_after_the_first(again, len(unknowns)),
        ],
        integrality=numpy.ones(len(unknowns)),
        bounds=Bounds(0),
    )
    if not found.success:
        raise ValueError(f"No records give all of these: {figures}")
    for number, (each, grain) in enumerate(zip(unknowns, grains, strict=True)):
        if amount := round(found.x[number]):
            first = again.get(number)
            yield dataclasses.replace(
                each,
                amount=Decimal(amount) / grain,
                qualifier=_qualifier(each, figures),
                again=None if first is None else min(unknowns[first].adds - {RECORDS}),
            )


def _again(unknowns: Sequence[Record], figures: Sequence[Figure]) -> dict[int, int]:
    """Pair what adds a record and nothing new of a key that is asked for with what it repeats."""
    keys = {figure.adds for figure in figures if figure.adds.startswith("distinct ")}
    firsts = {each.alike: number for number, each in enumerate(unknowns) if each.adds & keys}
    return {
        number: firsts[each.alike]
        for number, each in enumerate(unknowns)
        if each.adds == {RECORDS} and each.alike in firsts
    }


def _after_the_first(again: Mapping[int, int], many: int) -> Iterator[LinearConstraint]:
    """Have no record repeat what is not there."""
    for number, first in again.items():
        row = numpy.zeros(many)
        row[number], row[first] = 1, -MANY
        yield LinearConstraint(row, -numpy.inf, 0)


def _useful(figures: Sequence[Figure], ways: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Leave one way of each sort that the figures tell apart, the plainest."""
    asked = {figure.adds for figure in figures}
    plainest: dict[frozenset[str], frozenset[str]] = {}
    for way in sorted(ways, key=lambda way: (len(way), sorted(way))):
        if way & asked:
            plainest.setdefault(way & asked, way)
    return list(plainest.values())


def _unknowns(figures: Sequence[Figure], ways: Sequence[frozenset[str]]) -> Iterator[Record]:
    """List every way in which a record may differ that any of the figures asks about."""
    facets = sorted({name for figure in figures for name in figure.where})
    choices = [_classes(name, figures) for name in facets]
    scopes = sorted({figure.scopes for figure in figures}, key=sorted)
    pairs = itertools.chain.from_iterable(itertools.combinations(scopes, n) for n in range(3))
    unions = sorted({frozenset().union(*some) for some in pairs}, key=sorted)
    insides = sorted({figure.inside or "" for figure in figures} | {""})
    for codes in itertools.product(*choices):
        chosen = {name: code for name, code in zip(facets, codes, strict=True) if code is not None}
        for way, scope, inside in itertools.product(ways, unions, insides):
            yield Record(figures[0].kind, chosen, way, scope, inside or None)


def _classes(facet: str, figures: Sequence[Figure]) -> list[str | None]:
    """Give one code for each group of codes that the figures do not tell apart, and none."""
    asked = [figure.where[facet] for figure in figures if facet in figure.where]
    classes: dict[tuple[bool, ...], str] = {}
    for code in sorted(frozenset().union(*asked)):
        classes.setdefault(tuple(code in codes for codes in asked), code)
    return [None, *classes.values()]


def _qualifier(record: Record, figures: Sequence[Figure]) -> str:
    """Be as unsure as the narrowest figure around; an exact one lets it be nothing else."""
    around = [figure for figure in figures if record.meets(figure)]
    if any(figure.qualifier in CERTAIN for figure in around):
        return "exact"
    return min(around, key=lambda figure: figure.value).qualifier.removeprefix("provisional_")
