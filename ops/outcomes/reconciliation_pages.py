"""The page of reconciling: reported beside recorded, and why they differ."""

import decimal
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import flask

from ops import wording
from ops.access import guard, people
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form
from ops.operations.models import KINDS as OPERATION_KINDS
from ops.operations.models import THEMES
from ops.outcomes.figure_text import page as page_of
from ops.outcomes.reconciliation_models import REASONS
from ops.outcomes.reconciliation_rules import STATUSES
from ops.results.kinds import KINDS

blp = flask.Blueprint("reconciliation_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("operation", "organisation", "set", "from", "to")
# As many as a list to choose from can hold.
MOST = 500
TAGS = {
    "open": "govuk-tag--red",
    "explained": "govuk-tag--blue",
    "late": "govuk-tag--yellow",
    "agrees": "govuk-tag--green",
    "uncompared": "govuk-tag--grey",
}


@blp.get("/reconciliation")
def index() -> Page:
    """Show what others reported beside what is recorded"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    found: Mapping[str, Any] = {"figures": [], "contradictions": [], "counts": {}, "tolerance": 0}
    with form.catching():
        found = call("GET", "/reconciliation", query=wanted).body
    cards = {each["figure"]["id"]: _card(each) for each in found["figures"]}
    page = flask.render_template(
        "outcomes/reconciliation.html",
        form=form,
        filtered=bool(wanted),
        found=found,
        figures=list(cards.values()),
        contradictions=[
            {**each, "figures": [cards[figure_id] for figure_id in each["figures"]]}
            for each in found["contradictions"]
        ],
        operations=_operations(),
        organisations=people.organisation_names(),
        sets={each["code"]: each["title"] for each in _all("/published-sets")},
        STATUSES=STATUSES,
        TAGS=TAGS,
    )
    return page, form.status


@blp.route("/reconciliation/<uuid:figure_id>", methods=["GET", "POST"])
def figure(figure_id: uuid.UUID) -> Page:
    """Show one figure beside what is recorded, and take what somebody says of it"""
    found = call("GET", "/reconciliation", query={"figure": str(figure_id)}).body["figures"]
    if not found:
        raise Missing("There is no such figure.")
    [item] = found
    guard.require("report", item["whose"]["operation"] and uuid.UUID(item["whose"]["operation"]))
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            done = _do(flask.request.form.get("act", ""), item, form)
            there = flask.url_for(".figure", figure_id=figure_id, done=done)
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    measures = _all("/measures")
    chosen = flask.request.args.get("measure", "")
    kinds = {each["code"]: each["definition"].get("kind") for each in measures}
    page = flask.render_template(
        "outcomes/reconciled.html",
        form=form,
        each=_card(item),
        operations=_operations(),
        organisations=people.organisation_names(),
        measures={each["code"]: each["label"] for each in measures if kinds[each["code"]]},
        chosen=chosen if kinds.get(chosen) else "",
        facets=_facets(kinds.get(chosen)),
        REASONS=REASONS,
        STATUSES=STATUSES,
        TAGS=TAGS,
    )
    return page, form.status


def _do(act: str, item: Mapping[str, Any], form: Form) -> str:
    """Do what a button of the page is for; say what was done."""
    sent = form.payload()
    told = item["figure"]
    if act == "scope":
        whose: dict[str, Any] = {
            name: sent[name] for name in ("operation", "organisation") if name in sent
        }
        call("PUT", f"/published-sets/{quote(told['set'] or '', safe='')}/scope", whose)
        return "scoped"
    if act in {"map", "none"}:
        where = {name: codes for name, codes in sent.get("where", {}).items() if codes}
        mapping = {
            "measure": told["measure"],
            "facets": told["facets"],
            "operation": item["whose"]["operation"],
            "note": sent.get("note"),
        }
        if act == "map":
            mapping |= {"code": sent.get("measure"), "where": where}
        call("POST", "/figure-mappings", mapping)
        return "mapped"
    reason: dict[str, Any] = {name: sent[name] for name in ("code", "note") if name in sent}
    call("POST", f"/reported-figures/{told['id']}/reasons", reason)
    return "explained"


def _facets(kind: str | None) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Give what a kind's records can be narrowed by, with the labels of its codes."""
    of_operations = {
        "operation_kind": ("Kind of operation", OPERATION_KINDS),
        "theme": ("Theme of the operation", THEMES),
    }
    if kind is None:
        return {}
    facets = {
        name: (facet.label, facet.codes)
        for name, facet in KINDS[kind].facets.items()
        if facet.codes
    }
    return facets | of_operations


def _card(item: Mapping[str, Any]) -> dict[str, Any]:
    """Write one figure: what was reported, what is recorded, and by how much they differ."""
    figure, measure, recorded = item["figure"], item["measure"], item["recorded"]
    unit = measure["unit"] if measure else figure["unit"]
    source = figure["source"]
    difference = item["difference"]
    now = item["recorded_now"]
    return {
        **item,
        "id": figure["id"],
        "name": figure["label"] or wording.words(figure["measure"]),
        "reported_text": wording.quantity(figure["value"], figure["unit"], figure["qualifier"]),
        "source_href": source if source.startswith(("https://", "http://")) else None,
        "recorded_text": recorded and _amount(recorded, unit),
        "recorded_href": recorded and page_of(recorded["records"]),
        "now_text": now and _amount(now, unit),
        "now_href": now and page_of(now["records"]),
        "difference_text": difference and _signed(difference, unit),
        "whose_text": _whose(item["whose"]),
        "parts": [
            f"{wording.words(name)}: {wording.words(str(value))}"
            for name, value in figure["facets"].items()
        ],
    }


def _amount(recorded: Mapping[str, Any], unit: str) -> str:
    said = wording.quantity(recorded["value"], unit, recorded["qualifier"])
    if decimal.Decimal(recorded["provisional"]):
        return f"{said}, and {wording.quantity(recorded['provisional'], unit)} provisional"
    return said


def _signed(difference: str, unit: str) -> str:
    exact = decimal.Decimal(difference)
    sign = "+" if exact > 0 else "−" if exact < 0 else ""
    return f"{sign}{wording.quantity(abs(exact), unit)}"


def _whose(whose: Mapping[str, Any]) -> str:
    kinds = [OPERATION_KINDS[each] for each in whose["operation_kind"] or ()]
    themes = [THEMES[each] for each in whose["theme"] or ()]
    return ", ".join(filter(None, [whose["name"] or whose["organisation"], *kinds, *themes]))


def _operations() -> dict[str, str]:
    return {each["id"]: each["name"] for each in _all("/operations")}


def _all(path: str) -> list[Any]:
    found: list[Any] = call("GET", path, query={"limit": MOST}).body
    return found
