"""The pages of the 4P plan: the rows by P, one row, and what is due over all operations."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops.access import guard, people
from ops.calls import call, more
from ops.errors import Missing
from ops.forms import Form
from ops.operations.models import PHASES
from ops.plans.models import ACTION_STATUSES
from ops.results.kinds.base import FOUR_PS

blp = flask.Blueprint("action_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# As many as a page can hold; a plan of more is no plan.
MOST = 500
A_PAGE = 50
ASKED = ("four_p", "what", "organisation", "person", "partner", "phase", "due_on", "review_on")
FILTERS = ("operation", "overdue")


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words of the 4P plan."""
    return {"ACTION_STATUSES": ACTION_STATUSES, "FOUR_PS": FOUR_PS}


@blp.route("/operations/<uuid:operation_id>/four-p", methods=["GET", "POST"])
def index(operation_id: uuid.UUID) -> Page:
    """Show the 4P plan, and add an action to it"""
    operation = call("GET", f"/operations/{operation_id}").body
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", f"/operations/{operation_id}/actions", form.payload())
            return _back(operation_id, "action-added")
    else:
        form.values |= {
            name: [value]
            for name in ("four_p", "phase")
            if (value := flask.request.args.get(name, "").strip())
        }
        form.values.setdefault("organisation", [guard.actor().organisation_code])
    actions = call("GET", f"/operations/{operation_id}/actions", query={"limit": MOST}).body
    page = flask.render_template(
        "plans/four_p.html",
        operation=operation,
        form=form,
        actions=actions,
        mine=guard.actor().organisation_code,
        **_choices(operation_id),
    )
    return page, form.status


@blp.route("/operations/<uuid:operation_id>/four-p/<uuid:action_id>", methods=["GET", "POST"])
def edit(operation_id: uuid.UUID, action_id: uuid.UUID) -> Page:
    """Change an action, look at it again, or say that it is done or dropped"""
    found = call("GET", f"/actions/{action_id}")
    if found.body["operation"] != str(operation_id):
        raise Missing("There is no such action.")
    guard.require("contribute", operation_id)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            said = form.payload(blanks=True)
            sent = {k: v for k, v in said.items() if k in (*ASKED, "status", "reason")}
            call("PATCH", f"/actions/{action_id}", sent, etag=form.value("etag"))
            return _back(operation_id, "action-changed")
    else:
        kept = {name: found.body[name] for name in (*ASKED, "status", "reason")}
        kept |= {n: kept[n]["code"] for n in ("organisation", "partner") if kept[n]}
        kept |= {n: kept[n]["id"] for n in ("person", "phase") if kept[n]}
        form = Form.of(kept | {"etag": found.etag})
    page = flask.render_template(
        "plans/action.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        action=found.body,
        form=form,
        **_choices(operation_id),
    )
    return page, form.status


@blp.get("/actions/due")
def due() -> Page:
    """List actions that are due or to be reviewed, over all operations"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    listed: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/actions/due", query=query)
        listed, address = reply.body, more(reply)
    page = flask.render_template(
        "plans/due.html",
        form=form,
        listed=listed,
        more=address,
        filtered=bool(form.value("overdue")),
    )
    return page, form.status


def _choices(operation_id: uuid.UUID) -> dict[str, Any]:
    """Give what an action is chosen from: a partner's is of their own organisation."""
    own = guard.actor().organisation_code
    may_plan = guard.may("plan", operation_id)
    names = people.organisation_names()
    persons: list[Any] = []
    if may_plan:
        persons = call("GET", "/people", query={"organisation": own, "limit": MOST}).body
    return {
        "organisations": names if may_plan else {own: names[own]},
        "partners": names,
        "people": {each["id"]: each["name"] for each in persons},
        "phases": {
            each["id"]: PHASES[each["kind"]]
            for each in call("GET", f"/operations/{operation_id}/phases").body
        },
    }


def _back(operation_id: uuid.UUID, done: str) -> Page:
    there = flask.url_for(".index", operation_id=operation_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
