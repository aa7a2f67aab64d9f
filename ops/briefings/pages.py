"""The pages of briefings: list, write, read, and who has read."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard
from ops.briefings import pack, queries, stored
from ops.briefings.models import FORMS, SECTIONS, STATES
from ops.briefings.sections import HINTS
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form
from ops.ledger.consultation import saw_each
from ops.operations.models import MARKINGS, Operation
from ops.operations.rules import OVER

blp = flask.Blueprint("briefing_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
ONE = "/operations/<uuid:operation_id>/briefings/<int:version>"
ACTS = {"added": "Added", "cancelled": "Cancelled", "moved": "Moved", "changed": "Changed"}


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the labels of the codes that briefings use."""
    return {"BRIEFING_STATES": STATES, "BRIEFING_FORMS": FORMS, "BRIEFING_ACTS": ACTS}


@blp.get("/briefings")
def waiting() -> Page:
    """List the briefings to read, and who else has not read theirs"""
    now, me = dt.datetime.now(dt.UTC), guard.actor().id
    mine = db.session.execute(queries.to_read(now, me)).all()
    others = db.session.execute(queries.unread_by_others(now, me)).all()
    guard.may_in_each("plan", [row.operation for row in others])
    others = [row for row in others if guard.may("plan", row.operation)]
    saw_each("briefing", [(row.operation, row.id) for row in (*mine, *others)])
    return flask.render_template("briefings/waiting.html", mine=mine, others=others)


@blp.get("/operations/<uuid:operation_id>/briefings")
def index(operation_id: uuid.UUID) -> Page:
    """List the versions of an operation's briefing"""
    return _listed(operation_id, Form())


@blp.post("/operations/<uuid:operation_id>/briefings")
def begin(operation_id: uuid.UUID) -> Page:
    """Begin the next version"""
    form = Form.sent()
    with form.catching():
        made = call("POST", f"/operations/{operation_id}/briefings").body
        return _to(operation_id, made["version"], "briefing-begun", "/edit")
    return _listed(operation_id, form)


@blp.get(ONE)
def show(operation_id: uuid.UUID, version: int) -> Page:
    """Show a version as it reads, what changed since one read it last, and what is left to do"""
    return _shown(operation_id, version, Form())


@blp.post(ONE)
def act(operation_id: uuid.UUID, version: int) -> Page:
    """Issue a version, withdraw it, or say that one has read it"""
    form = Form.sent()
    here = f"/operations/{operation_id}/briefings/{version}"
    with form.catching():
        match flask.request.form.get("act"):
            case "issue":
                sent = {"shared": form.value("shared") == "true"}
                call("POST", f"{here}/issue", sent, etag=form.value("etag"))
                return _to(operation_id, version, "briefing-issued")
            case "withdraw":
                reason = {"reason": form.value("reason")} if form.value("reason") else {}
                call("POST", f"{here}/withdraw", reason)
                return _to(operation_id, version, "briefing-withdrawn")
        call("POST", f"{here}/read")
        return _to(operation_id, version, "briefing-read")
    return _shown(operation_id, version, form)


@blp.route(f"{ONE}/edit", methods=["GET", "POST"])
def edit(operation_id: uuid.UUID, version: int) -> Page:
    """Write the sections of a draft, and take what changed in the plan"""
    here = f"/operations/{operation_id}/briefings/{version}"
    reply = call("GET", here)
    guard.require("plan", operation_id)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if flask.request.form.get("act") == "take":
                call("POST", f"{here}/plan", _taken(form), etag=form.value("etag"))
                return _to(operation_id, version, "plan-taken", "/edit")
            sent = {name: form.value(name) or None for name in SECTIONS}
            if form.value("marking"):
                sent["marking"] = form.value("marking")
            call("PATCH", here, sent, etag=form.value("etag"))
            return _to(operation_id, version, "briefing-written")
    else:
        form = Form.of({**reply.body["sections"], "marking": reply.body["marking"]})
        form.values["etag"] = [reply.etag or ""]
    # What was issued takes nothing more from the plan.
    is_draft = reply.body["state"] == "draft"
    page = flask.render_template(
        "briefings/edit.html",
        here=here,
        briefing=reply.body,
        form=form,
        etag=reply.etag,
        plan_changes=call("GET", f"{here}/plan").body if is_draft else None,
        sections=SECTIONS,
        hints=HINTS,
        markings={each: each for each in MARKINGS},
    )
    return page, form.status


@blp.get(f"{ONE}/readers")
def readers(operation_id: uuid.UUID, version: int) -> Page:
    """Show who has read a version and who has not, to print and sign"""
    here = f"/operations/{operation_id}/briefings/{version}"
    told = call("GET", here).body
    found = call("GET", f"{here}/readers").body
    return flask.render_template("briefings/readers.html", here=here, briefing=told, **found)


def _taken(form: Form) -> dict[str, Any]:
    return {"sections": [name for name in form.chosen("sections[]") if name]}


def _listed(operation_id: uuid.UUID, form: Form) -> Page:
    operation = db.find(Operation, operation_id, "operation")
    found = call("GET", f"/operations/{operation_id}/briefings").body
    page = flask.render_template(
        "briefings/list.html",
        operation=operation,
        briefings=found,
        draft=next((each for each in found if each["state"] == "draft"), None),
        may_change=guard.may("plan", operation_id) and operation.status not in OVER,
        form=form,
    )
    return page, form.status


def _shown(operation_id: uuid.UUID, version: int, form: Form) -> Page:
    here = f"/operations/{operation_id}/briefings/{version}"
    told = stored.briefing(operation_id, version)
    operation = db.session.get(Operation, operation_id)
    if operation is None:
        raise Missing(stored.NONE)
    etag = call("GET", here).etag
    page = flask.render_template(
        "briefings/briefing.html",
        here=here,
        operation=operation,
        briefing=told,
        pack=pack.pack(told),
        since=stored.since_read(told),
        form=form,
        etag=etag,
        may_change=guard.may("plan", operation_id) and operation.status not in OVER,
        may_issue=guard.may("approve", operation_id),
        may_share=guard.may("share", operation_id),
    )
    return page, form.status


def _to(operation_id: uuid.UUID, version: int, done: str, part: str = "") -> Page:
    there = f"/operations/{operation_id}/briefings/{version}{part}?done={done}"
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
