"""The pages of retention: what is due, and what to do about one record."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard
from ops.calls import call, more
from ops.errors import Invalid
from ops.forms import Form, sent_id
from ops.operations.models import Operation
from ops.results.kinds import KINDS
from ops.retention.models import DECISIONS

blp = flask.Blueprint("retention_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("before", "group", "operation")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
# What rows of a table are called where they go, for one and for several.
ROWS = {
    "alert": ("alert", "alerts"),
    "area": ("area", "areas"),
    "assignment": ("assignment", "assignments"),
    "change": ("entry of the history", "entries of the history"),
    "check_back": ("check back", "check backs"),
    "deal_line": ("deal line", "deal lines"),
    "line_number": ("phone number", "phone numbers"),
    "membership": ("member’s reason", "members’ reasons"),
    "operation": ("operation", "operations"),
    "result": ("result", "results"),
    "team_member": ("team member", "team members"),
    "warrant_entry": ("entry under a warrant", "entries under warrants"),
}


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give every page a look at how long its record is kept."""
    return {"DECISIONS": DECISIONS, "retention_of": _of}


@blp.get("/reviews")
def index() -> Page:
    """List what is due for review, the longest due first"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    due: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/reviews/due", query=query)
        due, address = reply.body, more(reply)
    groups = call("GET", "/retention-groups").body
    page = flask.render_template(
        "retention/list.html",
        form=form,
        due=due,
        groups={each["code"]: f"{each['code']}: {each['label']}" for each in groups},
        rules=groups,
        kinds={name: kind.label for name, kind in KINDS.items()},
        more=address,
        filtered=bool(wanted),
    )
    return page, form.status


@blp.route("/operations/<uuid:operation_id>/review", methods=["GET", "POST"])
def operation(operation_id: uuid.UUID) -> Page:
    """Review an operation: keep it, hold it, or erase it"""
    return _reviewed(f"/operations/{operation_id}", None)


@blp.route("/results/<uuid:result_id>/review", methods=["GET", "POST"])
def result(result_id: uuid.UUID) -> Page:
    """Review a result: keep it, hold it, or erase it"""
    return _reviewed(f"/results/{result_id}", call("GET", f"/results/{result_id}").body)


def _of(kind: str, record_id: uuid.UUID | str) -> Any:
    return call("GET", f"/{kind}s/{record_id}/retention").body


def _reviewed(here: str, record: Mapping[str, Any] | None) -> Page:
    state = call("GET", f"{here}/retention").body
    operation_id = uuid.UUID(state["operation"])
    guard.require("erase", operation_id)
    form = Form.sent()
    goes = None
    if flask.request.method == "POST":
        with form.catching():
            if flask.request.form.get("act") == "look":
                goes = _goes(here)
            else:
                done = _do(here, flask.request.form.get("act", ""), form)
                return flask.redirect(f"{here}/review?done={done}", HTTPStatus.SEE_OTHER)
    groups = call("GET", "/retention-groups").body
    page = flask.render_template(
        "retention/review.html",
        here=here,
        form=form,
        state=state,
        record=record,
        operation=db.find(Operation, operation_id, "operation"),
        groups={each["code"]: f"{each['code']}: {each['label']}" for each in groups},
        is_mine=_is_mine(state),
        goes=goes,
    )
    return page, form.status


def _do(here: str, act: str, form: Form) -> str:
    """Do what a button of the page is for; say what was done."""
    sent = form.payload()
    match act:
        case "decide":
            call("POST", f"{here}/reviews", sent)
            return "reviewed"
        case "hold":
            if "hold_reason" not in sent:
                said = "Say why it is held."
                raise Invalid(said, {"hold_reason": [said]})
            call("POST", f"{here}/holds", {"reason": sent.get("hold_reason")})
            return "held"
        case "erase":
            call("POST", f"{here}/erase", {"token": sent.get("token")})
            return "erased"
    call("DELETE", f"/holds/{sent_id(form.value('hold'))}")
    return "lifted"


def _is_mine(state: Mapping[str, Any]) -> bool:
    """Tell whether whoever asks made the decision that stands."""
    return bool(state["reviews"]) and state["reviews"][0]["by"]["id"] == str(guard.actor().id)


def _goes(here: str) -> dict[str, Any]:
    """Ask what an erasure would take, and say it in words."""
    found = call("POST", f"{here}/erase", {}, query={"dry_run": "true"}).body
    told = []
    for table, count in found["gone"].items():
        plain = table.replace("_", " ")
        one, several = ROWS.get(table, (plain, f"{plain}s"))
        told.append(f"{count} {one if count == 1 else several}")
    return {"token": found["token"], "rows": told}
