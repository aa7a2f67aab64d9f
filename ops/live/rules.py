"""Where somebody was, as far as their fixes tell: inside an area, outside, or hard to say.

Geography is a check, never a gate: nothing is refused for where it happened.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from ops.errors import Invalid
from ops.operations.clocks import AHEAD

# What was not sent by then tells nobody where anybody is.
OLDEST = dt.timedelta(days=7)
RELATIONS = INSIDE, OUTSIDE, UNCERTAIN = "inside", "outside", "uncertain"


@dataclasses.dataclass(frozen=True)
class Fix:
    """When somebody was somewhere, and how that lies to an area."""

    at: dt.datetime
    relation: str


@dataclasses.dataclass(frozen=True)
class Visit:
    """A stay in an area: between which times it began, and between which it ended.

    Without `entered_after` it may have begun long before; without `left_by` it may go on. `first`
    and `last` are the first and the last fix surely inside; where there is none, it is a stay only
    perhaps.
    """

    entered_after: dt.datetime | None
    first: dt.datetime | None
    last: dt.datetime | None
    left_by: dt.datetime | None

    @property
    def is_certain(self) -> bool:
        """Tell whether a fix was surely inside."""
        return self.first is not None

    @property
    def shortest(self) -> dt.timedelta:
        """Give how long it was at least."""
        if self.first is None or self.last is None:
            return dt.timedelta()
        return self.last - self.first

    @property
    def longest(self) -> dt.timedelta | None:
        """Give how long it was at most, where that is known."""
        if self.entered_after is None or self.left_by is None:
            return None
        return self.left_by - self.entered_after


def check_at(at: dt.datetime, now: dt.datetime) -> None:
    """Refuse a time at which nobody can be checking in."""
    said = None
    if at > now + AHEAD:
        said = "This lies in the future; give the time at which you were there."
    elif at < now - OLDEST:
        said = "This is more than a week ago; log a result if something happened there."
    if said:
        raise Invalid(said, {"at": [said]})


def visits(fixes: Iterable[Fix]) -> list[Visit]:
    """Tell the stays of one person in one area, from fixes in the order of their times.

    Between two fixes inside, they are taken to have stayed; a fix that can't tell neither begins
    a stay nor ends one, and leaves open how far it reaches.
    """
    return list(_visits(fixes))


def _visits(fixes: Iterable[Fix]) -> Iterator[Visit]:
    outside_at: dt.datetime | None = None
    run: list[Fix] = []
    for fix in fixes:
        if fix.relation != OUTSIDE:
            run.append(fix)
            continue
        if run:
            yield _visit(run, outside_at, fix.at)
        outside_at, run = fix.at, []
    if run:
        yield _visit(run, outside_at, None)


def _visit(
    run: Sequence[Fix], entered_after: dt.datetime | None, left_by: dt.datetime | None
) -> Visit:
    inside = [fix.at for fix in run if fix.relation == INSIDE]
    first, last = (inside[0], inside[-1]) if inside else (None, None)
    return Visit(entered_after, first, last, left_by)


def dwell(visit: Visit) -> str:
    """Say how long a stay was, as surely as it is known: between 12 and 18 minutes."""
    least = _minutes(visit.shortest)
    if visit.longest is None:
        return f"at least {_so_many(least)}" if visit.is_certain else "it is not known how long"
    most = -(-visit.longest // dt.timedelta(minutes=1))
    if most <= least:
        return _so_many(least)
    if least == 0:
        return f"up to {_so_many(most)}"
    return f"between {least} and {_so_many(most)}"


def _minutes(span: dt.timedelta) -> int:
    return span // dt.timedelta(minutes=1)


def _so_many(minutes: int) -> str:
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"
