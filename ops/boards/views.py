"""The API of boards, and of the views that people keep of them."""

import uuid
from http import HTTPStatus

import flask
from flask.views import MethodView

from ops import db, replica
from ops.access import guard
from ops.api import Blueprint
from ops.boards import composing, queries, schemas
from ops.boards.composing import Against, Waits
from ops.boards.models import BoardView
from ops.config import Settings
from ops.operations.progress import Patience
from ops.outcomes.summaries import Ask

blp = Blueprint("operation_boards", __name__, description="Boards, and views kept of them")


@blp.route("/operations/<uuid:operation_id>/outcomes/board")
class OperationBoard(MethodView):
    @blp.arguments(schemas.BoardFilterSchema, location="query")
    @blp.response(200, schemas.OperationBoardSchema)
    def get(self, asked, operation_id):
        """Show an operation's figures against target and pace, by time and place, and what waits"""
        names = {"against": "operation", "against_from": "from_", "against_to": "to"}
        against = {theirs: asked.pop(ours) for ours, theirs in names.items() if ours in asked}
        settings: Settings = flask.current_app.config["SETTINGS"]
        waits = Waits(tuple(settings.check_back_days()), Patience(*settings.overdue()))
        beside = Against(**against) if against else None
        return flask.jsonify(
            replica.read(
                lambda now: composing.of_operation(operation_id, Ask(**asked), beside, waits, now)
            )
        )


@blp.route("/board-views")
class BoardViews(MethodView):
    @blp.response(200, schemas.BoardViewSchema(many=True))
    def get(self):
        """List the views of boards that one kept"""
        return [dict(row._mapping) for row in db.session.execute(queries.views())]

    @blp.arguments(schemas.BoardViewSchema)
    @blp.response(201, schemas.BoardViewSchema)
    def post(self, view):
        """Keep a view of a board under a name of one's own"""
        with db.transaction():
            kept = BoardView(person_id=guard.actor().id, **view)
            db.session.add(kept)
        return kept


@blp.route("/board-views/<uuid:view_id>")
class BoardViewById(MethodView):
    @blp.arguments(schemas.BoardViewNameSchema)
    @blp.response(200, schemas.BoardViewSchema)
    def patch(self, sent, view_id):
        """Rename a view that one kept"""
        with db.transaction():
            kept = _own(view_id)
            kept.name = sent["name"]
        return kept

    @blp.response(HTTPStatus.NO_CONTENT)
    def delete(self, view_id):
        """Remove a view that one kept; the board stays"""
        with db.transaction():
            db.session.delete(_own(view_id))


def _own(view_id: uuid.UUID) -> BoardView:
    """Find a view; somebody else's is not there."""
    return db.find(BoardView, view_id, "view")
