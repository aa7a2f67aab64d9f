"""What may be decided about a record that is due, and when it may be erased."""

import dataclasses
import datetime as dt
import uuid

from ops.errors import Forbidden, Invalid, Refused
from ops.geo.models import OVER

# A date further away than any group has is a slip of the finger.
FURTHEST = dt.timedelta(days=101 * 366)


@dataclasses.dataclass(frozen=True)
class State:
    """How a record stands, for what may be done with it."""

    status: str
    is_erased: bool
    is_held: bool
    decision: str | None
    decided_by: uuid.UUID | None


def check_review(state: State, decision: str, next_on: dt.date | None, today: dt.date) -> None:
    """Refuse a decision too early, on what is gone, or without the date that it needs."""
    check_over(state)
    check_there(state)
    if decision == "keep":
        _check_date(next_on, today)
    elif next_on is not None:
        said = "What is to be erased has no next review; leave the date out."
        raise Invalid(said, {"next_review_on": [said]})


def _check_date(next_on: dt.date | None, today: dt.date) -> None:
    said = None
    if next_on is None:
        said = "Say when it is to be reviewed again."
    elif next_on <= today:
        said = "The next review must be later than today."
    elif next_on > today + FURTHEST:
        said = "The next review is too far away; check the year."
    if said:
        raise Invalid(said, {"next_review_on": [said]})


def check_over(state: State) -> None:
    """Refuse while the operation goes on."""
    if state.status not in OVER:
        raise Refused("This operation is not closed yet; its records are reviewed once it is.")


def check_there(state: State) -> None:
    """Refuse where nothing is left to decide on."""
    if state.is_erased:
        raise Refused("This was erased; there is nothing left to keep or to erase.")


def check_erasure(state: State, by: uuid.UUID) -> None:
    """Refuse an erasure that nobody else decided, or that something stands against."""
    if state.is_erased:
        return  # Done already: a second time is no error.
    if sentence := missing_to_erase(state):
        raise Refused(sentence)
    if state.decided_by == by:
        raise Forbidden("You decided to erase this, so somebody else must carry it out.")


def missing_to_erase(state: State) -> str | None:
    """Say what stands against erasing a record, whoever asks."""
    if state.status not in OVER:
        return "This operation is not closed yet; its records are reviewed once it is."
    if state.is_held:
        return "This is held; it can be erased once the hold is lifted."
    if state.decision != "erase":
        return "Nobody has decided to erase this; review it first."
    return None
