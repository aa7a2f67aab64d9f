"""The pages of results: log one, list them, read one, correct, strike and confirm it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call, more
from ops.forms import Form
from ops.operations.models import Deployment, Operation
from ops.results import confirming, doubles, logging, naming, rules, surroundings
from ops.results.detail_text import headline, lines
from ops.results.disposal_codes import DISPOSALS
from ops.results.doubts import Doubts, answered
from ops.results.history_text import acts
from ops.results.kinds import KINDS
from ops.results.kinds.arrests import REASONS
from ops.results.log_fields import asked, is_first
from ops.results.models import HOW, STATUSES

blp = flask.Blueprint("results_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
Record = Mapping[str, Any]
# What a phone offers, in the order of an ordinary morning; kinds added later follow.
OFTEN = ("warrant", "arrest", "seizure", "line_closure")
KIND_ORDER = (*OFTEN, *(name for name in KINDS if name not in OFTEN))
KIND_LABELS = {name: KINDS[name].label for name in KIND_ORDER}
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
# What a correction may change beside the detail.
COMMON = ("occurred_at", "position", "accuracy_m", "note")


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the labels of the codes that results use."""
    return {
        "KIND_LABELS": KIND_LABELS,
        "LOGGABLE": rules.LOGGABLE,
        "RESULT_STATUSES": STATUSES,
        "HOW": HOW,
        "headline": _headline,
        "take": _take,
    }


@blp.get("/log")
def choose() -> Page:
    """Choose the operation to log for; where there is one, go on"""
    guard.require_anywhere("log")
    query = {"status": "live", "limit": A_PAGE}
    operations = call("GET", "/operations", query=query).body
    if len(operations) == 1:
        return flask.redirect(flask.url_for(".log", operation_id=operations[0]["id"]))
    return flask.render_template("results/choose.html", operations=operations)


@blp.route("/operations/<uuid:operation_id>/log", methods=["GET", "POST"])
def log(operation_id: uuid.UUID) -> Page:
    """Log a result: choose its kind, then say what happened"""
    guard.require("log", operation_id)
    operation = db.find(Operation, operation_id, "operation")
    kind = KINDS.get(flask.request.values.get("kind", ""))
    if kind is None:
        kinds = [KINDS[name] for name in KIND_ORDER]
        return flask.render_template(
            "results/log.html", operation=operation, kind=None, kinds=kinds
        )
    form, doubts = Form.sent(), Doubts()
    if flask.request.method == "POST":
        doubts = answered(form, kind)
        with form.catching():
            if not doubts:
                reply = call("POST", f"/operations/{operation_id}/results", form.payload())
                done = "logged" if reply.status == HTTPStatus.CREATED else "logged-before"
                return to_record(reply.body["id"], done)
    elif "id" not in flask.request.args:
        # The record's id is in the address, so that going back and sending again is a repeat.
        now = wording.typed(dt.datetime.now(dt.UTC))
        names: dict[str, Any] = {"kind": kind.name, "id": db.new_id(), "at": now}
        if "parent" in flask.request.args:
            names["parent"] = flask.request.args["parent"]
        return flask.redirect(f"{flask.request.path}?{urlencode(names)}")
    else:
        form.values |= {
            "id": [flask.request.args["id"]],
            "occurred_at": [flask.request.args.get("at", "")],
            **surroundings.inside(operation_id, flask.request.args.get("parent", "")),
        }
    named = {"parent": form.value("detail.parent")}
    fields = asked(kind, records=naming.choices(kind, operation_id, named))
    query = {"limit": A_PAGE, "from": dt.datetime.now(dt.UTC).isoformat()}
    deployments = call("GET", f"/operations/{operation_id}/deployments", query=query).body
    page = flask.render_template(
        "results/log.html",
        operation=operation,
        kind=kind,
        form=form,
        first=[field for field in fields if is_first(kind, field)],
        rest=[field for field in fields if not is_first(kind, field)],
        deployments={each["id"]: each["name"] for each in deployments},
        supported=_others(operation_id),
        doubts=doubts,
    )
    return page, form.status


@blp.get("/operations/<uuid:operation_id>/results")
def of_operation(operation_id: uuid.UUID) -> Page:
    """List an operation's results, or those behind one of its figures"""
    operation = db.find(Operation, operation_id, "operation")
    return _listed("results/list.html", f"/operations/{operation_id}/results", operation=operation)


@blp.get("/results")
def index() -> Page:
    """List results of many operations, or those behind a figure"""
    return _listed("results/list_all.html", "/results")


@blp.get("/results/<uuid:result_id>")
def show(result_id: uuid.UUID) -> Page:
    """Show a record with its detail, its credit and its history"""
    return shown(result_id, Form())


@blp.post("/results/<uuid:result_id>/strike")
def strike(result_id: uuid.UUID) -> Page:
    """Strike a record; it stays"""
    form = Form.sent()
    with form.catching():
        version = {"version": form.value("version")}
        sent = {"reason": form.value("reason") or None}
        call("POST", f"/results/{result_id}/strike", sent, query=version)
        return to_record(result_id, "struck")
    return shown(result_id, form), form.status


@blp.post("/results/<uuid:result_id>/confirm")
def confirm(result_id: uuid.UUID) -> Page:
    """Confirm a record that was weighed, counted or checked"""
    form = Form.sent()
    with form.catching():
        version = {"version": form.value("version")}
        sent = {name: form.value(name) for name in ("how", "note") if form.value(name)}
        call("POST", f"/results/{result_id}/confirm", sent, query=version)
        return to_record(result_id, "confirmed")
    return shown(result_id, form), form.status


@blp.route("/results/<uuid:result_id>/correct", methods=["GET", "POST"])
def correct(result_id: uuid.UUID) -> Page:
    """Correct a record; what it was stays in its history"""
    reply = call("GET", f"/results/{result_id}")
    record = reply.body
    kind = KINDS[record["kind"]]
    guard.require("log", uuid.UUID(record["operation"]))
    form, doubts = Form.sent(), Doubts()
    if flask.request.method == "POST":
        doubts = answered(form, kind, record)
        with form.catching():
            if not doubts:
                etag = form.value("etag")
                sent = {k: v for k, v in form.payload(blanks=True).items() if k != "etag"}
                call("PATCH", f"/results/{result_id}", sent, etag=etag)
                return to_record(result_id, "corrected")
    else:
        said = {name: record[name] for name in COMMON}
        form = Form.of({**said, "detail": record["detail"], "etag": reply.etag})
    kind = KINDS[record["kind"]]
    offered = naming.choices(kind, record["operation"], record["detail"])
    page = flask.render_template(
        "results/correct.html",
        record=record,
        operation=db.find(Operation, record["operation"], "operation"),
        kind=kind,
        fields=asked(kind, correcting=True, records=offered),
        form=form,
        doubts=doubts,
        photos=_photos(result_id),
    )
    return page, form.status


def _listed(template: str, path: str, **context: Any) -> Page:
    """List records by the filters of this address."""
    wanted = {
        name: texts
        for name, texts in flask.request.args.to_dict(flat=False).items()
        # An empty `key` is a group too: of the records that say nothing of it.
        if name == "key" or texts != [""]
    }
    form = Form(wanted | _days(wanted))
    records: list[Record] = []
    measure = address = None
    with form.catching():
        # Who asks for the struck ones wants to see them; else they stay out of the way.
        struck = {"struck": "true"} if "struck" in wanted.get("status", []) else {}
        reply = call("GET", path, query={"limit": A_PAGE, **wanted, **struck})
        records, address = reply.body, more(reply)
        if "measure" in wanted:
            found = call("GET", "/measures", query={"code": form.value("measure")}).body
            measure = {"label": found[-1]["label"], "period": _period(form)}
    page = flask.render_template(
        template,
        form=form,
        results=records,
        measure=measure,
        more=address,
        filtered=bool(wanted),
        **context,
    )
    return page, form.status


def shown(result_id: uuid.UUID, form: Form) -> str:
    """Render the page of a record, with what was typed into one of its forms."""
    reply = call("GET", f"/results/{result_id}")
    record = reply.body
    kind = KINDS[record["kind"]]
    is_seizure = kind.name == surroundings.SEIZURE
    changes = call("GET", f"/results/{result_id}/history", query={"limit": 500}).body
    deployment = record["deployment"] and db.session.get(Deployment, record["deployment"])
    return flask.render_template(
        "results/record.html",
        record=record,
        kind=kind,
        form=form,
        operation=db.find(Operation, record["operation"], "operation"),
        supported=[db.find(Operation, each, "operation") for each in record["credits"]],
        deployment=deployment and deployment.name,
        detail=lines(kind, record["detail"]),
        named=naming.links(kind, record),
        followers=naming.followers(kind, record),
        contents=surroundings.contents(record) if is_seizure else [],
        custody=call("GET", f"/results/{result_id}/custody").body if is_seizure else None,
        disposals=DISPOSALS,
        offences=REASONS,
        etag=reply.etag,
        where=_where(record),
        compared=doubles.compared(result_id) if record["remarks"] else {},
        confirmations=call("GET", f"/results/{result_id}/confirmations").body,
        missing=confirming.missing(kind, logging.typed(kind, record)),
        history=acts(kind, record, changes),
        photos=_photos(result_id),
    )


def _photos(result_id: uuid.UUID) -> Any:
    return call("GET", "/attachments", query={"result": str(result_id)}).body


def to_record(result_id: uuid.UUID | str, done: str) -> Page:
    """Lead back to the page of a record, and say what was done."""
    there = flask.url_for("results_pages.show", result_id=result_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)


def _headline(record: Record) -> str:
    return headline(KINDS[record["kind"]], record["detail"])


def _take(here: str) -> str:
    """Lead from a list to the page on which it is taken away as a file."""
    sent = flask.request.args.to_dict(flat=False)
    names = {n: texts for n, texts in sent.items() if n not in {"cursor", "limit", "done"}}
    if here.startswith("/operations/"):
        names = {**names, "operation": [here.split("/")[2]]}
    return f"/results/take?{urlencode(names, doseq=True)}"


def _others(operation_id: uuid.UUID) -> dict[str, str]:
    """Give the live operations that a result could be credited to beside its own."""
    found = call("GET", "/operations", query={"status": "live", "limit": A_PAGE}).body
    return {each["id"]: each["name"] for each in found if each["id"] != str(operation_id)}


def _where(record: Record) -> str:
    """Say where something happened, and how that lies to the operation's areas."""
    if record["position"] is None:
        return ""
    lon, lat = record["position"]["coordinates"]
    accuracy = record["accuracy_m"]
    within = f", to within {wording.number(accuracy)} metres" if accuracy else ""
    names = ", ".join(each["name"] for each in record["areas"])
    relation = {
        "inside": f"Inside {names}.",
        "uncertain": f"Near the edge of {names}: the fix can't tell inside from outside.",
        "outside": "Outside the operation's areas; it counts all the same.",
    }
    return f"{lat}, {lon}{within}. {relation[record['relation']]}"


def _days(wanted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Show the edges of a period as the days that a date field takes."""
    days = {}
    for name, before in (("from", dt.timedelta(0)), ("to", dt.timedelta(microseconds=1))):
        if (text := next(iter(wanted.get(name, [])), "")) and "T" in text:
            try:
                days[name] = [(wording.local(text) - before).date().isoformat()]
            except ValueError:
                days[name] = [text]
    return days


def _period(form: Form) -> str:
    """Say of where and when a figure is."""
    edges = (("from", form.value("from")), ("to", form.value("to")))
    period = " ".join(f"{word} {wording.day(on)}" for word, on in edges if on)
    as_at = form.value("as_at") and _by_then(form.value("as_at"), is_late=bool(form.value("late")))
    where = "in the marked area" if form.value("within") else ""
    return ", ".join(filter(None, (where, period, as_at)))


def _by_then(as_at: str, *, is_late: bool) -> str:
    """Say from which moment a figure looks back."""
    try:
        moment = wording.moment(as_at) if "T" in as_at else wording.day(as_at)
    except ValueError:
        return ""  # The list itself says what is wrong with it.
    return f"as it had happened by {moment}" if is_late else f"as known on {moment}"
