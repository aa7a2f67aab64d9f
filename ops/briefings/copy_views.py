"""The API of copies: a version as a PDF or as one HTML file, each numbered and for somebody."""

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flask
from flask.views import MethodView
from werkzeug.utils import secure_filename

from ops import db
from ops.access import guard, limits
from ops.api import Blueprint
from ops.briefings import pack, rules, schemas, stored, writing
from ops.ledger.consultation import hands_out, saw

blp = Blueprint("briefing_copies", __name__, description="Briefings to take away")
ONE = "/operations/<uuid:operation_id>/briefings/<int:version>"
FILE = {"type": "string", "format": "binary"}

for _view in ("BriefingPdf", "BriefingFile"):
    limits.hands_out(f"briefing_copies.{_view}")


@blp.route(f"{ONE}.pdf")
class BriefingPdf(MethodView):
    @blp.arguments(schemas.BriefingCopyForSchema, location="query")
    @blp.response(200, FILE, content_type="application/pdf")
    def get(self, asked: dict[str, Any], operation_id: uuid.UUID, version: int) -> Any:
        """Hand out the next numbered copy of a version as a tagged PDF"""
        return _handed_out(
            "pdf", "application/pdf", asked, stored.briefing(operation_id, version),
            lambda words, _told: pack.as_pdf(words),
        )  # fmt: skip


@blp.route(f"{ONE}.html")
class BriefingFile(MethodView):
    @blp.arguments(schemas.BriefingCopyForSchema, location="query")
    @blp.response(200, FILE, content_type="text/html")
    def get(self, asked: dict[str, Any], operation_id: uuid.UUID, version: int) -> Any:
        """Hand out the next numbered copy of a version as one HTML file with its map"""
        built = Path(flask.current_app.static_folder or ".")
        return _handed_out(
            "html", "text/html", asked, stored.briefing(operation_id, version),
            lambda words, told: pack.as_file(words, told, built).encode(),
        )  # fmt: skip


def _handed_out(
    form: str,
    kind: str,
    asked: Mapping[str, Any],
    told: Mapping[str, Any],
    make: Callable[[pack.Words, Mapping[str, Any]], bytes],
) -> flask.Response:
    rules.check_copy(told["state"])
    with db.transaction():
        copy = writing.copy(told, form, asked.get("recipient") or guard.actor().name)
    # Numbers are given in turn; the pages are made by all at once.
    words = pack.pack(told, {"number": copy.number, "recipient": copy.recipient})
    body = make(words, told)
    saw("briefing_copy", [copy.id], told["operation"])
    hands_out(copy.recipient, words["for_whom"])
    name = secure_filename(f"{words['reference']}-briefing-{told['version']}.{form}")
    # The one file holds scripts of its own, so a browser saves it and shows it nowhere near us.
    return flask.Response(
        body,
        content_type=kind if form == "pdf" else f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
