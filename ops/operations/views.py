"""The API of operations: plan, change, move on."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw
from ops.operations import planning, queries, rules, schemas
from ops.operations.models import Operation, Phase

blp = Blueprint("operations", __name__, description="Plans and what belongs to them")
guard.takes_long("operations.OperationById")


@blp.route("/operations")
class Operations(MethodView):
    @blp.arguments(schemas.OperationFilterSchema, location="query")
    @blp.response(200, schemas.OperationSchema(many=True))
    def get(self, filters):
        """List operations, newest first"""
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        table = Operation.__table__.c
        rows, headers = api.page(
            queries.operations(filters),
            [table.starts_at, table.id],
            limit=limit,
            cursor=cursor,
            descending=True,
        )
        saw("operation", [row.id for row in rows])
        return [row._mapping for row in rows], headers

    @blp.arguments(schemas.OperationPlanSchema)
    @blp.response(201, schemas.OperationInFullSchema)
    @blp.alt_response(200, schema=schemas.OperationInFullSchema, description="The same again")
    def post(self, content):
        """Plan an operation"""
        guard.require("plan")
        who = guard.actor()
        operation_id, is_new = planning.plan(content, who.organisation_id, who.id)
        return _in_full(operation_id), 201 if is_new else 200


@blp.route("/operations/<uuid:operation_id>")
class OperationById(MethodView):
    @blp.response(200, schemas.OperationInFullSchema)
    def get(self, operation_id):
        """Show an operation, its relatives, and the steps it could take"""
        found = _in_full(operation_id)
        return found, 200, blp.version_tag(found["version"])

    @blp.etag
    @blp.arguments(schemas.OperationChangeSchema)
    @blp.response(200, schemas.OperationInFullSchema)
    def patch(self, content, operation_id):
        """Change an operation that is not over"""
        guard.require("plan", operation_id)
        if "visibility" in content:
            guard.require("share", operation_id)
        with db.transaction():
            operation = db.find(Operation, operation_id, "operation")
            blp.check_etag(operation.version)
            planning.change(operation, content)
        blp.set_etag(operation.version)
        return _in_full(operation_id)


@blp.route("/operations/<uuid:operation_id>/transitions")
class Transitions(MethodView):
    @blp.response(200, schemas.TransitionSchema(many=True))
    def get(self, operation_id):
        """List the steps an operation took"""
        db.find(Operation, operation_id, "operation")
        return [row._mapping for row in db.session.execute(queries.transitions(operation_id))]

    @blp.arguments(schemas.MoveSchema)
    @blp.response(201, schemas.OperationInFullSchema)
    def post(self, step, operation_id):
        """Move an operation on, or back with a reason

        Refused with everything that is missing for the step.
        """
        guard.require("approve" if step["to"] == "approved" else "plan", operation_id)
        now = dt.datetime.now(dt.UTC)
        planning.move(operation_id, step["to"], step.get("reason"), guard.actor().id, now)
        return _in_full(operation_id)


@blp.route("/operations/<uuid:operation_id>/phases")
class Phases(MethodView):
    @blp.response(200, schemas.PhaseSchema(many=True))
    def get(self, operation_id):
        """List an operation's phases"""
        db.find(Operation, operation_id, "operation")
        return db.session.scalars(queries.phases(operation_id)).all()

    @blp.arguments(schemas.PhaseSchema)
    @blp.response(201, schemas.PhaseSchema)
    def post(self, content, operation_id):
        """Add a phase to a place-based operation"""
        guard.require("plan", operation_id)
        return planning.add_phase(operation_id, content)


@blp.route("/phases/<uuid:phase_id>")
class PhaseById(MethodView):
    @blp.arguments(schemas.PhaseChangeSchema)
    @blp.response(200, schemas.PhaseSchema)
    def patch(self, content, phase_id):
        """Change a phase"""
        with db.transaction():
            phase = db.find(Phase, phase_id, "phase")
            guard.require("plan", phase.operation_id)
            planning.to_change(phase.operation_id)
            for name, value in content.items():
                setattr(phase, name, value)
        return phase

    @blp.response(204)
    def delete(self, phase_id):
        """Take a phase out of the plan; the history of the plan keeps it"""
        with db.transaction():
            phase = db.find(Phase, phase_id, "phase")
            guard.require("plan", phase.operation_id)
            planning.to_change(phase.operation_id)
            db.session.delete(phase)


def _in_full(operation_id: Any) -> Mapping[str, Any]:
    found = db.session.execute(queries.operation(operation_id)).mappings().one_or_none()
    if found is None:
        raise Missing("There is no such operation.")
    facts = {name: found[name] for name in rules.Plan.__dataclass_fields__}
    is_own = (
        found["status"] == "planned"
        and db.session.scalar(queries.planner(operation_id)) == guard.actor().id
    )
    steps = rules.steps(
        found["status"], rules.Plan(**facts), dt.datetime.now(dt.UTC), called_complete=is_own
    )
    return {**found, "steps": steps}
