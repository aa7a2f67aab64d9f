"""The API of deployments and teams: who goes where, and when."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.ledger.consultation import saw
from ops.operations import deployment_queries, deployments, schemas, teams
from ops.operations.models import Assignment, Deployment, Operation, Team

blp = Blueprint("deployments", __name__, description="Who goes where, and when")


@blp.route("/operations/<uuid:operation_id>/deployments")
class Deployments(MethodView):
    @blp.arguments(schemas.DeploymentFilterSchema, location="query")
    @blp.response(200, schemas.DeploymentSchema(many=True))
    def get(self, filters, operation_id):
        """List an operation's deployments, by the start of their windows"""
        db.find(Operation, operation_id, "operation")
        limit, cursor = filters.pop("limit"), filters.pop("cursor", None)
        rows, headers = api.page(
            deployment_queries.deployments(operation_id, filters),
            [sa.func.lower(Deployment.during, type_=sa.DateTime(timezone=True)), Deployment.id],
            limit=limit,
            cursor=cursor,
        )
        saw("deployment", [row.id for row in rows], operation_id)
        return [row._mapping for row in rows], headers

    @blp.arguments(schemas.DeploymentPlanSchema)
    @blp.response(201, schemas.DeploymentSchema)
    @blp.alt_response(200, schema=schemas.DeploymentSchema, description="The same again")
    def post(self, content, operation_id):
        """Add a deployment: one place, one window"""
        guard.require("plan", operation_id)
        deployment_id, is_new = deployments.add(operation_id, content, guard.actor().id)
        return _one(
            deployment_queries.deployment(deployment_id), "deployment"
        ), 201 if is_new else 200


@blp.route("/deployments/<uuid:deployment_id>")
class DeploymentById(MethodView):
    @blp.response(200, schemas.DeploymentSchema)
    def get(self, deployment_id):
        """Show a deployment"""
        found = _one(deployment_queries.deployment(deployment_id), "deployment")
        return found, 200, blp.version_tag(found["version"])

    @blp.etag
    @blp.arguments(schemas.DeploymentChangeSchema)
    @blp.response(200, schemas.DeploymentSchema)
    def patch(self, content, deployment_id):
        """Change a deployment; its people move with its window, or it is refused"""
        _require_plan(Deployment, deployment_id, "deployment")
        now = dt.datetime.now(dt.UTC)
        deployments.change(
            deployment_id, content, now, check_version=blp.check_etag, by=guard.actor().id
        )
        found = _one(deployment_queries.deployment(deployment_id), "deployment")
        blp.set_etag(found["version"])
        return found


@blp.route("/deployments/<uuid:deployment_id>/assignments")
class Assignments(MethodView):
    @blp.response(200, schemas.AssignmentSchema(many=True))
    def get(self, deployment_id):
        """List who is on a deployment, and who was"""
        db.find(Deployment, deployment_id, "deployment")
        return _all(deployment_queries.assignments(deployment_id))

    @blp.arguments(schemas.AssignSchema)
    @blp.response(201, schemas.AssignmentSchema(many=True))
    def post(self, who, deployment_id):
        """Put a team or a person on a deployment; nobody can be in two places at once"""
        _require_plan(Deployment, deployment_id, "deployment")
        deployments.assign(deployment_id, who, guard.actor().id)
        return _all(deployment_queries.assignments(deployment_id))


@blp.route("/assignments/<uuid:assignment_id>")
class AssignmentById(MethodView):
    @blp.response(204)
    def delete(self, assignment_id):
        """Take somebody off a deployment; that they were on it stays as history"""
        assigned = db.find(Assignment, assignment_id, "assignment")
        _require_plan(Deployment, assigned.deployment_id, "deployment")
        deployments.release(assignment_id, dt.datetime.now(dt.UTC))


@blp.route("/operations/<uuid:operation_id>/teams")
class Teams(MethodView):
    @blp.response(200, schemas.TeamSchema(many=True))
    def get(self, operation_id):
        """List an operation's teams"""
        db.find(Operation, operation_id, "operation")
        found = _all(deployment_queries.teams(operation_id))
        saw("team", [each["id"] for each in found], operation_id)
        return found

    @blp.arguments(schemas.TeamPlanSchema)
    @blp.response(201, schemas.TeamSchema)
    def post(self, content, operation_id):
        """Add a team"""
        guard.require("plan", operation_id)
        return _one(deployment_queries.team(teams.add(operation_id, content)), "team")


@blp.route("/teams/<uuid:team_id>")
class TeamById(MethodView):
    @blp.response(200, schemas.TeamSchema)
    def get(self, team_id):
        """Show a team"""
        return _one(deployment_queries.team(team_id), "team")

    @blp.arguments(schemas.TeamChangeSchema)
    @blp.response(200, schemas.TeamSchema)
    def patch(self, content, team_id):
        """Name a team anew, or say anew who is on it"""
        _require_plan(Team, team_id, "team")
        teams.change(team_id, content)
        return _one(deployment_queries.team(team_id), "team")


def _require_plan(model: type[Deployment | Team], key: uuid.UUID, called: str) -> None:
    """Refuse whoever may not change the plan that a part belongs to."""
    guard.require("plan", db.find(model, key, called).operation_id)


def _one(query: sa.Select[Any], called: str) -> Mapping[str, Any]:
    found = db.session.execute(query).mappings().one_or_none()
    if found is None:
        raise Missing(f"There is no such {called}.")
    return dict(found)


def _all(query: sa.Select[Any]) -> list[Mapping[str, Any]]:
    return [dict(row) for row in db.session.execute(query).mappings()]
