"""Times by the clock on the wall in Europe/London, which jumps twice a year."""

import datetime as dt
import re

from ops.wording import LONDON, never_comes

_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_HOUR = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
AS_IN = "Give a day and a time, such as 2026-11-03 05:00 or 03/11/2026 05:00."


def moment(text: str, day: dt.date | None = None) -> dt.datetime:
    """Read a time as people write it; an hour alone is on the day that is given.

    Raises ValueError, with a sentence.
    """
    plain = _DAY_FIRST.sub(r"\3-\2-\1", text.strip())
    if day is not None and _HOUR.fullmatch(plain):
        plain = f"{day} {plain}"
    date, _, rest = plain.replace("T", " ").partition(" ")
    padded = "-".join(part.zfill(2) for part in date.split("-"))
    hours = rest.strip()
    hours = f"0{hours}" if re.match(r"\d:", hours) else hours
    try:
        found = dt.datetime.fromisoformat(f"{padded}T{hours}" if hours else "")
    except ValueError:
        raise ValueError(AS_IN) from None
    return found if found.tzinfo is not None else local(found, is_typed=True)


def local(wall: dt.datetime, *, is_typed: bool = False) -> dt.datetime:
    """Give the moment when the clock on the wall shows this, if there is one, and only one.

    Of two, what nobody typed is the first. Raises ValueError, with a sentence.
    """
    first = wall.replace(tzinfo=LONDON)
    if said := never_comes(wall):
        raise ValueError(said)
    if is_typed and first.utcoffset() != first.replace(fold=1).utcoffset():
        raise ValueError(
            f"{wall:%H:%M} on {wall.day} {wall:%B %Y} comes twice: the clocks go back. "
            f"Write which one is meant, such as {first.isoformat(timespec='minutes')}."
        )
    return first
