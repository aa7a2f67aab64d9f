"""The API of the decision log."""

import datetime as dt
import uuid
from typing import Any

from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.ledger.consultation import saw
from ops.operations.models import Operation
from ops.plans import deciding, decision_queries, decision_schemas
from ops.plans.models import Decision

blp = Blueprint("decisions", __name__, description="Who decided what, when and why")


@blp.route("/operations/<uuid:operation_id>/decisions")
class Decisions(MethodView):
    @blp.arguments(api.PageSchema, location="query")
    @blp.response(200, decision_schemas.DecisionSchema(many=True))
    def get(self, part, operation_id):
        """List the decisions of an operation, the last written first"""
        db.find(Operation, operation_id, "operation")
        rows, headers = api.page(
            decision_queries.decisions(operation_id),
            [Decision.recorded_at, Decision.id],
            descending=True,
            **part,
        )
        saw("decision", [row.id for row in rows], operation_id)
        return [row._mapping for row in rows], headers

    @blp.arguments(decision_schemas.DecisionTakenSchema)
    @blp.response(201, decision_schemas.DecisionSchema)
    @blp.alt_response(200, schema=decision_schemas.DecisionSchema, description="The same again")
    def post(self, content, operation_id):
        """Write a decision down; it stays as it is written"""
        guard.require("log", operation_id)
        with db.transaction():
            decision_id, is_new = deciding.write(
                operation_id, content, guard.actor().id, dt.datetime.now(dt.UTC)
            )
        return _shown(decision_id, operation_id), 201 if is_new else 200


def _shown(decision_id: uuid.UUID, operation_id: uuid.UUID) -> Any:
    saw("decision", [decision_id], operation_id)
    return db.session.execute(decision_queries.decision(decision_id)).mappings().one()
