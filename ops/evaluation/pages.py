"""The pages of before and after: what changed, the counts behind it, and what is compared."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import flask

from ops import wording
from ops.access import guard
from ops.calls import call
from ops.errors import Invalid, Missing
from ops.evaluation.chart import drawn
from ops.evaluation.counts_file import TEMPLATE
from ops.evaluation.schemas import SIDE
from ops.forms import Form
from ops.operations.models import PHASES
from ops.outcomes.models import QUALIFIERS

blp = flask.Blueprint("evaluation_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
ASKED = ("name", "source", "categories", "target_area", "comparison_areas", "displacement_area",
         "baseline", "after")  # fmt: skip
SAID = ("label", "value", "unit", "qualifier", "as_at", "source", "note")
UNITS = {"percent": "Per cent", "count": "A number", "people": "People"}


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give templates the words of before and after."""
    return {"month": wording.month, "METHODS": METHODS}


METHODS = {
    "exact": "exact, by chance alone",
    "normal": "by chance alone, normal approximation",
    "quasi_poisson": "wider than chance alone, as the months vary more",
}


@blp.route("/operations/<uuid:operation_id>/evaluation", methods=["GET", "POST"])
def show(operation_id: uuid.UUID) -> Page:
    """Show what changed, and add what a survey or a partner said"""
    operation = call("GET", f"/operations/{operation_id}").body
    here = f"/operations/{operation_id}/evaluation"
    form = Form.sent()
    if flask.request.method == "POST":
        guard.require("report", operation_id)
        with form.catching():
            call("POST", "/reported-figures", _said(operation_id, form.payload()))
            return flask.redirect(f"{here}?done=said", HTTPStatus.SEE_OTHER)
    found = call("GET", here).body
    page = flask.render_template(
        "evaluation/show.html",
        operation=operation,
        here=here,
        form=form,
        found=found,
        lines=[drawn(each, n) for n, each in enumerate(found["comparisons"], 1)],
        units=UNITS,
        qualifiers=QUALIFIERS,
    )
    return page, form.status


@blp.route("/operations/<uuid:operation_id>/evaluation/counts", methods=["GET", "POST"])
def counts(operation_id: uuid.UUID) -> Page:
    """Import monthly counts, and show where those that are here came from"""
    guard.require("report", operation_id)
    operation = call("GET", f"/operations/{operation_id}").body
    here = f"/operations/{operation_id}/evaluation"
    form = Form.sent()
    refused: Mapping[str, Sequence[str]] = {}
    if flask.request.method == "POST":
        with form.catching():
            try:
                reply = call("POST", f"/operations/{operation_id}/monthly-counts", _file(form))
            except Invalid as error:
                refused = {k: v for k, v in error.errors.items() if k.startswith("line ")}  # type: ignore[misc]
                raise Invalid(str(error), {"file": [str(error)]} if refused else error.errors)  # noqa: B904
            done = "counted" if reply.status == HTTPStatus.CREATED else "counted-before"
            return flask.redirect(f"{here}/counts?done={done}", HTTPStatus.SEE_OTHER)
    found = call("GET", here).body
    page = flask.render_template(
        "evaluation/counts.html",
        operation=operation,
        here=here,
        form=form,
        files=found["files"],
        refused=refused,
        template=TEMPLATE,
    )
    return page, form.status


@blp.route("/operations/<uuid:operation_id>/evaluation/new", methods=["GET", "POST"])
def plan(operation_id: uuid.UUID) -> Page:
    """Set up a comparison"""
    guard.require("report", operation_id)
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", f"/operations/{operation_id}/comparisons", _sent(form))
            return _back(operation_id, "compared")
    else:
        form = Form.of({"after": _phases(operation_id)})
    return _form(operation_id, None, form)


@blp.route(
    "/operations/<uuid:operation_id>/evaluation/<uuid:comparison_id>", methods=["GET", "POST"]
)
def edit(operation_id: uuid.UUID, comparison_id: uuid.UUID) -> Page:
    """Change what is compared, or withdraw it"""
    found = call("GET", f"/comparisons/{comparison_id}")
    if found.body["operation"] != str(operation_id):
        raise Missing("There is no such comparison.")
    guard.require("report", operation_id)
    form = Form.sent()
    kept = {name: found.body[name] for name in ASKED}
    if flask.request.method == "POST":
        is_withdrawn = flask.request.form.get("act") == "withdraw"
        sent = kept | {"is_withdrawn": True} if is_withdrawn else _sent(form)
        with form.catching():
            call("PUT", f"/comparisons/{comparison_id}", sent, etag=form.value("etag"))
            return _back(operation_id, "withdrawn" if is_withdrawn else "compared")
    else:
        form = Form.of(kept | {"etag": found.etag})
    return _form(operation_id, found.body, form)


def _form(operation_id: uuid.UUID, comparison: Any, form: Form) -> Page:
    here = f"/operations/{operation_id}/evaluation"
    on_offer = call("GET", here).body["on_offer"]
    offered = {
        name: {each[name]: each[name] for each in sorted(on_offer, key=lambda row: row[name])}
        for name in ("source", "area", "category")
    }
    page = flask.render_template(
        "evaluation/form.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        here=here,
        form=form,
        comparison=comparison,
        offered=offered,
        reach={
            source: (
                min(each["first"] for each in on_offer if each["source"] == source),
                max(each["last"] for each in on_offer if each["source"] == source),
            )
            for source in offered["source"]
        },
    )
    return page, form.status


def _sent(form: Form) -> dict[str, Any]:
    return {name: value for name, value in form.payload().items() if name in ASKED}


def _file(form: Form) -> dict[str, Any]:
    """Give the file that was chosen with what was typed of it."""
    chosen = flask.request.files.get("file")
    if chosen is None or not chosen.filename:
        raise Invalid("Choose a file.", {"file": ["Choose a file."]})
    try:
        content = chosen.read().decode()
    except UnicodeDecodeError as error:
        said = "This file is not UTF-8 text; save it as CSV, UTF-8."
        raise Invalid(said, {"file": [said]}) from error
    named = {"file_name": chosen.filename[:200], "content": content}
    if not content:
        raise Invalid("This file is empty.", {"file": ["This file is empty."]})
    names = ("source", "publisher", "obtained_on")
    said_of_it = {k: v for k, v in form.payload().items() if k in names}
    return said_of_it | named | {"good_rows": bool(form.chosen("good_rows[]"))}


def _said(operation_id: uuid.UUID, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a survey or a partner said as a reported figure of this operation."""
    own = {name: sent[name] for name in SAID if name in sent}
    if "label" not in own:
        raise Invalid("Say what was asked.", {"label": ["Say what was asked."]})
    if sent.get(SIDE) not in {"before", "after"}:
        raise Invalid("Choose a side.", {SIDE: ["Choose before or after."]})
    measure = "_".join(own["label"].lower().split())
    facets = {SIDE: sent[SIDE]}
    return own | {"measure": measure, "operation": str(operation_id), "facets": facets}


def _phases(operation_id: uuid.UUID) -> list[dict[str, str]]:
    """Offer the operation's phases, by the months that they have whole."""
    offered = []
    this_month = dt.datetime.now(wording.LONDON).date().replace(day=1)
    for phase in call("GET", f"/operations/{operation_id}/phases").body:
        first = wording.local(phase["starts_at"]).date()
        start = first if first.day == 1 else _next(first)
        end = wording.local(phase["ends_at"]).date() if phase["ends_at"] else this_month
        last = min(end, this_month).replace(day=1) - dt.timedelta(days=1)
        if start <= last:
            label = PHASES[phase["kind"]]
            offered.append({"label": label, "from": f"{start:%Y-%m}", "to": f"{last:%Y-%m}"})
    return offered


def _next(day: dt.date) -> dt.date:
    return (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def _back(operation_id: uuid.UUID, done: str) -> Page:
    return flask.redirect(
        f"/operations/{operation_id}/evaluation?done={done}", HTTPStatus.SEE_OTHER
    )
