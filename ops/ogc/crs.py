"""Coordinate systems that features are asked for and given in, and the order of their axes."""

import math
from collections.abc import Sequence
from typing import Any

import pyproj
import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry

from ops.errors import OpsError
from ops.geo.queries import DIGITS, GRID

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_27700 = "http://www.opengis.net/def/crs/EPSG/0/27700"
# How features are kept comes first.
ALL = (CRS84, EPSG_4326, EPSG_27700)
_GRID_TO_DEGREES = pyproj.Transformer.from_crs(GRID, 4326, always_xy=True)
Shape = BaseGeometry
# The furthest from the grid's origin that its formulas make sense of, in metres.
_FURTHEST_M = 5_000_000.0
# A straight side on the grid is bent in degrees; in so many parts, by less than anybody sees.
_PARTS = 32


def checked(name: str, uri: str) -> str:
    """Give a coordinate system that is asked for by its address, or refuse it."""
    found = uri.strip("[]")
    if found not in ALL:
        said = f"Give one of {', '.join(ALL)}."
        raise OpsError(f"There is no such {name} here. {said}", {name: [said]})
    return found


def header(uri: str) -> dict[str, str]:
    """Say in which system the coordinates of a reply are."""
    return {"Content-Crs": f"<{uri}>"}


def written(geometry: Any, uri: str) -> sa.ColumnElement[str]:
    """Write a column's geometry as GeoJSON text, in the order of the system's axes."""
    if uri == EPSG_27700:
        # The third decimal of a metre, and no member `crs`, which GeoJSON has no more.
        shape = sa.func.ST_Transform(geometry, GRID)
        return sa.func.ST_AsGeoJSON(shape, 3, 0, type_=sa.Text)
    if uri == EPSG_4326:
        geometry = sa.func.ST_FlipCoordinates(geometry)
    return sa.func.ST_AsGeoJSON(geometry, DIGITS, 0, type_=sa.Text)


def in_degrees(shape: Shape, uri: str) -> Shape:
    """Bring a shape to degrees, longitude first; refuse one that has no place on earth."""
    if uri == EPSG_4326:
        shape = shapely.transform(shape, lambda xy: xy[:, ::-1])
    if uri == EPSG_27700:
        _refuse_beyond(shape, (-_FURTHEST_M, -_FURTHEST_M, _FURTHEST_M, _FURTHEST_M))
        west, south, east, north = shape.bounds
        longest = max(east - west, north - south) / _PARTS
        shape = shapely.segmentize(shape, longest) if longest > 0 else shape
        shape = shapely.transform(shape, _to_degrees)
    _refuse_beyond(shape, (-180, -90, 180, 90))
    return shape


def box(numbers: Sequence[float], uri: str) -> list[Shape]:
    """Give a bounding box as shapes in degrees: two of them where it goes over the date line."""
    first, second, third, fourth = numbers
    if uri == EPSG_4326:
        south, west, north, east = first, second, third, fourth
    else:
        west, south, east, north = first, second, third, fourth
    if south > north:
        raise _bad_box("its second side lies below its first.")
    if uri == EPSG_27700:
        if west > east:
            raise _bad_box("its east side lies west of its west side.")
        return [in_degrees(_rectangle(west, south, east, north), uri)]
    if west > east:
        parts = [_rectangle(west, south, 180, north), _rectangle(-180, south, east, north)]
    else:
        parts = [_rectangle(west, south, east, north)]
    for part in parts:
        _refuse_beyond(part, (-180, -90, 180, 90))
    return parts


def _rectangle(west: float, south: float, east: float, north: float) -> Shape:
    """Give a box as a shape: one without a width is a line, and without a height a point."""
    return shapely.MultiPoint([(west, south), (east, north)]).envelope


def _bad_box(why: str) -> OpsError:
    said = f"This is no box: {why}"
    return OpsError(said, {"bbox": [said]})


def _to_degrees(xy: Any) -> Any:
    lon, lat = _GRID_TO_DEGREES.transform(xy[:, 0], xy[:, 1])
    xy[:, 0], xy[:, 1] = lon, lat
    return xy


def _refuse_beyond(shape: Shape, limits: tuple[float, float, float, float]) -> None:
    """Refuse a shape that is not wholly within limits, or that has no place at all."""
    west, south, east, north = shape.bounds
    is_placed = all(map(math.isfinite, shape.bounds))
    if not (
        is_placed
        and limits[0] <= west
        and limits[1] <= south
        and east <= limits[2]
        and north <= limits[3]
    ):
        raise OpsError(
            "These coordinates have no place in their coordinate system; look at the order of"
            " its axes, and give it by bbox-crs or filter-crs."
        )
