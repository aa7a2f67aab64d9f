"""The page on which a lead has an operation shown on a TAK server."""

import uuid
from http import HTTPStatus

import flask

from ops.access import guard
from ops.calls import call
from ops.forms import Form
from ops.results.kinds import KINDS
from ops.subscriptions.cot import TYPES

blp = flask.Blueprint("tak_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue


@blp.route("/operations/<uuid:operation_id>/tak", methods=["GET", "POST"])
def show(operation_id: uuid.UUID) -> Page:
    """Show what of an operation a TAK server is fed, and switch it"""
    guard.require("share", operation_id)
    here = f"/operations/{operation_id}/tak"
    reply = call("GET", here)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = {
                "is_on": flask.request.form.get("act") == "on",
                "with_areas": "areas" in form.chosen("shows[]"),
                "kinds": [each for each in form.chosen("shows[]") if each in TYPES],
            }
            call("PUT", here, sent, etag=form.value("etag"))
            done = "tak-on" if sent["is_on"] else "tak-off"
            return flask.redirect(f"{here}?done={done}", HTTPStatus.SEE_OTHER)
    else:
        areas = ["areas"] if reply.body["with_areas"] else []
        form = Form.of({"shows": areas + reply.body["kinds"], "etag": reply.etag})
    page = flask.render_template(
        "subscriptions/tak.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        feed=reply.body,
        form=form,
        shows={"areas": "Areas"} | {name: f"{KINDS[name].label}: its point" for name in TYPES},
    )
    return page, form.status
