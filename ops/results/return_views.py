"""The API of what is still owed: returns to court, reports, second looks at disruptions."""

import datetime as dt
from typing import Any

from flask.views import MethodView

from ops import api, db, wording
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw_each
from ops.operations.models import Deployment, Operation
from ops.results import disruption_reviews, nil_returns, return_schemas, warrant_returns
from ops.results.kinds.disruptions import Disruption
from ops.results.kinds.warrants import without_a_clock
from ops.results.models import NilReturn, Result

blp = Blueprint("returns", __name__, description="What is still owed: returns to court, reports")


@blp.route("/warrants/returns")
class WarrantReturns(MethodView):
    @blp.arguments(return_schemas.WarrantReturnFilterSchema, location="query")
    @blp.response(200, return_schemas.WarrantReturnSchema(many=True))
    def get(self, filters):
        """List warrants that are not back at court, by the day they are due there"""
        today = wording.today()
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        query = warrant_returns.returns(filters, today)
        keys: list[db.Key] = [warrant_returns.DUE, Result.id]
        found, headers = api.page(query, keys, limit=limit, cursor=cursor)
        saw_each("result", [(row.operation, row.id) for row in found])
        return [_with_clock(row._mapping, today) for row in found], headers


@blp.route("/deployments/<uuid:deployment_id>/nil-return")
class DeploymentNilReturn(MethodView):
    @blp.arguments(return_schemas.NilReturnPlanSchema)
    @blp.response(201, return_schemas.NilReturnSchema)
    @blp.alt_response(200, schema=return_schemas.NilReturnSchema, description="The same again")
    def post(self, sent, deployment_id):
        """Say that a deployment had nothing to report; the same again is the same nil return"""
        nil_id, is_new = nil_returns.give(deployment_id, sent, dt.datetime.now(dt.UTC))
        return _one(nil_id), 201 if is_new else 200


@blp.route("/operations/<uuid:operation_id>/nil-returns")
class OperationNilReturns(MethodView):
    @blp.arguments(return_schemas.NilReturnFilterSchema, location="query")
    @blp.response(200, return_schemas.NilReturnSchema(many=True))
    def get(self, filters, operation_id):
        """List an operation's nil returns, the newest first, also those taken back"""
        db.find(Operation, operation_id, "operation")
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        query = nil_returns.nil_returns(filters | {"operation": operation_id})
        keys = [NilReturn.made_at, NilReturn.id]
        found, headers = api.page(query, keys, limit=limit, cursor=cursor, descending=True)
        saw_each("nil_return", [(row.operation, row.id) for row in found])
        return [row._mapping for row in found], headers


@blp.route("/nil-returns/<uuid:nil_return_id>/take-back")
class NilReturnTakenBack(MethodView):
    @blp.arguments(return_schemas.TakeBackSchema)
    @blp.response(200, return_schemas.NilReturnSchema)
    def post(self, sent, nil_return_id):
        """Take a nil return back; it stays, with the reason"""
        with db.transaction():
            nil_returns.take_back(nil_return_id, sent["reason"], dt.datetime.now(dt.UTC))
        return _one(nil_return_id)


@blp.route("/nil-returns/missing")
class Unreported(MethodView):
    @blp.arguments(return_schemas.UnreportedFilterSchema, location="query")
    @blp.response(200, return_schemas.UnreportedSchema(many=True))
    def get(self, filters):
        """List deployments that ended with neither a result nor a nil return, the oldest first"""
        now = dt.datetime.now(dt.UTC)
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        query = nil_returns.missing(filters, now)
        keys: list[db.Key] = [nil_returns.ENDED, Deployment.id]
        found, headers = api.page(query, keys, limit=limit, cursor=cursor)
        saw_each("deployment", [(row.operation, row.id) for row in found])
        return [_with_age(row._mapping, now) for row in found], headers


@blp.route("/disruptions/reviews")
class DisruptionReviews(MethodView):
    @blp.arguments(return_schemas.DisruptionReviewFilterSchema, location="query")
    @blp.response(200, return_schemas.DisruptionReviewRowSchema(many=True))
    def get(self, filters):
        """List disruptions to look at again, by the day that is due"""
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        query = disruption_reviews.reviews(filters, wording.today())
        keys: list[db.Key] = [Disruption.review_due, Result.id]
        found, headers = api.page(query, keys, limit=limit, cursor=cursor)
        saw_each("result", [(row.operation, row.id) for row in found])
        return [row._mapping for row in found], headers


def _with_clock(row: Any, today: dt.date) -> dict[str, Any]:
    due, is_out = row["return_due"], row["returned_on"] is None
    return {
        **row,
        "is_overdue": is_out and due is not None and due < today,
        "no_clock": without_a_clock(row["granted_on"], due) if is_out else None,
    }


def _with_age(row: Any, now: dt.datetime) -> dict[str, Any]:
    return {**row, "hours_ago": (now - row["ended_at"]) // dt.timedelta(hours=1)}


def _one(nil_id: object) -> Any:
    found = db.session.execute(nil_returns.nil_returns({"id": nil_id})).first()
    if found is None:
        raise Missing("There is no such nil return.")
    return found._mapping
