"""The arithmetic that a published set says of itself, worked out over its own figures."""

import dataclasses
import decimal
import operator
import re
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w.])"
_TERM = rf"(?:(?<![\w.,]){_NUMBER}|(?<!\w)[A-Za-z_]\w*)"
_SUM = rf"{_TERM}(?:\s*[+-]\s*{_TERM})*"
_RELATION = r"==|<=|>=|=|<|>"
_COMPARISON = re.compile(rf"{_SUM}(?:\s*(?:{_RELATION})\s*{_SUM})+")
_HOLDS = {
    "=": operator.eq,
    "==": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclasses.dataclass(frozen=True)
class Figure:
    """What a check can speak of: a measure, the part of it, and its value."""

    measure: str
    facets: Mapping[str, Any]
    value: decimal.Decimal


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Whether a check holds; None where it is words that no arithmetic can decide."""

    text: str
    holds: bool | None
    because: str | None = None


class _Undecidable(Exception):
    """A name in the text is no figure, or could be several."""


class _Unfounded(Exception):
    """A number is added up that the set does not publish."""


def verdict(text: str, figures: Sequence[Figure]) -> Verdict:
    """Work out every comparison in the text of a check.

    Around them there may be words: `10 + 4 == 14 (of them visitors)`. What is
    added or taken away must be a figure of the set, so that a check fails
    when a figure is changed and the check is not.
    """
    comparisons = _COMPARISON.findall(text)
    try:
        failed = [c for c in comparisons if not _holds(c, figures)]
    except _Undecidable:
        return Verdict(text, None)
    except _Unfounded as error:
        return Verdict(text, False, str(error))
    if not comparisons:
        return Verdict(text, None)
    return Verdict(text, not failed, f"{failed[0]} is not so." if failed else None)


def _holds(comparison: str, figures: Sequence[Figure]) -> bool:
    parts = re.split(rf"\s*({_RELATION})\s*", comparison)
    sums = [_sum(part, figures) for part in parts[::2]]
    return all(
        _HOLDS[relation](left, right)
        for left, relation, right in zip(sums, parts[1::2], sums[1:], strict=False)
    )


def _sum(text: str, figures: Sequence[Figure]) -> decimal.Decimal:
    first, *rest = re.split(r"\s*([+-])\s*", text)
    values = [_value(term, figures, is_part=bool(rest)) for term in (first, *rest[1::2])]
    signs = [1, *(1 if sign == "+" else -1 for sign in rest[::2])]
    return sum(
        (sign * value for sign, value in zip(signs, values, strict=True)), decimal.Decimal(0)
    )


def _value(term: str, figures: Sequence[Figure], *, is_part: bool) -> decimal.Decimal:
    if not term[0].isdigit():
        return _named(term, figures)
    value = decimal.Decimal(term.replace(",", ""))
    if is_part and all(figure.value != value for figure in figures):
        raise _Unfounded(f"{term} is no figure of this set.")
    return value


def _named(name: str, figures: Sequence[Figure]) -> decimal.Decimal:
    """Give the one figure a name stands for: a measure, a facet, or the first words of a measure.

    Of a measure's several figures, the one without facets is the whole.
    """
    ways = (
        [f for f in figures if f.measure == name and not f.facets],
        [f for f in figures if f.measure == name],
        [f for f in figures if name in f.facets.values()],
        [f for f in figures if f.measure.startswith(f"{name}_")],
    )
    meant = next((way for way in ways if way), [])
    if len(meant) != 1:
        raise _Undecidable
    return meant[0].value
