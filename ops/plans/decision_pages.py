"""The pages of the decision log: read it, add to it, take it along as a document."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import flask

from ops import db, pdf, wording
from ops.access import guard, limits
from ops.calls import call, more
from ops.forms import Form
from ops.ledger.consultation import hands_out, saw
from ops.plans import decision_queries

blp = flask.Blueprint("decision_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
# What fits on a screen or two; the rest is a press away.
A_PAGE = 25
# As many as a list to choose from can hold.
MOST = 500
# What the operation's own page shows of the log.
LATEST = 3

limits.hands_out("decision_pages.as_pdf")


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give an operation's page the latest of its log."""
    return {"latest_decisions": _latest}


@blp.route("/operations/<uuid:operation_id>/decisions", methods=["GET", "POST"])
def show(operation_id: uuid.UUID) -> Page:
    """Show the log of decisions, and write one down"""
    operation = call("GET", f"/operations/{operation_id}").body
    here = f"/operations/{operation_id}/decisions"
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", here, form.payload())
            return flask.redirect(f"{here}?done=decided", HTTPStatus.SEE_OTHER)
    else:
        form.values |= {"id": [str(db.new_id())]}
    reply = call("GET", here, query={"limit": A_PAGE, "cursor": flask.request.args.get("cursor")})
    page = flask.render_template(
        "plans/decisions.html",
        operation=operation,
        here=here,
        form=form,
        decisions=reply.body,
        more=more(reply),
        people=_people(operation_id),
        by_id={each["id"]: each for each in reply.body},
    )
    return page, form.status


@blp.get("/operations/<uuid:operation_id>/decisions.pdf")
def as_pdf(operation_id: uuid.UUID) -> Page:
    """Hand the log out as a PDF, the first decision first"""
    operation = call("GET", f"/operations/{operation_id}").body
    found = db.session.execute(decision_queries.decisions(operation_id)).mappings().all()
    saw("decision", [each["id"] for each in found], operation_id)
    hands_out()
    html = flask.render_template(
        "plans/decisions_pdf.html",
        operation=operation,
        decisions=[dict(each) for each in reversed(found)],
        made_at=dt.datetime.now(dt.UTC),
        made_by=guard.actor().name,
    )
    reply = flask.make_response(pdf.render(html))
    reply.content_type = "application/pdf"
    name = f"decisions-{wording.today():%Y-%m-%d}.pdf"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def _people(operation_id: uuid.UUID) -> dict[str, str]:
    """Give whom a decision can be written down for: colleagues, where one may see who they are."""
    if not guard.may("plan", operation_id):
        return {}
    query = {"organisation": guard.actor().organisation_code, "limit": MOST}
    me = str(guard.actor().id)
    found = call("GET", "/people", query=query).body
    return {each["id"]: each["name"] for each in found if each["id"] != me}


def _latest(operation_id: uuid.UUID | str) -> list[Any]:
    query = {"limit": LATEST}
    latest: list[Any] = call("GET", f"/operations/{operation_id}/decisions", query=query).body
    return latest
