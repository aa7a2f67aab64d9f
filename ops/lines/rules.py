"""What state a line is in, from what happened to it; and when to check back on a closed one."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from ops.lines.states import SORTS
from ops.results.kinds.lines import CHANGES, IN_USE, TYPES


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happened to a line on a day; `state` is what it was in from then on."""

    sort: str
    on: dt.date
    at: dt.datetime
    # What it says in a word: a type of closure, a change, whether the line was out of use.
    code: str
    record: uuid.UUID
    operation: uuid.UUID
    status: str = "recorded"
    name: str | None = None

    @property
    def state(self) -> str | None:
        """Give the state that it brings; none where it changes nothing."""
        match self.sort:
            case "identified":
                return "identified"
            case "closure":
                return "closed" if self.status == "confirmed" else None
            case "check_back":
                return "reopened" if self.status == "confirmed" and self.code == "in_use" else None
            case _:
                return self.code

    @property
    def text(self) -> str:
        """Say it in words."""
        match self.sort:
            case "identified":
                return "Identified"
            case "closure":
                return "Closed" if self.status == "confirmed" else "Closure logged, not confirmed"
            case "check_back":
                return "Checked: in use" if self.code == "in_use" else "Checked: out of use"
            case _:
                return CHANGES[self.code] + (f": {self.name}" if self.name else "")

    @property
    def more(self) -> str | None:
        """Say what kind of closure it was."""
        return TYPES[self.code] if self.sort == "closure" else None


def in_order(events: Iterable[Event]) -> list[Event]:
    """Put events in the order they happened; a line that was logged late was there before."""
    return sorted(
        events,
        key=lambda each: (each.sort != "identified", each.on, each.at, SORTS.index(each.sort)),
    )


def state(events: Iterable[Event]) -> tuple[str, dt.date]:
    """Give the state a line is in, and since when."""
    return [(each.state, each.on) for each in in_order(events) if each.state][-1]


def closed_twice(events: Iterable[Event]) -> bool:
    """Tell whether two closures stand with nothing in between that says it was in use.

    They are refused, but for those of a covert operation, which nobody outside is told of.
    """
    is_closed = False
    for event in in_order(events):
        if event.state == "closed":
            if is_closed:
                return True
            is_closed = True
        elif event.state in IN_USE:
            is_closed = False
    return False


def check_back_on(closed_on: dt.date, made: int, days: Sequence[int]) -> dt.date | None:
    """Give the day to look again at a closed line; none once every look was taken."""
    return closed_on + dt.timedelta(days=days[made]) if made < len(days) else None
