"""The API of areas as files to take away."""

import uuid

import flask
from flask.views import MethodView
from werkzeug.utils import secure_filename

from ops import db
from ops.access import limits
from ops.api import Blueprint
from ops.errors import Missing
from ops.geo import exports, queries
from ops.ledger.consultation import hands_out, saw

blp = Blueprint("exports", __name__, description="Areas as files for other programs")
# A file to keep, whatever is in it.
FILE = "application/octet-stream"
limits.hands_out("exports.AreasFile")


@blp.route("/operations/<uuid:operation_id>/areas.<form>")
class AreasFile(MethodView):
    @blp.response(200, {"type": "string", "format": "binary"}, content_type=FILE)
    def get(self, operation_id: uuid.UUID, form: str) -> flask.Response:
        """Take an operation's areas away as GeoJSON, GeoPackage, GPX or KML"""
        of = db.session.execute(queries.operation_named(operation_id)).one_or_none()
        if of is None:
            raise Missing("There is no such operation.")
        if form not in exports.FORMATS:
            raise Missing(f"Areas are taken away as {', '.join(exports.FORMATS)}.")
        areas = db.session.execute(queries.areas_to_take(operation_id)).all()
        written = exports.FORMATS[form](exports.Operation(of.name, of.reference, of.marking), areas)
        saw("area", [area.id for area in areas], operation_id)
        hands_out()
        name = secure_filename(f"{of.reference}-areas.{form}")
        return flask.Response(
            written,
            content_type=FILE,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
