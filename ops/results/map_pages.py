"""The map of an operation: to read, to draw on, to take along."""

import uuid
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask
import orjson
from werkzeug.utils import secure_filename

from ops import db
from ops.access import guard, limits
from ops.calls import call
from ops.errors import Missing
from ops.forms import Form
from ops.geo.layers import outlines
from ops.geo.models import AREA_PURPOSES
from ops.geo.queries import DISTRICTS, extent_of
from ops.geo.typed import geometry
from ops.ledger.consultation import hands_out
from ops.operations import histories
from ops.operations.models import Operation
from ops.results import map_layers

blp = flask.Blueprint("map_pages", __name__, template_folder="templates")

Page = flask.typing.ResponseReturnValue
NEW = "new"
limits.hands_out("map_pages.take_along")
PROPERTIES = ("name", "purpose", "valid_from", "valid_to")


@blp.get("/operations/<uuid:operation_id>/map")
def show(operation_id: uuid.UUID) -> Page:
    """Show an operation on the map, or one of its areas to draw"""
    operation = db.find(Operation, operation_id, "operation")
    if wanted := flask.request.args.get("edit"):
        guard.require("plan", operation_id)
        area = _area(wanted)
        return _editor(operation, area, _filled(area))
    layers = map_layers.listed(operation_id)
    return flask.render_template("results/map.html", operation=operation, layers=layers)


@blp.post("/operations/<uuid:operation_id>/map")
def change(operation_id: uuid.UUID) -> Page:
    """Add, change or remove an area by a plain form, as the script does through the API"""
    operation = db.find(Operation, operation_id, "operation")
    area = _area(flask.request.args.get("edit", NEW))
    form = Form.sent()
    with form.catching():
        if area is None:
            call("POST", f"/operations/{operation_id}/areas", _feature(form))
            return _back(operation_id, "area-added")
        etag = form.value("etag")
        if flask.request.form.get("act") == "remove":
            call("DELETE", f"/areas/{area['id']}", etag=etag)
            return _back(operation_id, "area-removed")
        call("PUT", f"/areas/{area['id']}", _feature(form), etag=etag)
        return _back(operation_id, "area-changed")
    form.errors = {key.removeprefix("properties."): text for key, text in form.errors.items()}
    return _editor(operation, area, form), form.status


@blp.get("/operations/<uuid:operation_id>/map.html")
def take_along(operation_id: uuid.UUID) -> Page:
    """Give an operation's map as one file that needs no connection"""
    operation = db.find(Operation, operation_id, "operation")
    built = Path(flask.current_app.static_folder or ".")
    layers = map_layers.of_operation(operation_id)
    # What draws maps to keep comes with the first one: it is a fifteenth of a worker's memory.
    from ops.geo.offline import offline_map

    page = offline_map(operation.name, operation.marking, layers, built)
    hands_out()
    name = secure_filename(f"{operation.reference}-map.html")
    # It holds scripts of its own, so it is never shown under this address: a browser saves it.
    return flask.Response(
        page,
        mimetype="text/html",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _area(wanted: str) -> dict[str, Any] | None:
    """Fetch the area to change, with its version; none where a new one is drawn."""
    if wanted == NEW:
        return None
    try:
        area_id = uuid.UUID(wanted)
    except ValueError:
        raise Missing("There is no such area.") from None
    reply = call("GET", f"/areas/{area_id}")
    return {**reply.body, "etag": reply.etag}


def _filled(area: dict[str, Any] | None) -> Form:
    if area is None:
        return Form({"purpose": ["target"]})
    form = Form.of({name: area["properties"][name] for name in PROPERTIES})
    form.values["geometry"] = [orjson.dumps(area["geometry"]).decode()]
    form.values["etag"] = [area["etag"] or ""]
    return form


def _feature(form: Form) -> dict[str, Any]:
    said = form.payload()
    return {
        "type": "Feature",
        "geometry": geometry(form.value("geometry")),
        "properties": {name: said[name] for name in PROPERTIES if name in said},
    }


def _editor(operation: Operation, area: dict[str, Any] | None, form: Form) -> str:
    return flask.render_template(
        "results/area.html",
        operation=operation,
        area=area,
        form=form,
        layers=map_layers.ground(operation.id),
        outlines=outlines(),
        bounds=db.session.scalar(extent_of(DISTRICTS)),
        PURPOSES=AREA_PURPOSES,
        history=histories.of_area(uuid.UUID(area["id"])) if area else [],
    )


def _back(operation_id: uuid.UUID, done: str) -> Page:
    there = flask.url_for(".show", operation_id=operation_id, done=done)
    return flask.redirect(there, HTTPStatus.SEE_OTHER)
