"""The pages of members: who belongs to an operation, and opening one in an emergency."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops.access import guard
from ops.access.member_models import MEMBER_ROLES
from ops.calls import call
from ops.forms import Form, sent_id

blp = flask.Blueprint("member_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# As many as a list to choose from can hold.
MOST = 500


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words for what a member is."""
    return {"MEMBER_ROLES": MEMBER_ROLES}


@blp.route("/operations/<uuid:operation_id>/members", methods=["GET", "POST"])
def members(operation_id: uuid.UUID) -> Page:
    """Show who belongs to an operation; let people in and out"""
    here = f"/operations/{operation_id}"
    operation = call("GET", here).body
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if ended := flask.request.form.get("end"):
                call("DELETE", f"/members/{sent_id(ended)}")
                return _to(operation_id, "member-ended")
            call("POST", f"{here}/members", form.payload())
            return _to(operation_id, "member-added")
    people = {}
    if guard.may("share", operation_id):
        found = call("GET", "/people", query={"limit": MOST}).body
        people = {each["id"]: f"{each['name']} ({each['organisation']})" for each in found}
    page = flask.render_template(
        "operations/members.html",
        operation=operation,
        members=call("GET", f"{here}/members").body,
        people=people,
        form=form,
    )
    return page, form.status


@blp.route("/break-glass", methods=["GET", "POST"])
def break_glass() -> Page:
    """Open a restricted operation in an emergency"""
    guard.require("break_glass")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            opened = call("POST", "/break-glass", form.payload()).body
            there = flask.url_for("operations_pages.show", operation_id=opened["id"], done="opened")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    return flask.render_template("operations/break_glass.html", form=form), form.status


@blp.route("/alerts", methods=["GET", "POST"])
def alerts() -> Page:
    """Show what somebody was told: emergencies, and conflicts of deployments"""
    if flask.request.method == "POST":
        call("POST", f"/alerts/{sent_id(flask.request.form.get('seen', ''))}/seen")
        return flask.redirect(flask.url_for(".alerts"), HTTPStatus.SEE_OTHER)
    return flask.render_template("operations/alerts.html", alerts=call("GET", "/alerts").body)


def _to(operation_id: uuid.UUID, done: str) -> Page:
    there = flask.url_for(".members", operation_id=operation_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
