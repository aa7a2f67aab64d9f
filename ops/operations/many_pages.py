"""The pages of many deployments at once: each is tried first, and shown line by line."""

import csv
import datetime as dt
import io
import tempfile
import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask

from ops import tables
from ops.access import guard
from ops.calls import call
from ops.errors import Invalid
from ops.forms import Form
from ops.operations.progress_pages import in_operation
from ops.operations.repeating import WEEKDAYS

blp = flask.Blueprint("many_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
SHEET = "Deployments"
# A list of this length is far too long anyway.
LARGEST_FILE = 2 * 2**20
EVERY = {"weekly": "Week", "daily": "Day", "monthly": "Month"}
NTH = {"1": "First", "2": "Second", "3": "Third", "4": "Fourth", "-1": "Last"}


@blp.route("/operations/<uuid:operation_id>/deployments/list", methods=["GET", "POST"])
def paste(operation_id: uuid.UUID) -> Page:
    """Paste or upload a list of addresses, look at it line by line, and add it"""
    guard.require("plan", operation_id)
    form = Form.sent()
    report: Any = None
    if flask.request.method == "POST":
        form.values["text"] = [flask.request.form.get("text", "")]
        with form.catching():
            if text := _uploaded():
                form.values["text"] = [text]
            sent = {
                name: form.value(name).replace("T", " ")
                if name in ("start", "end")
                else form.value(name)
                for name in ("text", "kind", "start", "end", "team")
                if form.value(name)
            }
            report = _try_or_add(f"/operations/{operation_id}/deployments/list", sent)
            if report["stored"]:
                return _to(operation_id)
    page = flask.render_template(
        "operations/paste.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        form=form,
        report=report,
        teams={t["name"]: t["name"] for t in call("GET", f"/operations/{operation_id}/teams").body},
    )
    return page, form.status


@blp.route(
    "/operations/<uuid:operation_id>/deployments/<uuid:deployment_id>/repeat",
    methods=["GET", "POST"],
)
def repeat(operation_id: uuid.UUID, deployment_id: uuid.UUID) -> Page:
    """Repeat a deployment, each time looked at before it is added"""
    guard.require("plan", operation_id)
    deployment = in_operation(operation_id, deployment_id).body
    form = Form.sent()
    report: Any = None
    if flask.request.method == "POST":
        with form.catching():
            sent = form.payload()
            sent = {
                name: sent[name]
                for name in ("frequency", "interval", "nth", "count", "until", "team", "weekdays")
                if sent.get(name)
            }
            report = _try_or_add(f"/deployments/{deployment_id}/repeat", sent)
            if report["stored"]:
                return _to(operation_id)
    page = flask.render_template(
        "operations/repeat.html",
        operation=call("GET", f"/operations/{operation_id}").body,
        deployment=deployment,
        form=form,
        report=report,
        EVERY=EVERY,
        NTH=NTH,
        WEEKDAYS=WEEKDAYS,
        teams={t["id"]: t["name"] for t in call("GET", f"/operations/{operation_id}/teams").body},
    )
    return page, form.status


def _try_or_add(path: str, sent: dict[str, Any]) -> Any:
    """Try it first; what was looked at is added by its own button, whole or without bad lines."""
    act = flask.request.form.get("act", "")
    trial = {"dry_run": act not in ("add", "add-good"), "good_rows": act == "add-good"}
    return call("POST", path, sent | trial).body


def _uploaded() -> str | None:
    """Give the file that was chosen as text to paste, whatever it was saved as."""
    chosen = flask.request.files.get("file")
    if chosen is None or not chosen.filename:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list"
        chosen.save(file)
        if file.stat().st_size > LARGEST_FILE:
            said = "This file is larger than 2 MB; send it in parts."
            raise Invalid(said, {"file": [said]})
        try:
            rows = list(tables.rows(file, SHEET))
        except Invalid as error:
            said = error.sentence.replace(f"{file.name} ", "The file ", 1)
            raise Invalid(said, {"file": [said]}) from error
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerows([_cell(cell) for cell in cells] for _number, cells in rows)
    return written.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return " ".join(str("" if value is None else value).split())


def _to(operation_id: uuid.UUID) -> Page:
    there = flask.url_for(
        "operations_pages.show", operation_id=operation_id, done="deployments-added"
    )
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
