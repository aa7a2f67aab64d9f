"""The API of returns to outside bodies."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import flask
from flask.views import MethodView
from werkzeug.utils import secure_filename

from ops import api, db
from ops.access import guard, limits
from ops.api import Blueprint
from ops.errors import Missing, Refused
from ops.exports import return_files, return_schemas, returning
from ops.exports.models import ReturnProfile
from ops.exports.sending import FILE
from ops.ledger.consultation import hands_out, saw
from ops.outcomes.measure_views import require_define

blp = Blueprint("return_profiles", __name__, description="Returns to outside bodies")
limits.hands_out("return_profiles.ReturnFile")


@blp.route("/return-profiles")
class ReturnProfiles(MethodView):
    @blp.arguments(return_schemas.ReturnProfileFilterSchema, location="query")
    @blp.response(200, return_schemas.ReturnProfileSchema(many=True))
    def get(self, asked):
        """List what outside bodies ask for, the newest version of each"""
        found, headers = api.page(returning.profiles(), [ReturnProfile.code], **asked)
        saw("return_profile", [profile.id for profile, *_ in found])
        return [_shown(profile, maker) for profile, maker, *_ in found], headers

    @blp.arguments(return_schemas.NewReturnProfileSchema)
    @blp.response(201, return_schemas.ReturnProfileSchema)
    def post(self, sent):
        """Say what a body asks for; with a code that is there, as a new version"""
        require_define()
        with db.transaction():
            made = returning.define(sent, guard.actor().id)
        saw("return_profile", [made.id])
        return _shown(made, guard.actor().name)


@blp.route("/return-profiles/<code>")
class ReturnProfileByCode(MethodView):
    @blp.response(200, return_schemas.ReturnProfileSchema)
    def get(self, code):
        """Show what a body asks for"""
        return _shown(*returning.profile_of(code))


@blp.route("/operations/<uuid:operation_id>/returns/<code>")
class OperationReturn(MethodView):
    @blp.arguments(return_schemas.ReturnPeriodSchema, location="query")
    @blp.response(200, return_schemas.ReturnSchema)
    def get(self, period, operation_id, code):
        """Fill in a return of an operation, and say what is missing before it is sent"""
        db.read_one_state()
        return returning.fill_in(operation_id, code, period, dt.datetime.now(dt.UTC))


@blp.route("/operations/<uuid:operation_id>/returns/<code>/file.<form>")
class ReturnFile(MethodView):
    @blp.arguments(return_schemas.ReturnFileSchema, location="query")
    @blp.response(200, {"type": "string", "format": "binary"}, content_type=FILE)
    def get(self, asked, operation_id, code, form):
        """Take a return away as CSV or XLSX; refused while something it waits for is missing"""
        anyway = asked.pop("anyway")
        return send(operation_id, code, form, asked, anyway=anyway)


def send(
    operation_id: uuid.UUID, code: str, form: str, period: Mapping[str, Any], *, anyway: bool
) -> flask.Response:
    """Answer with a return as a file: it is handed out to the body that asks for it."""
    guard.require("report", operation_id)
    if form not in return_files.FORMS:
        raise Missing(f"Returns are taken away as {', '.join(return_files.FORMS)}.")
    db.read_one_state()
    filled = returning.fill_in(operation_id, code, period, dt.datetime.now(dt.UTC))
    if not (filled["is_whole"] or anyway):
        raise Refused(
            "Something is missing from this return. Look at what it is; to send it all the same,"
            " say so with `anyway`."
        )
    written = return_files.FORMS[form](filled)
    lacks = "" if filled["is_whole"] else ", although something is missing"
    said = f"{filled['name']}, version {filled['version']}{lacks}"
    hands_out(filled["recipient"], said)
    name = secure_filename(f"{filled['marking']} {code} {filled['as_at']:%Y-%m-%d}.{form}")
    return flask.Response(
        written,
        content_type=FILE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Marking": filled["marking"],
        },
    )


def _shown(profile: ReturnProfile, maker: str | None) -> dict[str, Any]:
    columns = {name: getattr(profile, name) for name in return_schemas.ReturnProfileSchema().fields}
    return columns | {"made_by": maker}
