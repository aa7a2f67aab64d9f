"""A phone's own clock: how wrong it is, and what that makes of the time that it gives.

What was claimed is kept beside what is taken for true, and whoever reads the record is told.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from ops import wording
from ops.results.rules import AHEAD

# A clock that is a day off gives no time at all; one that is hours off may, where the officer
# typed it by a watch.
USELESS = dt.timedelta(days=1)


def offset(sent_at: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """Tell by how much the clock of whoever sent something just now is fast."""
    return sent_at - now


def happened(claimed: dt.datetime, fast: dt.timedelta, now: dt.datetime) -> dt.datetime:
    """Give when something happened: as claimed, but where that can't be and the clock says why."""
    is_ahead = fast > AHEAD and claimed > now + AHEAD
    return claimed - fast if is_ahead or abs(fast) > USELESS else claimed


def remarks(record: Mapping[str, Any]) -> list[str]:
    """Say that a record's time comes from a clock that was wrong."""
    seconds = record["clock_offset_s"] or 0
    if abs(seconds) <= AHEAD.total_seconds():
        return []
    way = "fast" if seconds > 0 else "slow"
    said = f"The clock of the phone that sent this was {_span(abs(seconds))} {way}"
    if record["claimed_at"]:
        given = wording.short_moment(record["claimed_at"])
        return [f"{said}. It gave {given}, which was put right by as much; check the time."]
    return [f"{said}; check the time."]


def _span(seconds: int) -> str:
    """Write a stretch of time by its largest part."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = round(seconds / size)
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    return "less than a minute"
