"""The pages of outcomes: what operations add up to, targets, and what others reported."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask

from ops import db, wording
from ops.access import people
from ops.calls import call, more
from ops.forms import Form
from ops.operations.models import KINDS, THEMES, Operation
from ops.outcomes import target_text
from ops.outcomes.figure_text import card, figure, groups
from ops.outcomes.years import known_years
from ops.results.grouping import FINE, groupings
from ops.results.kinds.base import FOUR_PS

blp = flask.Blueprint("outcomes_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
PERIOD = ("from", "to", "as_at", "late", "by")
FILTERS = (*PERIOD, "organisation", "kind", "theme", "four_p")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
_CORRECTED = ("measure", "starts_on", "ends_on", "value", "reason")


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the words that outcomes use."""
    return {"FOUR_PS": FOUR_PS, "figure": figure}


@blp.get("/operations/<uuid:operation_id>/outcomes")
def of_operation(operation_id: uuid.UUID) -> Page:
    """Show what an operation adds up to"""
    operation = db.find(Operation, operation_id, "operation")
    here = f"/operations/{operation_id}/outcomes"
    return _summary("outcomes/summary.html", here, PERIOD, operation=operation)


@blp.get("/outcomes")
def index() -> Page:
    """Show what many operations add up to, each result counted once"""
    context = {
        "organisations": people.organisation_names(),
        "operation_kinds": KINDS,
        "themes": THEMES,
        "years": _years(),
        "lines": _framework(),
    }
    return _summary("outcomes/index.html", "/outcomes", FILTERS, **context)


@blp.route("/targets", methods=["GET", "POST"])
def targets() -> Page:
    """List targets, and set one"""
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", "/targets", form.payload())
            there = flask.url_for(".targets", done="target-added")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    reply = call("GET", "/targets", query=_page())
    measures = _measures()
    page = flask.render_template(
        "outcomes/targets.html",
        form=form,
        targets=reply.body,
        more=more(reply),
        measures={each["code"]: each["label"] for each in measures},
        units={each["code"]: each["unit"] for each in measures},
        organisations=people.organisation_names(),
        years=_years(),
    )
    return page, form.status


@blp.route("/targets/<uuid:target_id>", methods=["GET", "POST"])
def target(target_id: uuid.UUID) -> Page:
    """Show a target with its history, and put it right"""
    reply = call("GET", f"/targets/{target_id}")
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = {k: v for k, v in form.payload().items() if k in _CORRECTED}
            call("PATCH", f"/targets/{target_id}", sent, etag=form.value("etag"))
            there = flask.url_for(".target", target_id=target_id, done="target-corrected")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    else:
        kept = {name: reply.body[name] for name in _CORRECTED if name != "reason"}
        form = Form.of(kept | {"etag": reply.etag})
    measures = _measures()
    page = flask.render_template(
        "outcomes/target.html",
        form=form,
        target=reply.body,
        measures={each["code"]: each["label"] for each in measures},
        units={each["code"]: each["unit"] for each in measures},
        organisations=people.organisation_names(),
        history=target_text.history(target_id),
    )
    return page, form.status


@blp.get("/reported-figures")
def reported() -> Page:
    """List what others reported, as they reported it"""
    names = ("measure", "organisation", "set", "from", "to")
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in names})
    wanted = {name: form.value(name) for name in names if form.value(name)}
    figures: list[Any] = []
    address = None
    with form.catching():
        reply = call("GET", "/reported-figures", query=wanted | _page())
        figures, address = reply.body, more(reply)
    page = flask.render_template(
        "outcomes/reported.html",
        form=form,
        figures=figures,
        more=address,
        filtered=bool(wanted),
        sets={each["code"]: each["title"] for each in _sets()},
    )
    return page, form.status


@blp.get("/published-sets/<code>")
def published(code: str) -> Page:
    """Show a published set, and whether its arithmetic holds"""
    found = call("GET", f"/published-sets/{code}").body
    return flask.render_template("outcomes/published.html", found=found)


def _summary(template: str, path: str, names: tuple[str, ...], **context: Any) -> Page:
    """Show figures by the filters of this address."""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in names})
    wanted = {name: form.value(name) for name in names if form.value(name)}
    summary: Mapping[str, Any] = {"measures": [], "by": None, "as_at": None}
    with form.catching():
        summary = call("GET", path, query=wanted).body
    measures = summary["measures"]
    parted = [
        {"label": each["label"], "parts": groups(each, summary["by"])}
        for each in measures
        if each.get("groups")
    ]
    page = flask.render_template(
        template,
        form=form,
        summary=summary,
        cards=[card(each) for each in measures],
        parted=parted,
        by=groupings(FINE),
        filtered=bool(wanted),
        **context,
    )
    return page, form.status


def _framework() -> list[Any] | None:
    """Give the strategy's lines, where figures of all kinds of operation are asked for."""
    asked = flask.request.args
    if any(asked.get(name) for name in ("kind", "theme", "four_p")):
        return None
    form = Form()
    with form.catching():
        query = {name: asked.get(name) or None for name in ("organisation", "from", "to")}
        lines: list[Any] = call("GET", "/framework", query=query).body["lines"]
        return lines
    return None


def _page() -> dict[str, Any]:
    return {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}


def _measures() -> list[Any]:
    measures: list[Any] = call("GET", "/measures", query={"limit": 500}).body
    return measures


def _sets() -> list[Any]:
    sets: list[Any] = call("GET", "/published-sets", query={"limit": 500}).body
    return sets


def _years() -> dict[str, tuple[str, str]]:
    """Give the financial years with their first and last day, this one first."""
    return {
        year: (f"{year[:4]}-04-01", f"{int(year[:4]) + 1}-03-31")
        for year in known_years(wording.today())
    }
