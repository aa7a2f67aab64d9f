"""The pages of what is still owed: returns to court, reports, second looks at disruptions."""

import datetime as dt
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask
import sqlalchemy as sa

from ops import db, wording
from ops.access import guard
from ops.calls import call, more
from ops.errors import Missing
from ops.forms import Form, sent_id
from ops.operations.models import Operation
from ops.results import nil_returns, warrant_returns
from ops.results.kinds.disruptions import ASSESSED, TARGETS
from ops.results.kinds.warrants import POWERS
from ops.results.models import NilReturn
from ops.results.nil_reasons import REASONS

blp = flask.Blueprint("return_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give every page the words of what is owed, and how much of it an operation owes."""
    return {
        "NIL_REASONS": REASONS,
        "DISRUPTION_LEVELS": ASSESSED,
        "DISRUPTION_TARGETS": TARGETS,
        "POWERS": {code: power.label for code, power in POWERS.items()},
        "owed_by": _owed,
    }


@blp.route("/warrants/returns", methods=["GET", "POST"])
def warrants() -> Page:
    """List warrants to return to court, and say that one is back"""
    said = Form.sent()
    if flask.request.method == "POST":
        with said.catching():
            _bring_back(sent_id(said.value("warrant")), said)
            return _to("return_pages.warrants", "returned")
    form, listed = _list("/warrants/returns", ("operation", "overdue", "returned"))
    page = flask.render_template("results/warrant_returns.html", **_both(said, form), **listed)
    return page, said.status if said.errors else form.status


@blp.route("/nil-returns/missing", methods=["GET", "POST"])
def unreported() -> Page:
    """List deployments of which nothing is reported yet, and say that one had nothing"""
    said = Form.sent()
    if flask.request.method == "POST":
        with said.catching():
            sent = {name: said.value(name) or None for name in ("id", "reason", "note")}
            deployment = sent_id(said.value("deployment"))
            call("POST", f"/deployments/{deployment}/nil-return", _given(sent))
            return _to("return_pages.unreported", "nil-returned")
    form, listed = _list("/nil-returns/missing", ("operation", "led"))
    ids = {each["id"]: db.new_id() for each in listed["listed"]}
    page = flask.render_template(
        "results/unreported.html", **_both(said, form), **listed, new_ids=ids
    )
    return page, said.status if said.errors else form.status


@blp.route("/operations/<uuid:operation_id>/nil-returns", methods=["GET", "POST"])
def of_operation(operation_id: uuid.UUID) -> Page:
    """List an operation's nil returns, and take one back"""
    operation = db.find(Operation, operation_id, "operation")
    said = Form.sent()
    if flask.request.method == "POST":
        with said.catching():
            sent = {"reason": said.value("reason") or None}
            call("POST", f"/nil-returns/{sent_id(said.value('nil_return'))}/take-back", sent)
            return _to("return_pages.of_operation", "nil-taken-back", operation_id=operation_id)
    form, listed = _list(f"/operations/{operation_id}/nil-returns", ("contradicted",))
    page = flask.render_template(
        "results/nil_returns.html", operation=operation, **_both(said, form), **listed
    )
    return page, said.status if said.errors else form.status


@blp.get("/disruptions/reviews")
def disruptions() -> Page:
    """List disruptions to look at again"""
    form, listed = _list("/disruptions/reviews", ("operation", "overdue"))
    page = flask.render_template("results/disruption_reviews.html", form=form, **listed)
    return page, form.status


def _bring_back(warrant: uuid.UUID, form: Form) -> None:
    found = call("GET", f"/results/{warrant}")
    if found.body["kind"] != "warrant":
        raise Missing("There is no such warrant.")
    guard.require("log", uuid.UUID(found.body["operation"]))
    detail = {"returned_on": form.value("returned_on") or str(wording.today())}
    sent = {"detail": detail, "reason": "Returned to the court."}
    call("PATCH", f"/results/{warrant}", sent, etag=found.etag)


def _list(path: str, names: tuple[str, ...]) -> tuple[Form, dict[str, Any]]:
    """Ask for a list by the filters of this address."""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in names})
    wanted = {name: form.value(name) for name in names if form.value(name)}
    listed: dict[str, Any] = {"listed": [], "more": None, "filtered": bool(wanted)}
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", path, query=query)
        listed |= {"listed": reply.body, "more": more(reply)}
    return form, listed


def _both(said: Form, form: Form) -> dict[str, Form]:
    """Give a page its filters, what was sent, and which of them has something wrong."""
    return {"form": said if said.errors else form, "filter": form, "said": said}


def _given(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sent.items() if value is not None}


def _to(endpoint: str, done: str, **values: Any) -> Page:
    return flask.redirect(flask.url_for(endpoint, done=done, **values), HTTPStatus.SEE_OTHER)


def _owed(operation_id: uuid.UUID | str) -> Mapping[str, int]:
    """Count what an operation owes: warrants to return, those late, deployments to report of."""
    of = {"operation": uuid.UUID(str(operation_id))}
    today, now = wording.today(), dt.datetime.now(dt.UTC)
    counted = {
        "warrants": warrant_returns.returns(of, today),
        "overdue": warrant_returns.returns(of | {"overdue": True}, today),
        "unreported": nil_returns.missing(of, now),
        "contradicted": nil_returns.nil_returns(of | {"contradicted": True}),
        "nil_returns": nil_returns.nil_returns(of).where(NilReturn.taken_back_at.is_(None)),
    }
    row = db.session.execute(
        sa.select(
            *(
                sa.select(sa.func.count())
                .select_from(query.order_by(None).subquery())
                .scalar_subquery()
                .label(name)
                for name, query in counted.items()
            )
        )
    ).one()
    return dict(row._mapping)
