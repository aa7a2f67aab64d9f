"""The API of a live operation: its feed, and who says where they are."""

import datetime as dt
import hashlib
import uuid
from typing import Any

import flask
from flask.views import MethodView

from ops import db
from ops.api import Blueprint
from ops.deconfliction.queries import conflicts
from ops.errors import Missing
from ops.ledger import feed
from ops.ledger.consultation import saw
from ops.live import check_ins, entries, fences, queries, schemas
from ops.operations.models import Operation
from ops.operations.progress import Patience

blp = Blueprint("live", __name__, description="An operation as it happens")


@blp.route("/operations/<uuid:operation_id>/feed")
class Feed(MethodView):
    @blp.etag
    @blp.arguments(schemas.FeedFilterSchema, location="query")
    @blp.response(200, schemas.FeedSchema)
    def get(self, sent, operation_id):
        """Read what happened in an operation, in the order in which it was committed

        Begin without `after`: the latest entries. Then send back each reply's cursor, which holds
        for whoever reads. What was committed at once comes in the order in which it was begun.
        With `If-None-Match`, the reply is 304 while nothing is new.
        """
        now = dt.datetime.now(dt.UTC)
        place = feed.read(sent["after"]) if "after" in sent else None
        limit = sent["limit"]
        patience = Patience(*flask.current_app.config["SETTINGS"].overdue())
        query = queries.entries(operation_id, place, limit, now, patience)
        # It is asked all the time, and to plan it anew takes far longer than to run it.
        db.session.execute(queries.KEEP_PLAN)
        found = db.session.execute(query).all()
        if not found:
            raise Missing("There is no such operation.")
        changed = [row for row in found if row.id is not None]
        rows, place, more = feed.turn(place, changed, limit, found[0], now)
        late, watched = found[0].late, found[0].watched
        in_conflict = db.session.execute(conflicts(operation_id)[0]).all()
        if not rows:
            # Whoever has been told so already is not told again.
            blp.set_etag(_tag(place, late, in_conflict, watched))
        _saw(rows, late, in_conflict, operation_id)
        return {
            "entries": entries.entries(rows),
            "cursor": str(place),
            "more": more,
            "overdue": [entries.late(each, operation_id) for each in late],
            "missed": [
                entries.missed(each, operation_id) for each in watched if each["state"] == "overdue"
            ],
            "conflicts": [entries.in_conflict(each) for each in in_conflict],
        }


@blp.route("/operations/<uuid:operation_id>/geofence")
class Geofence(MethodView):
    @blp.response(200, schemas.FencesSchema)
    def get(self, operation_id):
        """Tell how the results and check-ins of the last day lie to an operation's areas

        Of people, those whose check-ins the reader sees: all for who leads, else oneself.
        """
        db.find(Operation, operation_id, "operation")
        since = dt.datetime.now(dt.UTC) - fences.SINCE
        found = db.session.execute(fences.fixes(operation_id, since)).all()
        for kind in ("result", "check_in"):
            saw(kind, [row.id for row in found if row.what == kind], operation_id)
        return fences.told(found)


@blp.route("/deployments/<uuid:deployment_id>/check-ins")
class CheckIns(MethodView):
    @blp.arguments(schemas.CheckInPlanSchema)
    @blp.response(201, schemas.CheckInSchema)
    @blp.alt_response(200, schema=schemas.CheckInSchema, description="The same again")
    def post(self, content, deployment_id):
        """Say where one is, on a deployment that one is on; the same again is the same check-in"""
        now = dt.datetime.now(dt.UTC)
        check_in_id, is_new = check_ins.check_in(deployment_id, content, now)
        found = db.session.execute(queries.check_ins({"id": check_in_id})).one()
        return found._mapping, 201 if is_new else 200


@blp.route("/deployments/<uuid:deployment_id>/assistance")
class Assistance(MethodView):
    @blp.arguments(schemas.AssistanceSchema)
    @blp.response(201, schemas.CheckInSchema)
    @blp.alt_response(200, schema=schemas.CheckInSchema, description="The same again")
    def post(self, content, deployment_id):
        """Mark on the board that one needs assistance, on a deployment that one is on

        It calls nobody, and does not replace the radio or 999. The same again is the same mark.
        """
        now = dt.datetime.now(dt.UTC)
        mark_id, is_new = check_ins.check_in(deployment_id, content, now, needs_assistance=True)
        found = db.session.execute(queries.check_ins({"id": mark_id})).one()
        return found._mapping, 201 if is_new else 200


def _tag(place: feed.Place, late: Any, in_conflict: Any, watched: Any) -> str:
    """Tell one state of the feed from another for whoever has read up to a place."""
    overdue = [(each["id"], each["missing"]) for each in late]
    awaited = [(each["person"], each["state"], each["due_at"]) for each in watched]
    said = f"{place} {overdue} {[(row.id, row.deployment) for row in in_conflict]} {awaited}"
    return hashlib.sha256(said.encode()).hexdigest()


def _saw(rows: Any, late: Any, in_conflict: Any, operation_id: uuid.UUID) -> None:
    saw("operation", [operation_id])
    saw("conflict", [row.id for row in in_conflict], operation_id)
    for kind in ("result", "deployment"):
        if ids := [row.object_id for row in rows if row.object == kind]:
            saw(kind, ids, operation_id)
    if late:
        saw("deployment", [each["id"] for each in late], operation_id)
