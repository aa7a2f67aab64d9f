"""The API of briefings: write a version, issue it, read it, withdraw it."""

import datetime as dt
import uuid
from typing import Any

from flask.views import MethodView
from sqlalchemy.dialects.postgresql import insert

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.briefings import differences, queries, rules, schemas, sections, stored, writing
from ops.briefings.composing import plan_of
from ops.briefings.models import Briefing, BriefingReading
from ops.ledger.consultation import saw
from ops.operations.models import Operation

blp = Blueprint("briefings", __name__, description="What is said to those deployed")
ONE = "/operations/<uuid:operation_id>/briefings/<int:version>"


@blp.route("/operations/<uuid:operation_id>/briefings")
class Briefings(MethodView):
    @blp.arguments(schemas.BriefingFilterSchema, location="query")
    @blp.response(200, schemas.BriefingSchema(many=True))
    def get(self, filters: dict[str, Any], operation_id: uuid.UUID) -> Any:
        """List the versions of an operation's briefing, the newest first"""
        db.find(Operation, operation_id, "operation")
        found, headers = api.page(
            queries.briefings(operation_id),
            [Briefing.version, Briefing.id],
            limit=filters["limit"],
            cursor=filters.get("cursor"),
            descending=True,
        )
        saw("briefing", [row.id for row in found], operation_id)
        return [row._mapping for row in found], headers

    @blp.etag
    @blp.response(201, schemas.WholeBriefingSchema)
    def post(self, operation_id: uuid.UUID) -> Any:
        """Begin the next version, filled from the plan and from the version before

        There is one draft at a time.
        """
        guard.require("plan", operation_id)
        with db.transaction():
            made = writing.draft(operation_id)
        return _shown(operation_id, made.version)


@blp.route(ONE)
class BriefingByVersion(MethodView):
    @blp.response(200, schemas.WholeBriefingSchema)
    def get(self, operation_id: uuid.UUID, version: int) -> Any:
        """Show a version: what was issued stands as it was issued"""
        told = stored.briefing(operation_id, version)
        return told, 200, blp.version_tag(told["revision"])

    @blp.etag
    @blp.arguments(schemas.BriefingChangeSchema)
    @blp.response(200, schemas.WholeBriefingSchema)
    def patch(self, sent: dict[str, Any], operation_id: uuid.UUID, version: int) -> Any:
        """Write in the sections of a draft"""
        with db.transaction():
            found = stored.to_change("plan", operation_id, version)
            blp.check_etag(found.revision)
            writing.change(found, sent)
        return _shown(operation_id, version)


@blp.route(f"{ONE}/plan")
class BriefingPlan(MethodView):
    @blp.response(200, schemas.BriefingDifferencesSchema)
    def get(self, operation_id: uuid.UUID, version: int) -> Any:
        """Show what the plan says otherwise by now than when it was taken into this version"""
        told = stored.briefing(operation_id, version)
        guard.require("plan", operation_id)
        plan = plan_of(operation_id)
        return {
            "since": version,
            "sections": differences.sections(told["filled"], sections.filled(plan)),
            "deployments": differences.deployments(told["plan"], plan),
            "other": differences.others(told["plan"], plan),
        }

    @blp.etag
    @blp.doc(**api.AS_READ)
    @blp.arguments(schemas.BriefingTakeSchema)
    @blp.response(200, schemas.WholeBriefingSchema)
    def post(self, sent: dict[str, Any], operation_id: uuid.UUID, version: int) -> Any:
        """Take the plan as it is into a draft; what somebody wrote stays"""
        with db.transaction():
            found = stored.to_change("plan", operation_id, version)
            blp.check_read(found.revision)
            writing.take_plan(found, sent["sections"])
        return _shown(operation_id, version)


@blp.route(f"{ONE}/issue")
@blp.etag
class BriefingIssue(MethodView):
    @blp.doc(**api.AS_READ)
    @blp.arguments(schemas.BriefingIssueSchema)
    @blp.response(200, schemas.WholeBriefingSchema)
    def post(self, sent: dict[str, Any], operation_id: uuid.UUID, version: int) -> Any:
        """Issue a draft as it was read: from then on nobody changes it"""
        with db.transaction():
            found = stored.to_change("approve", operation_id, version)
            if sent["shared"]:
                guard.require("share", operation_id)
            blp.check_read(found.revision)
            writing.issue(found, dt.datetime.now(dt.UTC), is_shared=sent["shared"])
        return _shown(operation_id, version)


@blp.route(f"{ONE}/withdraw")
class BriefingWithdraw(MethodView):
    @blp.etag
    @blp.arguments(schemas.BriefingWithdrawalSchema)
    @blp.response(200, schemas.WholeBriefingSchema)
    def post(self, sent: dict[str, Any], operation_id: uuid.UUID, version: int) -> Any:
        """Withdraw what was issued; it stays to be read, and says so first"""
        with db.transaction():
            found = stored.to_change("approve", operation_id, version)
            writing.withdraw(found, sent["reason"], dt.datetime.now(dt.UTC))
        return _shown(operation_id, version)


@blp.route(f"{ONE}/read")
class BriefingRead(MethodView):
    @blp.etag
    @blp.response(200, schemas.WholeBriefingSchema)
    def post(self, operation_id: uuid.UUID, version: int) -> Any:
        """Say that one has read this version; the first time stands"""
        told = stored.briefing(operation_id, version)
        if told["read_at"] is None:
            rules.check_reading(told["state"])
            with db.transaction():
                row = {
                    "briefing_id": told["id"],
                    "operation_id": operation_id,
                    "person_id": guard.actor().id,
                }
                db.session.execute(insert(BriefingReading).values(row).on_conflict_do_nothing())
        return _shown(operation_id, version)


@blp.route(f"{ONE}/changes")
class BriefingChanges(MethodView):
    @blp.response(200, schemas.BriefingDifferencesSchema)
    def get(self, operation_id: uuid.UUID, version: int) -> Any:
        """Show what changed since the version that whoever asks read last"""
        return stored.since_read(stored.briefing(operation_id, version))


@blp.route(f"{ONE}/readers")
class BriefingReaders(MethodView):
    @blp.response(200, schemas.BriefingReadersSchema)
    def get(self, operation_id: uuid.UUID, version: int) -> Any:
        """List who is deployed and what each has read, and the copies that were taken away"""
        told = stored.briefing(operation_id, version)
        guard.require("plan", operation_id)
        return {
            "readers": _all(queries.readers(operation_id, told["id"])),
            "copies": _all(queries.copies(told["id"])),
        }


def _shown(operation_id: uuid.UUID, version: int) -> dict[str, Any]:
    told = stored.briefing(operation_id, version)
    blp.set_etag(told["revision"])
    return told


def _all(query: db.Query) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(query).mappings()]
