"""The pages of operations: list them, plan one, change it, move it on."""

import uuid
from typing import Any

import flask

from ops import db, wording
from ops.access import guard
from ops.access import queries as access_queries
from ops.calls import call, more
from ops.forms import Form
from ops.operations.models import (
    KINDS,
    MARKINGS,
    STATUSES,
    THEMES,
    VISIBILITIES,
)

blp = flask.Blueprint("operations_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
FILTERS = ("q", "kind", "status", "theme", "organisation", "from", "to")
# What fits on a screen or two; the rest is a press away.
A_PAGE = 25


@blp.app_context_processor
def _labels() -> dict[str, Any]:
    """Give templates the labels of the codes that operations use."""
    return {"KINDS": KINDS, "STATUSES": STATUSES, "THEMES": THEMES, "VISIBILITIES": VISIBILITIES}


@blp.get("/")
def home() -> Page:
    """Lead to the list of operations"""
    return flask.redirect(flask.url_for(".index"))


@blp.get("/operations")
def index() -> Page:
    """List operations, newest first"""
    form = Form({name: [flask.request.args.get(name, "")] for name in FILTERS})
    wanted = {name: form.value(name) for name in FILTERS if form.value(name)}
    operations: list[Any] = []
    address = None
    with form.catching():
        query = wanted | {"limit": A_PAGE, "cursor": flask.request.args.get("cursor")}
        reply = call("GET", "/operations", query=query)
        operations, address = reply.body, more(reply)
    page = flask.render_template(
        "operations/list.html",
        form=form,
        operations=operations,
        organisations=organisations(),
        filtered=bool(wanted),
        more=address,
    )
    return page, form.status


def organisations() -> dict[str, str]:
    """Give every organisation's name by its code."""
    found = db.session.execute(access_queries.organisations())
    return {row.code: row.name for row in found}
