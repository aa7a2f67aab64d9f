"""Rules of boards: which time they are of, in which steps, what was to be expected by now."""

import dataclasses
import datetime as dt
import decimal
from collections.abc import Mapping, Sequence
from typing import Any

from ops.outcomes import boards
from ops.wording import LONDON

# More days than this are told by the month.
MOST_DAYS = 31
# How the figures of a kind of operation are broken down: at once, and each by itself.
BESIDE: Mapping[str, Sequence[str]] = {
    "place_based": ("district", "organisation"),
    "prison_search": ("establishment",),
}
ALONE: Mapping[str, Sequence[str]] = {"prison_search": ("list", "found", "found_in")}
_OTHERWISE = ("district",)


@dataclasses.dataclass(frozen=True)
class Span:
    """The time that a board is of: as asked, else its operation's; either end may be open."""

    starts_at: dt.datetime | None
    ends_at: dt.datetime | None

    @classmethod
    def of(cls, asked: "Span", whole: "Span") -> "Span":
        """Give what is asked for, its open ends those of the whole unless that lies elsewhere."""
        both = cls(asked.starts_at or whole.starts_at, asked.ends_at or whole.ends_at)
        if both.starts_at and both.ends_at and both.ends_at <= both.starts_at:
            return asked
        return both

    def steps(self, now: dt.datetime) -> str:
        """Say whether it is told by the day or by the month."""
        if self.starts_at is None:
            return "month"
        return "day" if ((self.ends_at or now) - self.starts_at).days <= MOST_DAYS else "month"

    def keys(self, now: dt.datetime, found: Sequence[str]) -> list[str]:
        """Name its days or months, also those in which nothing was; of months none too early.

        What was outside it and counts all the same is named too.
        """
        if self.starts_at is None:
            edges = [dt.date.fromisoformat(f"{each}-01") for each in found]
            return list(boards.months(min(edges), max(edges))) if edges else []
        first, last = self.starts_at.astimezone(LONDON).date(), self._last_day(now)
        if self.steps(now) == "day":
            days = (str(first + dt.timedelta(days=n)) for n in range((last - first).days + 1))
            return sorted({*days, *found})
        if not found:
            return []
        known = boards.months(first, min(last, now.astimezone(LONDON).date()))
        return sorted({*found, *(each for each in known if each > min(found))})

    def share(self, now: dt.datetime) -> decimal.Decimal | None:
        """Give the part of it that is over at the end of today; without both ends there is none."""
        if self.starts_at is None or self.ends_at is None:
            return None
        first = self.starts_at.astimezone(LONDON).date()
        return boards.share(first, self._last_day(now), now.astimezone(LONDON).date())

    def first_day(self) -> dt.date | None:
        """Give its first day, unless it is open there."""
        return self.starts_at and self.starts_at.astimezone(LONDON).date()

    def last_day(self) -> dt.date | None:
        """Give its last day, unless it is open there."""
        return self.ends_at and self._last_day(self.ends_at)

    def _last_day(self, now: dt.datetime) -> dt.date:
        last = (self.ends_at or now) - dt.timedelta(microseconds=1)
        return last.astimezone(LONDON).date()


def breakdowns(kind: str, span: Span, now: dt.datetime) -> list[str]:
    """Name what a board's figures are broken down by, all at once."""
    return [span.steps(now), *BESIDE.get(kind, _OTHERWISE)]


def expected(measure: Mapping[str, Any], span: Span, now: dt.datetime) -> dict[str, Any] | None:
    """Say what an even course would have brought by now, and whether this is more or less."""
    share = span.share(now)
    if not share or measure["target"] is None or measure["value"] is None:
        return None
    if measure["unit"] in boards.UNPACED:
        return None
    value, target = decimal.Decimal(measure["value"]), decimal.Decimal(measure["target"])
    by_now, word = boards.pace(value, target, share)
    return {"value": str(by_now), "is": word}


def change(value: str | None, before: str | None) -> str | None:
    """Give how much more one figure is than another."""
    if value is None or before is None:
        return None
    return format(decimal.Decimal(value) - decimal.Decimal(before), "f")
