"""The API of retention: what is due, decisions, holds, erasure."""

import datetime as dt
import uuid
from typing import Any

from flask.views import MethodView

from ops import api, db, wording
from ops.access import guard
from ops.api import Blueprint
from ops.ledger.consultation import saw, saw_each
from ops.retention import deciding, queries, rules, schemas
from ops.retention.models import RetentionHold

blp = Blueprint("retention", __name__, description="How long what is kept, and its end")
guard.takes_long("retention.OperationErase")


@blp.route("/retention-groups")
class Groups(MethodView):
    @blp.response(200, schemas.RetentionGroupSchema(many=True))
    def get(self) -> Any:
        """List the review groups that hold today"""
        return [row._mapping for row in db.session.execute(queries.groups(wording.today()))]


@blp.route("/reviews/due")
class Due(MethodView):
    @blp.arguments(schemas.DueFilterSchema, location="query")
    @blp.response(200, schemas.DueSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List the operations and results that are due for review, the longest due first

        A result without a group of its own is reviewed with its operation.
        """
        page = {"limit": filters.pop("limit"), "cursor": filters.pop("cursor", None)}
        filters.setdefault("before", wording.today())
        rows, headers = api.page(queries.due(filters), queries.DUE_KEYS, **page)
        saw("operation", [row.id for row in rows if row.object == "operation"])
        saw_each("result", [(r.operation_id, r.id) for r in rows if r.object == "result"])
        return [row._mapping for row in rows], headers


@blp.route("/operations/<uuid:operation_id>/retention")
class OperationRetention(MethodView):
    @blp.response(200, schemas.RetentionSchema)
    def get(self, operation_id: uuid.UUID) -> Any:
        """Show how long an operation is kept, and what was decided about it"""
        return _shown("operation", operation_id)


@blp.route("/results/<uuid:result_id>/retention")
class ResultRetention(MethodView):
    @blp.response(200, schemas.RetentionSchema)
    def get(self, result_id: uuid.UUID) -> Any:
        """Show how long a result is kept, and what was decided about it"""
        return _shown("result", result_id)


@blp.route("/operations/<uuid:operation_id>/reviews")
class OperationReviews(MethodView):
    @blp.arguments(schemas.ReviewSentSchema)
    @blp.response(201, schemas.ReviewSchema)
    def post(self, sent: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """Decide to keep an operation until another review, or to erase it"""
        return _review("operation", operation_id, sent)


@blp.route("/results/<uuid:result_id>/reviews")
class ResultReviews(MethodView):
    @blp.arguments(schemas.ReviewSentSchema)
    @blp.response(201, schemas.ReviewSchema)
    def post(self, sent: dict[str, Any], result_id: uuid.UUID) -> Any:
        """Decide to keep a result until another review, or to erase it"""
        return _review("result", result_id, sent)


@blp.route("/operations/<uuid:operation_id>/holds")
class OperationHolds(MethodView):
    @blp.arguments(schemas.HoldSentSchema)
    @blp.response(201, schemas.HoldSchema)
    def post(self, sent: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """Hold an operation with all that belongs to it: nothing of it is erased meanwhile"""
        return _hold("operation", operation_id, sent)


@blp.route("/results/<uuid:result_id>/holds")
class ResultHolds(MethodView):
    @blp.arguments(schemas.HoldSentSchema)
    @blp.response(201, schemas.HoldSchema)
    def post(self, sent: dict[str, Any], result_id: uuid.UUID) -> Any:
        """Hold a result: neither it nor its operation is erased meanwhile"""
        return _hold("result", result_id, sent)


@blp.route("/holds/<uuid:hold_id>")
class HoldById(MethodView):
    @blp.response(204)
    def delete(self, hold_id: uuid.UUID) -> None:
        """Lift a hold; that there was one stays"""
        with db.transaction():
            found = db.find(RetentionHold, hold_id, "hold")
            guard.require("erase", found.operation_id)
            deciding.lift(found, guard.actor().id, dt.datetime.now(dt.UTC))


@blp.route("/operations/<uuid:operation_id>/erase")
class OperationErase(MethodView):
    """Erase an operation"""

    @blp.arguments(schemas.EraseFilterSchema, location="query")
    @blp.arguments(schemas.EraseSentSchema)
    @blp.response(200, schemas.ErasedSchema)
    def post(self, how: dict[str, Any], sent: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """Erase an operation with all in it, as somebody else decided

        First with `dry_run=true`: the reply lists what would go, and the token that
        the call which erases must send back. The fact stays, and what figures count.
        """
        return _erase("operation", operation_id, how, sent)


@blp.route("/results/<uuid:result_id>/erase")
class ResultErase(MethodView):
    """Erase a result"""

    @blp.arguments(schemas.EraseFilterSchema, location="query")
    @blp.arguments(schemas.EraseSentSchema)
    @blp.response(200, schemas.ErasedSchema)
    def post(self, how: dict[str, Any], sent: dict[str, Any], result_id: uuid.UUID) -> Any:
        """Erase a result, as somebody else decided

        First with `dry_run=true`: the reply lists what would go, and the token that
        the call which erases must send back. The fact stays, and what figures count.
        """
        return _erase("result", result_id, how, sent)


def _shown(object_: str, object_id: uuid.UUID) -> dict[str, Any]:
    operation_id = deciding.operation_of(object_, object_id)
    found = deciding.row(object_, object_id, operation_id)
    labels = {g.code: g.label for g in db.session.execute(queries.groups(wording.today()))}
    reviews = db.session.execute(queries.reviews(object_id)).mappings().all()
    holds = db.session.execute(queries.holds(object_, object_id, operation_id)).mappings().all()
    return {
        **found._mapping,
        "group_label": labels.get(found.group),
        "reviews": reviews,
        "holds": holds,
        "missing": rules.missing_to_erase(deciding.state(found)),
    }


def _review(object_: str, object_id: uuid.UUID, sent: dict[str, Any]) -> Any:
    guard.require("erase", deciding.operation_of(object_, object_id))
    with db.transaction():
        made = deciding.review(object_, object_id, sent, guard.actor().id)
    found = db.session.execute(queries.reviews(object_id)).mappings().all()
    return next(each for each in found if each["id"] == made)


def _hold(object_: str, object_id: uuid.UUID, sent: dict[str, Any]) -> Any:
    operation_id = deciding.operation_of(object_, object_id)
    guard.require("erase", operation_id)
    with db.transaction():
        made = deciding.hold(object_, object_id, sent["reason"], guard.actor().id)
    found = db.session.execute(queries.holds(object_, object_id, operation_id)).mappings().all()
    return next(each for each in found if each["id"] == made)


def _erase(object_: str, object_id: uuid.UUID, how: dict[str, Any], sent: dict[str, Any]) -> Any:
    guard.require("erase", deciding.operation_of(object_, object_id))
    with db.transaction():
        return deciding.erase(
            object_, object_id, sent.get("token"), guard.actor().id, dry_run=how["dry_run"]
        )
