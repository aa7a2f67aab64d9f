"""When a result may be logged, corrected, struck or confirmed."""

import datetime as dt

from ops.errors import Conflict, Forbidden, Invalid, Missing, OpsError, Refused
from ops.operations.clocks import AHEAD
from ops.operations.models import STATUSES
from ops.results.kinds.base import Detail, Kind
from ops.results.models import Result

# An operation takes results once it is approved, and late ones ever after.
LOGGABLE = ("approved", "live", "closed", "reviewed")
# Covert work comes months before the day itself; years before is a slip of the finger.
EARLIEST = dt.timedelta(days=2 * 365)
NO_DEPLOYMENT = "This operation has no such deployment; leave it out, or name one of its own."


def check_occurred(occurred_at: dt.datetime, now: dt.datetime) -> None:
    """Refuse what has not happened yet."""
    if occurred_at > now + AHEAD:
        said = "This lies in the future; give the time at which it happened."
        raise Invalid(said, {"occurred_at": [said]})


def refusal(
    *,
    status: str | None,
    starts_at: dt.datetime | None,
    occurred_at: dt.datetime,
    is_deployment_known: bool,
) -> OpsError | None:
    """Say why an operation does not take a result, if it does not."""
    if status is None or starts_at is None:
        return Missing("There is no such operation.")
    if status not in LOGGABLE:
        return Refused(
            f"This operation is {STATUSES[status].lower()}, so it takes no results yet; "
            "have it approved first."
        )
    if not is_deployment_known:
        return Invalid(NO_DEPLOYMENT, {"deployment": [NO_DEPLOYMENT]})
    return too_early(occurred_at, starts_at)


def too_early(occurred_at: dt.datetime, starts_at: dt.datetime) -> OpsError | None:
    """Say so where something happened years before its operation."""
    if occurred_at >= starts_at - EARLIEST:
        return None
    said = "This was years before the operation began; check the date, or the operation."
    return Invalid(said, {"occurred_at": [said]})


def other_content() -> OpsError:
    """Refuse other content under an id that is taken, and give nothing of it away."""
    return Conflict(
        "There is already a result with this id and other content; "
        "correct that one, or send this under a new id."
    )


def check_standing(result: Result, verb: str) -> None:
    """Refuse to touch a result that was struck."""
    if result.status == "struck":
        raise Refused(f"This result was struck, so it can't be {verb}; log it again if it stands.")


def check_by_others(kind: Kind, before: Detail, after: Detail) -> None:
    """Refuse whoever recorded a result what somebody else has to write."""
    for name in kind.by_others:
        if (before.get(name) or []) != (after.get(name) or []):
            said = "You recorded this, so somebody else must write this part."
            raise Forbidden(said, {"detail": {name: [said]}})


def strike(result: Result, reason: str, by: object, now: dt.datetime) -> None:
    """Strike a result: it stays, with the reason, and counts no more."""
    check_standing(result, "struck again")
    result.status = "struck"
    result.struck_at, result.struck_by, result.struck_reason = now, by, reason  # type: ignore[assignment]


def confirm(result: Result, missing: str | None, by: object, now: dt.datetime) -> None:
    """Confirm a result that lacks nothing and that somebody else recorded: four eyes."""
    check_standing(result, "confirmed")
    if result.recorded_by == by:
        raise Forbidden("You recorded this, so somebody else must confirm it.")
    if missing:
        raise Refused(missing)
    if result.status != "confirmed":
        result.status = "confirmed"
        result.confirmed_at, result.confirmed_by = now, by  # type: ignore[assignment]


def make_provisional(result: Result) -> None:
    """Take a confirmation back, because what was confirmed has changed."""
    if result.status == "confirmed":
        result.status = "recorded"
        result.confirmed_at = result.confirmed_by = None
