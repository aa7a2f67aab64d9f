"""The API of exhibits: the next free reference, and the clocks of detained cash."""

import datetime as dt

from flask.views import MethodView

from ops import api, db
from ops.api import Blueprint
from ops.errors import Invalid, Missing
from ops.ledger.consultation import saw_each
from ops.operations.models import Operation
from ops.results import custody_queries, exhibits
from ops.results.custody_schemas import (
    ClockFilterSchema,
    ClockSchema,
    ExhibitReferenceSchema,
    NextExhibitSchema,
)
from ops.results.kinds.seizures import Seizure

blp = Blueprint("exhibits", __name__)


@blp.route("/operations/<uuid:operation_id>/exhibits/next")
class NextExhibit(MethodView):
    @blp.arguments(NextExhibitSchema, location="query")
    @blp.response(200, ExhibitReferenceSchema)
    def get(self, asked, operation_id):
        """Suggest the next exhibit reference of a producer, or inside a seizure"""
        db.find(Operation, operation_id, "operation")
        stem = asked.get("producer")
        if "parent" in asked:
            parent = db.session.get(Seizure, asked["parent"])
            if parent is None or parent.operation_id != operation_id:
                raise Missing("There is no such seizure.")
            stem = parent.exhibit_ref
            if stem is None:
                said = "This has no exhibit reference itself; give it one first."
                raise Invalid(said, {"parent": [said]})
        return {"exhibit_ref": exhibits.suggestion(operation_id, stem)}


@blp.route("/cash-detentions")
class CashDetentions(MethodView):
    @blp.arguments(ClockFilterSchema, location="query")
    @blp.response(200, ClockSchema(many=True))
    def get(self, filters):
        """List the cash whose detention no court has ordered yet, what is due first before the rest

        Of £1,000 or more, seized in the last 48 hours or longer ago; weekends and bank holidays
        do not count.
        """
        page = {name: filters.pop(name) for name in ("limit", "cursor") if name in filters}
        query = custody_queries.clocks(dt.datetime.now(dt.UTC), **filters)
        keys = [Seizure.poca_due_at, Seizure.result_id]
        found, headers = api.page(query, keys, **page)
        saw_each("result", [(row.operation, row.id) for row in found])
        return found, headers
