"""Says what is missing from a return before it is sent."""

import decimal
from collections.abc import Iterator, Mapping
from typing import Any

from ops import wording

Gap = dict[str, Any]

# What can be missing, and whether a return waits for it. The rest is for somebody to look at.
GAPS = {
    "no_measure": True,
    "no_figure": True,
    "provisional": True,
    "not_over": True,
    "unreported": True,
    "doubles": True,
    "none_recorded": False,
    "unconfirmed": False,
    "unsure": False,
}


def gap(code: str, says: str, records: str | None = None) -> Gap:
    """Write down that something is missing."""
    return {"code": code, "says": says, "stops": GAPS[code], "records": records}


def of_figure(figure: Mapping[str, Any], unconfirmed: int) -> Iterator[Gap]:
    """Say what is missing of one figure."""
    if figure["value"] is None:
        yield gap("no_figure", "There is nothing to work it out from.")
        return
    provisional = decimal.Decimal(figure["provisional"] or 0)
    records = figure["records"]
    if provisional:
        more = wording.quantity(provisional, figure["unit"])
        there = f"{records}&provisional=true" if records else None
        yield gap("provisional", f"{more} more waits for confirmation and is not counted.", there)
    elif not decimal.Decimal(figure["value"]):
        yield gap("none_recorded", "Nothing is recorded: make sure that it is nought.")
    if unconfirmed:
        counted = wording.quantity(unconfirmed, "record")
        yield gap(
            "unconfirmed",
            f"{counted} in it nobody has confirmed yet.",
            f"{records}&status=recorded" if records else None,
        )
    if figure["qualifier"] not in (None, "exact"):
        yield gap("unsure", "Not all of it was counted exactly; the return gives the bare number.")


def of_operation(
    *, is_over: bool, unreported: int, doubles: int, operation: object
) -> Iterator[Gap]:
    """Say what is missing of all figures alike."""
    if not is_over:
        yield gap("not_over", "The operation is not over yet.")
    if unreported:
        yield gap(
            "unreported",
            f"{wording.quantity(unreported, 'deployment')} ended with neither a result nor a nil"
            " return.",
            f"/api/v1/nil-returns/missing?operation={operation}",
        )
    if doubles:
        yield gap(
            "doubles",
            f"{wording.quantity(doubles, 'pair')} of records may be one thing counted twice.",
            "/api/v1/doubles",
        )
