"""The API of results."""

import datetime as dt
import functools
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask
import orjson
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing, OpsError, Refused, Stale
from ops.ledger.consultation import saw_each
from ops.ledger.models import Change
from ops.operations.models import Operation
from ops.results import (
    batch,
    confirmations,
    confirming,
    corrections,
    doubles,
    exhibits,
    history,
    listing,
    logging,
    newest,
    nil_returns,
    queries,
    remarks,
    rules,
    schemas,
)
from ops.results.kinds import KINDS
from ops.results.models import Credit, Result

blp = Blueprint("results", __name__)

Record = dict[str, Any]


@blp.route("/operations/<uuid:operation_id>/results")
class OperationResults(MethodView):
    @blp.arguments(schemas.ResultFilterSchema, location="query")
    @blp.response(200, schemas.RecordSchema(many=True))
    def get(self, filters, operation_id):
        """List an operation's results, the newest first; with `measure`, those behind a figure"""
        listed = _list(filters | {"operation": [operation_id]})
        if listed.get_data() == b"[]":
            db.find(Operation, operation_id, "operation")
        return listed

    @blp.etag
    @blp.arguments(schemas.ResultSchema)
    @blp.response(201, schemas.WholeRecordSchema)
    @blp.alt_response(200, schema=schemas.WholeRecordSchema)
    def post(self, sent, operation_id):
        """Log a result; the same again under the same id is answered with its record"""
        guard.require("log", operation_id)
        item = logging.prepare(operation_id, sent)
        with exhibits.naming(lambda: (operation_id, sent["detail"])), db.transaction():
            [logged] = logging.log([item], guard.actor().id)
            if logged.refusal is not None:
                raise logged.refusal
            record = logged.record or {}
            created = logged.outcome == "created"
            if created:
                record = logging.remarked_elsewhere(record)
            doubles.add_remarks([record])
        blp.set_etag(record["version"])
        return flask.jsonify(record), HTTPStatus.CREATED if created else HTTPStatus.OK


@blp.route("/results")
class Results(MethodView):
    @blp.arguments(schemas.AllResultsFilterSchema, location="query")
    @blp.response(200, schemas.RecordSchema(many=True))
    def get(self, filters):
        """List results of many operations, the newest first, or those behind a figure"""
        return _list(filters)


@blp.route("/results/batch")
class Batch(MethodView):
    @blp.arguments(schemas.ResultBatchSchema)
    @blp.response(207, schemas.BatchOutcomesSchema)
    def post(self, sent):
        """Log up to 200 results, of any operations; each is judged alone"""
        with db.transaction():
            judged = batch.log(
                sent["items"],
                guard.actor().id,
                functools.partial(guard.require, "log"),
                sent.get("sent_at"),
            )
            doubles.add_remarks([each.record for each in judged if each.record is not None])
        items = [_outcome(each, logged) for each, logged in zip(sent["items"], judged, strict=True)]
        return flask.jsonify({"items": items}), HTTPStatus.MULTI_STATUS


@blp.route("/results/<uuid:result_id>")
@blp.etag
class ResultById(MethodView):
    @blp.response(200, schemas.WholeRecordSchema)
    def get(self, result_id):
        """Show a result"""
        return show(result_id)

    @blp.arguments(schemas.ResultCorrectionSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def patch(self, sent, result_id):
        """Correct a result: a new version, with a reason; what it was stays in its history"""
        with exhibits.naming(lambda: _meant(result_id, sent)), db.transaction():
            result = locked("log", result_id)
            blp.check_etag(result.version)
            check_own(result)
            rules.check_standing(result, "corrected")
            db.give_reason(sent["reason"])
            corrections.correct(result, whole(result_id), sent, guard.actor().id)
        return show(result_id)


@blp.route("/results/<uuid:result_id>/strike")
@blp.etag
class ResultStrike(MethodView):
    @blp.arguments(schemas.ResultVersionSchema, location="query")
    @blp.arguments(schemas.ResultReasonSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, seen, sent, result_id):
        """Strike a result: it stays, with the reason, and counts no more"""
        with db.transaction():
            result = locked("log", result_id, seen.get("version"))
            check_own(result)
            db.give_reason(sent["reason"])
            rules.strike(result, sent["reason"], guard.actor().id, dt.datetime.now(dt.UTC))
        return show(result_id)


@blp.route("/results/<uuid:result_id>/confirm")
@blp.etag
class ResultConfirm(MethodView):
    @blp.arguments(schemas.ResultVersionSchema, location="query")
    @blp.arguments(schemas.ResultConfirmSchema, required=False)
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, seen, sent, result_id):
        """Confirm a result; refused, with what is missing, while something is"""
        with db.transaction():
            result = locked("confirm", result_id, seen.get("version"))
            kind, record = KINDS[result.kind], whole(result_id)
            missing = confirming.missing(kind, logging.typed(kind, record))
            now = dt.datetime.now(dt.UTC)
            confirmations.confirm(result, missing, guard.actor().id, now, **sent)
        return show(result_id)


@blp.route("/results/<uuid:result_id>/confirmations")
class ResultConfirmations(MethodView):
    @blp.response(200, schemas.ConfirmationSchema(many=True))
    def get(self, result_id):
        """List who confirmed a result, when and how, also what was taken back since"""
        result = db.find(Result, result_id, "result")
        found = db.session.execute(confirmations.of_result(result_id)).all()
        saw_each("confirmation", [(result.operation_id, row.id) for row in found])
        return found


@blp.route("/results/<uuid:result_id>/credits")
@blp.etag
class ResultCredits(MethodView):
    @blp.arguments(schemas.ResultCreditSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, sent, result_id):
        """Credit a result to a further operation, in support; any total still counts it once"""
        with db.transaction():
            result = locked("confirm", result_id)
            rules.check_standing(result, "credited")
            operation = db.find(Operation, sent["operation"], "operation")
            guard.require("log", operation.id)
            if operation.id == result.operation_id:
                raise Refused("This operation led the result, so it has the credit already.")
            if db.session.scalar(queries.credit(result_id, operation.id)) is None:
                # First the new version: from then on the ledger sees what is added.
                result.bump()
                db.session.flush()
                now = dt.datetime.now(dt.UTC)
                db.session.add(
                    Credit(result_id=result.id, operation_id=operation.id, credited_at=now)
                )
        return show(result_id)


@blp.route("/results/<uuid:result_id>/credits/<uuid:operation_id>")
@blp.etag
class ResultCreditById(MethodView):
    @blp.response(204)
    def delete(self, result_id, operation_id):
        """Take the credit of a supporting operation back"""
        with db.transaction():
            result = locked("confirm", result_id)
            blp.check_etag(result.version)
            credit = db.session.scalar(queries.credit(result_id, operation_id))
            if credit is None:
                raise Missing("This operation has no credit for this result.")
            credit.withdrawn_at = dt.datetime.now(dt.UTC)
            result.bump()


@blp.route("/results/<uuid:result_id>/history")
class ResultHistory(MethodView):
    @blp.arguments(api.PageSchema, location="query")
    @blp.response(200, schemas.ResultChangeSchema(many=True))
    def get(self, filters, result_id):
        """List what was changed in a result: by whom, when, why, before and after"""
        db.find(Result, result_id, "result")
        found, headers = api.page(queries.history(result_id), [Change.id], **filters)
        return [history.entry(change) for change in found], headers


def _list(filters: dict[str, Any]) -> flask.Response:
    """Answer with JSON that the database wrote."""
    limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
    match filters:
        case {"operation": [operation_id], "struck": False} if len(filters) == 2:
            found, headers = newest.page(operation_id, limit, cursor)
        case _:
            query, keys = listing.listed(filters)
            found, headers = api.page(query, keys, limit=limit, cursor=cursor, descending=True)
    saw_each("result", [(row.operation_id, row.id) for row in found])
    reply = flask.current_app.response_class(
        "[" + ",".join(row.record for row in found) + "]", mimetype="application/json"
    )
    reply.headers.update(headers)
    return reply


def whole(result_id: uuid.UUID) -> Record:
    """Read a result with all that is shown of one."""
    found = db.session.execute(queries.whole([result_id])).first()
    if found is None:
        raise Missing("There is no such result.")
    record: Record = orjson.loads(found.record)
    return record


def _meant(result_id: uuid.UUID, sent: Record) -> tuple[uuid.UUID, Record]:
    """Give the operation of a result, and its detail as a correction wants it."""
    record = whole(result_id)
    return uuid.UUID(record["operation"]), record["detail"] | sent.get("detail", {})


def show(result_id: uuid.UUID) -> flask.Response:
    """Answer with a result as it stands, and its version."""
    record = nil_returns.remarked(remarks.further(logging.remarked(whole(result_id))))
    doubles.add_remarks([record])
    blp.set_etag(record["version"])
    return flask.jsonify(record)


def locked(action: str, result_id: uuid.UUID, version: int | None = None) -> Result:
    """Fetch a result to change it, one at a time; refuse where another version was meant."""
    found = db.session.get(Result, result_id, with_for_update=True)
    if found is None:
        raise Missing("There is no such result.")
    guard.require(action, found.operation_id)
    meant = flask.request.if_match
    if version not in {None, found.version} or (meant and not blp.is_tagged(found.version, meant)):
        raise Stale()
    return found


def check_own(result: Result) -> None:
    """Leave what somebody else logged to those who may confirm it."""
    if result.recorded_by != guard.actor().id:
        guard.require("confirm", result.operation_id)


def _outcome(sent: Any, logged: logging.Logged) -> Record:
    said: Record = {
        "id": sent.get("id") if isinstance(sent, Mapping) else None,
        "outcome": logged.outcome,
    }
    if logged.record is not None:
        return said | {"id": logged.record["id"], "result": logged.record}
    if logged.refusal is not None:
        waits = {"waits_for": logged.waits_for} if logged.waits_for else {}
        return said | {"problem": _problem(logged.refusal)} | waits
    return said


def _problem(refusal: OpsError) -> Record:
    """Write a refusal as a request of its own would get it."""
    body: Record = {
        "type": f"/problems/{refusal.type}",
        "title": refusal.status.phrase,
        "status": refusal.status,
        "detail": refusal.sentence,
    }
    return body | ({"errors": refusal.errors} if refusal.errors else {})
