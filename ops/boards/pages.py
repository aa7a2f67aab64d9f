"""The pages of boards: an operation's, and the views that somebody kept."""

import datetime as dt
import decimal
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask

from ops import charts, db, wording
from ops.boards import queries, texts
from ops.calls import call
from ops.errors import Missing
from ops.evaluation.chart import drawn
from ops.forms import Form
from ops.ledger.consultation import saw
from ops.operations.models import PHASES
from ops.outcomes.figure_text import page as page_of
from ops.plans.models import ACTION_STATUSES
from ops.results.grouping import FINE, groupings
from ops.results.kinds.base import FOUR_PS

blp = flask.Blueprint("view_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("from", "to", "as_at", "late", "four_p", "by", "against", "against_from", "against_to")
# As many as a page of the API holds.
MOST = 500
# So many operations can be chosen from; any other by its id in the address.
A_CHOICE = 50


@blp.get("/operations/<uuid:operation_id>/outcomes/board")
def of_operation(operation_id: uuid.UUID) -> Page:
    """Show the board of an operation"""
    here = f"/operations/{operation_id}/outcomes/board"
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    form.values["measure"] = [code for code in flask.request.args.getlist("measure") if code]
    wanted: dict[str, Any] = {
        name: texts_[0] for name, texts_ in form.values.items() if any(texts_)
    }
    if form.values["measure"]:
        wanted["measure"] = form.values["measure"]
    board: Mapping[str, Any] | None = None
    with form.catching():
        board = call("GET", here, query=wanted).body
    # The board says what its page needs of the operation; without one, the operation does.
    operation = board["operation"] if board else call("GET", f"/operations/{operation_id}").body
    shown = flask.render_template(
        "boards/operation.html",
        operation=operation,
        form=form,
        filtered=bool(wanted),
        address=_address(here, wanted),
        board=board and _told(board),
        by=groupings(FINE),
        codes=_codes(board, wanted) if board else {},
        others=_others(operation),
        PHASES=PHASES,
        **(_of_place(operation_id) if operation["kind"] == "place_based" else {}),
    )
    return shown, form.status


@blp.route("/boards", methods=["GET", "POST"])
def index() -> Page:
    """List the boards there are and the views one kept, and keep another"""
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", "/board-views", {n: form.value(n) for n in ("name", "address")})
            return _back("view-kept")
    else:
        form.values["address"] = [flask.request.args.get("address", "")]
    shown = flask.render_template(
        "boards/index.html",
        form=form,
        views=call("GET", "/board-views").body,
        operations=call("GET", "/operations", query={"limit": 50}).body,
    )
    return shown, form.status


@blp.route("/boards/views/<uuid:view_id>", methods=["GET", "POST"])
def view(view_id: uuid.UUID) -> Page:
    """Rename a view that one kept, or remove it"""
    views = call("GET", "/board-views").body
    kept = next((each for each in views if each["id"] == str(view_id)), None)
    if kept is None:
        raise Missing("There is no such view.")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if flask.request.form.get("act") == "remove":
                call("DELETE", f"/board-views/{view_id}")
                return _back("view-removed")
            call("PATCH", f"/board-views/{view_id}", {"name": form.value("name")})
            return _back("view-renamed")
    else:
        form = Form.of({"name": kept["name"]})
    return flask.render_template("boards/view.html", form=form, view=kept), form.status


def _told(board: Mapping[str, Any]) -> dict[str, Any]:
    """Write a board in words and charts, each figure with the way to its records."""
    measures = [each for each in board["measures"] if texts.says_something(each)]
    time, *others = board["breakdowns"]
    return {
        "as_at": board["as_at"],
        "period": _period(board["starts_at"], board["ends_at"]),
        "days": _short_period(board["starts_at"], board["ends_at"]),
        "share": board["share"],
        "is_over": board["share"] is not None and decimal.Decimal(board["share"]) >= 1,
        "is_aimed": any(each["target"] is not None for each in measures),
        "rows": [texts.row(each) for each in measures],
        "steps": time["label"],
        "by_time": texts.charts(measures, time),
        "times": texts.matrix(measures, time),
        "parted": [
            {
                "charts": texts.charts(
                    texts.telling(measures, each["by"]), each, texts.MOST_CHARTS
                ),
                "matrix": texts.matrix(measures, each),
            }
            for each in others
        ],
        "against": board["against"]
        and {
            "name": board["against"]["operation"]["name"],
            "href": f"/operations/{board['against']['operation']['id']}/outcomes/board",
            "period": _period(board["against"]["starts_at"], board["against"]["ends_at"]),
            "days": _short_period(board["against"]["starts_at"], board["against"]["ends_at"]),
        },
        "phases": [_phase(each, measures) for each in board["phases"]],
        "unreported": _waiting(board["unreported"]),
        "late": [
            {"title": each["title"], "mark": _waiting(each)}
            for each in board["late"]
            if each["number"]
        ],
        "late_number": sum(each["number"] for each in board["late"]),
    }


def _phase(phase: Mapping[str, Any], measures: list[Any]) -> dict[str, Any]:
    return {
        "label": PHASES[phase["kind"]],
        "period": _short_period(phase["starts_at"], phase["ends_at"]),
        "marks": [texts.mark(phase["measures"][each["code"]], each["unit"]) for each in measures],
    }


def _waiting(found: Mapping[str, Any]) -> charts.Mark:
    return charts.Mark(found["number"], wording.number(found["number"]), page_of(found["records"]))


def _period(starts_at: str | None, ends_at: str | None) -> str:
    if starts_at is None:
        return ""
    return wording.period(starts_at, ends_at)


def _short_period(starts_at: str | None, ends_at: str | None) -> str:
    """Write a period above a column of figures."""
    if starts_at is None:
        return ""
    first = wording.short_day(starts_at)
    if ends_at is None:
        return f"From {first}"
    last = wording.local(ends_at) - dt.timedelta(microseconds=1)
    return f"{first} to {wording.short_day(last)}"


def _of_place(operation_id: uuid.UUID) -> dict[str, Any]:
    """Give what a place has beside its figures: before and after, and who does what."""
    found = call("GET", f"/operations/{operation_id}/evaluation").body
    actions = call("GET", f"/operations/{operation_id}/actions", query={"limit": MOST}).body
    return {
        "comparisons": found["comparisons"],
        "lines": [drawn(each, number) for number, each in enumerate(found["comparisons"], 1)],
        "actions": actions,
        "action_chart": _actions(actions) if actions else None,
        "ACTION_STATUSES": ACTION_STATUSES,
    }


def _actions(actions: list[Any]) -> charts.Chart:
    """Count the actions of the 4P plan by how they stand."""
    states = {"done": "Done", "open": "Open", "late": "Late", "dropped": "Dropped"}
    counts = {(p, state): 0 for p in FOUR_PS for state in states}
    for each in actions:
        late = each["is_overdue"] or each["review_is_due"]
        counts[each["four_p"], "late" if late else each["status"]] += 1
    return charts.Chart(
        id="actions",
        title=f"Actions of the 4P plan: {len(actions)}",
        description="Actions by strand, stacked by how they stand: done, open, late, dropped.",
        of="Strand",
        categories=list(FOUR_PS.values()),
        series=[
            charts.Series(
                label,
                [charts.Mark(counts[p, state], wording.number(counts[p, state])) for p in FOUR_PS],
            )
            for state, label in states.items()
        ],
    )


def _codes(board: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, str]:
    """Name the measures in force, to choose some; a board that is not narrowed has them all."""
    is_narrowed = "measure" in wanted or "four_p" in wanted
    query = {"limit": MOST}
    found = call("GET", "/measures", query=query).body if is_narrowed else board["measures"]
    return {each["code"]: each["label"] for each in found}


def _others(operation: Mapping[str, Any]) -> dict[str, str]:
    """Offer operations of the same kind to compare with."""
    query = queries.others(uuid.UUID(operation["id"]), operation["kind"], A_CHOICE)
    found = {str(row.id): row.name for row in db.session.execute(query)}
    saw("operation", found)
    return found


def _address(here: str, wanted: Mapping[str, Any]) -> str:
    return f"{here}?{urlencode(wanted, doseq=True)}" if wanted else here


def _back(done: str) -> Page:
    return flask.redirect(flask.url_for(".index", done=done), HTTPStatus.SEE_OTHER)
