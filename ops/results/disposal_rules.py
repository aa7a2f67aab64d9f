"""The sequence of what becomes of an arrest: its order, and what can't follow on what."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import marshmallow as ma

from ops import wording
from ops.results.disposal_codes import BEFORE_COURT, COURT, DISPOSALS, ENDS

Disposals = list[dict[str, Any]]


def in_order(disposals: Sequence[dict[str, Any]], arrested_at: dt.datetime) -> Disposals:
    """Put disposals in the order they happened; one without a time came with the arrest."""
    timed = [
        disposal | {"at": _at(disposal, arrested_at), "offences": disposal.get("offences") or None}
        for disposal in disposals
    ]
    return sorted(timed, key=lambda disposal: disposal["at"])


def check(detail: dict[str, Any], arrested_at: dt.datetime) -> None:
    """Refuse a step before the arrest, and one of a court before any charge."""
    disposals = detail.get("disposals") or []
    wrong: dict[int, dict[str, list[str]]] = {}
    charged_at = min(
        (_at(each, arrested_at) for each in disposals if each["code"] in BEFORE_COURT), default=None
    )
    for number, disposal in enumerate(disposals):
        at = _at(disposal, arrested_at)
        if at < arrested_at:
            said = (
                f"This is before the arrest ({wording.short_moment(arrested_at)});"
                " check the day and the time."
            )
            wrong[number] = {"at": [said]}
        elif disposal["code"] in COURT and (charged_at is None or at < charged_at):
            label = DISPOSALS[disposal["code"]]
            said = f"{label} comes after a charge; add when the person was charged first."
            wrong[number] = {"code": [said]}
    if wrong:
        raise ma.ValidationError({"disposals": wrong})


def remarks(detail: dict[str, Any]) -> list[str]:
    """Say where a sequence goes on after its end."""
    said = []
    for before, after in zip(detail["disposals"], detail["disposals"][1:], strict=False):
        if before["code"] in ENDS and after["at"] > before["at"]:
            first, then = DISPOSALS[before["code"]], DISPOSALS[after["code"]].lower()
            said.append(f"{first} is followed by: {then}. Check that it was taken up again.")
    return said


def _at(disposal: dict[str, Any], arrested_at: dt.datetime) -> dt.datetime:
    """Give when a step was; a day alone, where that is the arrest's own, is the arrest's time."""
    at: dt.datetime | None = disposal.get("at")
    if at is None or (at < arrested_at and at == _first_moment(arrested_at)):
        return arrested_at
    return at


def _first_moment(moment: dt.datetime) -> dt.datetime:
    return wording.first_moment(wording.local(moment).date())
