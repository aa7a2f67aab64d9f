"""The API of what becomes of an arrest: the next step, in one go."""

from flask.views import MethodView

from ops import db
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Refused
from ops.results import corrections, rules, schemas
from ops.results.kinds.arrests import Arrest, NextDisposalSchema
from ops.results.views import check_own, locked, show, whole

blp = Blueprint("disposals", __name__)


@blp.route("/results/<uuid:result_id>/disposals")
@blp.etag
class ResultDisposals(MethodView):
    @blp.arguments(schemas.ResultVersionSchema, location="query")
    @blp.arguments(NextDisposalSchema)
    @blp.response(200, schemas.WholeRecordSchema)
    def post(self, seen, sent, result_id):
        """Add the next step of what became of an arrest; the same again changes nothing"""
        with db.transaction():
            result = locked("log", result_id, seen.get("version"))
            if result.kind != Arrest.__tablename__:
                raise Refused("Only what became of an arrest is written in steps.")
            check_own(result)
            rules.check_standing(result, "taken further")
            corrections.take_further(result, whole(result_id), sent, guard.actor().id)
        return show(result_id)
