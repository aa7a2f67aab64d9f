"""A place or a shape as somebody typed or pasted it: in degrees, on the grid, or as GeoJSON."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import orjson
import osbng
import shapely
from osbng.errors import BNGReferenceError
from osbng.indexing import bng_to_bbox
from shapely.geometry import LineString, Point, Polygon

from ops.errors import Invalid
from ops.geo import shapes

# Longitudes and latitudes of the United Kingdom do not overlap, so either order can be read.
_LONGITUDES = (-9.5, 2.5)
# What the National Grid reaches to; anything near its origin is sea, and degrees are less.
_EASTINGS, _NORTHINGS = (1_000, 700_000), (1_000, 1_300_000)
_LETTERS = re.compile(r"[A-Za-z]{2}(\s*\d){2,}\s*([NSns][EWew])?")
_EXAMPLE = (
    "Write longitude and latitude, as in -2.2458, 53.4920, or a grid reference, as in SJ 8398 9812."
)


@dataclasses.dataclass(frozen=True)
class Position:
    """Where something is, and the square that a grid reference stands for."""

    point: Point
    square: shapely.Geometry | None = None


def position(text: str) -> Position | None:
    """Read longitude and latitude in either order, a grid reference, or eastings and northings."""
    if _LETTERS.fullmatch(text.strip()):
        return _of_reference(text)
    try:
        first, second = map(float, re.split(r"[\s,]+", text.strip()))
    except ValueError:
        return None
    if _EASTINGS[0] <= first < _EASTINGS[1] and _NORTHINGS[0] <= second < _NORTHINGS[1]:
        return Position(_rounded(Point(first, second)))
    is_longitude = _LONGITUDES[0] <= first <= _LONGITUDES[1]
    if not (abs(first) <= 180 and abs(second) <= 180):
        return None
    return Position(Point(first, second) if is_longitude else Point(second, first))


def _of_reference(text: str) -> Position | None:
    """Give the middle of the square that a grid reference names."""
    try:
        square = osbng.BNGReference("".join(text.upper().split()))
    except BNGReferenceError:
        return None
    west, south, east, north = bng_to_bbox(square)
    outline = shapely.box(west, south, east, north)
    return Position(_rounded(outline.centroid), shapes.in_degrees(outline))


def _rounded(on_grid: Point) -> Point:
    # The eighth decimal is a millimetre.
    lon, lat = shapely.get_coordinates(shapes.in_degrees(on_grid))[0].round(8).tolist()
    return Point(lon, lat)


def shape(text: str) -> shapely.Geometry:
    """Read a position a line: one is a point, two are a line, more are the corners of an area."""
    if not text.strip():
        raise _refused("Paste GeoJSON, KML or GPX, or one position a line.", "text")
    lines = [line for line in re.split(r"[\n;]+", text) if line.strip()]
    if len(lines) > shapes.MOST_VERTICES:
        raise _refused(f"Paste at most {shapes.MOST_VERTICES:,} positions.", "text")
    found = [_corner(line, "text") for line in lines]
    if len(found) == 1:
        return Point(found[0])
    return LineString(found) if len(found) == 2 else shapely.MultiPolygon([Polygon(found)])


def geometry(text: str) -> Any:
    """Read GeoJSON, or one corner a line, as a geometry that the API can check."""
    if not text.strip():
        raise _refused("Give the shape: one corner a line, or GeoJSON.")
    if text.lstrip().startswith("{"):
        return _from_geojson(text)
    corners = [_corner(line) for line in re.split(r"[\n;]+", text) if line.strip()]
    closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
    return {"type": "Polygon", "coordinates": [closed]}


def _from_geojson(text: str) -> Any:
    try:
        shape = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _refused(
            "This looks like GeoJSON, but it can't be read. Check that all of it was copied."
        ) from None
    features = shape.get("features") if shape.get("type") == "FeatureCollection" else None
    if isinstance(features, list) and len(features) == 1:
        shape = features[0]
    if isinstance(shape, Mapping) and shape.get("type") == "Feature":
        return shape.get("geometry")
    return shape


def _corner(line: str, field: str = "geometry") -> list[float]:
    found = position(line)
    if found is None:
        raise _refused(f"“{line.strip()[:60]}” is not a corner. {_EXAMPLE}", field)
    return [found.point.x, found.point.y]


def _refused(sentence: str, field: str = "geometry") -> Invalid:
    return Invalid(sentence, {field: [sentence]})
