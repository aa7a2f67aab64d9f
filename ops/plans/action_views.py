"""The API of the 4P plan."""

import uuid
from typing import Any

from flask.views import MethodView

from ops import api, db, wording
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw, saw_each
from ops.operations.models import Operation
from ops.plans import acting, action_queries, action_schemas
from ops.plans.models import PlanAction

blp = Blueprint("actions", __name__, description="The 4P plan: who does what by when")


@blp.route("/operations/<uuid:operation_id>/actions")
class Actions(MethodView):
    @blp.arguments(action_schemas.ActionFilterSchema, location="query")
    @blp.response(200, action_schemas.ActionSchema(many=True))
    def get(self, filters, operation_id):
        """List the actions of an operation's 4P plan, the first due first"""
        db.find(Operation, operation_id, "operation")
        part = {name: filters.pop(name, None) for name in ("limit", "cursor")}
        rows, headers = api.page(
            action_queries.actions(operation_id, filters, wording.today()),
            [PlanAction.due_on, PlanAction.id],
            **part,
        )
        saw("plan_action", [row.id for row in rows], operation_id)
        return [row._mapping for row in rows], headers

    @blp.etag
    @blp.arguments(action_schemas.ActionPlanSchema)
    @blp.response(201, action_schemas.ActionSchema)
    def post(self, content, operation_id):
        """Add an action; a partner adds what their own organisation does"""
        with db.transaction():
            action = acting.add(operation_id, content)
        blp.set_etag(action.version)
        return _shown(action.id)


@blp.route("/actions/<uuid:action_id>")
@blp.etag
class ActionById(MethodView):
    @blp.response(200, action_schemas.ActionSchema)
    def get(self, action_id):
        """Show an action"""
        found = _shown(action_id)
        blp.set_etag(found["version"])
        return found

    @blp.arguments(action_schemas.ActionChangeSchema)
    @blp.response(200, action_schemas.ActionSchema)
    def patch(self, content, action_id):
        """Change an action, look at it again, or say that it is done or dropped"""
        with db.transaction():
            action = db.find(PlanAction, action_id, "action")
            blp.check_etag(action.version)
            acting.change(action, content)
        blp.set_etag(action.version)
        return _shown(action_id)


@blp.route("/actions/due")
class ActionsDue(MethodView):
    @blp.arguments(action_schemas.ActionDueSchema, location="query")
    @blp.response(200, action_schemas.ActionSchema(many=True))
    def get(self, filters):
        """List open actions that are due or to be reviewed within a fortnight, or overdue"""
        part = {name: filters.pop(name, None) for name in ("limit", "cursor")}
        rows, headers = api.page(
            action_queries.due(filters, wording.today()),
            [action_queries.NEXT, PlanAction.id],
            **part,
        )
        saw_each("plan_action", [(row.operation, row.id) for row in rows])
        return [row._mapping for row in rows], headers


def _shown(action_id: uuid.UUID) -> Any:
    query = action_queries.action(action_id, wording.today())
    found = db.session.execute(query).mappings().one_or_none()
    if found is None:
        raise Missing("There is no such action.")
    saw("plan_action", [action_id], found["operation"])
    return found
