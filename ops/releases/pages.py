"""The pages of snapshots: the list, freezing one, reading one, and what has changed since."""

import decimal
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import flask
import orjson

from ops import db, wording
from ops.access import guard
from ops.calls import call, more
from ops.errors import Missing
from ops.forms import Form
from ops.operations.models import KINDS, THEMES, Operation
from ops.releases import freezing, queries, stored
from ops.releases.changes import MEMBERS, REASONS
from ops.releases.models import NARROWED, STATES
from ops.releases.pack import NOT_SHOWN, group_name, share
from ops.results.grouping import ERASED, groupings
from ops.results.kinds import KINDS as RESULT_KINDS
from ops.results.kinds.base import FOUR_PS

blp = flask.Blueprint("snapshot_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
ASKED = ("operation", "organisation", "kind", "theme", "four_p", "from", "to", "by")
A_PAGE = 50


@blp.app_context_processor
def _words() -> dict[str, Any]:
    """Give templates the words of releases."""
    return {"RELEASE_STATES": STATES, "RELEASES_NARROWED": NARROWED}


@blp.get("/snapshots")
def index() -> Page:
    """List what is frozen, and what is written of it"""
    query = {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
    if "operation" in flask.request.args:
        query["operation"] = flask.request.args["operation"]
    reply = call("GET", "/snapshots", query=query)
    return flask.render_template(
        "releases/snapshots.html",
        snapshots=[_described(each) for each in reply.body],
        more=more(reply),
        releases=call("GET", "/releases", query={"limit": A_PAGE}).body,
    )


@blp.route("/snapshots/new", methods=["GET", "POST"])
def new() -> Page:
    """Freeze a summary"""
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            sent = form.payload()
            if "operation" in sent:
                sent["operation"] = [sent["operation"]]
            made = call("POST", "/snapshots", sent).body
            there = f"/snapshots/{made['id']}?done=frozen"
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    else:
        form = Form({name: [flask.request.args.get(name, "").strip()] for name in ASKED})
    subject = _operation(form.value("operation"))
    guard.require("report", subject.id if subject else None)
    page = flask.render_template(
        "releases/freeze.html",
        form=form,
        operation=subject,
        by=groupings(ERASED),
        about=_filters({name: form.value(name) for name in ASKED}),
        back=f"/operations/{subject.id}/outcomes" if subject else "/outcomes",
    )
    return page, form.status


@blp.get("/snapshots/<uuid:snapshot_id>")
def show(snapshot_id: uuid.UUID) -> Page:
    """Show what is frozen: figures, definitions, and the way to the records behind each"""
    found, frozen = _stored(snapshot_id)
    here = f"/snapshots/{snapshot_id}"
    paths = [(path, each, whole) for path, each, whole in freezing.figures(frozen)]
    labels = {each["code"]: each["label"] for each in frozen["measures"]}
    rows = [
        _row(here, path, {**each, "label": _label(path, each, labels)}, each)
        for path, each, whole in paths
        if whole is None and path.rpartition("/")[2] not in MEMBERS
    ]
    parts: dict[str, Any] = {}
    for path, each, whole in paths:
        if whole is not None:
            label = group_name(each, frozen["by"])
            if frozen["by"] in freezing.NAMED_ELSEWHERE:
                label = _names(frozen).get(each["key"] or "", label)
            row = _row(here, path, {**each, "label": label}, whole)
            parts.setdefault(whole["label"], []).append(row)
    said = {row["query"]["figure"].partition("/")[0] for row in rows if row["says_something"]}
    return flask.render_template(
        "releases/snapshot.html",
        here=here,
        snapshot=found,
        may_report=guard.may_in_each("report", found.operations),
        frozen=frozen,
        name=_name(found.title, found.taken_at),
        operation=_operation(found.subject_id),
        about=_filters(frozen["filters"]),
        figures=[row for row in rows if row["says_something"]],
        silent=[row for row in rows if not row["says_something"]],
        parts_of=parts,
        definitions=[each for each in frozen["definitions"] if each["code"] in said],
        by=groupings().get(frozen["by"]),
        releases=call("GET", "/releases", query={"snapshot": str(snapshot_id)}).body,
    )


@blp.get("/snapshots/<uuid:snapshot_id>/records")
def records(snapshot_id: uuid.UUID) -> Page:
    """List the records that were behind a figure, as they were counted"""
    found, frozen = _stored(snapshot_id)
    wanted = flask.request.args.get("figure", "")
    is_provisional = "provisional" in flask.request.args
    figures = {path: (each, whole) for path, each, whole in freezing.figures(frozen)}
    if wanted not in figures:
        raise Missing("There is no such figure in this snapshot.")
    figure, whole = figures[wanted]
    places = figure["provisional_records" if is_provisional else "records"]
    start = max(0, flask.request.args.get("start", 0, type=int))
    shown = [frozen["records"][place] for place in places[start : start + A_PAGE]]
    ids = [uuid.UUID(each) for each, *_ in shown]
    now = {row.id: row for row in db.session.execute(queries.records(ids))}
    measure = whole or figure
    label = measure["label"] if whole is None else f"{measure['label']}: {figure['label'] or ''}"
    return flask.render_template(
        "releases/records.html",
        here=f"/snapshots/{snapshot_id}",
        name=_name(found.title, found.taken_at),
        operation=_operation(found.subject_id),
        label=label.removesuffix(": "),
        provisional=is_provisional,
        count=len(places),
        records=[_record(each, now.get(uuid.UUID(each[0]))) for each in shown],
        more=_next(start, len(places)),
    )


@blp.get("/snapshots/<uuid:snapshot_id>/changes")
def changes(snapshot_id: uuid.UUID) -> Page:
    """Show what has changed since a snapshot was taken"""
    found, _ = _stored(snapshot_id)
    path = f"/snapshots/{snapshot_id}/changes"
    wanted = {
        "measure": flask.request.args.get("measure") or None,
        "limit": A_PAGE,
        "cursor": flask.request.args.get("cursor"),
    }
    said = call("GET", path).body
    reply = call("GET", f"{path}/records", query=wanted)
    labels = {each["code"]: each["label"] for each in said["figures"]}
    return flask.render_template(
        "releases/changes.html",
        here=f"/snapshots/{snapshot_id}",
        name=_name(found.title, found.taken_at),
        operation=_operation(found.subject_id),
        said=said,
        moved=[_moved(each) for each in said["figures"] if _has_moved(each)],
        records=[
            {
                **each,
                "kind": _kind(each["kind"]),
                "reasons": [REASONS[reason] for reason in each["reasons"]],
                "came_to": _named(each["came_to"], labels),
                "went_from": _named(each["went_from"], labels),
            }
            for each in reply.body
        ],
        measure=labels.get(wanted["measure"] or ""),
        more=more(reply),
    )


def _stored(snapshot_id: uuid.UUID) -> tuple[Any, dict[str, Any]]:
    found = stored.snapshot(snapshot_id)
    return found, orjson.loads(found.content)


def _described(each: Mapping[str, Any]) -> dict[str, Any]:
    operation = _operation(each["operation"])
    return {
        **each,
        "name": _name(each["title"], each["taken_at"]),
        "of": operation.name if operation else "Several operations",
        "period": _period(each["starts_at"], each["ends_at"]),
    }


def _period(starts_at: str | None, ends_at: str | None) -> str:
    if starts_at is None:
        return "All that was recorded"
    return wording.period(starts_at, ends_at)


def _name(title: str | None, taken_at: Any) -> str:
    return title or f"Snapshot of {wording.short_moment(taken_at)}"


def _operation(operation_id: Any) -> Operation | None:
    try:
        known = operation_id and uuid.UUID(str(operation_id))
    except ValueError:
        known = uuid.UUID(int=0)
    return db.find(Operation, known, "operation") if known else None


def _filters(filters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Say in words what a summary is narrowed to."""
    labels = {"kind": KINDS, "theme": THEMES, "four_p": FOUR_PS}
    names = {"organisation": "Organisation", "kind": "Kind", "theme": "Theme", "four_p": "Strand"}
    return [
        (name, labels.get(key, {}).get(filters[key], filters[key]))
        for key, name in names.items()
        if filters.get(key)
    ]


def _label(path: str, figure: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Name a figure; a part of a measure after the whole."""
    code, _, part = path.partition("/")
    return f"{labels[code]}: {figure['label']}" if part else str(figure["label"])


def _row(
    here: str, path: str, figure: Mapping[str, Any], measure: Mapping[str, Any]
) -> dict[str, Any]:
    unit = measure.get("unit", "count")
    value, waits = figure["value"], figure.get("provisional")
    text = NOT_SHOWN if value is None else wording.quantity(value, unit, figure.get("qualifier"))
    is_waiting = waits is not None and decimal.Decimal(waits) != 0
    target = measure.get("target") if "/" not in path else None
    return {
        "label": figure["label"],
        "text": text + share(figure),
        "query": {"figure": path},
        "here": here,
        "count": len(figure["records"]),
        "provisional": wording.quantity(waits, unit) if waits is not None and is_waiting else "",
        "target": wording.quantity(target, unit) if target is not None else "",
        "says_something": bool(
            figure["records"] or is_waiting or target is not None or share(figure)
        ),
    }


def _names(frozen: Mapping[str, Any]) -> dict[str, str]:
    """Look up what the groups of a snapshot are called now, where it doesn't say so itself."""
    keys = {each["key"] for _, each, whole in freezing.figures(frozen) if whole is not None} - {
        None
    }
    found = db.session.execute(queries.names(frozen["by"], [uuid.UUID(each) for each in keys]))
    return {str(row.id): row.name for row in found}


def _kind(name: str) -> str:
    return RESULT_KINDS[name].label if name in RESULT_KINDS else wording.words(name)


def _record(frozen: list[Any], now: Any) -> dict[str, Any]:
    record_id, version, kind, *_ = frozen
    return {
        "id": record_id,
        "version": version,
        "kind": _kind(kind),
        "now": now,
        "is_changed": now is not None and now.version != version,
    }


def _next(start: int, count: int) -> str | None:
    if start + A_PAGE >= count:
        return None
    names = {**flask.request.args.to_dict(), "start": start + A_PAGE}
    return f"{flask.request.path}?{urlencode(names)}"


def _has_moved(each: Mapping[str, Any]) -> bool:
    return bool(each["then"] != each["now"] or each["came"] or each["went"])


def _moved(each: Mapping[str, Any]) -> dict[str, Any]:
    unit = each["unit"]
    then, now = (
        {
            name: wording.quantity(each[when][name], unit, each[when]["qualifier"])
            if each[when][name] is not None
            else NOT_SHOWN
            for name in ("value", "provisional")
        }
        for when in ("then", "now")
    )
    change = each["difference"] and decimal.Decimal(each["difference"])
    sign = "+" if change and change > 0 else "−" if change else ""
    difference = NOT_SHOWN if change is None else sign + wording.quantity(abs(change), unit)
    return {**each, "then": then, "now": now, "difference": difference}


def _named(paths: list[str], labels: Mapping[str, str]) -> list[str]:
    """Name figures; what was provisional says so."""
    return [
        labels[path]
        if path in labels
        else f"{labels.get(path.removesuffix('/provisional'), path)} (provisional)"
        for path in paths
    ]
