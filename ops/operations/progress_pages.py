"""The pages of how deployments go on: for whoever is on one, and for who leads."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard
from ops.calls import Reply, call, more
from ops.errors import Missing
from ops.forms import Form
from ops.operations import clocks, progress, rules
from ops.operations.deployment_codes import DEPLOYMENT_STATUSES
from ops.operations.models import Deployment

blp = flask.Blueprint("progress_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
# What somebody on a deployment says, each on a button.
SAYS = {
    "acknowledged": "Acknowledge it",
    "on_the_way": "We are on the way",
    "started": "We have started",
    "finished": "We have finished",
}
MISSING = {
    "acknowledged": "Nobody has acknowledged it",
    "started": "It has not started",
    "finished": "It has not finished",
}


@blp.get("/deployments/overdue")
def overdue() -> Page:
    """List the deployments that wait for a step"""
    form = Form({"operation": [flask.request.args.get("operation", "").strip()]})
    listed: Any = []
    address = None
    with form.catching():
        query = {
            "operation": form.value("operation") or None,
            "limit": A_PAGE,
            "cursor": flask.request.args.get("cursor"),
        }
        reply = call(
            "GET",
            "/deployments/overdue",
            query=query,
        )
        listed, address = reply.body, more(reply)
    page = flask.render_template(
        "operations/overdue.html", form=form, listed=listed, more=address, MISSING=MISSING
    )
    return page, form.status


@blp.route(
    "/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>/progress",
    methods=["GET", "POST"],
)
def show(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Show a deployment, and say how it goes on"""
    form = Form.sent()
    found = in_operation(operation_id, deployment_id).body
    if flask.request.method == "POST":
        with form.catching():
            sent = {"at": dt.datetime.now(dt.UTC).isoformat()} | form.payload()
            call("POST", f"/deployments/{deployment_id}/steps", sent)
            return to_progress(operation_id, deployment_id, "step-taken")
        form.values["id"] = [str(db.new_id())]
    else:
        form.values["id"] = [str(db.new_id())]
    kept = db.find(Deployment, deployment_id, "deployment")
    order = rules.DEPLOYMENT_ORDER
    is_over = found["status"] in rules.DEPLOYMENT_OVER
    ahead = [] if is_over else order[order.index(found["status"]) + 1 :]
    on_it = call("GET", f"/deployments/{deployment_id}/assignments").body
    page = flask.render_template(
        "operations/progress.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        deployment=found,
        form=form,
        says={code: SAYS[code] for code in ahead} if progress.may_say(kept) else {},
        people=[each for each in on_it if not each["released_at"]],
        acts=[_act(step) for step in call("GET", f"/deployments/{deployment_id}/steps").body],
    )
    return page, form.status


def in_operation(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Reply:
    """Find a deployment of this operation."""
    found = call("GET", f"/deployments/{deployment_id}")
    if found.body["operation"] != str(operation_id):
        raise Missing("There is no such deployment.")
    return found


def to_progress(operation_id: uuid.UUID, deployment_id: uuid.UUID, done: str) -> Page:
    """Lead back to how a deployment goes on."""
    there = flask.url_for(
        "progress_pages.show", operation_id=operation_id, deployment_id=deployment_id, done=done
    )
    return flask.redirect(there, HTTPStatus.SEE_OTHER)


@blp.post("/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>/move")
def move(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Move somebody to another deployment, or put somebody in their place"""
    guard.require("plan", operation_id)
    in_operation(operation_id, deployment_id)
    form = Form.sent()
    sent = form.payload()
    mine = call("GET", f"/deployments/{deployment_id}/assignments").body
    assignment = sent.pop("assignment", None)
    if assignment not in [each["id"] for each in mine]:
        raise Missing("There is no such person on this deployment.")
    with form.catching():
        call("POST", f"/assignments/{assignment}/move", sent)
        there = sent.get("to", deployment_id)
        address = flask.url_for(
            "deployment_pages.edit",
            operation_id=operation_id,
            deployment_id=there,
            done="reassigned",
        )
        return flask.redirect(address, HTTPStatus.SEE_OTHER)
    return _move_form(operation_id, deployment_id, form, assignment)


@blp.get("/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>/move")
def choose_move(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Choose where somebody goes"""
    guard.require("plan", operation_id)
    in_operation(operation_id, deployment_id)
    assignment = flask.request.args.get("assignment", "")
    return _move_form(operation_id, deployment_id, Form(), assignment)


def _move_form(
    operation_id: uuid.UUID, deployment_id: uuid.UUID, form: Form, assignment: str
) -> Page:
    mine = call("GET", f"/deployments/{deployment_id}/assignments").body
    who = next((each for each in mine if each["id"] == assignment), None)
    if who is None or who["released_at"]:
        raise Missing("There is no such person on this deployment.")
    query = {"limit": 500}
    others = call("GET", f"/operations/{operation_id}/deployments", query=query).body
    people = {"organisation": guard.actor().organisation_code, "limit": 500}
    page = flask.render_template(
        "operations/move.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        deployment=call("GET", f"/deployments/{deployment_id}").body,
        who=who,
        form=form,
        others=[
            each
            for each in others
            if each["id"] != str(deployment_id) and each["status"] not in rules.DEPLOYMENT_OVER
        ],
        people={each["id"]: each["name"] for each in call("GET", "/people", query=people).body},
    )
    return page, form.status


def _act(step: Any) -> dict[str, Any]:
    """Write a step for the timeline; when it came in, if that was later."""
    late = _moment(step["received_at"]) - _moment(step["at"]) > progress.LEEWAY
    return {
        "title": DEPLOYMENT_STATUSES[step["status"]],
        "at": step["at"],
        "by": step["by"],
        "remarks": clocks.remarks(step),
        "came_in": step["received_at"] if late else None,
        "point": step["point"],
    }


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
