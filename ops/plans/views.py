"""The API of guided plans, national weeks and exit criteria."""

import datetime as dt
import uuid
from typing import Any

import flask
from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Invalid, Missing
from ops.ledger.consultation import saw
from ops.operations import planning
from ops.operations.models import Operation, Phase
from ops.plans import guided, queries, schemas, weeks
from ops.plans.models import ExitCriterion, NationalWeek

blp = Blueprint("plans", __name__, description="What each kind of operation asks for")


@blp.route("/operations/<uuid:operation_id>/plan")
class GuidedPlanOf(MethodView):
    @blp.response(200, schemas.GuidedPlanSchema)
    def get(self, operation_id):
        """Show what an operation's kind asks for, what is said of it, and what is missing"""
        return _plan(operation_id)

    @blp.etag
    @blp.arguments(schemas.GuidedPlanChangeSchema)
    @blp.response(200, schemas.GuidedPlanSchema)
    def patch(self, content, operation_id):
        """Say a part of it; the version is 0 until something is said

        The period of the operation follows the national week that is chosen.
        """
        guard.require("plan", operation_id)
        with db.transaction():
            plan = guided.find(operation_id)
            blp.check_etag(plan.version if plan else 0)
            plan = guided.change(operation_id, plan, content)
        blp.set_etag(plan.version)
        return _plan(operation_id)


@blp.route("/national-weeks")
class NationalWeeks(MethodView):
    @blp.response(200, schemas.NationalWeekSchema(many=True))
    def get(self):
        """List the national weeks, the latest first"""
        return db.session.scalars(queries.national_weeks()).all()

    @blp.arguments(schemas.NationalWeekSchema)
    @blp.response(201, schemas.NationalWeekSchema)
    def post(self, week):
        """Add a national week"""
        weeks.require_may_name()
        row = NationalWeek(**week, created_by=guard.actor().id)
        with db.transaction():
            db.session.add(row)
        return row


@blp.route("/national-weeks/<uuid:week_id>")
class NationalWeekById(MethodView):
    @blp.arguments(schemas.NationalWeekChangeSchema)
    @blp.response(200, schemas.NationalWeekSchema)
    def patch(self, content, week_id):
        """Change a national week; operations keep their period until the week is chosen again"""
        weeks.require_may_name()
        with db.transaction():
            week = db.find(NationalWeek, week_id, "national week")
            for name, value in content.items():
                setattr(week, name, value)
        return week


@blp.route("/operations/<uuid:operation_id>/exit-criteria")
class ExitCriteria(MethodView):
    @blp.response(200, schemas.CriterionSchema(many=True))
    def get(self, operation_id):
        """List what must hold before each phase is left"""
        db.find(Operation, operation_id, "operation")
        rows = db.session.execute(queries.criteria(operation_id)).mappings().all()
        saw("exit_criterion", [row["id"] for row in rows], operation_id)
        return rows

    @blp.etag
    @blp.arguments(schemas.CriterionPlanSchema)
    @blp.response(201, schemas.CriterionSchema)
    def post(self, content, operation_id):
        """Say what must hold before a phase is left"""
        guard.require("plan", operation_id)
        with db.transaction():
            planning.to_change(operation_id)
            phase = db.session.get(Phase, content["phase"])
            if phase is None or phase.operation_id != operation_id:
                said = "This operation has no such phase."
                raise Invalid(said, {"phase": [said]})
            row = ExitCriterion(
                operation_id=operation_id,
                phase_id=phase.id,
                text=content["text"],
                created_by=guard.actor().id,
            )
            db.session.add(row)
        blp.set_etag(row.version)
        return _criterion(row.id)


@blp.route("/exit-criteria/<uuid:criterion_id>")
@blp.etag
class ExitCriterionById(MethodView):
    @blp.response(200, schemas.CriterionSchema)
    def get(self, criterion_id):
        """Show an exit criterion"""
        found = _criterion(criterion_id)
        blp.set_etag(found["version"])
        return found

    @blp.arguments(schemas.CriterionChangeSchema)
    @blp.response(200, schemas.CriterionSchema)
    def patch(self, content, criterion_id):
        """Say whether a criterion is met, or word it anew, which asks for a new judgement"""
        with db.transaction():
            row = db.find(ExitCriterion, criterion_id, "exit criterion")
            guard.require("plan", row.operation_id)
            blp.check_etag(row.version)
            planning.to_change(row.operation_id)
            if content.get("text", row.text) != row.text:
                row.is_met = row.judged_at = row.judged_by = None
            for name, value in content.items():
                setattr(row, name, value)
            if "is_met" in content:
                row.judged_at, row.judged_by = dt.datetime.now(dt.UTC), guard.actor().id
        blp.set_etag(row.version)
        return _criterion(criterion_id)


def _plan(operation_id: uuid.UUID) -> flask.Response:
    found = guided.shown(operation_id)
    saw("guided_plan", [operation_id], operation_id)
    reply = flask.jsonify(found)
    reply.headers.update(blp.version_tag(found["version"]))
    return reply


def _criterion(criterion_id: uuid.UUID) -> Any:
    found = db.session.execute(queries.criterion(criterion_id)).mappings().one_or_none()
    if found is None:
        raise Missing("There is no such exit criterion.")
    saw("exit_criterion", [criterion_id], found["operation"])
    return found
