"""The pages of copies: look at what would be copied, make it, and see what was left off."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form

blp = flask.Blueprint("copy_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
ASKED = ("id", "name", "starts_on", "visibility")
# What each part is called, of one and of many.
PARTS = {
    "areas": ("area", "areas"),
    "phases": ("phase", "phases"),
    "exit_criteria": ("exit criterion", "exit criteria"),
    "teams": ("team", "teams"),
    "deployments": ("deployment", "deployments"),
    "people": ("person deployed", "people deployed"),
    "things": ("vehicle, dog or other thing", "vehicles, dogs and other things"),
    "actions": ("action of the 4P plan", "actions of the 4P plan"),
    "targets": ("target", "targets"),
}


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give templates the words of a copy, and whether an operation is one."""
    return {"COPIED_PARTS": PARTS, "is_copy": _is_copy}


@blp.route("/operations/<uuid:operation_id>/copy", methods=["GET", "POST"])
def make(operation_id: uuid.UUID) -> Page:
    """Look at what would be copied of an operation, and copy it"""
    operation = call("GET", f"/operations/{operation_id}").body
    guard.require("plan", operation_id)
    guard.require("plan")
    form = Form.sent()
    tried: Any = None
    if flask.request.method == "POST":
        with form.catching():
            sent = {k: v for k, v in form.payload().items() if k in ASKED}
            is_tried = flask.request.form.get("act") != "copy"
            path = f"/operations/{operation_id}/copies"
            said = call("POST", path, sent | {"dry_run": is_tried}).body
            if not is_tried:
                there = flask.url_for(".show", operation_id=said["operation"], done="copied")
                return flask.redirect(there, HTTPStatus.SEE_OTHER)
            tried = said
    else:
        form.values |= {"id": [str(db.new_id())], "name": [operation["name"]]}
    page = flask.render_template(
        "plans/copy.html",
        operation=operation,
        form=form,
        tried=tried,
        first=wording.local(operation["starts_at"]).date(),
    )
    return page, form.status


@blp.get("/operations/<uuid:operation_id>/copied")
def show(operation_id: uuid.UUID) -> Page:
    """Show what of an operation was copied from another, and what was left off"""
    copy = call("GET", f"/operations/{operation_id}/copied").body
    operation = call("GET", f"/operations/{operation_id}").body
    return flask.render_template("plans/copied.html", operation=operation, copy=copy)


def _is_copy(operation_id: str) -> bool:
    try:
        call("GET", f"/operations/{operation_id}/copied")
    except Missing:
        return False
    return True
