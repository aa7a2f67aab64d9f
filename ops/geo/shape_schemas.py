"""The wire of the shape tools: nothing of it is kept."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
import shapely
from shapely.geometry import MultiPolygon

from ops.api import MOST
from ops.geo import shapes, shaping
from ops.geo.models import AREA_PURPOSES


class Shape(ma.fields.Field[shapely.Geometry]):
    """GeoJSON read by one of the readers of `shapes`."""

    def __init__(self, kinds: Mapping[str, Any], **kwargs: Any) -> None:
        types = {"type": "string", "enum": list(kinds)}
        described = {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {"type": types, "coordinates": {"type": "array", "items": {}}},
        }
        super().__init__(metadata=kwargs.pop("metadata", {}) | described, **kwargs)
        self.kinds = kinds

    def _serialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> Any:
        return None if value is None else shapely.geometry.mapping(value)

    def _deserialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> shapely.Geometry:
        kind = value.get("type") if isinstance(value, Mapping) else None
        # Any of them refuses what is none of theirs, and says what to send.
        last = list(self.kinds.values())[-1]
        read = self.kinds.get(kind, last) if isinstance(kind, str) else last
        try:
            found: shapely.Geometry = read(value)
        except shapes.BadShape as error:
            raise ma.ValidationError(str(error)) from error
        return found


def _point(value: object) -> shapely.Geometry:
    return shapes.point(value, in_uk=True)


def _large(value: object) -> MultiPolygon:
    """Read one of several that will be one: a district at full resolution will do."""
    outline = shapes.outline(value, shaping.MOST_TOGETHER)
    shapes.check_valid(outline)
    shapes.check_in_uk(outline)
    return outline


_AREA = {"Polygon": shapes.area, "MultiPolygon": shapes.area}
_OUTLINE = {"Polygon": shapes.outline, "MultiPolygon": shapes.outline}
_LARGE = {"Polygon": _large, "MultiPolygon": _large}
_LINE = {"LineString": shapes.line}


class BufferSchema(ma.Schema):
    """A point, a line or an area, and how wide a ring to draw around it"""

    geometry = Shape({"Point": _point, **_LINE, **_AREA}, required=True)
    metres = ma.fields.Float(
        required=True,
        validate=ma.validate.Range(
            0,
            shaping.MOST_METRES,
            min_inclusive=False,
            error=f"Give more than 0 and at most {shaping.MOST_METRES:,} metres.",
        ),
    )


class UnionSchema(ma.Schema):
    """Areas or boundaries to make one area of"""

    geometries = ma.fields.List(
        Shape(_LARGE),
        required=True,
        validate=ma.validate.Length(1, MOST, error=f"Choose from 1 to {MOST} shapes."),
    )

    @ma.validates_schema
    def _not_too_many(self, data: dict[str, Any], **_kwargs: Any) -> None:
        count = int(shapely.get_num_coordinates(data.get("geometries") or []).sum())
        if count > shaping.MOST_TOGETHER:
            raise ma.ValidationError(
                f"Together the shapes have more than {shaping.MOST_TOGETHER:,} corners;"
                " choose fewer.",
                "geometries",
            )


class DifferenceSchema(ma.Schema):
    """An area, and what to take away from it"""

    geometry = Shape(_AREA, required=True)
    without = Shape(_AREA, required=True)


class SplitSchema(ma.Schema):
    """An area, and a line to cut it along"""

    geometry = Shape(_AREA, required=True)
    line = Shape(_LINE, required=True)


class OutlineSchema(ma.Schema):
    """An area, even one that crosses itself"""

    geometry = Shape(_OUTLINE, required=True)


class MeasuredSchema(ma.Schema):
    """An area that could be saved, how large it is, and what there is to say of it"""

    geometry = Shape(_AREA, required=True, allow_none=True)
    area_m2 = ma.fields.String(required=True)
    perimeter_m = ma.fields.String(required=True)
    said = ma.fields.String(required=True)


class PiecesSchema(MeasuredSchema):
    """The pieces of an area that was cut, measured together"""

    geometries = ma.fields.List(Shape(_AREA), required=True)


class PastedSchema(ma.Schema):
    """Text that holds shapes: GeoJSON, KML or GPX, or a position a line"""

    text = ma.fields.String(required=True)


class SentSchema(ma.Schema):
    """A file that holds shapes"""

    file = ma.fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


class FoundPropertiesSchema(ma.Schema):
    """What a shape is called, and what it is for if the file says so"""

    name = ma.fields.String(required=True)
    purpose = ma.fields.String(metadata={"enum": list(AREA_PURPOSES)})


class FoundFeatureSchema(ma.Schema):
    """A shape that was read: a point, a line or an area that could be saved"""

    type = ma.fields.Constant("Feature", required=True)
    geometry = Shape({"Point": _point, **_LINE, **_AREA}, required=True)
    properties = ma.fields.Nested(FoundPropertiesSchema(), required=True)


class RefusalSchema(ma.Schema):
    """A shape that was not read, why, and what it would be repaired"""

    name = ma.fields.String(required=True)
    said = ma.fields.String(required=True)
    repaired = Shape(_AREA, required=True, allow_none=True)


class FoundSchema(ma.Schema):
    """The shapes of a file as a FeatureCollection, and what was refused of it"""

    type = ma.fields.Constant("FeatureCollection", required=True)
    features = ma.fields.List(ma.fields.Nested(FoundFeatureSchema()), required=True)
    refused = ma.fields.List(ma.fields.Nested(RefusalSchema()), required=True)
    said = ma.fields.String(required=True)
