"""The pages of vehicles, dogs, equipment and custody suites."""

import uuid
from http import HTTPStatus

import flask

from ops.access import guard
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form, sent_id
from ops.operations.asset_models import ASSET_KINDS
from ops.operations.progress_pages import in_operation

blp = flask.Blueprint("asset_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# As many as a list to choose from can hold.
MOST = 500


@blp.app_context_processor
def _labels() -> dict[str, object]:
    return {"ASSET_KINDS": ASSET_KINDS}


@blp.route("/assets", methods=["GET", "POST"])
def index() -> Page:
    """List what one's organisation has, and add to it or take out of use"""
    guard.require("plan")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if asset := form.value("withdraw"):
                call("PATCH", f"/assets/{sent_id(asset)}", {"withdrawn": True})
                return _to("asset-withdrawn")
            call("POST", "/assets", form.payload())
            return _to("asset-added")
    mine = {"organisation": guard.actor().organisation_code, "limit": MOST}
    page = flask.render_template(
        "operations/assets.html", form=form, assets=call("GET", "/assets", query=mine).body
    )
    return page, form.status


@blp.route(
    "/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>/reservations",
    methods=["GET", "POST"],
)
def reserve(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Reserve something for a deployment, or set it free"""
    guard.require("plan", operation_id)
    deployment = in_operation(operation_id, deployment_id).body
    path = f"/deployments/{deployment_id}/reservations"
    reserved = [each for each in call("GET", path).body if not each["released_at"]]
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if freed := flask.request.form.get("release"):
                if freed not in [each["id"] for each in reserved]:
                    raise Missing("There is no such reservation of this deployment.")
                call("DELETE", f"/reservations/{freed}")
                done = "reservation-released"
            else:
                call("POST", path, form.payload())
                done = "reserved"
            there = flask.url_for(
                ".reserve", operation_id=operation_id, deployment_id=deployment_id, done=done
            )
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    page = flask.render_template(
        "operations/reservations.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        deployment=deployment,
        reserved=reserved,
        assets=call("GET", "/assets", query={"limit": MOST}).body,
        readiness=call("GET", f"/deployments/{deployment_id}/readiness").body,
        form=form,
    )
    return page, form.status


def _to(done: str) -> Page:
    return flask.redirect(flask.url_for(".index", done=done), HTTPStatus.SEE_OTHER)
