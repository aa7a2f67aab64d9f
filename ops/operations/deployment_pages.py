"""The pages of deployments and teams: who goes where, and when."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard
from ops.calls import Reply, call
from ops.errors import Missing
from ops.forms import Form
from ops.operations import histories

blp = flask.Blueprint("deployment_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# As many as a list to choose from can hold.
MOST = 500
PLACES = ("site", "area", "point")
ENTRY = ("address", "postcode", "line", "method_of_entry", "power")
ASKED = ("kind", "name", "starts_at", "ends_at", *PLACES, *ENTRY, "note")


@blp.route("/operations/<uuid:operation_id>/deployments/new", methods=["GET", "POST"])
def plan(operation_id: uuid.UUID) -> Page:
    """Add a deployment"""
    guard.require("plan", operation_id)
    operation = call("GET", f"/operations/{operation_id}").body
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = {k: v for k, v in form.payload().items() if k in (*ASKED, "id")}
            reply = call("POST", f"/operations/{operation_id}/deployments", sent)
            return _to(operation_id, reply.body["id"], "deployment-added")
    else:
        form.values |= {"id": [str(db.new_id())]}
    return _form(operation, None, form)


@blp.route(
    "/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>", methods=["GET", "POST"]
)
def edit(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Change a deployment, and say who is on it"""
    guard.require("plan", operation_id)
    operation = call("GET", f"/operations/{operation_id}").body
    found = _deployment(operation_id, deployment_id)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            said = form.payload(blanks=True)
            sent = {k: v for k, v in said.items() if k in (*ASKED, "status")}
            call("PATCH", f"/deployments/{deployment_id}", sent, etag=form.value("etag"))
            return _to(operation_id, deployment_id, "deployment-changed")
    else:
        form = _filled(found)
    return _form(operation, found.body, form)


@blp.post("/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>/people")
def assign(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Put a team or a person on a deployment, or take somebody off"""
    form = Form.sent()
    with form.catching():
        if person := flask.request.form.get("release"):
            call("DELETE", f"/assignments/{_id(person)}")
            return _to(operation_id, deployment_id, "released")
        call("POST", f"/deployments/{deployment_id}/assignments", form.payload())
        return _to(operation_id, deployment_id, "assigned")
    operation = call("GET", f"/operations/{operation_id}").body
    found = _deployment(operation_id, deployment_id)
    filled = _filled(found)
    filled.errors, filled.status = form.errors, form.status
    return _form(operation, found.body, filled)


@blp.route("/operations/<uuid:operation_id>/teams/new", methods=["GET", "POST"])
def plan_team(operation_id: uuid.UUID) -> Page:
    """Add a team"""
    guard.require("plan", operation_id)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", f"/operations/{operation_id}/teams", form.payload())
            return _to_plan(operation_id, "team-added")
    return _team_form(operation_id, None, form)


@blp.route("/operations/<uuid:operation_id>/teams/<uuid:team_id>", methods=["GET", "POST"])
def edit_team(operation_id: uuid.UUID, team_id: uuid.UUID) -> Page:
    """Name a team anew, or say anew who is on it"""
    guard.require("plan", operation_id)
    team = call("GET", f"/teams/{team_id}").body
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("PATCH", f"/teams/{team_id}", form.payload(blanks=True))
            return _to_plan(operation_id, "team-changed")
    else:
        members = [each["id"] for each in team["members"]]
        form = Form({"name": [team["name"]], "members[]": members})
    return _team_form(operation_id, team, form)


def _deployment(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Reply:
    found = call("GET", f"/deployments/{deployment_id}")
    if found.body["operation"] != str(operation_id):
        raise Missing("There is no such deployment.")
    return found


def _filled(found: Reply) -> Form:
    """Fill the form in; the place goes to the field of its sort."""
    said, place = found.body, found.body["place"]
    plain = {name: said[name] for name in ASKED if name not in PLACES}
    where = place["point"] if place["type"] == "point" else place["id"]
    plain["line"] = said["line"] and said["line"]["id"]
    filled = {**plain, "status": said["status"], place["type"]: where, "etag": found.etag}
    return Form.of(filled)


def _form(operation: Any, deployment: Any, form: Form) -> Page:
    here = f"/operations/{operation['id']}"
    areas = call("GET", f"{here}/areas").body["features"]
    sites = call("GET", "/sites", query={"limit": MOST}).body
    context: dict[str, Any] = {}
    if deployment:
        path = f"/deployments/{deployment['id']}/assignments"
        on_it = [each for each in call("GET", path).body if not each["released_at"]]
        teams = call("GET", f"{here}/teams").body
        context = {
            "assignments": on_it,
            "teams": {team["id"]: team["name"] for team in teams},
            "people": _people(),
            "readiness": call("GET", f"/deployments/{deployment['id']}/readiness").body,
            "history": histories.of_deployment(uuid.UUID(deployment["id"])),
        }
    page = flask.render_template(
        "operations/deployment.html",
        operation=operation,
        deployment=deployment,
        form=form,
        areas={each["id"]: each["properties"]["name"] for each in areas},
        lines=_lines(deployment),
        sites={site["id"]: site["name"] for site in sites},
        **context,
    )
    return page, form.status


def _lines(deployment: Any) -> dict[str, str]:
    """Give the lines to choose from, with the one that is chosen."""
    found = call("GET", "/lines", query={"limit": MOST}).body
    chosen = [deployment["line"]] if deployment and deployment["line"] else []
    return {line["id"]: line["name"] for line in (*chosen, *found)}


def _team_form(operation_id: uuid.UUID, team: Any, form: Form) -> Page:
    operation = call("GET", f"/operations/{operation_id}").body
    page = flask.render_template(
        "operations/team.html", operation=operation, team=team, form=form, people=_people()
    )
    return page, form.status


def _people() -> dict[str, str]:
    """Give the people of one's own organisation."""
    query = {"organisation": guard.actor().organisation_code, "limit": MOST}
    return {each["id"]: each["name"] for each in call("GET", "/people", query=query).body}


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Missing("There is no such person on this deployment.") from None


def _to(operation_id: uuid.UUID, deployment_id: uuid.UUID | str, done: str) -> Page:
    there = flask.url_for(
        ".edit", operation_id=operation_id, deployment_id=deployment_id, done=done
    )
    return flask.redirect(there, HTTPStatus.SEE_OTHER)


def _to_plan(operation_id: uuid.UUID, done: str) -> Page:
    there = flask.url_for("operations_pages.show", operation_id=operation_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
