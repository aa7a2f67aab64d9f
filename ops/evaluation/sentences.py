"""What may be said of a change, and no more than the numbers carry."""

import dataclasses
import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence

from ops import wording
from ops.evaluation.intervals import ENOUGH_MONTHS, Change, Side

# With fewer in both periods together, hardly any change could be told apart from chance.
TOO_FEW = 10
# From here on a change reads better in times than in percent.
_TIMES = 5
_MOST_NAMED = 6
# Less than this over chance alone isn't worth a word.
_NOTABLE = 1.05
NO_CLAIM = "the change can’t be put down to the operation"


@dataclasses.dataclass(frozen=True)
class Compared:
    """One area, or several together: both sides, and how the rate changed."""

    before: Side
    after: Side
    change: Change | None

    @property
    def count(self) -> int:
        """Add up both sides."""
        return self.before.count + self.after.count

    @property
    def says_something(self) -> bool:
        """Tell whether there is enough to give a change at all."""
        return self.change is not None and self.count >= TOO_FEW


def sentence(
    target: Compared, others: Compared | None, difference: Change | None, others_are: str
) -> str:
    """Say what happened in the target area, beside the comparison area if there is one."""
    if not target.says_something or target.change is None:
        return f"{_too_few(target)}."
    said = _change(target)
    chance = _chance(target.change)
    if others is None:
        return f"{said}: that {chance}. There is no comparison area: {NO_CLAIM}."
    if not others.says_something or difference is None:
        few = _lower(_too_few(others))
        return f"{said}: that {chance}. In {others_are}, {few}: {NO_CLAIM}."
    beside = f"{said}; {others_are} {_lower(_change(others))}."
    if difference.is_told_from_chance:
        return f"{beside} The difference can be told apart from chance."
    return f"{beside} The difference can’t be told apart from chance: {NO_CLAIM}."


def displacement(area: str, found: Compared, difference: Change | None) -> str:
    """Say what happened where the trouble may have gone to."""
    if not found.says_something or found.change is None:
        few = _lower(_too_few(found))
        return f"{area}: {few}. A shift there is neither shown nor ruled out."
    said = f"{area} {_lower(_change(found))}"
    against = difference or found.change
    beside = " beside the comparison area" if difference else ""
    if not against.is_told_from_chance:
        return (
            f"{said}. That can’t be told apart from chance{beside}:"
            " a shift there is neither shown nor ruled out."
        )
    is_rise = against.low > 1
    then = "some may have moved there" if is_rise else "nothing points to a shift there"
    way = "rise" if is_rise else "fall"
    return f"{said}. That {way} can be told apart from chance{beside}: {then}."


def cautions(
    compared: Sequence[Compared],
    missing: Mapping[str, Mapping[dt.date, Sequence[str]]],
    *,
    same_season: bool,
    same_months: bool,
    began_on: dt.date | None,
    periods: int,
) -> Iterator[str]:
    """List what a reader must know beside the sentence."""
    if not same_season:
        yield (
            "The two periods don’t hold the same months of the year,"
            " so the seasons may be part of the change."
        )
    if not same_months:
        yield "The areas lack different months, so they are not compared over the same time."
    for area, months in missing.items():
        if months:
            yield f"{area} has no full count for {_months(months)}. Nothing is filled in."
    if began_on is not None:
        yield (
            f"The operation began on {wording.short_day(began_on)}, within the baseline,"
            " which is then no picture of before."
        )
    yield from _spread(compared)
    if periods > 1:
        yield (
            f"{periods} periods are compared: of twenty such comparisons, one would seem to differ"
            " by chance alone."
        )


def percent(ratio: float | None) -> str:
    """Write a ratio as a change: −20%, +5%, 12 times."""
    if ratio is None:
        return "without end"
    if ratio >= _TIMES:
        return f"{wording.number(round(decimal.Decimal(ratio), 1))} times"
    points = round((ratio - 1) * 100)
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{abs(points)}%"


def interval(change: Change) -> str:
    """Write the interval of a change."""
    return f"{percent(change.low)} to {percent(change.high)}"


def _change(found: Compared) -> str:
    change = found.change
    if change is None or change.value is None:
        return f"None before and {wording.number(found.after.count)} after"
    points = round((change.value - 1) * 100)
    within = f"(interval {interval(change)})"
    if change.value >= _TIMES:
        return f"Rose to {percent(change.value)} as many {within}"
    if points == 0:
        return f"Changed by less than 1% {within}"
    return f"{'Rose' if points > 0 else 'Fell'} by {abs(points)}% {within}"


def _chance(change: Change) -> str:
    can = "can" if change.is_told_from_chance else "can’t"
    return f"{can} be told apart from chance"


def _too_few(found: Compared) -> str:
    if not found.before.months or not found.after.months:
        side = "before" if not found.before.months else "after"
        return f"Nothing to say: no month {side} has a full count"
    before, after = (wording.number(side.count) for side in (found.before, found.after))
    return f"Too few to say: {before} before and {after} after"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _months(months: Mapping[dt.date, Sequence[str]]) -> str:
    named = [
        wording.month(f"{month:%Y-%m}") + (f" ({', '.join(lacks)})" if lacks else "")
        for month, lacks in months.items()
    ]
    rest = len(named) - _MOST_NAMED
    more = f" and {rest} more months" if rest > 0 else ""
    return ", ".join(named[:_MOST_NAMED]) + more


def _spread(compared: Sequence[Compared]) -> Iterator[str]:
    changes = [each.change for each in compared if each.change is not None]
    known = [each.dispersion for each in changes if each.dispersion is not None]
    if any(each >= _NOTABLE for each in known):
        most = wording.number(round(decimal.Decimal(max(known)), 1))
        yield (
            f"Months vary {most} times as much as chance alone has them vary;"
            " the interval allows for that."
        )
    elif len(known) < len(changes):
        yield (
            f"With fewer than {ENOUGH_MONTHS} months it is not known whether they vary by more than"
            " chance; the interval allows for chance alone."
        )
