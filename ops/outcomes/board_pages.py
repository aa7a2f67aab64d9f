"""The page of the target board."""

import decimal
from collections.abc import Mapping
from typing import Any

import flask

from ops import wording
from ops.access import guard, people
from ops.calls import call
from ops.forms import Form
from ops.outcomes.figure_text import figure, page
from ops.outcomes.years import known_years, year_of_day

blp = flask.Blueprint("board_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
PACES = {"ahead": "Ahead of", "even": "Level with", "behind": "Behind"}


@blp.get("/targets/board")
def show() -> Page:
    """Show an organisation's targets of a financial year, and what was reached of each"""
    asked = {
        "organisation": flask.request.args.get("organisation", "").strip()
        or guard.actor().organisation_code,
        "year": flask.request.args.get("year", "").strip() or year_of_day(wording.today()),
    }
    form = Form({name: [value] for name, value in asked.items()})
    board: Mapping[str, Any] | None = None
    with form.catching():
        board = call("GET", "/targets/board", query=asked).body
    shown = flask.render_template(
        "outcomes/board.html",
        form=form,
        board=board,
        rows=[_row(each) for each in board["rows"]] if board else [],
        organisations=people.organisation_names(),
        years={each: each for each in known_years(wording.today())},
    )
    return shown, form.status


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write a target in words, each figure with the way to its records."""
    unit = row["unit"]
    provisional = decimal.Decimal(row["recorded"]["provisional"] or 0)
    most = max((decimal.Decimal(each["value"]) for each in row["months"]), default=None) or 1
    last = row["last_year"]
    return {
        "id": row["measure"],
        "label": row["label"],
        "target": wording.quantity(row["target"], unit),
        "basis": row["basis"],
        "value": "" if row["value"] is None else wording.quantity(row["value"], unit),
        "attainment": wording.percent(row["attainment"]) if row["attainment"] is not None else "",
        "bar": str(min(decimal.Decimal(row["attainment"] or 0) * 100, decimal.Decimal(100))),
        "recorded": _recorded(row["recorded"], unit),
        "href": page(row["recorded"]["records"]),
        "provisional": wording.quantity(provisional, unit) if provisional else "",
        "reported": [_reported(each) for each in row["reported"]],
        "pace": _pace(row["pace"], unit),
        "months": [
            {
                "label": wording.month(each["month"]),
                "short": wording.month(each["month"])[:3],
                "text": wording.quantity(each["value"], unit),
                "href": page(each["records"]) if each["records"] else "",
                "bar": str((decimal.Decimal(each["value"]) / most * 100).quantize(1)),
            }
            for each in row["months"]
        ],
        "last": last
        and {
            "text": _recorded(last, unit),
            "href": page(last["records"]),
            "target": last["target"] and wording.quantity(last["target"], unit),
            "reported": [_reported(each) for each in last["reported"]],
        },
    }


def _recorded(found: Mapping[str, Any], unit: str) -> str:
    if found["value"] is None:
        return "nothing to divide by"
    return wording.quantity(found["value"], unit, found["qualifier"])


def _reported(told: Mapping[str, Any]) -> dict[str, str]:
    share = f", {wording.percent(told['attainment'])} of the target" if told["attainment"] else ""
    on = f", as at {wording.short_day(told['as_at'])}" if told["as_at"] else ""
    return {"text": f"{figure(told)}{share}", "source": f"{told['source']}{on}"}


def _pace(pace: Mapping[str, Any] | None, unit: str) -> str:
    if pace is None:
        return ""
    expected = wording.quantity(pace["expected"], unit)
    return (
        f"{PACES[pace['is']]} an even pace: a year that goes evenly, day by day, would have "
        f"reached {expected} by {wording.short_day(pace['on'])}."
    )
