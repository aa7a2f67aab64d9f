"""Cash under the Proceeds of Crime Act 2002: from how much on, and until when without a court.

Section 294 lets an officer seize cash of the minimum amount, £1,000 (section 303); section 295
lets it be detained for 48 hours, of which no Saturday, Sunday, Christmas Day, Good Friday or bank
holiday counts; then a court has to order it.
"""

import datetime as dt
import decimal
from collections.abc import Mapping, Sequence
from typing import Any

import holidays

from ops import wording

MINIMUM = decimal.Decimal(1_000)
DETAINED_FOR = dt.timedelta(hours=48)
ROUTES = {
    "poca": "Detained under the Proceeds of Crime Act",
    "evidence": "Kept as evidence (PACE)",
    "returned": "Given back",
}
# What leaves a confirmation of the cash itself standing.
FACTS = ("poca_route", "fiu_informed_at", "detention_order_at", "detention_order_ref")
_SATURDAY = 5
_CLOSED = holidays.country_holidays("GB", subdiv="ENG")


def due_at(seized_at: dt.datetime) -> dt.datetime:
    """Give when cash can be detained no longer without a court, in England and Wales."""
    left, moment = DETAINED_FOR, wording.local(seized_at)
    while True:
        ends = wording.first_moment(moment.date() + dt.timedelta(days=1))
        if counts(moment.date()):
            # In UTC, or an hour of the night the clocks change would be lost or doubled.
            rest = ends.astimezone(dt.UTC) - moment.astimezone(dt.UTC)
            if left <= rest:
                return moment.astimezone(dt.UTC) + left
            left -= rest
        moment = ends


def counts(day: dt.date) -> bool:
    """Tell whether the hours of a day count."""
    return day.weekday() < _SATURDAY and day not in _CLOSED


def is_asked(detail: Mapping[str, Any]) -> bool:
    """Tell whether a seizure is cash of the minimum amount, in pounds or valued in them."""
    value = detail.get("value")
    return detail["category"] == "cash" and value is not None and value >= MINIMUM


def clock(detail: Mapping[str, Any], seized_at: dt.datetime) -> dt.datetime | None:
    """Give until when this cash is detained without a court; none, where it goes another way."""
    if not is_asked(detail) or detail.get("poca_route") in {"evidence", "returned"}:
        return None
    return due_at(seized_at)


def remarks(detail: Mapping[str, Any]) -> Sequence[str]:
    """Say what is still to do about cash, and where nobody can tell."""
    if detail["category"] != "cash":
        return ()
    if detail.get("value") is None:
        if detail.get("quantity") is None:
            return ()
        said = (
            "This currency counts nowhere in pounds until it is valued; nobody can tell either"
            f" whether it is {wording.money(MINIMUM)} or more. Add what it is worth."
        )
        return (said,)
    if not is_asked(detail):
        return ()
    todo = []
    due = detail.get("poca_due_at")
    if not detail.get("poca_route"):
        todo.append(
            f"This is {wording.money(MINIMUM)} or more: say whether it is detained under the"
            " Proceeds of Crime Act (sections 294 and 295) or kept as evidence."
        )
    if due is not None and not detail.get("detention_order_at"):
        todo.append(
            f"Without a court's order it can be detained until {wording.moment(due)}:"
            " 48 hours, of which weekends and bank holidays do not count."
        )
        if not detail.get("fiu_informed_at"):
            todo.append("Tell the financial investigation unit, and say here when you did.")
    return todo
