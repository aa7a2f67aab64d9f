"""One rule for small counts: what a breakdown by ethnicity, age or sex may not tell of a few.

A count of one to four in such a breakdown could be somebody. It is hidden, and
with it as many others as it takes that nobody can work it out: not from the
whole, which is shown, nor from what is shown beside it, nor from the rule itself.
"""

import collections
import decimal
import itertools
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from ops.results.figures import Figure, Part, Summary
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.measures import Definition

# The smallest count that is shown. The Office for National Statistics, on health statistics, holds
# ones and twos to be unsafe, and threes and fours too where areas are small and what is told is
# sensitive; who was arrested on a day of action is both.
THRESHOLD = 5

Key = str | None
Counts = Mapping[Key, Sequence[decimal.Decimal | int]]


# What is said of a hidden cell: nothing, and no way to its records.
NOTHING: Mapping[str, Any] = {
    "value": None,
    "provisional": None,
    "qualifier": None,
    "records": None,
    "suppressed": True,
}
_ZERO = Figure(decimal.Decimal(0), decimal.Decimal(0), "exact", 0)


def of_summary(
    definitions: Sequence[Definition], summary: Summary, by: str | None
) -> dict[str, frozenset[Key]]:
    """Say which cells of a breakdown to hide, by the code of each measure that it tells of people.

    What could be worked out from one another is hidden alike.
    """
    personal = {each.code: each for each in definitions if by and _tells_of_people(each, by)}
    found: dict[str, frozenset[Key]] = {}
    for family in families(links(list(personal.values())), personal):
        cells = {
            code: {
                part.key: _counts(personal[code], part.figures[code])
                for part in every_part(personal[code], summary, by or "")
            }
            for code in sorted(family)
        }
        keys = dict.fromkeys(itertools.chain.from_iterable(cells.values()))
        counts = {
            key: [count for each in cells.values() for count in each.get(key, (0, 0))]
            for key in keys
        }
        found |= dict.fromkeys(family, hidden(counts))
    return found


def every_part(definition: Definition, summary: Summary, by: str) -> list[Part]:
    """Give a measure's parts by all the codes of a facet, those with nothing too.

    If only those with something were listed, a hidden one would say that it is not nothing.
    """
    code = definition.code
    whole = summary.figures[code]
    if not (whole.records or whole.provisional):
        return []
    labels = KINDS[definition.kind].facets[by].codes or {}
    known = {part.key: part for part in summary.parts}
    keys = dict.fromkeys([*labels, *known, None])
    ordered = [*(key for key in keys if key is not None), None]
    return [
        Part(key, labels.get(key or ""), {code: _figure(known.get(key), code)}) for key in ordered
    ]


def links(definitions: Sequence[Definition]) -> list[tuple[str, str]]:
    """Pair the measures of which one may be worked out from others.

    Those that differ in the codes of one facet alone add up to what asks nothing of it, and
    those that add up different things of the same records to one another: adults and children
    to people.
    """
    alike: dict[Any, list[Definition]] = collections.defaultdict(list)
    for each in definitions:
        alike[_rest(each, each.where)].append(each)
        for facet, _ in each.where:
            rest = tuple(pair for pair in each.where if pair[0] != facet)
            alike[_rest(each, rest), each.sum, facet].append(each)
    wholes = {(_rest(each, each.where), each.sum): each for each in definitions}
    pairs = []
    for key, siblings in alike.items():
        if len(siblings) > 1:
            whole = wholes.get(key[:2], siblings[0])
            pairs += [(whole.code, each.code) for each in siblings]
    return pairs + [
        (each.code, code)
        for each in definitions
        for part in getattr(each, "parts", ())
        # A part, the same as it is of this whole alone, and what is in no part.
        for code in (part, f"{each.code}/{part}", f"{each.code}/")
    ]


def hidden(counts: Counts) -> frozenset[Key]:
    """Say which cells of a breakdown to hide.

    A cell has several counts where several figures are shown of it. All cells
    must be given, those with nothing too: a nothing that is hidden protects.

    Beside the small ones at least one more is hidden, the smallest of the rest
    and all that are like it, so that neither the sum of what is hidden nor the
    rule's own choice tells which is which.
    """
    held = {key for key, each in counts.items() if any(map(_is_small, each))}
    rest = [key for key in counts if key not in held]
    small = frozenset(held)
    while held and rest and (held == small or _is_thin(counts, held)):
        least = min(map(_size, (counts[key] for key in rest)))
        held |= {key for key in rest if _size(counts[key]) == least}
        rest = [key for key in rest if key not in held]
    return frozenset(held)


def _is_small(count: decimal.Decimal | int) -> bool:
    return 0 < count < THRESHOLD


def _size(counts: Sequence[decimal.Decimal | int]) -> tuple[bool, decimal.Decimal | int]:
    """Order cells by what they hold; one with nothing comes last."""
    return not any(counts), sum(counts)


def _is_thin(counts: Counts, held: Set[Key]) -> bool:
    """Tell whether what is hidden is small even taken together: the whole less what is shown."""
    return any(map(_is_small, map(sum, zip(*(counts[key] for key in held), strict=True))))


def families(links: Iterable[tuple[str, str]], codes: Iterable[str]) -> list[frozenset[str]]:
    """Put together the measures that are linked, however far apart."""
    found: list[set[str]] = [{code} for code in codes]
    for pair in links:
        joined = [each for each in found if each & set(pair)]
        found = [each for each in found if each not in joined]
        found.append(set().union(*joined))
    return [frozenset(each) for each in found]


def is_personal(by: str | None) -> bool:
    """Tell whether small counts of a breakdown are hidden, of some measure at least."""
    return any(_has_personal(kind, by) for kind in KINDS.values())


def _tells_of_people(definition: Definition, by: str) -> bool:
    return _has_personal(KINDS[definition.kind], by)


def _has_personal(kind: Kind, by: str | None) -> bool:
    facet = kind.facets.get(by or "")
    return facet is not None and facet.is_personal


def _rest(definition: Definition, where: Any) -> tuple[Any, ...]:
    return definition.kind, definition.counts_when, where


def _figure(part: Part | None, code: str) -> Figure:
    return _ZERO if part is None else part.figures.get(code, _ZERO)


def _counts(definition: Definition, figure: Figure) -> tuple[decimal.Decimal | int, ...]:
    """Give how many stand behind a cell: counted, and provisional.

    A sum of people is a count; one of weight or money is hidden by its records. How many are
    behind its provisional part is not known here, so that any might be few.
    """
    if definition.sum is None or definition.unit == "count":
        return figure.value, figure.provisional
    return figure.records, 1 if figure.provisional else 0
