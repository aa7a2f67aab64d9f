"""The pages of likely doubles: the list, and two records side by side."""

import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import flask

from ops import db, wording
from ops.access import guard
from ops.calls import call, more
from ops.forms import Form
from ops.operations.models import Operation
from ops.results.detail_text import headline, lines
from ops.results.doubles import reasons
from ops.results.kinds import KINDS

blp = flask.Blueprint("doubles_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("operation", "kind", "decided")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 30
LAST = ("Where", "Note", "Logged")


@blp.get("/doubles")
def index() -> Page:
    """List pairs of records that may be one thing"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    found: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/doubles", query=query)
        found, address = reply.body, more(reply)
    page = flask.render_template(
        "doubles/list.html",
        form=form,
        doubles=[{**each, "said": _said(each)} for each in found],
        more=address,
        filtered=bool(wanted),
        operations=_operations(found),
    )
    return page, form.status


@blp.route("/doubles/<uuid:double_id>", methods=["GET", "POST"])
def show(double_id: uuid.UUID) -> Page:
    """Compare two records that may be one thing, and decide"""
    form = Form.sent()
    if flask.request.method == "POST":
        with form.catching():
            call("POST", f"/doubles/{double_id}/decision", _decision(form))
            there = flask.url_for(".show", double_id=double_id, done="double-decided")
            return flask.redirect(there, HTTPStatus.SEE_OTHER)
    double = call("GET", f"/doubles/{double_id}").body
    page = flask.render_template(
        "doubles/pair.html",
        form=form,
        double=double,
        said=_said(double),
        rows=_rows(double["records"]),
        may_decide=all(guard.may("confirm", record["operation"]) for record in double["records"]),
        choices=_choices(double),
        lost=_is_lost(double),
        operations=_operations([double]),
    )
    return page, form.status


def _decision(form: Form) -> dict[str, Any]:
    """Read the choice of the form: which record stays, or that both do."""
    sent = form.payload()
    choice = sent.pop("choice", None)
    if choice in {None, "different"}:
        return sent | ({"decision": choice} if choice else {})
    return sent | {"decision": "same", "keep": choice}


def _choices(double: Mapping[str, Any]) -> dict[str, str]:
    """Give what the two can be: either stays, if no fewer people see it, or both do."""
    named = zip(double["records"], ("first", "second"), strict=True)
    return {
        record["id"]: f"One thing: keep the {name} record"
        for record, name in named
        if record["id"] in double["may_stay"]
    } | {"different": "Two things: keep both"}


def _is_lost(double: Mapping[str, Any]) -> bool:
    """Tell whether a merge left behind that a record was confirmed."""
    kept, gone = sorted(double["records"], key=lambda record: record["id"] != double["kept"])
    was_confirmed = gone["confirmed_at"] is not None
    return double["decision"] == "same" and was_confirmed and kept["status"] == "recorded"


def _said(double: Mapping[str, Any]) -> dict[str, str]:
    kind = KINDS[double["kind"]]
    one, other = (headline(kind, record["detail"]) for record in double["records"])
    name = one if one == other or not other else f"{one} and {other}"
    why = reasons(double["reasons"])
    return {
        "label": kind.label + (f": {name}" if name else ""),
        "reasons": why[:1].upper() + why[1:],
    }


def _operations(doubles: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Name the operations of the records."""
    ids = {record["operation"] for double in doubles for record in double["records"]}
    return {each: db.find(Operation, each, "operation").name for each in sorted(ids)}


def _rows(
    records: Sequence[Mapping[str, Any]],
) -> list[tuple[str, Sequence[Sequence[str]], bool]]:
    """Set two records side by side: each label, what either says, and whether that differs."""
    sides = [_side(record) for record in records]
    # What every record has comes last.
    labels = dict.fromkeys(label for side in sides for label in side if label not in LAST)
    rows = [(label, [side.get(label, []) for side in sides]) for label in (*labels, *LAST)]
    return [(label, texts, texts[0] != texts[1]) for label, texts in rows if any(texts)]


def _side(record: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    position = record["position"]
    logged = f"{wording.moment(record['recorded_at'])} by {record['recorded_by']['name']}"
    return {
        "When": [wording.moment(record["occurred_at"])],
        **dict(lines(KINDS[record["kind"]], record["detail"])),
        "Where": [", ".join(map(str, reversed(position["coordinates"])))] if position else [],
        "Note": [record["note"]] if record["note"] else [],
        "Logged": [logged],
    }
