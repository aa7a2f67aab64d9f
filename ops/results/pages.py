"""The pages of results: log one, list them, read one, correct, strike and confirm it."""

import datetime as dt
import uuid

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call
from ops.forms import Form
from ops.operations.models import Operation
from ops.results.kinds import KINDS
from ops.results.log_fields import asked, is_first

blp = flask.Blueprint("results_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What a phone offers, in the order of an ordinary morning; kinds added later follow.
OFTEN = ("warrant", "arrest", "seizure", "line_closure")
KIND_ORDER = (*OFTEN, *(name for name in KINDS if name not in OFTEN))


@blp.route("/operations/<uuid:operation_id>/log", methods=["GET", "POST"])
def log(operation_id: uuid.UUID) -> Page:
    """Log a result: choose its kind, then say what happened"""
    guard.require("log")
    operation = db.find(Operation, operation_id, "operation")
    kind = KINDS.get(flask.request.values.get("kind", ""))
    if kind is None:
        kinds = [KINDS[name] for name in KIND_ORDER]
        return flask.render_template(
            "results/log.html", operation=operation, kind=None, kinds=kinds
        )
    if flask.request.method == "POST":
        form = Form.sent()
        with form.catching():
            reply = call("POST", f"/operations/{operation_id}/results", form.payload())
            done = "logged" if reply.status == 201 else "logged-before"
            return flask.redirect(f"/results/{reply.body['id']}?done={done}")
    else:
        now = wording.typed(dt.datetime.now(dt.UTC))
        form = Form({"id": [str(db.new_id())], "occurred_at": [now]})
    fields = asked(kind)
    page = flask.render_template(
        "results/log.html",
        operation=operation,
        kind=kind,
        form=form,
        first=[field for field in fields if is_first(kind, field)],
        rest=[field for field in fields if not is_first(kind, field)],
        deployments={},
        supported={},
    )
    return page, form.status
