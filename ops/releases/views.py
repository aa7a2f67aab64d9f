"""The API of snapshots: freeze a summary, fetch its bytes, and see what has changed since."""

import datetime as dt
import uuid
from http import HTTPStatus
from typing import Any

import flask
import orjson
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.ledger.consultation import saw_each
from ops.outcomes.summaries import Ask
from ops.releases import changes, queries, schemas, stored
from ops.releases.freezing import freeze
from ops.releases.models import Snapshot
from ops.results.models import Result
from ops.wording import first_moment

blp = Blueprint("snapshots", __name__, description="Summaries as they stood")
guard.takes_long("snapshots.Snapshots")


@blp.route("/snapshots")
class Snapshots(MethodView):
    @blp.arguments(schemas.SnapshotFilterSchema, location="query")
    @blp.response(200, schemas.SnapshotSchema(many=True))
    def get(self, filters: dict[str, Any]) -> Any:
        """List the snapshots of which whoever asks may see all, the newest first"""
        found, headers = api.page(
            queries.snapshots(filters),
            [Snapshot.taken_at, Snapshot.id],
            limit=filters.pop("limit"),
            cursor=filters.pop("cursor", None),
            descending=True,
        )
        saw_each("snapshot", [(row.operation or stored.SEVERAL, row.id) for row in found])
        return [row._mapping for row in found], headers

    @blp.arguments(schemas.SnapshotSentSchema)
    @blp.response(201, schemas.FrozenSchema)
    @blp.alt_response(404, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def post(self, sent: dict[str, Any]) -> Any:
        """Freeze an outcome summary: figures, definitions, and the records behind each

        It is seen by those who see every operation in it, whole. Its bytes never change.
        """
        title, last = sent.pop("title"), sent.pop("to")
        sent["operation"] = sorted(set(sent["operation"]))
        sent["from_"] = sent["from_"] and first_moment(sent["from_"])
        ask = Ask(**sent, to=last and first_moment(last + dt.timedelta(days=1)))
        for operation in ask.operation or (None,):
            guard.require("report", operation)
        with db.transaction():
            made = freeze(ask, title)
            guard.require_in_each("report", made.operations)
            db.session.add(made)
        reply = _bytes(made.content, made.hash)
        reply.status_code = HTTPStatus.CREATED
        return reply


@blp.route("/snapshots/<uuid:snapshot_id>")
class SnapshotById(MethodView):
    @blp.response(200, schemas.FrozenSchema)
    def get(self, snapshot_id: uuid.UUID) -> Any:
        """Fetch a snapshot: the very bytes that were stored, their SHA-256 in the ETag"""
        found = stored.snapshot(snapshot_id)
        return _bytes(found.content, found.hash).make_conditional(flask.request)


@blp.route("/snapshots/<uuid:snapshot_id>/changes")
class SnapshotChanges(MethodView):
    @blp.response(200, schemas.ChangesSchema)
    def get(self, snapshot_id: uuid.UUID) -> Any:
        """Show what has changed since: each figure then and now, and definitions"""
        found = changes.since(orjson.loads(stored.snapshot(snapshot_id).content))
        return {
            "as_at": dt.datetime.fromisoformat(found.frozen["as_at"]),
            "now": found.now,
            "figures": found.figures,
            "definitions": list(changes.definitions(found.frozen)),
            "records": len(found.changed),
            "others": found.others,
        }


@blp.route("/snapshots/<uuid:snapshot_id>/changes/records")
class SnapshotChangedRecords(MethodView):
    @blp.arguments(schemas.ChangedRecordFilterSchema, location="query")
    @blp.response(200, schemas.ChangedRecordSchema(many=True))
    def get(self, filters: dict[str, Any], snapshot_id: uuid.UUID) -> Any:
        """List the records that changed since, each with what was done to it, by whom and why"""
        found = changes.since(orjson.loads(stored.snapshot(snapshot_id).content))
        changed = found.changed
        if code := filters.pop("measure", None):
            changed = changed & changes.of_figure(found, code)
        rows, headers = api.page(queries.records(sorted(changed)), [Result.id], **filters)
        saw_each("result", [(row.operation, row.id) for row in rows])
        return changes.explained(found, rows), headers


def _bytes(content: bytes, digest: bytes) -> flask.Response:
    reply = flask.current_app.response_class(content, mimetype="application/json")
    reply.set_etag(digest.hex())
    return reply
