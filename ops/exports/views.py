"""The API of results as files."""

import flask
from flask.views import MethodView

from ops.access import limits
from ops.api import Blueprint
from ops.exports import sending
from ops.exports.schemas import ExportSchema

blp = Blueprint("result_exports", __name__, description="Results as files for other programs")
limits.hands_out("result_exports.ResultsFile")


@blp.route("/results.<form>")
class ResultsFile(MethodView):
    @blp.arguments(ExportSchema, location="query")
    @blp.response(200, {"type": "string", "format": "binary"}, content_type=sending.FILE)
    def get(self, filters: dict[str, object], form: str) -> flask.Response:
        """Take results away as CSV, XLSX, GeoJSON, GeoPackage or Parquet, as a list finds them"""
        return sending.send(form, filters)
