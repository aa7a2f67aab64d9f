"""How the times of a plan move to other days, and who may see the copy of an operation."""

import datetime as dt

from ops.errors import Invalid
from ops.operations.models import VISIBILITIES
from ops.wording import LONDON, local

# From the widest to the narrowest.
_WIDTH = list(VISIBILITIES)


def moved(moment: dt.datetime, days: int) -> dt.datetime:
    """Move a moment by whole days, to the same time by the clock in Europe/London.

    What falls in the hour that is skipped in spring begins when the clock goes on.
    """
    wall = local(moment)
    naive = wall.replace(tzinfo=None, fold=0) + dt.timedelta(days=days)
    there = naive.replace(tzinfo=LONDON)
    shown = there.astimezone(dt.UTC).astimezone(LONDON)
    if shown.replace(tzinfo=None, fold=0) != naive:
        # The clock goes from 01:00 to 02:00, both on the hour.
        return shown.replace(minute=0, second=0, microsecond=0)
    # Of an hour that comes twice, the same one as before.
    return there.replace(fold=wall.fold)


def moved_window(
    starts_at: dt.datetime, ends_at: dt.datetime, days: int
) -> tuple[dt.datetime, dt.datetime]:
    """Move both ends of a window; one that a change of clocks would empty keeps its length."""
    starts, ends = moved(starts_at, days), moved(ends_at, days)
    if ends.astimezone(dt.UTC) <= starts.astimezone(dt.UTC):
        ends = (starts.astimezone(dt.UTC) + (ends_at - starts_at)).astimezone(LONDON)
    return starts, ends


def visibility(of_source: str, asked: str | None, *, stays: bool) -> str:
    """Say who may see a copy: never more people than see what it is a copy of.

    `stays` says that the same organisation leads it. The people of another one may not see the
    original, so there an open copy would be seen by others.
    """
    widest = of_source if stays or of_source != "open" else "restricted"
    chosen = asked or widest
    if _WIDTH.index(chosen) < _WIDTH.index(widest):
        possible = " or ".join(_WIDTH[_WIDTH.index(widest) :])
        said = f"A copy is seen by no more people than the original: it can be {possible}."
        raise Invalid(said, {"visibility": [said]})
    return chosen
