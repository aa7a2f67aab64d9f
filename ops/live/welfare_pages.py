"""The form by which who leads says what was done about somebody who did not check in."""

import uuid
from http import HTTPStatus

import flask

from ops import db
from ops.access import guard
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form
from ops.live.welfare_queries import STATES

blp = flask.Blueprint("welfare_pages", __name__, template_folder="templates")


@blp.route("/operations/<uuid:operation_id>/welfare/<uuid:person_id>", methods=["GET", "POST"])
def answer(operation_id: uuid.UUID, person_id: uuid.UUID) -> flask.typing.ResponseReturnValue:
    """Say what was done about somebody who is overdue"""
    operation = call("GET", f"/operations/{operation_id}").body
    guard.require("plan", operation_id)
    watched = call("GET", f"/operations/{operation_id}/welfare").body
    each = next((each for each in watched if each["person"] == str(person_id)), None)
    if each is None:
        raise Missing("Nobody waits for a check-in of this person; they may have stood down.")
    form = Form.sent()
    # As it was read, to the microsecond: a form's own times are to the minute.
    due_at = flask.request.form.get("due_at", each["due_at"])
    if flask.request.method == "POST":
        with form.catching():
            sent = form.payload() | {"person": str(person_id), "due_at": due_at}
            call("POST", f"/operations/{operation_id}/welfare/answers", sent)
            there = flask.url_for("live_pages.board", operation_id=operation_id, done="dealt-with")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    else:
        form.values |= {"id": [str(db.new_id())]}
    page = flask.render_template(
        "live/answer.html",
        operation=operation,
        each=each,
        due_at=due_at,
        form=form,
        WELFARE_STATES=STATES,
    )
    return page, form.status
