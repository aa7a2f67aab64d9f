"""The pages of measures: what is counted, in words, and the composer of a definition."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import flask

from ops import wording
from ops.access import people
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form
from ops.outcomes import composing
from ops.outcomes.figure_text import card, groups
from ops.outcomes.measure_rules import PERIODS, TIMES, WAYS
from ops.outcomes.measure_views import may_define, require_define
from ops.results.definitions import COUNTS_WHEN
from ops.results.grouping import FINE, groupings
from ops.results.kinds import KINDS
from ops.results.kinds.base import FOUR_PS

blp = flask.Blueprint("measure_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
Measure = Mapping[str, Any]
# More than a person will scroll through; the API has the rest.
MOST_OPERATIONS = 200


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give templates the words that measures use."""
    return {"unit_name": _unit_name, "in_force": _in_force}


@blp.get("/measures")
def index() -> Page:
    """List what is measured, and what each measure counts"""
    measures = [known[0] for known in _versions().values()]
    return flask.render_template(
        "outcomes/measures.html",
        measures=[each for each in measures if _holds(each)],
        withdrawn=[each for each in measures if not _holds(each)],
        may_define=may_define(),
        FOUR_PS=FOUR_PS,
    )


@blp.route("/measures/new", methods=["GET", "POST"])
def new() -> Page:
    """Compose a measure, step by step"""
    require_define()
    way = flask.request.args.get("way", "")
    if way not in KINDS and way not in WAYS[1:]:
        kinds = {name: kind.label for name, kind in KINDS.items()}
        return flask.render_template("outcomes/measure_way.html", kinds=kinds)
    form = Form.sent() if flask.request.method == "POST" else composing.blank()
    if _act() == "save":
        with form.catching():
            made = call("POST", "/measures", composing.measure(form, way)).body
            return _saved(made["code"], "measure-saved")
    return _composer("outcomes/measure_new.html", form, way), form.status


@blp.route("/measures/<code>", methods=["GET", "POST"])
def show(code: str) -> Page:
    """Show what a measure counts and counted before, and change it"""
    known = _versions(code).get(code)
    if known is None:
        raise Missing("There is no such measure.")
    newest = known[0]
    way = composing.way_of(newest["definition"])
    form = Form.sent() if flask.request.method == "POST" else composing.filled(newest)
    if flask.request.method == "POST":
        require_define()
        sent = composing.measure(form, way, newest)
        acts = {
            "save": ("/measures", sent, "measure-saved"),
            "withdraw": (f"/measures/{code}/withdraw", _reason(form), "measure-withdrawn"),
            "restore": (f"/measures/{code}/restore", _reason(form), "measure-restored"),
        }
        if _act() in acts:
            path, body, done = acts[_act()]
            with form.catching():
                call("POST", path, body)
                return _saved(code, done)
            _named_as_typed(form)
    page = _composer(
        "outcomes/measure.html",
        form,
        way,
        measure=newest,
        versions=known,
        holds=_holds(newest),
        changing=_act() in {"save", "preview"} or bool(flask.request.args.get("change")),
        ending=_act() in {"withdraw", "restore"},
        may_define=may_define(),
    )
    return page, form.status


def _composer(template: str, form: Form, way: str, **context: Any) -> str:
    """Show the composer with what was typed, and the figure where it was asked for."""
    tried = None
    if _act() == "preview":
        with form.catching():
            sent = composing.trial(form, way, context.get("measure"))
            tried = call("POST", "/measures/preview", sent).body
    labels = {code: known[0]["label"] for code, known in _versions().items() if _holds(known[0])}
    operations = call("GET", "/operations", query={"limit": MOST_OPERATIONS}).body
    kind = KINDS.get(way)
    return flask.render_template(
        template,
        form=form,
        way=way,
        kind=kind,
        aggregates=composing.aggregates(kind) if kind else {},
        labels=labels,
        parts=_parts(way, context.get("measure")),
        leaves_out=any(
            name.startswith("leave.") and any(form.chosen(name)) for name in form.values
        ),
        operations={each["id"]: each["name"] for each in operations},
        organisations=people.organisation_names(),
        by=groupings(FINE),
        COUNTS_WHEN=COUNTS_WHEN,
        PERIODS={composing.ANY: "Whatever is asked for", **PERIODS},
        TIMES={str(number): label for number, label in TIMES.items()},
        FOUR_PS=FOUR_PS,
        tried=tried,
        card=tried and card(tried["figure"]),
        groups=tried and groups(tried["figure"], form.value("by")),
        **context,
    )


def _versions(code: str | None = None) -> dict[str, list[Measure]]:
    """Give the versions of each measure, the newest first."""
    found: dict[str, list[Measure]] = {}
    query = {"limit": 500, "code": code}
    while True:
        reply = call("GET", "/measures", query=query)
        for each in reply.body:
            found.setdefault(each["code"], []).insert(0, each)
        if reply.cursor is None:
            return {each: _in_force_first(known) for each, known in found.items()}
        query["cursor"] = reply.cursor


def _in_force_first(known: Sequence[Measure]) -> list[Measure]:
    return sorted(known, key=lambda each: (not _holds(each), -each["version"]))


def _holds(measure: Measure) -> bool:
    """Tell whether a version holds today."""
    today = wording.today().isoformat()
    return (measure["valid_from"] or "") <= today <= (measure["valid_to"] or "9999")


def _parts(way: str, measure: Measure | None) -> dict[str, str]:
    """Offer the measures that count the same kind."""
    return {
        code: known[0]["label"]
        for code, known in _versions().items()
        if _holds(known[0])
        and known[0]["definition"].get("kind") == way
        and code != (measure or {}).get("code")
    }


def _named_as_typed(form: Form) -> None:
    """Put what is wrong with the reason to end a measure beside its own field."""
    if _act() != "save" and "reason" in form.errors:
        form.errors["end_reason"] = form.errors.pop("reason")


def _reason(form: Form) -> dict[str, str]:
    return {"reason": form.value("end_reason")} if form.value("end_reason") else {}


def _unit_name(unit: str) -> str:
    names = {"count": "A number", "GBP": "Pounds", "g": "Grams", "percent": "Per cent"}
    return names.get(unit, wording.words(unit))


def _in_force(measure: Measure) -> str:
    """Say on which days a version holds."""
    first, last = measure["valid_from"], measure["valid_to"]
    if first and last and last < first:
        return "Never in force"
    until = f"until {wording.short_day(last)}" if last else ""
    if first is None:
        return until.capitalize() or "From the start"
    return f"From {wording.short_day(first)} {until}".strip()


def _act() -> str:
    return flask.request.form.get("act", "")


def _saved(code: str, done: str) -> Page:
    there = flask.url_for("measure_pages.show", code=code, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
