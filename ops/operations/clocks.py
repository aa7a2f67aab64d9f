"""A phone's own clock: how wrong it is, and what that makes of the time that it gives.

What was claimed is kept beside what is taken for true, and whoever reads the record is told.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops import wording

# A phone's clock may be a little fast.
AHEAD = dt.timedelta(minutes=10)
# What a phone stamps by itself is put right from so much on: nobody typed it by a watch.
STRAYS = dt.timedelta(minutes=1)

# A clock that is a day off gives no time at all; one that is hours off may, where the officer
# typed it by a watch.
USELESS = dt.timedelta(days=1)


class Clocked:
    """The columns of what phones send: by how much the clock was fast, and the time that it gave
    where another is taken for true.
    """

    claimed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    clock_offset_s: Mapped[int | None] = mapped_column(sa.BigInteger())


def offset(sent_at: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """Tell by how much the clock of whoever sent something just now is fast."""
    return sent_at - now


def happened(claimed: dt.datetime, fast: dt.timedelta, now: dt.datetime) -> dt.datetime:
    """Give when something happened: as claimed, but where that can't be and the clock says why."""
    is_ahead = fast > AHEAD and claimed > now + AHEAD
    return claimed - fast if is_ahead or abs(fast) > USELESS else claimed


def stamped(content: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Give when something happened that a phone stamps by its own clock, by column.

    Nobody can mend such a time on a phone, so it is put right and never refused; without the
    phone's `sent_at` somebody may have typed it, and it stays as it is.
    """
    claimed, sent_at = content.get("at") or now, content.get("sent_at")
    if sent_at is None:
        return {"at": claimed}
    fast = offset(sent_at, now)
    at = claimed - fast if abs(fast) > STRAYS else claimed
    if at > now + AHEAD:
        at = now
    return {
        "at": at,
        "claimed_at": None if at == claimed else claimed,
        "clock_offset_s": round(fast.total_seconds()),
    }


def remarks(record: Mapping[str, Any]) -> list[str]:
    """Say that a record's time comes from a clock that was wrong."""
    seconds, claimed = record["clock_offset_s"] or 0, record["claimed_at"]
    given = wording.short_moment(claimed) if claimed else ""
    way = "fast" if seconds > 0 else "slow"
    said = f"The clock of the phone that sent this was {_span(abs(seconds))} {way}"
    if abs(seconds) <= STRAYS.total_seconds() and claimed:
        return [f"The phone gave {given}, which was still to come; check the time."]
    if claimed:
        return [f"{said}. It gave {given}, which was put right by as much; check the time."]
    return [f"{said}; check the time."] if abs(seconds) > AHEAD.total_seconds() else []


def _span(seconds: int) -> str:
    """Write a stretch of time by its largest part."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = round(seconds / size)
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    return "less than a minute"
