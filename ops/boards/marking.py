"""What is marked on the map of analysis: a rectangle of the National Grid, and days."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from ops import wording
from ops.boards.rules import Span
from ops.forms import Form
from ops.geo.grid import GridBox

# In kilometres east and north, as the edges of the national maps have them.
SIDES = ("west", "south", "east", "north")
DAYS = ("from", "to")
_KM = 1000
_KILOMETRES = re.compile(r"[0-9]{1,4}(\.[0-9]{0,3})?", re.ASCII)
_NO_NUMBER = "Enter kilometres on the National Grid, such as 384.5."


def area(form: Form) -> GridBox | None:
    """Read the rectangle that a form marks, if any; say at each side what is wrong with it."""
    if not any(map(form.value, SIDES)):
        return None
    sides = {side: _metres(form.value(side)) for side in SIDES}
    wrong = {side: _NO_NUMBER for side, metres in sides.items() if metres is None}
    box = GridBox(*(metres or 0 for metres in sides.values()))
    if not wrong and not box.is_on_grid:
        if box.east <= box.west:
            wrong["east"] = "Must be further east than the west side."
        if box.north <= box.south:
            wrong["north"] = "Must be further north than the south side."
        wrong = wrong or {"east": "This is outside the National Grid: 700 km by 1,300 km."}
    if wrong:
        form.errors.update(wrong)
        form.status = HTTPStatus.UNPROCESSABLE_ENTITY
        return None
    return box


def _metres(text: str) -> int | None:
    return round(float(text) * _KM) if _KILOMETRES.fullmatch(text) else None


def in_words(within: GridBox | None, span: Span) -> str:
    """Say what is marked: within the marked area, 3 to 9 October 2026."""
    where = f"within the marked area ({within.in_words})" if within else ""
    words = ", ".join(filter(None, (where, _days(span))))
    return words[:1].upper() + words[1:]


def _days(span: Span) -> str:
    first, last = span.first_day(), span.last_day()
    begun, ended = (on and wording.short_day(on, month="%B") for on in (first, last))
    if first is None or last is None:
        return f"from {begun}" if begun else f"until {ended}" if ended else ""
    if first == last:
        return str(ended)
    is_one_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if is_one_month else begun} to {ended}"


def taken_away(path: str, asked: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give, of what is marked, the way to the same without it."""
    for names, text in ((SIDES, "Take away the marked area"), (DAYS, "Take away the days")):
        if any(asked.get(name) for name in names):
            left = {name: value for name, value in asked.items() if name not in names}
            yield {"text": text, "href": f"{path}?{urlencode(left)}#told"}


def steps(keys: list[str], span: Span) -> list[list[str]]:
    """Give the first and the last day of each day or month that can be marked."""
    first, last = span.first_day(), span.last_day()
    found = []
    for begun, ended in map(_ends, keys):
        since, until = max(begun, first or begun), min(ended, last or ended)
        # What lies outside the span and counts all the same is marked as it is.
        found.append([str(since), str(until)] if since <= until else [str(begun), str(ended)])
    return found


def _ends(key: str) -> tuple[dt.date, dt.date]:
    """Give the first and the last day of a day or a month."""
    if len(key) == len("YYYY-MM-DD"):
        return dt.date.fromisoformat(key), dt.date.fromisoformat(key)
    begun = dt.date.fromisoformat(f"{key}-01")
    following = (begun + dt.timedelta(days=31)).replace(day=1)
    return begun, following - dt.timedelta(days=1)
