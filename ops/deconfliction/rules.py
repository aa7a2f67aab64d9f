"""What is said of a conflict, and how often one may look without planning anything."""

from collections.abc import Mapping
from typing import Any

from ops.errors import Refused, TooMany

# Enough to plan a day by hand, too few to search a town by.
CHECKS_AN_HOUR = 30
POINTER = "There is a conflict: contact the deconfliction desk, reference {reference}."
SHOWN = "This conflicts with another deployment that you see; reference {reference}."
# Whatever there is, the same words: that there is nothing would be told too.
CHECKED = (
    "This shows only what you may see anyway. Whether anything else is in the way is told once "
    "the deployment is saved, or by the deconfliction desk."
)
SETTLED = {
    "resolved": "This conflict is resolved already; look at how.",
    "gone": "This conflict is no longer there, since one of the two has changed.",
}


def said(conflict: Mapping[str, Any]) -> str:
    """Say what one side may know: the same of all that it may not see."""
    words = POINTER if conflict["other"] is None else SHOWN
    return words.format(reference=conflict["reference"])


def check_open(state: str) -> None:
    """Refuse to settle what is settled."""
    if state in SETTLED:
        raise Refused(SETTLED[state])


def check_often(made: int) -> None:
    """Refuse more dry checks than somebody needs who plans."""
    if made > CHECKS_AN_HOUR:
        raise TooMany(
            f"That is more than {CHECKS_AN_HOUR} checks in an hour. Save the deployment, which"
            " checks it, or ask the deconfliction desk.",
            3600,
        )
