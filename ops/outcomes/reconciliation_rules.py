"""What a reported figure allows, in which units, and which reports contradict each other."""

import collections
import dataclasses
import datetime as dt
import decimal
import itertools
import uuid
from collections.abc import Iterator, Sequence

from ops import wording

# How far about, almost and estimated reach.
TOLERANCE = decimal.Decimal("0.05")
# Grams in each unit of weight: what is reported in one is recorded in another.
_GRAMS = {
    "mg": decimal.Decimal("0.001"),
    "g": decimal.Decimal(1),
    "kg": decimal.Decimal(1000),
    "tonne": decimal.Decimal(1_000_000),
}
_SAME = {"%": "percent"}
# Of what is told and not settled, first.
STATUSES = {
    "open": "Open",
    "explained": "Explained",
    "late": "Recorded later",
    "agrees": "Agrees",
    "uncompared": "Not compared",
}


@dataclasses.dataclass(frozen=True)
class Range:
    """The values that a figure with its qualifier can stand for; no end: none."""

    low: decimal.Decimal | None
    high: decimal.Decimal | None
    low_is_in: bool = True
    high_is_in: bool = True

    def holds(self, value: decimal.Decimal) -> bool:
        """Tell whether a value lies in it."""
        above = self.low is None or value > self.low or (self.low_is_in and value == self.low)
        below = self.high is None or value < self.high or (self.high_is_in and value == self.high)
        return above and below

    def meets(self, other: "Range") -> bool:
        """Tell whether one value can be in both."""
        lows = [each for each in (self, other) if each.low is not None]
        highs = [each for each in (self, other) if each.high is not None]
        if not lows or not highs:
            return True
        low = max(lows, key=lambda each: (each.low, not each.low_is_in))
        high = min(highs, key=lambda each: (each.high, each.high_is_in))
        if low.low == high.high:
            return low.low_is_in and high.high_is_in
        return low.low < high.high  # type: ignore[operator]


@dataclasses.dataclass(frozen=True)
class Told:
    """A reported figure, as far as others can contradict it.

    `of` is what was counted, in our words where somebody has mapped it; `scope` whose it is.
    """

    id: uuid.UUID
    of: tuple[str, ...]
    unit: str
    value: decimal.Decimal
    qualifier: str
    scope: frozenset[str]
    starts_on: dt.date | None
    ends_on: dt.date | None
    as_at: dt.date | None

    @property
    def range(self) -> Range:
        """Give the values it can stand for."""
        return range_of(self.value, self.qualifier)


@dataclasses.dataclass(frozen=True)
class Contradiction:
    """Reports that are told together: of the same figure, or parts that exceed their whole."""

    kind: str
    figures: tuple[uuid.UUID, ...]
    can_all_be_true: bool
    sentence: str


def range_of(value: decimal.Decimal, qualifier: str) -> Range:
    """Give the values that a figure can stand for."""
    reach = abs(value) * TOLERANCE
    match qualifier:
        case "approx" | "estimate":
            return Range(value - reach, value + reach)
        case "almost":
            return Range(value - reach, value, high_is_in=False)
        case "more_than" | "provisional_more_than":
            return Range(value, None, low_is_in=False)
        case "at_least":
            return Range(value, None)
        case "up_to":
            return Range(None, value)
        case "less_than":
            return Range(None, value, high_is_in=False)
    return Range(value, value)


def in_unit(value: decimal.Decimal, unit: str, wanted: str) -> decimal.Decimal | None:
    """Write a value in another unit; none where there is no way."""
    unit, wanted = _SAME.get(unit, unit), _SAME.get(wanted, wanted)
    if unit == wanted:
        return value
    if unit in _GRAMS and wanted in _GRAMS:
        return value * _GRAMS[unit] / _GRAMS[wanted]
    return None


def because(
    value: decimal.Decimal, unit: str, qualifier: str, recorded: decimal.Decimal
) -> tuple[bool, str]:
    """Say whether a reported figure allows what is recorded, and why."""
    allowed = range_of(value, qualifier)
    said = _first_up(wording.quantity(value, unit, qualifier))
    here = wording.quantity(recorded, unit)
    is_in = allowed.holds(recorded)
    if value == recorded and is_in:
        return True, "The same is recorded."
    if qualifier in {"approx", "estimate", "almost"}:
        least = wording.quantity(allowed.low or 0, unit)
        most = wording.quantity(allowed.high or 0, unit)
        reach = wording.percent(TOLERANCE)
        within = f"up to {reach} below" if qualifier == "almost" else f"within {reach}"
        does = "is" if is_in else "is not"
        return is_in, f"{said} is taken as {within}, {least} to {most}: {here} {does} among these."
    if is_in:
        return True, f"{said} is true of {here}."
    if qualifier in {"exact", "provisional", "at_publication"}:
        gap = wording.quantity(abs(recorded - value), unit)
        return False, f"{gap} {'more' if recorded > value else 'less'} recorded than reported."
    return False, f"{said} is not true of {here}."


def contradictions(told: Sequence[Told]) -> list[Contradiction]:
    """List the reports that don't fit together, those that can't all be true first."""
    found = [*_said_twice(told), *_exceeded(told)]
    return sorted(found, key=lambda each: (each.can_all_be_true, each.kind, each.figures))


def _said_twice(told: Sequence[Told]) -> Iterator[Contradiction]:
    """Find the same figure said with several values, at a time when it could no longer grow."""
    groups: dict[tuple[object, ...], list[Told]] = collections.defaultdict(list)
    for each in told:
        is_over = each.ends_on and (each.as_at is None or each.as_at >= each.ends_on)
        when = None if is_over else each.as_at
        groups[each.of, each.unit, each.scope, each.starts_on, each.ends_on, when].append(each)
    for group in groups.values():
        if len({(each.value, each.range) for each in group}) < 2:
            continue
        fits = all(a.range.meets(b.range) for a, b in itertools.combinations(group, 2))
        said = " and ".join(
            dict.fromkeys(wording.quantity(e.value, e.unit, e.qualifier) for e in group)
        )
        ends = "They can all be true." if fits else "They can’t all be true."
        yield Contradiction(
            "same_figure", tuple(each.id for each in group), fits, f"Reported as {said}. {ends}"
        )


def _exceeded(told: Sequence[Told]) -> Iterator[Contradiction]:
    """Find parts, of some of the time or of the operations, that are more than their whole."""
    for whole in told:
        if whole.range.high is None or not (whole.starts_on and whole.ends_on):
            continue
        parts = _apart([each for each in told if _is_part(each, whole)])
        least = sum((each.range.low or decimal.Decimal(0) for each in parts), decimal.Decimal(0))
        if least <= whole.range.high:
            continue
        amounts = [wording.quantity(each.value, each.unit, each.qualifier) for each in parts]
        total = wording.quantity(sum(each.value for each in parts), whole.unit)
        added = f"{' and '.join(amounts)}, {total} together" if len(parts) > 1 else amounts[0]
        yield Contradiction(
            "parts_exceed_whole",
            (whole.id, *(each.id for each in parts)),
            can_all_be_true=False,
            sentence=(
                f"Reported as {wording.quantity(whole.value, whole.unit, whole.qualifier)} in all,"
                f" and for parts of it as {added}: the parts are more than the whole."
            ),
        )


def _is_part(part: Told, whole: Told) -> bool:
    """Tell whether one figure is of a part of what another is of."""
    if part.id == whole.id or (part.of, part.unit) != (whole.of, whole.unit):
        return False
    if not (part.starts_on and part.ends_on and whole.starts_on and whole.ends_on):
        return False
    last = min(whole.ends_on, whole.as_at or whole.ends_on)
    is_within = whole.starts_on <= part.starts_on and part.ends_on <= last
    is_same = (part.scope, part.starts_on, part.ends_on) == (
        whole.scope,
        whole.starts_on,
        whole.ends_on,
    )
    return is_within and part.scope <= whole.scope and not is_same


def _apart(parts: Sequence[Told]) -> list[Told]:
    """Choose parts of which no two are of the same time and the same operations."""
    chosen: list[Told] = []
    for part in sorted(parts, key=lambda each: (each.ends_on, each.starts_on, each.id)):
        if all(_are_apart(part, other) for other in chosen):
            chosen.append(part)
    return chosen


def _are_apart(one: Told, other: Told) -> bool:
    if not one.scope & other.scope:
        return True
    return one.ends_on < other.starts_on or other.ends_on < one.starts_on  # type: ignore[operator]


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
