"""The pages of the register of lines: all of them, one of them, and which to look at again."""

import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops.access import guard
from ops.calls import call, more
from ops.errors import Missing
from ops.forms import Form, sent_id
from ops.lines.states import STATES
from ops.results.kinds.lines import TYPES

blp = flask.Blueprint("lines_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("q", "state", "type", "operation")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
# As many as a list to choose from can hold.
MOST = 500


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words for lines."""
    return {"LINE_STATES": STATES, "CLOSURE_TYPES": TYPES}


@blp.route("/lines", methods=["GET", "POST"])
def index() -> Page:
    """List lines, and say which one a closure closed"""
    said = Form.sent()
    if flask.request.method == "POST":
        closure = sent_id(said.value("closure"))
        with said.catching():
            call("POST", f"/line-closures/{closure}/line", {"line": said.value("line") or None})
            return _to("lines_pages.index", "line-named")
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    lines: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/lines", query=query)
        lines, address = reply.body, more(reply)
    of = {"operation": wanted["operation"]} if "operation" in wanted and not form.errors else {}
    unnamed = call("GET", "/line-closures/unnamed", query={"limit": A_PAGE, **of}).body
    page = flask.render_template(
        "lines/list.html",
        form=said if said.errors else form,
        filter=form,
        lines=lines,
        more=address,
        filtered=bool(wanted),
        unnamed=unnamed,
        known=_known() if unnamed else {},
    )
    return page, said.status if said.errors else form.status


@blp.get("/lines/<uuid:line_id>")
def show(line_id: uuid.UUID) -> Page:
    """Show a line with all that happened to it"""
    return flask.render_template("lines/line.html", line=call("GET", f"/lines/{line_id}").body)


@blp.route("/lines/check-backs", methods=["GET", "POST"])
def check_backs() -> Page:
    """List closed lines to look at again, and write a look down"""
    said = Form.sent()
    if flask.request.method == "POST":
        with said.catching():
            _look(sent_id(said.value("closure")), said)
            return _to("lines_pages.check_backs", "checked-back")
    names = ("operation", "overdue")
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in names})
    wanted = {name: form.value(name) for name in names if form.value(name)}
    due: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/lines/check-backs", query=query)
        due, address = reply.body, more(reply)
    page = flask.render_template(
        "lines/check_backs.html",
        form=said if said.errors else form,
        said=said,
        filter=form,
        due=due,
        more=address,
        filtered=bool(wanted),
    )
    return page, said.status if said.errors else form.status


def _look(closure: uuid.UUID, form: Form) -> None:
    """Add a look to those that the closure has."""
    found = call("GET", f"/results/{closure}")
    if found.body["kind"] != "line_closure":
        raise Missing("There is no such closure.")
    guard.require("log", uuid.UUID(found.body["operation"]))
    look = {"on": form.value("on"), "out_of_use": form.value("out_of_use") or None}
    looks = [*found.body["detail"].get("check_backs", []), look]
    sent = {"detail": {"check_backs": looks}, "reason": "Looked whether it is out of use."}
    call("PATCH", f"/results/{closure}", sent, etag=found.etag)


def _known() -> dict[str, str]:
    """Give the lines there are to choose from, by name."""
    found = call("GET", "/lines", query={"limit": MOST}).body
    return {each["id"]: f"{each['name']} ({STATES[each['state']].lower()})" for each in found}


def _to(endpoint: str, done: str) -> Page:
    return flask.redirect(flask.url_for(endpoint, done=done), HTTPStatus.SEE_OTHER)
