"""The API of results."""

import datetime as dt
import functools
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import flask
import orjson
import sqlalchemy as sa
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Invalid, Missing, OpsError, Refused, Stale
from ops.ledger.consultation import saw_each
from ops.ledger.models import Change
from ops.operations.models import Operation
from ops.results import batch, corrections, history, logging, measures, queries, rules, schemas
from ops.results.kinds import KINDS
from ops.results.kinds.base import Detail
from ops.results.models import Credit, Measure, Result

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
        with db.transaction():
            [logged] = logging.log([item], guard.actor().id)
        if logged.refusal is not None:
            raise logged.refusal
        record = logged.record or {}
        blp.set_etag(record["version"])
        created = logged.outcome == "created"
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
                sent["items"], guard.actor().id, functools.partial(guard.require, "log")
            )
        items = [_outcome(each, logged) for each, logged in zip(sent["items"], judged, strict=True)]
        return flask.jsonify({"items": items}), HTTPStatus.MULTI_STATUS


@blp.route("/results/<uuid:result_id>")
@blp.etag
class ResultById(MethodView):
    @blp.response(200, schemas.WholeRecordSchema)
    def get(self, result_id):
        """Show a result"""
        return _show(result_id)

    @blp.arguments(schemas.ResultCorrectionSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def patch(self, sent, result_id):
        """Correct a result: a new version, with a reason; what it was stays in its history"""
        with db.transaction():
            result = _locked("log", result_id)
            blp.check_etag(result.version)
            _check_own(result)
            rules.check_standing(result, "corrected")
            db.give_reason(sent["reason"])
            corrections.correct(result, _record(result_id), sent)
        return _show(result_id)


@blp.route("/results/<uuid:result_id>/strike")
@blp.etag
class ResultStrike(MethodView):
    @blp.arguments(schemas.ResultVersionSchema, location="query")
    @blp.arguments(schemas.ResultReasonSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, seen, sent, result_id):
        """Strike a result: it stays, with the reason, and counts no more"""
        with db.transaction():
            result = _locked("log", result_id, seen.get("version"))
            _check_own(result)
            db.give_reason(sent["reason"])
            rules.strike(result, sent["reason"], guard.actor().id, dt.datetime.now(dt.UTC))
        return _show(result_id)


@blp.route("/results/<uuid:result_id>/confirm")
@blp.etag
class ResultConfirm(MethodView):
    @blp.arguments(schemas.ResultVersionSchema, location="query")
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, seen, result_id):
        """Confirm a result; refused, with what is missing, while something is"""
        with db.transaction():
            result = _locked("confirm", result_id, seen.get("version"))
            kind, record = KINDS[result.kind], _record(result_id)
            detail = logging.typed(kind, record)
            missing = kind.missing_to_confirm(detail) or _struck(detail)
            rules.confirm(result, missing, guard.actor().id, dt.datetime.now(dt.UTC))
        return _show(result_id)


@blp.route("/results/<uuid:result_id>/credits")
@blp.etag
class ResultCredits(MethodView):
    @blp.arguments(schemas.ResultCreditSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, sent, result_id):
        """Credit a result to a further operation, in support; any total still counts it once"""
        with db.transaction():
            result = _locked("confirm", result_id)
            rules.check_standing(result, "credited")
            operation = db.find(Operation, sent["operation"], "operation")
            guard.require("log", operation.id)
            if operation.id == result.operation_id:
                raise Refused("This operation led the result, so it has the credit already.")
            if db.session.get(Credit, (result_id, operation.id)) is None:
                # First the new version: from then on the ledger sees what is added.
                corrections.bump(result)
                db.session.flush()
                db.session.add(Credit(result_id=result.id, operation_id=operation.id))
        return _show(result_id)


@blp.route("/results/<uuid:result_id>/credits/<uuid:operation_id>")
@blp.etag
class ResultCreditById(MethodView):
    @blp.response(204)
    def delete(self, result_id, operation_id):
        """Take the credit of a supporting operation back"""
        with db.transaction():
            result = _locked("confirm", result_id)
            blp.check_etag(result.version)
            credit = db.session.get(Credit, (result_id, operation_id))
            if credit is None:
                raise Missing("This operation has no credit for this result.")
            db.session.delete(credit)
            corrections.bump(result)


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
    facets = {name: filters.pop(name) for name in schemas.FACETS if name in filters}
    measure = _looked_up(filters)
    query, keys = queries.results(filters, facets, measure)
    found, headers = api.page(query, keys, limit=limit, cursor=cursor, descending=True)
    saw_each("result", [(row.operation_id, row.id) for row in found])
    reply = flask.current_app.response_class(
        "[" + ",".join(row.record for row in found) + "]", mimetype="application/json"
    )
    reply.headers.update(headers)
    return reply


def _looked_up(filters: dict[str, Any]) -> measures.Definition | None:
    """Find the measure that is named, and the operations that are described, in one statement."""
    described = filters.keys() & schemas.DESCRIBES_OPERATIONS
    operations = queries.operations(filters) if described else sa.null()
    if "measure" not in filters:
        if described:
            filters["operation"] = db.session.scalar(sa.select(operations))
        return None
    found = db.session.execute(
        measures.current().where(Measure.code == filters["measure"]).add_columns(operations)
    ).first()
    definition = None if found is None else measures.read(found[0])
    if found is None or definition is None:
        said = "There is no such measure; see /api/v1/measures."
        raise Invalid(said, {"measure": [said]})
    if described:
        filters["operation"] = found[1]
    return definition


def _record(result_id: uuid.UUID) -> Record:
    found = db.session.execute(queries.whole([result_id])).first()
    if found is None:
        raise Missing("There is no such result.")
    record: Record = orjson.loads(found.record)
    return record


def _show(result_id: uuid.UUID) -> flask.Response:
    record = logging.remarked(_record(result_id))
    blp.set_etag(record["version"])
    return flask.jsonify(record)


def _locked(action: str, result_id: uuid.UUID, version: int | None = None) -> Result:
    """Fetch a result to change it, one at a time; refuse where another version was meant."""
    found = db.session.get(Result, result_id, with_for_update=True)
    if found is None:
        raise Missing("There is no such result.")
    guard.require(action, found.operation_id)
    meant = flask.request.if_match
    if version not in {None, found.version} or (meant and not blp.is_tagged(found.version, meant)):
        raise Stale("Somebody else changed this first; read it again.")
    return found


def _check_own(result: Result) -> None:
    """Leave what somebody else logged to those who may confirm it."""
    if result.recorded_by != guard.actor().id:
        guard.require("confirm", result.operation_id)


def _struck(detail: Detail) -> str | None:
    """Say that a record rests on one that was struck, if it does."""
    named = [value for value in detail.values() if isinstance(value, uuid.UUID)]
    if db.session.scalar(queries.any_struck(named)):
        return "It names a record that was struck; correct it first."
    return None


def _outcome(sent: Any, logged: logging.Logged) -> Record:
    said: Record = {
        "id": sent.get("id") if isinstance(sent, Mapping) else None,
        "outcome": logged.outcome,
    }
    if logged.record is not None:
        return said | {"id": logged.record["id"], "result": logged.record}
    if logged.refusal is not None:
        return said | {"problem": _problem(logged.refusal)}
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
