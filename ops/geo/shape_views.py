"""The API of the shape tools: what an editor asks to have made, measured or repaired."""

from typing import Any

import flask
import shapely
from flask.views import MethodView

from ops.access import guard
from ops.api import Blueprint
from ops.errors import Invalid
from ops.geo import drawings, shaping
from ops.geo.shape_schemas import (
    BufferSchema,
    DifferenceSchema,
    FoundSchema,
    MeasuredSchema,
    OutlineSchema,
    PastedSchema,
    PiecesSchema,
    SentSchema,
    SplitSchema,
    UnionSchema,
)
from ops.geo.shapes import BadShape
from ops.geo.shaping import Made

blp = Blueprint("shapes", __name__, description="Shapes made, measured and read; none is kept")


@blp.route("/shapes/buffer")
class Buffer(MethodView):
    @blp.arguments(BufferSchema())
    @blp.response(200, MeasuredSchema())
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Draw a ring around a point, a line or an area"""
        return _answer("metres", lambda: shaping.buffer(sent["geometry"], sent["metres"]))


@blp.route("/shapes/union")
class Union(MethodView):
    @blp.arguments(UnionSchema())
    @blp.response(200, MeasuredSchema())
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Make one area of several areas or boundaries"""
        return _answer("geometries", lambda: shaping.union(sent["geometries"]))


@blp.route("/shapes/difference")
class Difference(MethodView):
    @blp.arguments(DifferenceSchema())
    @blp.response(200, MeasuredSchema())
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Cut one area out of another"""
        return _answer("without", lambda: shaping.difference(sent["geometry"], sent["without"]))


@blp.route("/shapes/split")
class Split(MethodView):
    @blp.arguments(SplitSchema())
    @blp.response(200, PiecesSchema())
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Cut an area along a line"""
        return _answer("line", lambda: shaping.split(sent["geometry"], sent["line"]))


@blp.route("/shapes/repair")
class Repair(MethodView):
    @blp.arguments(OutlineSchema())
    @blp.response(200, MeasuredSchema())
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Repair an area that crosses itself"""
        return _answer("geometry", lambda: shaping.repair(sent["geometry"]))


@blp.route("/shapes/measure")
class Measure(MethodView):
    @blp.arguments(OutlineSchema())
    @blp.response(200, MeasuredSchema())
    def post(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Measure an area, and check that it could be saved"""
        return _answer("geometry", lambda: shaping.measure(sent["geometry"]))


@blp.route("/shapes/read")
class Read(MethodView):
    @blp.doc(
        requestBody={
            "required": True,
            "content": {
                "application/json": {"schema": PastedSchema},
                "multipart/form-data": {"schema": SentSchema},
            },
        }
    )
    @blp.response(200, FoundSchema())
    def post(self) -> dict[str, Any]:
        """Read the shapes of a file or of pasted text; a bad one does not lose the others"""
        request = flask.request
        if request.mimetype == "multipart/form-data":
            found = _of_file(request)
        else:
            sent = blp.ARGUMENTS_PARSER.parse(PastedSchema(), location="json")
            found = drawings.read_text(sent["text"])
        return {
            "features": [{"geometry": shape, "properties": said} for shape, said in found.shapes],
            "refused": found.refused,
            "said": found.said(),
        }


def _of_file(request: flask.Request) -> drawings.Found:
    """Read the one file that was sent, known by what is in it and never by its name."""
    unknown = {*request.files, *request.form} - {"file", guard.CSRF_FIELD}
    files = request.files.getlist("file")
    if unknown or len(files) != 1:
        errors = {name: ["Unknown field."] for name in unknown} or {"file": ["Send one file."]}
        raise Invalid("Some of what was sent is not right.", errors)
    try:
        return drawings.read(files[0].read())
    except Invalid as error:
        raise Invalid(error.sentence, error.errors or {"file": [error.sentence]}) from error


def _answer(field: str, make: Any) -> dict[str, Any]:
    """Say what came of it, or blame the field that can be changed."""
    try:
        made: Made = make()
    except BadShape as error:
        raise Invalid(str(error), {field: [str(error)]}) from error
    except shapely.errors.GEOSException as error:
        sentence = "These shapes can't be worked with; draw them a little differently."
        raise Invalid(sentence, {field: [sentence]}) from error
    area, perimeter = made.measures()
    return {
        "geometry": made.geometry,
        "geometries": made.pieces,
        "area_m2": area,
        "perimeter_m": perimeter,
        "said": made.said,
    }
