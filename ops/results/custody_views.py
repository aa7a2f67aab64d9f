"""The API of custody: each step of an exhibit's way, and what is not accounted for."""

import datetime as dt
from http import HTTPStatus
from typing import Any

import flask
from flask.views import MethodView

from ops import api, db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing, Refused
from ops.ledger.consultation import saw
from ops.results import custody_queries, rules
from ops.results.continuity import Step, follow
from ops.results.custody_models import CustodyEvent
from ops.results.custody_schemas import CustodyEventSchema, CustodySchema
from ops.results.kinds.seizures import Seizure
from ops.results.models import Result
from ops.results.schemas import ResultReasonSchema
from ops.results.views import locked

blp = Blueprint("custody", __name__)


@blp.route("/results/<uuid:result_id>/custody")
class Custody(MethodView):
    @blp.response(200, CustodySchema)
    @blp.alt_response(409, schema=api.ProblemSchema, content_type=api.PROBLEM)
    def get(self, result_id):
        """Show who has an exhibit, how it came there, and what is not accounted for"""
        return _custody(_seizure(db.find(Result, result_id, "result")))

    @blp.arguments(CustodyEventSchema)
    @blp.response(201, CustodySchema)
    @blp.alt_response(200, schema=CustodySchema)
    def post(self, sent, result_id):
        """Write a step of an exhibit's way; the same again under the same id changes nothing"""
        with db.transaction():
            result = _seizure(locked("log", result_id))
            rules.check_standing(result, "given custody")
            there = db.session.get(CustodyEvent, sent["id"]) if "id" in sent else None
            if there is None:
                me = guard.actor().id
                db.session.add(CustodyEvent(result_id=result.id, entered_by=me, **sent))
            elif there.result_id != result.id or _differs(there, sent):
                raise Refused(
                    "There is already a step with this id and other content; strike that one, or"
                    " send this under a new id."
                )
        created = HTTPStatus.CREATED if there is None else HTTPStatus.OK
        return flask.jsonify(CustodySchema().dump(_custody(result))), created


@blp.route("/results/<uuid:result_id>/custody/<uuid:event_id>/strike")
class CustodyStrike(MethodView):
    @blp.arguments(ResultReasonSchema)
    @blp.response(200, CustodySchema)
    def post(self, sent, result_id, event_id):
        """Strike a step that was written wrongly: it stays, with the reason, and counts no more"""
        with db.transaction():
            result = _seizure(locked("log", result_id))
            event = db.session.get(CustodyEvent, event_id, with_for_update={"read": True})
            if event is None or event.result_id != result.id:
                raise Missing("There is no such step.")
            if event.entered_by != guard.actor().id:
                guard.require("confirm", result.operation_id)
            if event.struck_at is not None:
                raise Refused("This step was struck already.")
            db.give_reason(sent["reason"])
            event.struck_at, event.struck_by = dt.datetime.now(dt.UTC), guard.actor().id
            event.struck_reason = sent["reason"]
        return _custody(result)


def _seizure(result: Result) -> Result:
    if result.kind != Seizure.__tablename__:
        raise Refused("Only what was seized has custody.")
    return result


def _custody(result: Result) -> dict[str, Any]:
    rows = db.session.execute(custody_queries.events(result.id)).mappings().all()
    saw("custody_event", [row["id"] for row in rows], result.operation_id)
    steps = [
        Step(row["step"], row["at"], row["from_holder"], row["to_holder"], row["seal"])
        for row in rows
        if row["struck_at"] is None
    ]
    custody = follow(steps, result.occurred_at)
    return {
        "holder": custody.holder,
        "seal": custody.seal,
        "ended": custody.ended,
        "is_unbroken": not custody.gaps,
        "gaps": custody.gaps,
        "events": rows,
    }


def _differs(there: CustodyEvent, sent: dict[str, Any]) -> bool:
    names: set[str] = {*CustodyEventSchema().fields} - {"id"}
    return any(getattr(there, name) != sent.get(name) for name in names)
