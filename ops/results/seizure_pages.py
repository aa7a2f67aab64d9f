"""The pages of what was seized: its custody, that it was opened, and the clocks of cash."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call, more
from ops.forms import Form
from ops.operations.models import Operation
from ops.results.continuity import STEPS
from ops.results.kinds import KINDS

blp = flask.Blueprint("seizure_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
A_PAGE = 50


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the labels of the steps of custody."""
    return {"STEPS": STEPS}


@blp.get("/results/<uuid:result_id>/custody")
def custody(result_id: uuid.UUID) -> Page:
    """Show every step of an exhibit's custody"""
    return _custody(result_id, Form())


@blp.post("/results/<uuid:result_id>/custody")
def write(result_id: uuid.UUID) -> Page:
    """Write a step of an exhibit's custody"""
    form = Form.sent()
    with form.catching():
        call("POST", f"/results/{result_id}/custody", form.payload())
        return _to(result_id, "custody-written")
    return _custody(result_id, form), form.status


@blp.post("/results/<uuid:result_id>/custody/<uuid:event_id>/strike")
def strike(result_id: uuid.UUID, event_id: uuid.UUID) -> Page:
    """Strike a step that was written wrongly; it stays"""
    form = Form.sent()
    with form.catching():
        sent = {"reason": form.value("reason") or None}
        call("POST", f"/results/{result_id}/custody/{event_id}/strike", sent)
        return _to(result_id, "custody-struck")
    return _custody(result_id, form), form.status


@blp.get("/cash-detentions")
def cash() -> Page:
    """List the cash whose detention no court has ordered yet"""
    names = {"limit": A_PAGE, **flask.request.args.to_dict()}
    reply = call("GET", "/cash-detentions", query={k: v for k, v in names.items() if k != "done"})
    return flask.render_template("results/cash.html", clocks=reply.body, more=more(reply))


def _custody(result_id: uuid.UUID, form: Form) -> str:
    record = call("GET", f"/results/{result_id}").body
    found = call("GET", f"/results/{result_id}/custody").body
    if not form.values:
        form.values = {
            "id": [str(db.new_id())],
            "at": [wording.typed(dt.datetime.now(dt.UTC))],
            "from_holder": [found["holder"] or ""],
        }
    return flask.render_template(
        "results/custody.html",
        record=record,
        kind=KINDS[record["kind"]],
        operation=db.find(Operation, record["operation"], "operation"),
        custody=found,
        form=form,
        can_log=record["status"] != "struck" and guard.may("log", record["operation"]),
    )


def _to(result_id: uuid.UUID, done: str) -> Page:
    there = flask.url_for(".custody", result_id=result_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
