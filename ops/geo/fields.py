"""Fields of the wire for places: points, areas and bounding boxes."""

import re
from typing import Any

import marshmallow as ma
import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape

from ops.geo import shapes
from ops.geo.grid import GridBox

# The sixth decimal of a degree is a tenth of a metre.
DIGITS = 6


class Point(ma.fields.Field[WKBElement]):
    """A GeoJSON point, longitude first; anywhere on earth, unless it must be `in_uk`."""

    def __init__(self, *, in_uk: bool = False, **kwargs: Any) -> None:
        super().__init__(metadata=kwargs.pop("metadata", {}) | _POINT, **kwargs)
        self.in_uk = in_uk

    def _serialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> Any:
        return None if value is None else geojson(value)

    def _deserialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> WKBElement:
        try:
            found = shapes.point(value, in_uk=self.in_uk)
        except shapes.BadShape as error:
            raise ma.ValidationError(str(error)) from error
        return shapes.point_element(found.x, found.y)


class Area(ma.fields.Field[WKBElement]):
    """A GeoJSON Polygon or MultiPolygon that can be an operation's area; always a MultiPolygon."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=kwargs.pop("metadata", {}) | _AREA, **kwargs)

    def _serialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> Any:
        return None if value is None else geojson(value)

    def _deserialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> WKBElement:
        try:
            return from_shape(shapes.area(value), shapes.SRID)
        except shapes.BadShape as error:
            raise ma.ValidationError(str(error)) from error


class BBox(ma.fields.Field[tuple[float, float, float, float]]):
    """A bounding box in a query string: west,south,east,north in degrees."""

    default_error_messages = {
        "invalid": "Give a box as west,south,east,north in degrees, such as -2.3,53.4,-2.1,53.6."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=kwargs.pop("metadata", {}) | _BBOX, **kwargs)

    def _deserialize(
        self, value: Any, *_rest: Any, **_kwargs: Any
    ) -> tuple[float, float, float, float]:
        try:
            west, south, east, north = map(float, value.split(","))
        except (ValueError, AttributeError) as error:
            raise self.make_error("invalid") from error
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise self.make_error("invalid")
        return west, south, east, north


class OnGrid(ma.fields.Field[GridBox]):
    """A rectangle in a query string: west,south,east,north in metres of the National Grid."""

    default_error_messages = {
        "invalid": "Give a rectangle as west,south,east,north in whole metres of the National Grid,"
        " such as 380000,395000,390000,402000."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=kwargs.pop("metadata", {}) | _ON_GRID, **kwargs)

    def _deserialize(self, value: Any, *_rest: Any, **_kwargs: Any) -> GridBox:
        if not isinstance(value, str) or not _ON_GRID_TEXT.fullmatch(value):
            raise self.make_error("invalid")
        box = GridBox(*map(int, value.split(",")))
        if not box.is_on_grid:
            raise self.make_error("invalid")
        return box


def geojson(value: WKBElement) -> dict[str, Any]:
    """Write a column's geometry as GeoJSON."""
    written: dict[str, Any] = shapely.geometry.mapping(
        shapely.transform(to_shape(value), lambda xy: xy.round(DIGITS))
    )
    return written


def _object(kind: str, coordinates: Any, example: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": kind.split(" or ")},
            "coordinates": {"type": "array", **coordinates},
        },
        "example": {"type": kind.split(" or ")[0], "coordinates": example},
    }


_POINT = _object(
    "Point", {"items": {"type": "number"}, "minItems": 2, "maxItems": 3}, [-2.2441, 53.4936]
)
_AREA = _object(
    "Polygon or MultiPolygon",
    {"items": {"type": "array", "items": {}}},
    [[[-2.25, 53.49], [-2.24, 53.49], [-2.24, 53.5], [-2.25, 53.49]]],
)
_BBOX = {"type": "string", "example": "-2.3,53.4,-2.1,53.6"}
_ON_GRID = {"type": "string", "example": "380000,395000,390000,402000"}
_ON_GRID_TEXT = re.compile(r"[0-9]{1,7}(,[0-9]{1,7}){3}")
