"""The pages of deconfliction: one's own conflicts, a look ahead, and the desk."""

import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import flask

from ops.access import guard
from ops.calls import call, more
from ops.deconfliction.models import OUTCOMES, REASONS, STATES
from ops.deconfliction.schemas import WHICH
from ops.forms import Form
from ops.operations.models import MARKINGS

blp = flask.Blueprint("deconfliction_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What fits on a screen or two; the rest is a press away.
A_PAGE = 30
# As many as one look at an operation counts.
MOST = 500
ACTS = {
    "take": ("owner", "conflict-taken"),
    "return": ("owner", "conflict-returned"),
    "resolve": ("resolution", "conflict-resolved"),
}


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words of conflicts, and what is in conflict."""
    return {
        "CONFLICT_STATES": STATES,
        "conflicts_of": conflicts_of,
        "why_in_conflict": why,
        "OUTCOMES_OF_CONFLICTS": OUTCOMES,
    }


def conflicts_of(operation_id: uuid.UUID | str) -> Mapping[str, Sequence[Any]]:
    """Give the open conflicts of an operation's deployments, as the asker may know them."""
    known: dict[str, Mapping[str, Sequence[Any]]] = flask.g.setdefault("conflicts_of", {})
    key = str(operation_id)
    if key not in known:
        found: dict[str, list[Any]] = {}
        for each in call("GET", f"/operations/{key}/conflicts", query={"limit": MOST}).body:
            found.setdefault(each["deployment"]["id"], []).append(each)
        known[key] = found
    return known[key]


def why(conflict: Mapping[str, Any]) -> str:
    """Say in a line what makes two deployments a conflict."""
    said = ", ".join(REASONS[reason] for reason in conflict["reasons"])
    metres, minutes = conflict["distance_m"], conflict["gap_minutes"]
    apart = [] if metres is None else [f"{metres:,} m apart"]
    apart.append("at the same time" if not minutes else f"{minutes:,} minutes between them")
    return f"{said[:1].upper()}{said[1:]}; {', '.join(apart)}"


@blp.get("/conflicts")
def index() -> Page:
    """List the conflicts of one's deployments"""
    form = Form({"state": [flask.request.args.get("state", "").strip()]})
    found: list[Any] = []
    address = None
    with form.catching():
        wanted = {"state": form.value("state")} if form.value("state") else {}
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/conflicts", query=query)
        found, address = reply.body, more(reply)
    page = flask.render_template(
        "deconfliction/mine.html", form=form, conflicts=found, more=address
    )
    return page, form.status


@blp.post("/conflicts")
def tell() -> Page:
    """Let the other side of a covert operation's conflict know that there is one"""
    reference = flask.request.form.get("reference", "")
    call("POST", f"/conflicts/{_in_address(reference)}/tell")
    return _to(".index", done="conflict-told")


@blp.route("/deconfliction/check", methods=["GET", "POST"])
def check() -> Page:
    """Look at a place and a window before anything is planned"""
    guard.require_anywhere("plan")
    form = Form.sent()
    checked = None
    if flask.request.method == "POST":
        with form.catching():
            checked = call("POST", "/deconfliction/checks", form.payload()).body
    page = flask.render_template("deconfliction/check.html", form=form, checked=checked)
    return page, form.status


@blp.get("/deconfliction")
def desk() -> Page:
    """List the conflicts that the desk looks after"""
    form = Form({"which": [flask.request.args.get("which", "").strip()]})
    found: list[Any] = []
    address = None
    with form.catching():
        wanted = {"which": form.value("which")} if form.value("which") else {}
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/deconfliction/conflicts", query=query)
        found, address = reply.body, more(reply)
    page = flask.render_template(
        "deconfliction/desk.html", form=form, conflicts=found, more=address, WHICH=WHICH
    )
    return page, form.status


@blp.route("/deconfliction/<string:reference>", methods=["GET", "POST"])
def show(reference: str) -> Page:
    """Show a conflict with both sides; take it, let a side be told, resolve it"""
    guard.require("deconflict")
    here = f"/deconfliction/conflicts/{_in_address(reference)}"
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            return _to(".show", reference=reference, done=_act(here, reference, form))
    page = flask.render_template(
        "deconfliction/conflict.html", form=form, conflict=call("GET", here).body
    )
    return page, form.status


@blp.route("/deconfliction/rules", methods=["GET", "POST"])
def rules() -> Page:
    """Show how near and how soon is a conflict, and set it"""
    guard.require("deconflict")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("PUT", "/deconfliction/rules", form.payload())
            return _to(".rules", done="rule-set")
    page = flask.render_template(
        "deconfliction/rules.html",
        form=form,
        rules=call("GET", "/deconfliction/rules").body,
        MARKINGS={marking: marking for marking in MARKINGS},
    )
    return page, form.status


def _act(here: str, reference: str, form: Form) -> str:
    """Do what the pressed button says; give the notice."""
    act = flask.request.form.get("act", "resolve")
    if act == "tell":
        call("POST", f"/conflicts/{_in_address(reference)}/tell")
        return "conflict-told"
    where, done = ACTS.get(act, ACTS["resolve"])
    body = {"mine": act == "take"} if where == "owner" else form.payload()
    call("POST", f"{here}/{where}", body)
    return done


def _in_address(reference: str) -> str:
    """Keep of a reference what can be one, so that it leads to no other address."""
    return "".join(each for each in reference if each.isalnum() or each == "-") or "none"


def _to(endpoint: str, **values: Any) -> Page:
    return flask.redirect(flask.url_for(endpoint, **values), HTTPStatus.SEE_OTHER)
