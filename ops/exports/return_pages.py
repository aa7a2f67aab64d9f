"""The pages of returns: one filled in and checked, and which measure fills which column."""

import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask

from ops import db
from ops.access import limits
from ops.calls import call
from ops.exports import return_schemas, return_views
from ops.exports.models import FACTS
from ops.forms import Form
from ops.operations.models import Operation
from ops.outcomes.figure_text import page as page_of
from ops.outcomes.measure_views import may_define
from ops.wording import quantity

blp = flask.Blueprint("return_profile_pages", __name__, template_folder="templates")
limits.hands_out("return_profile_pages.take")

Page = flask.typing.ResponseReturnValue
_PERIOD = ("from", "to")


@blp.get("/operations/<uuid:operation_id>/returns")
def show(operation_id: uuid.UUID) -> Page:
    """Fill a return of an operation in, and show what is missing"""
    return _shown(operation_id, Form({"form": ["xlsx"]}))


@blp.post("/operations/<uuid:operation_id>/returns")
def take(operation_id: uuid.UUID) -> Page:
    """Take a return away, as a file for the body that asks for it"""
    form = Form.sent()
    with form.catching():
        period = return_schemas.ReturnPeriodSchema().load(_period())
        return return_views.send(
            operation_id,
            flask.request.args.get("profile", ""),
            form.value("form"),
            period,
            anyway="true" in form.chosen("anyway"),
        )
    return _shown(operation_id, form)


@blp.route("/return-profiles/<code>", methods=["GET", "POST"])
def profile(code: str) -> Page:
    """Show which measure fills which column of a return, and save a new version"""
    found = call("GET", f"/return-profiles/{code}").body
    lines = "\n".join(
        f"{each['name']} = {each.get('measure') or each['fact']}" for each in found["columns"]
    )
    said = {name: found[name] for name in ("name", "recipient")}
    form = Form.of({**said, "replaces": str(found["version"]), "lines": lines})
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            sent = {
                "code": code,
                "notes": found["notes"],
                "columns": [_column(line) for line in form.value("lines").splitlines() if line],
                **{name: form.value(name) for name in (*said, "replaces")},
                **({"reason": form.value("reason")} if form.value("reason") else {}),
            }
            call("POST", "/return-profiles", sent)
            return flask.redirect(flask.request.path, HTTPStatus.SEE_OTHER)
    page = flask.render_template(
        "exports/profile.html",
        profile=found,
        form=form,
        measures=_measures(),
        FACTS=FACTS,
        may_define=may_define(),
    )
    return page, form.status


def _shown(operation_id: uuid.UUID, form: Form) -> Page:
    operation = db.find(Operation, operation_id, "operation")
    profiles = call("GET", "/return-profiles", query={"limit": 500}).body
    names = {each["code"]: each["name"] for each in profiles}
    args = flask.request.args
    chosen = args.get("profile") or (profiles[0]["code"] if profiles else "")
    form.values |= {"profile": [chosen], **{n: [args[n]] for n in _PERIOD if args.get(n)}}
    filled = None
    if chosen:
        with form.catching():
            there = f"/operations/{operation_id}/returns/{chosen}"
            filled = _in_words(call("GET", there, query=_period()).body)
    page = flask.render_template(
        "exports/return.html",
        operation=operation,
        form=form,
        profiles=names,
        filled=filled,
        take=f"{flask.request.path}?{urlencode({'profile': chosen, **_period()})}",
    )
    return page, form.status


def _period() -> dict[str, str]:
    return {name: flask.request.args[name] for name in _PERIOD if flask.request.args.get(name)}


def _in_words(filled: dict[str, Any]) -> dict[str, Any]:
    """Write the figures with their units, each with the way to its records."""
    for row in filled["rows"]:
        if row["value"] is None:
            row["text"] = "None"
        else:
            row["text"] = quantity(row["value"], row["unit"]) if row["measure"] else row["value"]
        row["href"] = page_of(row["records"]) if row["records"] else ""
        for gap in row["gaps"]:
            gap["href"] = page_of(gap["records"]) if gap["records"] else ""
    return filled


def _measures() -> dict[str, str]:
    found = call("GET", "/measures", query={"limit": 500}).body
    return {each["code"]: each["label"] for each in found}


def _column(line: str) -> dict[str, str]:
    """Read a line of the form: a heading, and what fills it."""
    name, _, filled_by = (part.strip() for part in line.rpartition("="))
    return {"name": name, ("fact" if filled_by in FACTS else "measure"): filled_by}
