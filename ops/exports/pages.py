"""The page on which results are taken away: how many they are, in which format, and for whom."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import flask
import marshmallow as ma

from ops import wording
from ops.access import limits
from ops.exports import sending
from ops.exports.schemas import ExportSchema
from ops.forms import Form

blp = flask.Blueprint("result_export_pages", __name__, template_folder="templates")
limits.hands_out("result_export_pages.take")

Page = flask.typing.ResponseReturnValue
_SCHEMA = ExportSchema()
_HINTS = {
    "csv": "One table that any program reads. Of one kind of result, with all that kind has.",
    "xlsx": "For Excel and LibreOffice: a sheet for each kind, and one that says what is what.",
    "geojson": "For maps on the web.",
    "gpkg": "For QGIS and ArcGIS: a layer for each kind.",
    "parquet": "For Python, R and databases.",
}


@blp.get("/results/take")
def choose() -> Page:
    """Choose the format in which the results of a list are taken away"""
    return _shown(Form({"form": ["xlsx"]}))


@blp.post("/results/take")
def take() -> Page:
    """Take the results of a list away"""
    form = Form.sent()
    with form.catching():
        handed = {name: form.value(name) for name in ("to_whom", "what_for") if form.value(name)}
        filters = _SCHEMA.load({**_filters(), **handed})
        return sending.send(form.value("form"), filters)
    return _shown(form)


def _shown(form: Form) -> Page:
    there = None
    with form.catching():
        there = sending.there_is(_SCHEMA.load(_filters()))
    page = flask.render_template(
        "exports/take.html",
        form=form,
        there=there,
        marking=there.contents.marking if there else None,
        forms_={name: each.label for name, each in sending.FORMS.items()},
        hints=_HINTS,
        records=there and wording.quantity(there.contents.records, "record"),
        back=_back(),
    )
    return page, form.status


def _filters() -> Mapping[str, Any]:
    """Read the filters of this address as those of the API."""
    return {
        name: values if isinstance(_SCHEMA.fields.get(name), ma.fields.List) else values[0]
        for name, values in _sent().items()
    }


def _sent() -> Mapping[str, Sequence[str]]:
    sent = flask.request.args.to_dict(flat=False)
    # An empty `key` is a group too; a page of a list is none of a file.
    return {n: v for n, v in sent.items() if (n == "key" or v != [""]) and n != "cursor"}


def _back() -> str:
    """Lead back to the list, of one operation where it was that."""
    sent = dict(_sent())
    operations = sent.get("operation", [])
    path = "/results"
    if len(operations) == 1 and _is_id(operations[0]):
        path = f"/operations/{sent.pop('operation')[0]}/results"
    return f"{path}?{urlencode(sent, doseq=True)}" if sent else path


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
