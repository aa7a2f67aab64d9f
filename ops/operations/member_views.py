"""The API of members: who belongs to an operation, and opening one in an emergency."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.access.member_models import Alert, Membership
from ops.api import Blueprint
from ops.operations import member_queries, member_schemas, members
from ops.operations.models import Operation

blp = Blueprint("members", __name__, description="Who belongs to an operation")


@blp.route("/operations/<uuid:operation_id>/members")
class Members(MethodView):
    @blp.response(200, member_schemas.MembershipSchema(many=True))
    def get(self, operation_id: uuid.UUID) -> Any:
        """List who belongs to an operation, and who did"""
        db.find(Operation, operation_id, "operation")
        return db.session.execute(member_queries.members(operation_id)).mappings().all()

    @blp.arguments(member_schemas.AdmissionSchema)
    @blp.response(201, member_schemas.MembershipSchema)
    def post(self, content: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """Let somebody into an operation, for a time or without an end"""
        guard.require("share", operation_id)
        now = dt.datetime.now(dt.UTC)
        made = members.admit(operation_id, content, guard.actor().id, now)
        return db.session.execute(member_queries.member(made)).mappings().one()


@blp.route("/members/<uuid:membership_id>")
class MemberById(MethodView):
    @blp.response(204)
    def delete(self, membership_id: uuid.UUID) -> None:
        """Take a membership back; that there was one stays"""
        with db.transaction():
            membership = db.find(Membership, membership_id, "membership")
            guard.require("share", membership.operation_id)
            members.end(membership, guard.actor().id)


@blp.route("/break-glass")
class BreakGlass(MethodView):
    @blp.arguments(member_schemas.BreakGlassSchema)
    @blp.response(201, member_schemas.OpenedSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, content: dict[str, str]) -> Operation:
        """Open a restricted operation in an emergency, for eight hours

        Those who lead it and those who audit it are told at once.
        """
        guard.require("break_glass")
        opened = members.break_glass(content["reference"], content["reason"])
        return db.find(Operation, opened, "operation")


@blp.route("/alerts")
class Alerts(MethodView):
    @blp.arguments(api.PageSchema, location="query")
    @blp.response(200, member_schemas.AlertSchema(many=True))
    def get(self, which: dict[str, Any]) -> Any:
        """List what you were told: operations opened in an emergency, and conflicts"""
        found = member_queries.alerts(guard.actor().id)
        rows, headers = api.page(found, [Alert.at, Alert.id], **which, descending=True)
        return [row._mapping for row in rows], headers


@blp.route("/alerts/<uuid:alert_id>/seen")
class AlertSeen(MethodView):
    @blp.response(204)
    def post(self, alert_id: uuid.UUID) -> None:
        """Note that you have seen it"""
        with db.transaction():
            alert = db.find(Alert, alert_id, "alert")
            alert.seen_at = sa.func.coalesce(Alert.seen_at, sa.func.now())
