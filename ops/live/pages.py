"""The board of a live operation, and the form by which somebody says where they are."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import flask

from ops import db
from ops.access import guard
from ops.calls import call
from ops.forms import Form
from ops.ledger.consultation import saw
from ops.live import queries
from ops.live.schemas import CheckInSchema
from ops.live.welfare_queries import GRACE, STATES
from ops.operations.models import Deployment
from ops.outcomes.figure_text import card

blp = flask.Blueprint("live_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# As many as a list can hold.
MOST = 500
# What a board shows of what happened; the rest is in the lists.
ENTRIES = 15
REMARKS = 10
FIGURES = 12
# A mark that somebody needs assistance stands at the top for so long.
ASSISTANCE = dt.timedelta(hours=4)
# The most pressing first.
ORDER = ("started", "on_the_way", "acknowledged", "planned", "finished", "cancelled")


@blp.get("/operations/<uuid:operation_id>/live")
def board(operation_id: uuid.UUID) -> Page:
    """Show an operation as it stands just now"""
    here = f"/operations/{operation_id}"
    db.read_one_state()
    # First of all, so that what happens while the rest is read is told afterwards.
    feed = call("GET", f"{here}/feed", query={"limit": ENTRIES})
    measures = call("GET", f"{here}/outcomes").body["measures"]
    fences = call("GET", f"{here}/geofence").body
    deployments = call("GET", f"{here}/deployments", query={"limit": MOST}).body
    return flask.render_template(
        "live/board.html",
        operation=call("GET", here).body,
        feed=feed.body,
        cards=_cards(measures),
        deployments=_ordered(deployments, feed.body["overdue"]),
        fences=fences,
        assistance=_assistance(operation_id),
        watched=call("GET", f"{here}/welfare").body,
        GRACE_MINUTES=GRACE // dt.timedelta(minutes=1),
        WELFARE_STATES=STATES,
        REMARKS=REMARKS,
        FIGURES=FIGURES,
        may_plan=guard.may("plan", operation_id),
        to_check_in=db.session.execute(queries.to_check_in(operation_id, guard.actor().id)).all(),
    )


@blp.route("/deployments/<uuid:deployment_id>/check-in", methods=["GET", "POST"])
def check_in(deployment_id: uuid.UUID) -> Page:
    """Say where one is"""
    deployment = db.find(Deployment, deployment_id, "deployment")
    guard.require("log", deployment.operation_id)
    operation = call("GET", f"/operations/{deployment.operation_id}").body
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = form.payload()
            sent |= {"at": sent.pop("occurred_at")} if "occurred_at" in sent else {}
            call("POST", f"/deployments/{deployment_id}/check-ins", sent)
            there = flask.url_for(".board", operation_id=deployment.operation_id, done="checked-in")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
        form.errors = {
            "occurred_at" if name == "at" else name: said for name, said in form.errors.items()
        }
    else:
        form.values |= {"id": [str(db.new_id())]}
    page = flask.render_template(
        "live/check_in.html", operation=operation, deployment=deployment, form=form
    )
    return page, form.status


def _assistance(operation_id: uuid.UUID) -> Sequence[Any]:
    """Find who needed assistance lately, as far as whoever asks may see."""
    since = dt.datetime.now(dt.UTC) - ASSISTANCE
    found = db.session.execute(queries.assistance(operation_id, since)).all()
    saw("check_in", [row.id for row in found], operation_id)
    return CheckInSchema(many=True).dump(found)


def _cards(measures: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Write the figures of which there is something to say, those with a target first."""
    told = [card(measure) for measure in measures]
    said = [each for each in told if each["says_something"]]
    return sorted(said, key=lambda each: not each["target_text"])


def _ordered(
    deployments: Sequence[dict[str, Any]], overdue: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """List deployments, the overdue first, then those under way, then by their start."""
    late = {each["deployment"]: each["said"] for each in overdue}
    told = [each | {"late": late.get(each["id"])} for each in deployments]
    return sorted(told, key=lambda each: (each["late"] is None, ORDER.index(each["status"])))
