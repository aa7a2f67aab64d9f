"""The API of photos: added to a result, listed with it, read by their hash."""

import re
from http import HTTPStatus

import flask
from flask.views import MethodView

from ops import api, db, intake
from ops.access import guard
from ops.api import Blueprint
from ops.errors import Missing
from ops.headers import FILE_POLICY
from ops.ledger.consultation import saw, saw_each
from ops.results import attachment_schemas, attachments, rules
from ops.results.models import Result
from ops.results.photos import MEDIA_TYPES
from ops.results.views import locked

blp = Blueprint("attachments", __name__, description="Photos of results")

_BYTES = {"schema": {"type": "string", "format": "binary"}}
# Of a result that is named in the query and not in the address.
_PROBLEM = {"schema": api.ProblemSchema, "content_type": api.PROBLEM}
_NONE = "There is no such photo."


@blp.route("/attachments")
class Attachments(MethodView):
    @blp.arguments(attachment_schemas.AttachmentFilterSchema, location="query")
    @blp.response(200, attachment_schemas.AttachmentSchema(many=True))
    @blp.alt_response(404, **_PROBLEM)
    def get(self, of):
        """List the photos of a result"""
        result = db.find(Result, of["result"], "result")
        found = db.session.execute(attachments.attachments(result.id)).all()
        saw("result", [result.id], result.operation_id)
        saw("attachment", [row.id for row in found], result.operation_id)
        return found

    @blp.doc(requestBody={"required": True, "content": dict.fromkeys(sorted(MEDIA_TYPES), _BYTES)})
    @blp.arguments(attachment_schemas.AttachmentSentSchema, location="query")
    @blp.response(201, attachment_schemas.AttachmentSchema)
    @blp.alt_response(200, schema=attachment_schemas.AttachmentSchema, description="The same again")
    @blp.alt_response(404, **_PROBLEM)
    @blp.alt_response(412, **_PROBLEM)
    def post(self, of):
        """Add a photo to a result: the body is the photo, as JPEG, PNG or WebP without a location

        The same bytes again are the same photo, once for each result.
        """
        content = intake.body(flask.request)
        settings = flask.current_app.config["SETTINGS"]
        with db.transaction():
            result = locked("log", of["result"])
            rules.check_standing(result, "given a photo")
            is_new = attachments.add(settings, result, content, of["sha256"], guard.actor().id)
        found = db.session.execute(attachments.attachments(of["result"])).all()
        [added] = [row for row in found if row.sha256 == of["sha256"].lower()]
        return added, HTTPStatus.CREATED if is_new else HTTPStatus.OK


@blp.route("/attachments/<sha256>")
class AttachmentByHash(MethodView):
    @blp.response(200, content_type="image/*")
    def get(self, sha256):
        """Read a photo by the SHA-256 of its bytes"""
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise Missing(_NONE)
        found = db.session.execute(attachments.by_hash(bytes.fromhex(sha256))).all()
        if not found:
            raise Missing(_NONE)
        saw_each("attachment", [(row.operation_id, row.id) for row in found])
        content = attachments.read(flask.current_app.config["SETTINGS"], sha256)
        media_type = found[0].media_type
        reply = flask.current_app.response_class(content, mimetype=media_type)
        reply.headers["Content-Disposition"] = (
            f"inline; filename={sha256}.{MEDIA_TYPES[media_type]}"
        )
        reply.headers["Content-Security-Policy"] = FILE_POLICY
        return reply
