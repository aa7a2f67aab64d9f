"""The page of the programme board."""

import decimal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import flask

from ops import wording
from ops.access import guard, people
from ops.boards import texts
from ops.calls import call
from ops.charts import Chart, Mark, Series
from ops.forms import Form
from ops.outcomes.figure_text import figure, page
from ops.outcomes.years import known_years, year_of_day
from ops.results.kinds.base import FOUR_PS

blp = flask.Blueprint("board_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What is counted can be stacked beside each other; so many show which are large.
COUNTED = {"count", "people", "incident"}
MOST_STACKED = 8
PACES = {"ahead": "Ahead of", "even": "Level with", "behind": "Behind"}


@blp.get("/targets/board")
def show() -> Page:
    """Show an organisation's financial year against its targets, by month and by theme"""
    asked: dict[str, Any] = {
        "organisation": flask.request.args.get("organisation", "").strip()
        or guard.actor().organisation_code,
        "year": flask.request.args.get("year", "").strip() or year_of_day(wording.today()),
    }
    for name in ("against", "four_p"):
        if value := flask.request.args.get(name, "").strip():
            asked[name] = value
    form = Form({name: [value] for name, value in asked.items()})
    if codes := [code for code in flask.request.args.getlist("measure") if code]:
        asked["measure"] = form.values["measure"] = codes
    board: Mapping[str, Any] | None = None
    with form.catching():
        board = call("GET", "/targets/board", query=asked).body
    shown = flask.render_template(
        "boards/programme.html",
        form=form,
        board=board,
        address=f"{flask.request.path}?{urlencode(asked, doseq=True)}",
        strands=list(_strands(board)) if board else [],
        rows=[_row(each) for each in board["rows"]] if board else [],
        organisations=people.organisation_names(),
        years={each: each for each in known_years(wording.today())},
    )
    return shown, form.status


def _strands(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give each of the 4Ps with its measures by theme: as a table, and the counts as a chart."""
    breakdown = {"by": "theme", "label": "Theme", "groups": board["themes"]}
    for code, label in FOUR_PS.items():
        measures = [
            {**each, "groups": {"theme": each["groups"]}}
            for each in board["measures"]
            if each["four_p"] == code
        ]
        if measures:
            counted = [each for each in measures if each["unit"] in COUNTED and each["value"]]
            yield {
                "label": label,
                "matrix": texts.matrix(measures, breakdown),
                "chart": _stacked(code, label, counted, breakdown) if counted else None,
            }


def _stacked(
    code: str, label: str, counted: Sequence[Mapping[str, Any]], breakdown: Mapping[str, Any]
) -> Chart:
    """Stack the themes of what is counted, the largest first."""
    most = sorted(counted, key=lambda each: -decimal.Decimal(each["value"]))[:MOST_STACKED]
    found = [texts.marks(each, breakdown) for each in most]
    names = texts.names(breakdown)
    return Chart(
        id=f"themes-{code}",
        title=f"{label} by theme",
        description=f"The largest counts of {label.lower()}, each stacked by theme: "
        f"{', '.join(names)}.",
        of="Measure",
        categories=[each["label"] for each in most],
        series=[
            Series(name, [marks[number] for marks in found]) for number, name in enumerate(names)
        ],
    )


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write a target in words, each figure with the way to its records."""
    unit = row["unit"]
    provisional = decimal.Decimal(row["recorded"]["provisional"] or 0)
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
        "number": row["recorded"]["value"],
        "provisional": wording.quantity(provisional, unit) if provisional else "",
        "reported": [_reported(each) for each in row["reported"]],
        "pace": _pace(row["pace"], unit),
        "months": _months(row),
        "last": last
        and {
            "text": _recorded(last, unit),
            "href": page(last["records"]),
            "target": last["target"] and wording.quantity(last["target"], unit),
            "reported": [_reported(each) for each in last["reported"]],
        },
    }


def _months(row: Mapping[str, Any]) -> Chart:
    """Draw what is recorded of a target month by month."""
    months = [each["month"] for each in row["months"]]
    return Chart(
        id=f"months-{row['measure']}",
        title="Recorded, month by month",
        description=f"{row['label']} in each month of the year.",
        of="Month",
        categories=[wording.month(each) for each in months],
        short=[wording.month(each)[:3] for each in months],
        series=[
            Series(
                row["label"],
                [
                    Mark(
                        decimal.Decimal(each["value"]),
                        wording.quantity(each["value"], row["unit"]),
                        page(each["records"] or ""),
                    )
                    for each in row["months"]
                ],
            )
        ],
    )


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
