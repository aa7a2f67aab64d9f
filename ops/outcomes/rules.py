"""Periods and parts: when a figure was true, which target applies, how far it is met."""

import datetime as dt
import decimal
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ops.wording import first_moment

_DATED = re.compile(r"\b(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4})$")
# An attainment is shown as a percentage with one decimal; one digit more keeps its rounding right.
_ATTAINMENT_PLACES = decimal.Decimal("0.0001")


def true_at(source: str, ends_on: dt.date | None) -> dt.date | None:
    """Say when published figures were true, where their publisher did not.

    A paper cited with its day spoke of that day, though its year may not have
    been over; of anything else only the end of the period is known.
    """
    match = _DATED.search(source)
    if match is None:
        return ends_on
    day, month, year = match[1].split()
    try:
        said_on = dt.datetime.strptime(f"{day} {month[:3]} {year}", "%d %b %Y").date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        return ends_on
    return min(said_on, ends_on) if ends_on else said_on


def attainment(value: decimal.Decimal, target: decimal.Decimal | None) -> decimal.Decimal | None:
    """Give the part of a target that a value reaches; a target of nothing has none."""
    if not target:
        return None
    return rate(value, target, 1)


def rate(of: decimal.Decimal, to: decimal.Decimal, times: int) -> decimal.Decimal:
    """Give one figure over another, so many times."""
    return (of * times / to).quantize(_ATTAINMENT_PLACES, decimal.ROUND_HALF_UP).normalize()


def target_for(
    targets: Sequence[Mapping[str, Any]],
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    *,
    is_operation: bool = False,
) -> decimal.Decimal | None:
    """Choose the target for a period.

    It begins when the period does and ends no sooner, so that a year to date
    stands against the year's target; of several, the shortest. Without a
    period an operation has the longest, what the whole of it should reach; an
    organisation has none, as its work of all years is no part of one year's target.
    """
    if starts_at is None and ends_at is None:
        if not is_operation:
            return None
        chosen = max(targets, key=_days, default=None)
    elif starts_at is None or ends_at is None:
        return None
    else:
        fitting = [
            target
            for target in targets
            if _first(target["starts_on"]) == starts_at and ends_at <= _after(target["ends_on"])
        ]
        chosen = min(fitting, key=_days, default=None)
    return None if chosen is None else decimal.Decimal(chosen["value"])


def target_of(
    figure: Mapping[str, Any],
    targets: Sequence[Mapping[str, Any]],
    otherwise: decimal.Decimal | None,
) -> decimal.Decimal | None:
    """Choose the target that a reported figure's own period stands against, if it has one."""
    if not (figure["starts_on"] and figure["ends_on"]):
        return otherwise
    return target_for(targets, _first(figure["starts_on"]), _after(figure["ends_on"]))


def is_told_of(
    figure: Mapping[str, Any],
    starts_at: dt.datetime | None,
    ends_at: dt.datetime | None,
    as_at: dt.datetime | None,
) -> bool:
    """Tell whether a reported figure belongs beside the figures of a period, known at a time.

    A figure of a period that was not over when it was told reaches no further
    than the day it was true.
    """
    last = min((day for day in (figure["ends_on"], figure["as_at"]) if day), default=None)
    return (
        not (starts_at and figure["starts_on"] and _first(figure["starts_on"]) < starts_at)
        and not (ends_at and last and _after(last) > ends_at)
        and not (as_at and figure["as_at"] and _first(figure["as_at"]) >= as_at)
    )


def _days(target: Mapping[str, Any]) -> dt.timedelta:
    return _after(target["ends_on"]) - _first(target["starts_on"])


def _first(day: str) -> dt.datetime:
    return first_moment(dt.date.fromisoformat(day))


def _after(day: str) -> dt.datetime:
    return first_moment(dt.date.fromisoformat(day) + dt.timedelta(days=1))
