"""The pages of panel reports: the list, writing one, its cases, reading and issuing it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call, more
from ops.forms import Form, sent_id
from ops.ledger.consultation import saw
from ops.operations.models import MARKINGS, THEMES, VISIBILITIES
from ops.reports import file_views, pictures, queries, stored
from ops.reports.models import AGAINST, STATES
from ops.reports.schemas import DEFAULT_CHART, DEFAULT_MAP

blp = flask.Blueprint("report_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
A_PAGE = 50
ONE = "/reports/<uuid:report_id>"
# What a blank field takes away, and what is sent as it stands.
_CLEARED = ("summary", "changes")
_SENT = ("title", "starts_on", "ends_on", "against", "chart_measure", "map_measure", "marking")


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give templates the words of reports."""
    return {"REPORT_STATES": STATES, "REPORT_AGAINST": AGAINST}


@blp.get("/reports")
def index() -> Page:
    """List panel reports"""
    form = Form({"state": [flask.request.args.get("state", "").strip()]})
    reports: list[Any] = []
    address = None
    with form.catching():
        query = {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/reports", query=query | {"state": form.value("state") or None})
        reports, address = reply.body, more(reply)
    page = flask.render_template("reports/list.html", form=form, reports=reports, more=address)
    return page, form.status


@blp.route("/reports/new", methods=["GET", "POST"])
def new() -> Page:
    """Begin a report: first its days, then the operations of those days"""
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            made = call("POST", "/reports", _sent(form)).body
            return _to(made["id"], "report-begun")
        return _form(form, None)
    guard.require_anywhere("report")
    days = {name: flask.request.args.get(name, "").strip() for name in ("starts_on", "ends_on")}
    form = Form.of(days)
    if not all(map(_day, days.values())):
        for name, typed in days.items():
            if typed and not _day(typed):
                form.refuse(
                    HTTPStatus.UNPROCESSABLE_ENTITY, {name: "Enter a day, such as 10/10/2023."}
                )
        return flask.render_template("reports/days.html", form=form), form.status
    chosen = [str(each.id) for each in _choices(form) if each.visibility == "open"]
    form = Form.of(
        {
            **days,
            "against": "before",
            "of_organisation": "true",
            "chart_measure": DEFAULT_CHART,
            "map_measure": DEFAULT_MAP,
            "operations": chosen,
        }
    )
    return _form(form, None)


@blp.get(ONE)
def show(report_id: uuid.UUID) -> Page:
    """Show a report as it reads, and what is left to do"""
    return _shown(report_id, Form())


@blp.post(ONE)
def act(report_id: uuid.UUID) -> Page:
    """Issue a report, withdraw it, begin its next issue, or move a case note up"""
    form = Form.sent()
    here = f"/reports/{report_id}"
    etag = form.value("etag")
    with form.catching():
        match flask.request.form.get("act"):
            case "issue":
                call("POST", f"{here}/issue", etag=etag)
                return _to(report_id, "report-issued")
            case "withdraw":
                reason = {"reason": form.value("reason")} if form.value("reason") else {}
                call("POST", f"{here}/withdraw", reason, etag=etag)
                return _to(report_id, "report-withdrawn")
            case "next":
                made = call("POST", f"{here}/next").body
                return _to(made["id"], "report-followed")
        order = _moved_up(call("GET", here).body["notes"], sent_id(form.value("note")))
        call("POST", f"{here}/notes/order", {"notes": order}, etag=etag)
        return _to(report_id, "report-ordered", "#cases")
    return _shown(report_id, form)


@blp.route(f"{ONE}/edit", methods=["GET", "POST"])
def edit(report_id: uuid.UUID) -> Page:
    """Change what is written of a draft, and of what it tells"""
    reply = call("GET", f"/reports/{report_id}")
    told = reply.body
    guard.require_in_each("report", [uuid.UUID(each) for each in told["operations"]])
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = dict.fromkeys(_CLEARED) | {"operations": []} | _sent(form)
            call("PATCH", f"/reports/{report_id}", sent, etag=form.value("etag"))
            return _to(report_id, "report-written")
    else:
        said = {name: told[name] for name in (*_SENT, *_CLEARED, "of_organisation", "operations")}
        form = Form.of({**said, "etag": reply.etag})
    return _form(form, told)


@blp.route(f"{ONE}/notes/new", methods=["GET", "POST"])
def tell(report_id: uuid.UUID) -> Page:
    """Tell a case in a draft"""
    told = call("GET", f"/reports/{report_id}").body
    guard.require_in_each("report", [uuid.UUID(each) for each in told["operations"]])
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", f"/reports/{report_id}/notes", form.payload())
            return _to(report_id, "case-told", "#cases")
    else:
        form = Form.of({"marking": told["marking"]})
    return _note_form(form, told, None)


@blp.route(f"{ONE}/notes/<uuid:report_note_id>", methods=["GET", "POST"])
def note(report_id: uuid.UUID, report_note_id: uuid.UUID) -> Page:
    """Change a case note, or strike it"""
    told = call("GET", f"/reports/{report_id}").body
    here = f"/reports/{report_id}/notes/{report_note_id}"
    reply = call("GET", here)
    guard.require_in_each("report", [uuid.UUID(each) for each in told["operations"]])
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            if flask.request.form.get("act") == "strike":
                reason = {"reason": form.value("reason")} if form.value("reason") else {}
                call("POST", f"{here}/strike", reason, etag=form.value("etag"))
                return _to(report_id, "case-struck", "#cases")
            names = ("operation", "title", "text", "marking")
            sent = {name: form.value(name) or None for name in names}
            call("PATCH", here, sent, etag=form.value("etag"))
            return _to(report_id, "case-changed", "#cases")
    else:
        names = ("operation", "title", "text", "marking")
        form = Form.of({name: reply.body[name] for name in names} | {"etag": reply.etag})
    return _note_form(form, told, reply.body)


def _shown(report_id: uuid.UUID, form: Form) -> Page:
    told = stored.report(report_id)
    etag = call("GET", f"/reports/{report_id}").etag
    me = guard.actor().id
    page = flask.render_template(
        "reports/report.html",
        here=f"/reports/{report_id}",
        report=told,
        said=stored.in_words(told),
        picture=pictures.address,
        form=form,
        etag=etag,
        first_note=next((each["id"] for each in told["notes"]), None),
        may_report=guard.may_in_each("report", told["operations"]),
        may_issue=guard.may_in_each("approve", told["operations"]),
        is_open=file_views.is_open(told["operations"]),
        is_mine=me in {told["made_by_id"], told["changed_by_id"]},
    )
    return page, form.status


def _form(form: Form, told: Mapping[str, Any] | None) -> Page:
    ends_on = _day(form.value("ends_on"))
    measures = db.session.execute(queries.measures_on(ends_on or wording.today())).all()
    chosen = {uuid.UUID(each) for each in (told or {}).get("operations", ())}
    operations = list(_choices(form))
    known = {each.id for each in operations}
    others = db.session.execute(queries.operations(sorted(chosen - known))).all()
    saw("operation", [*known, *(each.id for each in others)])
    page = flask.render_template(
        "reports/write.html",
        form=form,
        report=told,
        operations={str(each.id): _named(each) for each in (*operations, *others)},
        against=AGAINST,
        measures={each.code: each.label for each in measures},
        counts={each.code: each.label for each in measures if each.unit == "count"},
        markings={each: each for each in MARKINGS},
        back=f"/reports/{told['id']}" if told else "/reports",
    )
    return page, form.status


def _note_form(form: Form, told: Mapping[str, Any], found: Mapping[str, Any] | None) -> Page:
    ids = [uuid.UUID(each) for each in told["operations"]]
    operations = db.session.execute(queries.operations(ids)).all()
    page = flask.render_template(
        "reports/note.html",
        form=form,
        report=told,
        note=found,
        operations={str(each.id): each.name for each in operations},
        markings={each: each for each in MARKINGS},
        back=f"/reports/{told['id']}#cases",
    )
    return page, form.status


def _choices(form: Form) -> Any:
    days = [_day(form.value(name)) for name in ("starts_on", "ends_on")]
    return db.session.execute(queries.choices(*days)).all()


def _named(operation: Any) -> str:
    """Name an operation with its theme, and who sees it where not everybody does."""
    theme = THEMES.get(operation.theme, "No theme")
    seen = (
        "" if operation.visibility == "open" else f", {VISIBILITIES[operation.visibility].lower()}"
    )
    return f"{operation.name} ({theme}{seen})"


def _sent(form: Form) -> dict[str, Any]:
    """Give what was typed as the API takes it."""
    sent = {name: value for name, value in form.payload().items() if name != "etag"}
    sent["of_organisation"] = form.value("of_organisation") == "true"
    return sent


def _moved_up(notes: list[Mapping[str, Any]], wanted: uuid.UUID) -> list[str]:
    order = [each["id"] for each in notes]
    place = order.index(str(wanted)) if str(wanted) in order else 0
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
    return order


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _to(report_id: Any, done: str, part: str = "") -> Page:
    return flask.redirect(f"/reports/{report_id}?done={done}{part}", HTTPStatus.SEE_OTHER)
