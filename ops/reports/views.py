"""The API of panel reports: write one, tell cases in it, issue it, withdraw it, follow it."""

import datetime as dt
import uuid
from typing import Any

import flask
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.ledger.consultation import saw, saw_each
from ops.releases import freezing
from ops.releases.stored import SEVERAL
from ops.reports import queries, schemas, stored, writing
from ops.reports.models import Report

blp = Blueprint("reports", __name__, description="What is written for the panel")
guard.takes_long("reports.ReportIssue")
ONE = "/reports/<uuid:report_id>"
NOTE = f"{ONE}/notes/<uuid:report_note_id>"


@blp.route("/reports")
class Reports(MethodView):
    @blp.arguments(schemas.ReportFilterSchema, location="query")
    @blp.response(200, schemas.ReportSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List the reports of which whoever asks may see every operation, the newest first"""
        found, headers = api.page(
            queries.reports(filters),
            [Report.made_at, Report.id],
            limit=filters.pop("limit"),
            cursor=filters.pop("cursor", None),
            descending=True,
        )
        saw_each("report", [(SEVERAL, row.id) for row in found])
        saw("operation", {each for row in found for each in row.operations})
        return [row._mapping for row in found], headers

    @blp.etag
    @blp.arguments(schemas.ReportSentSchema)
    @blp.response(201, schemas.WholeReportSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, sent: dict[str, Any]) -> Any:
        """Begin a report of a period and of operations in each of which one may report"""
        with db.transaction():
            made = writing.draft(sent)
        return _shown(made.id)


@blp.route(ONE)
@blp.etag
class ReportById(MethodView):
    @blp.response(200, schemas.WholeReportSchema)
    def get(self, report_id: uuid.UUID) -> Any:
        """Show a report with its case notes; what it says is its document"""
        return _shown(report_id)

    @blp.arguments(schemas.ReportChangeSchema)
    @blp.response(200, schemas.WholeReportSchema)
    def patch(self, sent: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Change what is written of a draft, and of what it tells"""
        with db.transaction():
            found = stored.to_change("report", report_id)
            blp.check_etag(found.version)
            writing.change(found, sent)
        return _shown(report_id)


@blp.route(f"{ONE}/document")
class ReportDocument(MethodView):
    @blp.response(200, schemas.ReportDocumentSchema)
    def get(self, report_id: uuid.UUID) -> Any:
        """Give what a report says: the very bytes that were issued, or a draft by the figures now

        Amounts are strings. `document.blocks` are its headings, paragraphs, lists, tables and
        pictures in their order.
        """
        told = stored.report(report_id)
        content = told["content"] or freezing.canonical(stored.said(told))
        reply = flask.current_app.response_class(content, mimetype="application/json")
        if told["hash"]:
            reply.set_etag(told["hash"])
        return reply.make_conditional(flask.request)


@blp.route(f"{ONE}/notes")
class ReportNotes(MethodView):
    @blp.etag
    @blp.arguments(schemas.ReportNoteSentSchema)
    @blp.response(201, schemas.ReportNoteSchema)
    def post(self, sent: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Tell a case in a draft, after those that are there"""
        with db.transaction():
            found = stored.to_change("report", report_id)
            note = writing.add_note(found, sent)
        return _note_shown(report_id, note.id)


@blp.route(f"{ONE}/notes/order")
class ReportNotesOrder(MethodView):
    @blp.etag
    @blp.doc(**api.AS_READ)
    @blp.arguments(schemas.ReportNoteOrderSchema)
    @blp.response(200, schemas.WholeReportSchema)
    def post(self, sent: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Put the case notes of a report, as it was read, in another order"""
        with db.transaction():
            found = stored.to_change("report", report_id)
            blp.check_read(found.version)
            writing.order_notes(found, sent["notes"])
        return _shown(report_id)


@blp.route(NOTE)
@blp.etag
class ReportNoteById(MethodView):
    @blp.response(200, schemas.ReportNoteSchema)
    def get(self, report_id: uuid.UUID, report_note_id: uuid.UUID) -> Any:
        """Show a case note"""
        return _note_shown(report_id, report_note_id)

    @blp.arguments(schemas.ReportNoteChangeSchema)
    @blp.response(200, schemas.ReportNoteSchema)
    def patch(self, sent: dict[str, Any], report_id: uuid.UUID, report_note_id: uuid.UUID) -> Any:
        """Change a case note of a draft"""
        with db.transaction():
            found = stored.to_change("report", report_id)
            note = stored.note_of(found, report_note_id)
            blp.check_etag(note.version)
            writing.change_note(found, note, sent)
        return _note_shown(report_id, report_note_id)


@blp.route(f"{NOTE}/strike")
@blp.etag
class ReportNoteStrike(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.arguments(schemas.ReportWhySchema)
    @blp.response(200, schemas.ReportNoteSchema)
    def post(self, sent: dict[str, Any], report_id: uuid.UUID, report_note_id: uuid.UUID) -> Any:
        """Strike a case note as it was read: it stays, and is left out of what is issued"""
        with db.transaction():
            found = stored.to_change("report", report_id)
            note = stored.note_of(found, report_note_id)
            blp.check_read(note.version)
            writing.strike_note(found, note, sent["reason"])
        return _note_shown(report_id, report_note_id)


@blp.route(f"{ONE}/issue")
@blp.etag
class ReportIssue(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.response(200, schemas.WholeReportSchema)
    def post(self, report_id: uuid.UUID) -> Any:
        """Issue a draft that somebody else wrote, as it was read: from then on nobody changes it

        Its figures are frozen on a snapshot. Who sees every operation in that sees the report.
        """
        with db.transaction():
            found = stored.to_change("approve", report_id)
            blp.check_read(found.version)
            writing.issue(found)
        return _shown(report_id)


@blp.route(f"{ONE}/withdraw")
@blp.etag
class ReportWithdraw(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.arguments(schemas.ReportWhySchema)
    @blp.response(200, schemas.WholeReportSchema)
    def post(self, sent: dict[str, Any], report_id: uuid.UUID) -> Any:
        """Withdraw what was issued; it stays to be read, and says so first"""
        with db.transaction():
            found = stored.to_change("approve", report_id)
            blp.check_read(found.version)
            writing.withdraw(found, sent["reason"], dt.datetime.now(dt.UTC))
        return _shown(report_id)


@blp.route(f"{ONE}/next")
class ReportNext(MethodView):
    @blp.etag
    @blp.response(201, schemas.WholeReportSchema)
    def post(self, report_id: uuid.UUID) -> Any:
        """Begin the next issue of a report that is out; the one before stays as it was issued"""
        with db.transaction():
            made = writing.follow(stored.to_change("report", report_id))
        return _shown(made.id)


def _shown(report_id: uuid.UUID) -> dict[str, Any]:
    told = stored.report(report_id)
    blp.set_etag(told["version"])
    return told


def _note_shown(report_id: uuid.UUID, note_id: uuid.UUID) -> dict[str, Any]:
    told = stored.note(report_id, note_id)
    blp.set_etag(told["version"])
    return told
