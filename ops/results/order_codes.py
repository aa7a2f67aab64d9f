"""Code lists of court orders, and how long each may last."""

import dataclasses
import datetime as dt
from collections.abc import Mapping

from ops.results.days import months_after


@dataclasses.dataclass(frozen=True)
class Order:
    """A sort of order, and the months that the law gives it; zero: the law names none here.

    `extended` is the most with an extension, `child_least` and `child_most` hold for a person
    under 18.
    """

    label: str
    least: int = 0
    most: int = 0
    extended: int = 0
    child_least: int = 0
    child_most: int = 0


# Lengths marked [K] are general knowledge, not checked against the statute book. What they give
# is a remark, never a refusal: a court may know better, and the law changes.
ORDERS: Mapping[str, Order] = {
    "closure_notice": Order("Closure notice"),
    # Anti-social Behaviour, Crime and Policing Act 2014 ss.80-82; longer ones are consulted on.
    "closure_order": Order("Closure order", most=3, extended=6),
    # Modern Slavery Act 2015 s.17.
    "stpo": Order("Slavery and trafficking prevention order", least=60),
    "stro": Order("Slavery and trafficking risk order"),
    "scpo": Order("Serious crime prevention order", most=60),  # [K]
    "cbo": Order("Criminal behaviour order", least=24, child_least=12, child_most=36),  # [K]
    "gang_injunction": Order("Gang injunction"),
    "ddtro": Order("Drug dealing telecommunications restriction order"),
    "cce_prevention": Order("Child criminal exploitation prevention order"),
    "football": Order("Football banning order"),
    "knife_crime": Order("Knife crime prevention order"),
    "forfeiture": Order("Forfeiture order"),
    "licence_review": Order("Review of a premises licence"),
    "bail_conditions": Order("Bail conditions"),
    "other": Order("Another order"),
}
ORDER_TYPES = {code: order.label for code, order in ORDERS.items()}
SUBJECTS = {"person": "A person", "premises": "Premises", "number": "A phone number"}
APPLICANTS = {
    "police": "Police",
    "council": "Council",
    "prosecution": "Prosecution",
    "nca": "National Crime Agency",
    "immigration_enforcement": "Immigration Enforcement",
    "glaa": "Gangmasters and Labour Abuse Authority",
    "landlord": "Landlord",
    "other": "Somebody else",
}
# Who made it. The first three can make a closure notice, for so many hours (s.77).
MAKERS = {
    "inspector": "Inspector",
    "superintendent": "Superintendent",
    "council": "Council",
    "magistrates": "Magistrates’ court",
    "youth_court": "Youth court",
    "crown_court": "Crown Court",
    "county_court": "County court",
    "high_court": "High Court",
    "licensing": "Licensing committee",
    "other": "Another",
}
NOTICE_HOURS = {"inspector": 24, "council": 24, "superintendent": 48}
LONGEST_NOTICE = max(NOTICE_HOURS.values())
BREACHES = {
    "exclusion_zone": "Entered an exclusion zone",
    "association": "Met somebody they must not meet",
    "contact": "Got in touch with a victim or witness",
    "curfew": "Broke a curfew",
    "phone": "Held a phone, SIM card or device",
    "vehicle": "Hired or used a vehicle",
    "travel": "Travelled without leave",
    "notification": "Failed to notify or report",
    "weapon": "Had a weapon or an item that is forbidden",
    "closed_premises": "Entered or stayed in closed premises",
    "other": "Another condition",
}
FOLLOWED = {
    "arrested": "Arrested",
    "reported": "Reported for summons",
    "charged": "Charged",
    "bailed": "Bailed",
    "remanded": "Remanded",
    "recalled": "Recalled to prison",
    "warned": "Warned",
    "fined": "Fined",
    "community_sentence": "Community sentence",
    "suspended_sentence": "Suspended sentence",
    "imprisoned": "Imprisoned",
    "order_varied": "Order varied",
    "no_further_action": "No further action",
    "other": "Other",
}
FORCE_AREAS = {"own": "In the force’s own area", "other": "In another force’s area"}
IN_FORCE = {"to_come": "Not begun", "in_force": "In force", "ended": "Ended"}


def length_remark(
    order_type: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    *,
    is_child: bool = False,
    is_extended: bool = False,
) -> str | None:
    """Say where an order is shorter or longer than the law has it."""
    order = ORDERS[order_type]
    if ends_on is None:
        return None
    least, most = order.least, order.most
    if is_child and order.child_most:
        least, most = order.child_least, order.child_most
    if is_extended and order.extended:
        most = order.extended
    # The last day may be counted or not: a day either way is no remark.
    last = ends_on + dt.timedelta(days=1)
    if least and last < months_after(starts_on, least):
        return f"{order.label}: it lasts {_length(least)} at least; check its last day."
    if most and ends_on > months_after(starts_on, most):
        longest = " in all" if is_extended else ""
        return f"{order.label}: it lasts {_length(most)}{longest} at most; check its last day."
    return None


def _length(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest:
        return f"{months} months"
    return f"{years} year{'s' if years > 1 else ''}"
