"""The pages of operations: list them, plan one, change it, move it on."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard, people
from ops.calls import call, more
from ops.forms import Form
from ops.geo.models import AREA_PURPOSES
from ops.operations import histories, rules
from ops.operations.deployment_codes import (
    DEPLOYMENT_KINDS,
    DEPLOYMENT_STATUSES,
    METHODS_OF_ENTRY,
    POWERS,
)
from ops.operations.models import (
    KINDS,
    MARKINGS,
    PHASES,
    STATUSES,
    THEMES,
    VISIBILITIES,
)

blp = flask.Blueprint("operations_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("q", "kind", "status", "theme", "organisation", "from", "to")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 25
# As many as a list to choose from can hold.
MOST = 500
# What the form asks of an operation, and only of a new one.
ASKED = (
    "name",
    "aim",
    "theme",
    "starts_at",
    "ends_at",
    "organisation",
    "parent",
    "predecessor",
    "marking",
    "visibility",
)
ASKED_ONCE = ("id", "kind", "reference")


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the labels of the codes that plans use."""
    return {
        "AREA_PURPOSES": AREA_PURPOSES,
        "DEPLOYMENT_KINDS": DEPLOYMENT_KINDS,
        "DEPLOYMENT_STATUSES": DEPLOYMENT_STATUSES,
        "METHODS_OF_ENTRY": METHODS_OF_ENTRY,
        "LEGAL_POWERS": POWERS,
        "KINDS": KINDS,
        "OVER": rules.OVER,
        "PHASES": PHASES,
        "STATUSES": STATUSES,
        "THEMES": THEMES,
        "VISIBILITIES": VISIBILITIES,
    }


@blp.get("/")
def home() -> Page:
    """Lead to the list of operations"""
    return flask.redirect(flask.url_for(".index"))


@blp.get("/operations")
def index() -> Page:
    """List operations, newest first"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    operations: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/operations", query=query)
        operations, address = reply.body, more(reply)
    page = flask.render_template(
        "operations/list.html",
        form=form,
        operations=operations,
        organisations=people.organisation_names(),
        filtered=bool(wanted),
        more=address,
        alerts=[each for each in call("GET", "/alerts").body if not each["seen_at"]],
    )
    return page, form.status


@blp.route("/operations/new", methods=["GET", "POST"])
def plan() -> Page:
    """Plan an operation"""
    guard.require("plan")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            reply = call("POST", "/operations", _sent(form, ASKED + ASKED_ONCE))
            return _to(reply.body["id"], "operation-added")
    else:
        form.values |= {
            "id": [str(db.new_id())],
            "organisation": [guard.actor().organisation_code],
            "marking": [MARKINGS[-1]],
            "visibility": ["open"],
        }
    return _form(form, None)


@blp.route("/operations/<uuid:operation_id>/edit", methods=["GET", "POST"])
def edit(operation_id: uuid.UUID) -> Page:
    """Change an operation"""
    guard.require("plan", operation_id)
    reply = call("GET", f"/operations/{operation_id}")
    operation = reply.body
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = _sent(form, ASKED, blanks=True)
            call("PATCH", f"/operations/{operation_id}", sent, etag=form.value("etag"))
            return _to(operation_id, "operation-changed")
    else:
        said = {name: operation[name] for name in ASKED}
        said |= {name: said[name]["id"] for name in ("parent", "predecessor") if said[name]}
        code = operation["organisation"]["code"]
        form = Form.of({**said, "organisation": code, "etag": reply.etag})
    return _form(form, operation)


@blp.get("/operations/<uuid:operation_id>")
def show(operation_id: uuid.UUID) -> Page:
    """Show an operation's plan"""
    return _shown(operation_id)


@blp.post("/operations/<uuid:operation_id>/transitions")
def move(operation_id: uuid.UUID) -> Page:
    """Move an operation on, or back with a reason"""
    form = Form.sent()
    with form.catching():
        call("POST", f"/operations/{operation_id}/transitions", form.payload())
        return _to(operation_id, "moved")
    return _shown(operation_id, form=form), form.status


@blp.post("/operations/<uuid:operation_id>/phases")
def add_phase(operation_id: uuid.UUID) -> Page:
    """Add a phase"""
    form = Form.sent()
    with form.catching():
        call("POST", f"/operations/{operation_id}/phases", form.payload())
        return _to(operation_id, "phase-added")
    return _shown(operation_id, form=form, phase_form=form), form.status


def _shown(
    operation_id: uuid.UUID, form: Form | None = None, phase_form: Form | None = None
) -> str:
    here = f"/operations/{operation_id}"
    operation = call("GET", here).body
    query = {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
    deployments = call("GET", f"{here}/deployments", query=query)
    return flask.render_template(
        "operations/plan.html",
        operation=operation,
        areas=call("GET", f"{here}/areas").body["features"],
        deployments=deployments.body,
        more_deployments=more(deployments),
        phases=call("GET", f"{here}/phases").body,
        teams=call("GET", f"{here}/teams").body,
        history=histories.of_operation(operation_id),
        form=form or Form(),
        phase_form=phase_form or Form(),
    )


def _form(form: Form, operation: Any) -> Page:
    others = call("GET", "/operations", query={"limit": MOST}).body
    page = flask.render_template(
        "operations/form.html",
        form=form,
        operation=operation,
        organisations=people.organisation_names(),
        operations={o["id"]: o["name"] for o in others if o["id"] != (operation or {}).get("id")},
        MARKINGS={marking: marking for marking in MARKINGS},
    )
    return page, form.status


def _sent(form: Form, names: tuple[str, ...], *, blanks: bool = False) -> dict[str, Any]:
    return {k: v for k, v in form.payload(blanks=blanks).items() if k in names}


def _to(operation_id: uuid.UUID | str, done: str) -> Page:
    there = flask.url_for(".show", operation_id=operation_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
