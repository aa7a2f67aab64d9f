"""The API of how deployments go on, who moves between them, and what is overdue."""

import datetime as dt

import flask
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.ledger.consultation import saw_each
from ops.operations import (
    deployment_queries,
    deployments,
    progress,
    progress_queries,
    progress_schemas,
    schemas,
)
from ops.operations.models import Assignment, Deployment

blp = Blueprint("progress", __name__, description="How deployments go on")


@blp.route("/deployments/<uuid:deployment_id>/steps")
class Steps(MethodView):
    @blp.response(200, progress_schemas.DeploymentStepSchema(many=True))
    def get(self, deployment_id):
        """List the steps of a deployment, as they were taken"""
        db.find(Deployment, deployment_id, "deployment")
        return _steps(deployment_id)

    @blp.arguments(progress_schemas.StepTakenSchema)
    @blp.response(201, progress_schemas.DeploymentStepSchema(many=True))
    @blp.alt_response(
        200, schema=progress_schemas.DeploymentStepSchema(many=True), description="The same again"
    )
    def post(self, content, deployment_id):
        """Say how a deployment goes on: whoever is on it, or plans it"""
        _id, is_new = progress.take(deployment_id, content, dt.datetime.now(dt.UTC))
        return _steps(deployment_id), 201 if is_new else 200


@blp.route("/deployments/overdue")
class Overdue(MethodView):
    @blp.arguments(progress_schemas.OverdueFilterSchema, location="query")
    @blp.response(200, progress_schemas.OverdueSchema(many=True))
    def get(self, filters):
        """List the deployments that wait for a step, the longest overdue first"""
        patience = flask.current_app.config["SETTINGS"].overdue()
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        query = progress_queries.overdue(
            dt.datetime.now(dt.UTC), progress.Patience(*patience), filters
        )
        due = progress_queries.due_at(progress.Patience(*patience))
        rows, headers = api.page(query, [due, Deployment.id], limit=limit, cursor=cursor)
        saw_each("deployment", [(row.operation, row.id) for row in rows])
        return [row._mapping for row in rows], headers


@blp.route("/assignments/<uuid:assignment_id>/move")
class AssignmentMove(MethodView):
    @blp.arguments(schemas.MoveAssignmentSchema)
    @blp.response(201, schemas.AssignmentSchema(many=True))
    def post(self, content, assignment_id):
        """Move somebody to another deployment, with their team or alone, or replace them"""
        assigned = db.find(Assignment, assignment_id, "assignment")
        deployment = db.find(Deployment, assigned.deployment_id, "deployment")
        guard.require("plan", deployment.operation_id)
        now = dt.datetime.now(dt.UTC)
        there = deployments.move(assignment_id, content, guard.actor().id, now)
        query = deployment_queries.assignments(there)
        return [dict(row) for row in db.session.execute(query).mappings()]


def _steps(deployment_id):
    query = progress_queries.steps(deployment_id)
    return [dict(row) for row in db.session.execute(query).mappings()]
