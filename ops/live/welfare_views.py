"""The API of who is to check in by when."""

import datetime as dt

from flask.views import MethodView

from ops import db
from ops.api import Blueprint
from ops.ledger.consultation import saw
from ops.live import welfare, welfare_queries, welfare_schemas
from ops.operations.models import Operation

blp = Blueprint("welfare", __name__, description="Who is to check in by when")


@blp.route("/deployments/<uuid:deployment_id>/welfare-timer")
class WelfareTimers(MethodView):
    @blp.arguments(welfare_schemas.WelfareTimerPlanSchema)
    @blp.response(201, welfare_schemas.WelfareTimerSchema)
    @blp.alt_response(200, schema=welfare_schemas.WelfareTimerSchema, description="The same again")
    def post(self, content, deployment_id):
        """Say that one checks in every so many minutes on a deployment, or stands down

        Whoever leads sees who is overdue; a phone with no signal is overdue too. It calls nobody
        and does not replace the radio. Of several the latest by its time is in force.
        """
        now = dt.datetime.now(dt.UTC)
        timer_id, is_new = welfare.set_timer(deployment_id, content, now)
        found = db.session.execute(welfare_queries.timer(timer_id)).one()
        return found._mapping, 201 if is_new else 200


@blp.route("/operations/<uuid:operation_id>/welfare")
class Watched(MethodView):
    @blp.response(200, welfare_schemas.WatchedSchema(many=True))
    def get(self, operation_id):
        """List who is to check in, the overdue first: all for who leads, else oneself

        Overdue is who has not been heard of five minutes after they were due.
        """
        db.find(Operation, operation_id, "operation")
        return _watched(operation_id)


@blp.route("/operations/<uuid:operation_id>/welfare/answers")
class WelfareAnswers(MethodView):
    @blp.arguments(welfare_schemas.WelfareAnswerPlanSchema)
    @blp.response(201, welfare_schemas.WatchedSchema(many=True))
    @blp.alt_response(
        200, schema=welfare_schemas.WatchedSchema(many=True), description="The same again"
    )
    def post(self, content, operation_id):
        """Say what was done about somebody who is overdue; they are watched on"""
        now = dt.datetime.now(dt.UTC)
        _id, is_new = welfare.answer(operation_id, content, now)
        return _watched(operation_id), 201 if is_new else 200


def _watched(operation_id):
    query = welfare_queries.watched(operation_id, dt.datetime.now(dt.UTC))
    found = db.session.execute(query).all()
    seen = {each for row in found for each in (row.check_in, row.place_id) if each}
    saw("check_in", seen, operation_id)
    return [{**row._mapping, "remarks": welfare.remarks(row._mapping)} for row in found]
