"""The API of copies of a report: as a PDF, a Word document or Markdown, each a disclosure."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import flask
from flask.views import MethodView
from werkzeug.utils import secure_filename

from ops import db, pdf, wording
from ops.access import guard, limits
from ops.api import Blueprint
from ops.errors import Invalid
from ops.ledger.consultation import hands_out
from ops.reports import markdown, pictures, queries, schemas, stored, word

blp = Blueprint("report_files", __name__, description="Panel reports to take away")
ONE = "/reports/<uuid:report_id>"
FILE = {"type": "string", "format": "binary"}
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKDOWN = "text/markdown; charset=utf-8"
_OPEN_ALONE = "Not all that it tells of is open: say whom the copy is for, and why."

for _view in ("ReportPdf", "ReportWord", "ReportMarkdown"):
    limits.hands_out(f"report_files.{_view}")


@blp.route(f"{ONE}.pdf")
class ReportPdf(MethodView):
    @blp.arguments(schemas.ReportCopyForSchema, location="query")
    @blp.response(200, FILE, content_type=PDF)
    def get(self, asked: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Hand out a report as a tagged PDF"""
        return _handed_out(report_id, asked, "pdf", PDF, lambda words, _: as_pdf(words))


@blp.route(f"{ONE}.docx")
class ReportWord(MethodView):
    @blp.arguments(schemas.ReportCopyForSchema, location="query")
    @blp.response(200, FILE, content_type=WORD)
    def get(self, asked: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Hand out a report as a Word document"""
        return _handed_out(
            report_id, asked, "docx", WORD,
            lambda words, told: word.write(words, told["issued_at"] or told["changed_at"]),
        )  # fmt: skip


@blp.route(f"{ONE}.md")
class ReportMarkdown(MethodView):
    @blp.arguments(schemas.ReportCopyForSchema, location="query")
    @blp.response(200, FILE, content_type="text/markdown")
    def get(self, asked: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Hand out a report as Markdown; of a picture it has the description"""
        return _handed_out(
            report_id, asked, "md", MARKDOWN, lambda words, _: markdown.write(words).encode()
        )


def as_pdf(words: Mapping[str, Any]) -> bytes:
    """Lay a report out on pages, each with its marking."""
    return pdf.render(
        flask.render_template("reports/file.html", said=words, picture=pictures.address)
    )


def is_open(operations: Sequence[uuid.UUID]) -> bool:
    """Tell whether every operation of a report is open, and none for its members alone."""
    found = db.session.execute(queries.operations(operations)).all()
    return {each.id for each in found if each.visibility == "open"} == set(operations)


def _handed_out(
    report_id: uuid.UUID,
    asked: Mapping[str, Any],
    ending: str,
    kind: str,
    make: Callable[[Mapping[str, Any], Mapping[str, Any]], bytes],
) -> flask.Response:
    told = stored.report(report_id)
    guard.require_in_each("report", told["operations"])
    missing = [name for name in ("recipient", "reason") if name not in asked]
    if missing and not is_open(told["operations"]):
        raise Invalid(_OPEN_ALONE, {name: [_OPEN_ALONE] for name in missing})
    body = make(stored.in_words(told), told)
    hands_out(asked.get("recipient"), asked.get("reason"))
    on = wording.local(told["issued_at"] or told["changed_at"])
    name = secure_filename(f"{told['title']}-{told['state']}-{told['number']}-{on:%Y-%m-%d}")
    return flask.Response(
        body,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )
