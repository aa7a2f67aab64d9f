"""Months and periods: which are there, which are like each other, which are missing."""

import calendar
import collections
import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from ops.evaluation.intervals import Month, Side


@dataclasses.dataclass(frozen=True)
class Period:
    """Whole months, from the first day of the first to the first day of the last."""

    label: str
    from_: dt.date
    to: dt.date

    @property
    def months(self) -> list[dt.date]:
        """List its months, by their first days."""
        found, month = [], self.from_
        while month <= self.to:
            found.append(month)
            month = following(month)
        return found


@dataclasses.dataclass(frozen=True)
class Series:
    """What an area had in each month; what a month lacks a count of stands in `gaps`."""

    counts: Mapping[dt.date, int]
    gaps: Mapping[dt.date, Sequence[str]]

    def side(self, period: Period) -> Side:
        """Give the months of a period that have a count; a missing one is never filled."""
        used = [month for month in period.months if month in self.counts]
        return Side([Month(self.counts[month], days_in(month)) for month in used])

    def used(self, period: Period) -> list[dt.date]:
        """List the months of a period that have a count."""
        return [month for month in period.months if month in self.counts]

    def missing(self, periods: Iterable[Period]) -> dict[dt.date, Sequence[str]]:
        """List the months without a full count, with the categories that are missing."""
        months = sorted({month for period in periods for month in period.months})
        return {month: self.gaps.get(month, ()) for month in months if month not in self.counts}


def following(month: dt.date) -> dt.date:
    """Give the first day of the next month."""
    return dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)


def days_in(month: dt.date) -> int:
    """Say how long a month is."""
    return calendar.monthrange(month.year, month.month)[1]


def series(counts: Mapping[tuple[str, dt.date], int], categories: Sequence[str]) -> Series:
    """Add up categories month by month; a month that lacks one of them has no sum."""
    months = {month for _category, month in counts}
    gaps = {month: [each for each in categories if (each, month) not in counts] for month in months}
    whole = {
        month: sum(counts[each, month] for each in categories)
        for month in months
        if categories and not gaps[month]
    }
    return Series(whole, {month: lacks for month, lacks in gaps.items() if lacks})


def together(several: Sequence[Series]) -> Series:
    """Add up areas month by month; a month that one of them lacks has no sum."""
    months = set.intersection(*(set(each.counts) for each in several)) if several else set()
    gaps = {month: lacks for each in several for month, lacks in each.gaps.items()}
    return Series({month: sum(each.counts[month] for each in several) for month in months}, gaps)


def same_season(before: Sequence[dt.date], after: Sequence[dt.date]) -> bool:
    """Tell whether each month of the year has the same share on both sides."""
    here, there = (collections.Counter(month.month for month in side) for side in (before, after))
    return all(here[each] * len(after) == there[each] * len(before) for each in range(1, 13))
