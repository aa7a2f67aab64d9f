"""The API of copies: a past operation as the template of another."""

from flask.views import MethodView

from ops.access import guard
from ops.api import Blueprint
from ops.plans import copy_schemas, copying

blp = Blueprint("copies", __name__, description="Operations made from others")


@blp.route("/operations/<uuid:operation_id>/copies")
class Copies(MethodView):
    @blp.arguments(copy_schemas.CopyPlanSchema)
    @blp.response(201, copy_schemas.CopySchema)
    @blp.alt_response(200, schema=copy_schemas.CopySchema, description="The same again, or tried")
    def post(self, content, operation_id):
        """Copy an operation's plan to other days, or try it

        Nothing of what happened is copied. Whoever or whatever is elsewhere then is left off and
        named.
        """
        guard.require("plan", operation_id)
        guard.require("plan")
        dry = content.pop("dry_run")
        said, is_new = copying.make(operation_id, content, dry=dry)
        return said, 201 if is_new else 200


@blp.route("/operations/<uuid:operation_id>/copied")
class Copied(MethodView):
    @blp.response(200, copy_schemas.CopySchema)
    def get(self, operation_id):
        """Show what of an operation was copied from another, and what was left off"""
        return copying.account(operation_id)
