"""Scales of round steps, and the short words for large numbers."""

import dataclasses
import math
from collections.abc import Iterable, Sequence

from ops.charts.data import Number

_STEPS = (1, 2, 5)
_SIZES = ((10**12, "tn"), (10**9, "bn"), (10**6, "m"), (10**3, "k"))
# Numbers below are written in full.
_FULL = 10_000


@dataclasses.dataclass(frozen=True)
class Scale:
    """From the lowest line to the highest; nothing is always on it."""

    lowest: float
    highest: float
    step: float

    @property
    def lines(self) -> Sequence[float]:
        """Give where the lines lie."""
        count = round((self.highest - self.lowest) / self.step)
        return [self.lowest + number * self.step for number in range(count + 1)]

    def share(self, value: Number) -> float:
        """Give how far up a value lies, from 0 to 1."""
        return (float(value) - self.lowest) / (self.highest - self.lowest)


def scale(values: Iterable[Number | None], lines: int = 4) -> Scale:
    """Give a scale that holds all values and nothing, by at most so many steps or one more."""
    known = [float(value) for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        return Scale(0.0, 1.0, 1.0)
    step = _step((high - low) / lines, is_whole=all(value.is_integer() for value in known))
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step)


def _step(least: float, *, is_whole: bool) -> float:
    """Give the first round step that is no smaller; between whole numbers there are no lines."""
    size = 10.0 ** math.floor(math.log10(least))
    step = next(each * size for each in (*_STEPS, 10) if each * size >= least * (1 - 1e-9))
    return max(step, 1.0) if is_whole else step


def compact(value: Number) -> str:
    """Write a number for the edge of a chart: 12k, 1.5m; small ones in full."""
    exact = float(value)
    for size, word in _SIZES:
        if abs(exact) >= max(size, _FULL):
            return f"{exact / size:.1f}".removesuffix(".0") + word
    return f"{exact:,.2f}".rstrip("0").rstrip(".")
