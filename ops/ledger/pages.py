"""The page of the log: who looked at what."""

from collections.abc import Mapping
from typing import Any

import flask

from ops.calls import call, more
from ops.forms import Form
from ops.ledger.models import ACTS

blp = flask.Blueprint("ledger_pages", __name__, template_folder="templates")

FILTERS = ("act", "actor", "operation", "from", "to")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 50
# What the log calls records, for one and for several.
KINDS = {
    "area": ("area", "areas"),
    "assignment": ("assignment", "assignments"),
    "change": ("change", "changes"),
    "comparison": ("comparison", "comparisons"),
    "conflict": ("conflict of deployments", "conflicts of deployments"),
    "conflict_check": ("look for conflicts", "looks for conflicts"),
    "count_file": ("file of monthly counts", "files of monthly counts"),
    "deployment": ("deployment", "deployments"),
    "figure_mapping": ("reading of a measure", "readings of measures"),
    "log_entry": ("entry of this log", "entries of this log"),
    "measure": ("measure", "measures"),
    "operation": ("operation", "operations"),
    "published_set": ("published set", "published sets"),
    "reported_figure": ("reported figure", "reported figures"),
    "result": ("result", "results"),
    "site": ("site", "sites"),
    "target": ("target", "targets"),
    "team": ("team", "teams"),
}


@blp.get("/access-log")
def index() -> flask.typing.ResponseReturnValue:
    """Show who looked at what, the newest first"""
    form = Form({name: [flask.request.args.get(name, "").strip()] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    entries: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/log", query=query)
        entries, address = reply.body, more(reply)
    page = flask.render_template(
        "ledger/log.html",
        form=form,
        entries=[{**each, "where": _where(each), "what": _what(each["seen"])} for each in entries],
        more=address,
        filtered=bool(wanted),
        ACTS=ACTS,
    )
    return page, form.status


def _where(entry: Mapping[str, Any]) -> str:
    """Say in words what was asked for: views say of themselves what they do."""
    view = flask.current_app.view_functions.get(entry["endpoint"])
    shown = getattr(view, "view_class", None)
    # What reads is a GET, but for an erasure.
    method = getattr(shown, "get", None) or getattr(shown, "post", view)
    said = (getattr(method, "__doc__", None) or entry["endpoint"]).strip()
    return said.splitlines()[0]


def _what(seen: list[Mapping[str, Any]]) -> str:
    """Count what was seen, kind by kind."""
    counts: dict[str, int] = {}
    for part in seen:
        counts[part["kind"]] = counts.get(part["kind"], 0) + len(part["ids"])
    told = []
    for kind, count in counts.items():
        one, several = KINDS.get(kind, (kind.replace("_", " "),) * 2)
        told.append(f"{count} {one if count == 1 else several}")
    return ", ".join(told)
