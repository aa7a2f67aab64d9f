"""How much a monthly count changed, and how far chance alone could have moved it: 95% intervals."""

import dataclasses
import functools
import importlib
import math
from collections.abc import Sequence
from typing import Any

LEVEL = 0.95
# So many months in all, and so many on each side, before their variation says anything.
ENOUGH_MONTHS = 12
ENOUGH_ON_A_SIDE = 3
# With so many in each cell, the normal distribution says the same as the exact method to two
# digits. The latter weighs every table with the same totals: beyond so many it takes seconds.
ENOUGH_FOR_NORMAL = 50
MOST_TABLES = 2_000


@dataclasses.dataclass(frozen=True)
class Month:
    """What was counted in a month, and how long it was."""

    count: int
    days: int


@dataclasses.dataclass(frozen=True)
class Side:
    """The months of one area on one side: before, or after."""

    months: Sequence[Month]

    @property
    def count(self) -> int:
        """Add up what was counted."""
        return sum(month.count for month in self.months)

    @property
    def days(self) -> int:
        """Add up the days."""
        return sum(month.days for month in self.months)

    @property
    def rate(self) -> float:
        """Give the count per day."""
        return self.count / self.days


@dataclasses.dataclass(frozen=True)
class Change:
    """A rate after divided by the rate before, with its interval.

    No value: before there was nothing. No upper end: there is none. `method` is `exact`,
    `normal` with many in each cell, or `quasi_poisson` where months vary by more than chance
    (`dispersion`, 1 is chance alone; none with too few months to tell), which makes the
    interval that much wider.
    """

    value: float | None
    low: float
    high: float | None
    method: str
    dispersion: float | None

    @property
    def is_told_from_chance(self) -> bool:
        """Tell whether the interval leaves out that nothing changed."""
        return self.low > 1 or (self.high is not None and self.high < 1)


def rate_ratio(before: Side, after: Side) -> Change | None:
    """Compare two rates of one area; none without any count, or without a month on a side."""
    if not (before.days and after.days) or not before.count + after.count:
        return None
    value = after.rate / before.rate if before.count else None
    spread = dispersion([before, after])
    if value and spread is not None and spread > 1:
        error = math.sqrt(spread * (1 / before.count + 1 / after.count))
        freedom = len(before.months) + len(after.months) - 2
        return _about(value, error, freedom, spread)
    # Given how many there were in all, those after are a share of them. Clopper and Pearson's
    # interval of the share gives that of the ratio.
    tail = (1 - LEVEL) / 2
    length = before.days / after.days
    low, high = 0.0, None
    if after.count:
        share = float(_stats().beta.ppf(tail, after.count, before.count + 1))
        low = share / (1 - share) * length
    if before.count:
        share = float(_stats().beta.ppf(1 - tail, after.count + 1, before.count))
        high = share / (1 - share) * length
    return Change(value, low, high, "exact", spread)


def ratio_of_ratios(target: tuple[Side, Side], others: tuple[Side, Side]) -> Change | None:
    """Compare the change of one area with that of others: the difference in differences."""
    sides = (*target, *others)
    if not all(side.days for side in sides):
        return None
    (before, after), (before_else, after_else) = target, others
    if not (before.count + after.count and before_else.count + after_else.count):
        return None
    length = (before.days * after_else.days) / (after.days * before_else.days)
    value = None
    if before.count and after_else.count:
        value = (after.rate / before.rate) * (before_else.rate / after_else.rate)
    spreads = [dispersion(target), dispersion(others)]
    spread = max((each for each in spreads if each is not None), default=None)
    counts = [float(side.count) for side in sides]
    varies = spread is not None and spread > 1 and all(counts)
    afters, totals = after.count + after_else.count, before.count + after.count
    tables = min(afters, totals, sum(counts) - afters, sum(counts) - totals)
    if varies or min(counts) >= ENOUGH_FOR_NORMAL or tables > MOST_TABLES:
        of_target, of_others = (max(each or 1.0, 1.0) if varies else 1.0 for each in spreads)
        # Where one is nothing, half of one is added to each, as Haldane and Anscombe do.
        a, b, c, d = counts if all(counts) else [count + 0.5 for count in counts]
        error = math.sqrt(of_target * (1 / a + 1 / b) + of_others * (1 / c + 1 / d))
        freedom = sum(len(side.months) for side in sides) - 4 if varies else math.inf
        made = _about(b * c / (a * d) * length, error, freedom, spread)
        return dataclasses.replace(made, value=value)
    # Given all four totals, what is after in the target follows Fisher's non-central
    # hypergeometric distribution.
    table = [[after.count, before.count], [after_else.count, before_else.count]]
    ends = _stats().contingency.odds_ratio(table).confidence_interval(LEVEL)
    low, high = (float(end) * length if math.isfinite(end) else None for end in ends)
    return Change(value, low or 0.0, high, "exact", spread)


def dispersion(sides: Sequence[Side]) -> float | None:
    """Say how much more months vary around the rate of their side than chance has them vary."""
    months = sum(len(side.months) for side in sides)
    if months < ENOUGH_MONTHS or min(len(side.months) for side in sides) < ENOUGH_ON_A_SIDE:
        return None
    square = sum(
        (month.count - side.rate * month.days) ** 2 / (side.rate * month.days)
        for side in sides
        if side.count
        for month in side.months
    )
    return square / (months - len(sides))


@functools.cache
def _stats() -> Any:
    """Import it when the first interval is asked for: it takes a third of a worker's memory."""
    return importlib.import_module("scipy.stats")


def _about(value: float, error: float, freedom: float, spread: float | None) -> Change:
    """Give the interval on the scale of logarithms, by Student's t; the normal without end."""
    reach = float(_stats().t.ppf((1 + LEVEL) / 2, freedom)) * error
    low, high = value * math.exp(-reach), value * math.exp(reach)
    method = "quasi_poisson" if math.isfinite(freedom) else "normal"
    return Change(value, low, high, method, spread)
