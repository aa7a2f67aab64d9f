"""GeoJSON in, checked shapes out: each refusal is one sentence that says what to do."""

import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import pyproj
import shapely
from geoalchemy2 import WKBElement
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

SRID = 4326
# Larger than any district; an operation that needs more draws several areas.
MOST_KM2 = 500
MOST_VERTICES = 10_000
# Longitude and latitude, and a height that some tools add.
_NUMBERS = (2, 3)

# Our own outline of the United Kingdom, drawn by hand and wide of the coast. It keeps out a
# shape that is plainly elsewhere; it is no border: the Isle of Man and strips of Ireland fall in.
UNITED_KINGDOM = Polygon(
    [
        (-7.0, 49.7),
        (-5.0, 49.7),
        (-1.5, 50.2),
        (0.3, 50.5),
        (1.1, 50.8),
        (1.55, 51.05),
        (2.2, 51.6),
        (2.2, 53.2),
        (1.0, 54.5),
        (-0.3, 57.0),
        (-0.3, 61.1),
        (-2.5, 61.1),
        (-9.0, 58.5),
        (-9.0, 56.6),
        (-6.9, 55.6),
        (-7.6, 55.1),
        (-8.3, 54.5),
        (-8.0, 54.1),
        (-7.2, 54.0),
        (-5.9, 53.85),
        (-5.3, 53.8),
        (-5.4, 52.5),
        (-5.7, 51.6),
        (-5.7, 51.2),
        (-7.0, 50.2),
    ]
)
shapely.prepare(UNITED_KINGDOM)
# British National Grid: plane metres. Its transformers may be shared by threads.
_TO_METRES = pyproj.Transformer.from_crs(SRID, 27700, always_xy=True)
_TO_DEGREES = pyproj.Transformer.from_crs(27700, SRID, always_xy=True)
# The well-known bytes of a point with its SRID: little-endian, type 1 with the SRID flag.
_EWKB_POINT = struct.Struct("<BIIdd")
_EWKB_POINT_TYPE = 0x20000001

# What GEOS finds wrong with a shape, in words.
_FAULTS = {
    "Self-intersection": "The outline crosses itself",
    "Ring Self-intersection": "The outline touches itself",
    "Hole lies outside shell": "A hole lies outside the outline",
    "Holes are nested": "One hole lies within another",
    "Interior is disconnected": "Holes cut the area into pieces",
    "Nested shells": "One part lies within another",
    "Duplicate Rings": "The same ring is there twice",
    "Too few points in geometry component": "A ring needs three corners or more",
}
_FAULT = re.compile(r"(?P<fault>[^\[]+)(?:\[(?P<lon>\S+) (?P<lat>\S+)\])?")


class BadShape(ValueError):
    """A shape that can't be used; its text is the sentence for a person."""


def point(geojson: object, *, in_uk: bool = False) -> Point:
    """Read a point; only with `in_uk` must it lie in the United Kingdom."""
    coordinates = _coordinates(geojson, ("Point",), 'Give a point as {"type": "Point", …}.')
    found = Point(_position(coordinates))
    if in_uk:
        check_in_uk(found)
    return found


def area(geojson: object) -> MultiPolygon:
    """Read a polygon or multipolygon, and check all that is asked of an operation's area."""
    return checked(outline(geojson))


def outline(geojson: object, most: int = MOST_VERTICES) -> MultiPolygon:
    """Read a polygon or multipolygon as it is, even one that crosses itself."""
    coordinates = _coordinates(
        geojson,
        ("Polygon", "MultiPolygon"),
        "An area must be a Polygon or a MultiPolygon; draw an outline.",
    )
    one = isinstance(geojson, Mapping) and geojson["type"] == "Polygon"
    parts = list(_parts([coordinates] if one else coordinates, most))
    if not parts:
        raise BadShape("The shape is empty; draw an outline.")
    return MultiPolygon(parts)


def line(geojson: object) -> LineString:
    """Read a line in the United Kingdom."""
    coordinates = _coordinates(geojson, ("LineString",), "A line must be a LineString; draw one.")
    if not isinstance(coordinates, list | tuple) or len(coordinates) < 2:
        raise BadShape("A line needs two points or more.")
    if len(coordinates) > MOST_VERTICES:
        raise BadShape(f"The line has more than {MOST_VERTICES:,} points; simplify it first.")
    found = LineString([_position(position) for position in coordinates])
    if found.length == 0:
        raise BadShape("A line needs two points or more.")
    check_in_uk(found)
    return found


def checked(shape: MultiPolygon) -> MultiPolygon:
    """Give an outline that can be an area: valid, in the United Kingdom, not too large."""
    check_valid(shape)
    check_in_uk(shape)
    if (size := area_km2(shape)) > MOST_KM2:
        raise BadShape(
            f"The area is {size:,.0f} km²; the most is {MOST_KM2} km². Draw several smaller ones."
        )
    return rewound(shape)


def check_valid(shape: shapely.Geometry) -> None:
    """Refuse a shape that crosses itself, and say where."""
    if not shapely.is_valid(shape):
        raise BadShape(f"{fault(shape)}; move that corner.")


def fault(shape: shapely.Geometry) -> str:
    """Say in words what is wrong with an invalid shape, and where."""
    found = _FAULT.fullmatch(shapely.is_valid_reason(shape))
    if found is None:
        return "The outline is not right"
    words = _FAULTS.get(found["fault"].strip(), "The outline is not right")
    if found["lon"] is None:
        return words
    return f"{words} near longitude {float(found['lon']):.5f}, latitude {float(found['lat']):.5f}"


def check_in_uk(shape: shapely.Geometry) -> None:
    """Refuse what lies outside the United Kingdom."""
    if not UNITED_KINGDOM.covers(shape):
        raise BadShape(
            "This lies outside the United Kingdom; longitude comes first, then latitude."
        )


def area_km2(shape: shapely.Geometry) -> float:
    """Measure a shape on the British National Grid."""
    return float(shapely.area(in_metres(shape))) / 1e6


def in_metres(shape: shapely.Geometry) -> shapely.Geometry:
    """Put a shape on the British National Grid."""
    on_grid: shapely.Geometry = shapely.transform(
        shape,
        _TO_METRES.transform,  # type: ignore[arg-type]  # the stubs know only interleaved=True
        interleaved=False,
    )
    return on_grid


def in_degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """Put a shape of the British National Grid in longitude and latitude."""
    in_degrees: shapely.Geometry = shapely.transform(
        shape,
        _TO_DEGREES.transform,  # type: ignore[arg-type]  # the stubs know only interleaved=True
        interleaved=False,
    )
    return in_degrees


def rewound(shape: MultiPolygon) -> MultiPolygon:
    """Wind outlines anticlockwise and holes clockwise, as RFC 7946 has it."""
    wound: MultiPolygon = shapely.orient_polygons(shape, exterior_cw=False)
    return wound


def point_element(lon: float, lat: float) -> WKBElement:
    """Give a point as a column takes it; each logged result passes here, so no detour by GEOS."""
    return WKBElement(_EWKB_POINT.pack(1, _EWKB_POINT_TYPE, SRID, lon, lat), SRID, extended=True)


def _coordinates(geojson: object, types: tuple[str, ...], otherwise: str) -> Any:
    if not isinstance(geojson, Mapping) or geojson.get("type") not in types:
        raise BadShape(otherwise)
    if not geojson.keys() <= {"type", "coordinates", "bbox"}:
        raise BadShape("A geometry has a type and coordinates, and nothing else.")
    return geojson.get("coordinates")


def _position(value: object) -> tuple[float, float]:
    """Read one position; a height is dropped."""
    if (
        not isinstance(value, list | tuple)
        or len(value) not in _NUMBERS
        or not all(_is_number(number) for number in value)
    ):
        raise BadShape("A position is two numbers, [longitude, latitude].")
    lon, lat = float(value[0]), float(value[1])
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise BadShape(
            "Longitude runs from -180 to 180 and latitude from -90 to 90; longitude comes first."
        )
    if _looks_swapped(lon, lat):
        raise BadShape("Longitude comes first, then latitude: these two look swapped.")
    return lon, lat


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _looks_swapped(lon: float, lat: float) -> bool:
    """Tell whether a position is in the United Kingdom only with its numbers swapped."""
    # The bounds first: they settle nearly every position without GEOS.
    return 49 < lon < 62 and bool(shapely.intersects_xy(UNITED_KINGDOM, lat, lon))


def _parts(polygons: object, most: int) -> Iterator[Polygon]:
    if not isinstance(polygons, list | tuple):
        raise BadShape("The coordinates of a MultiPolygon are a list of polygons.")
    left = most
    for rings in polygons:
        if not isinstance(rings, list | tuple):
            raise BadShape("The coordinates of a Polygon are a list of rings.")
        read = []
        for ring in rings:
            if not isinstance(ring, list | tuple):
                raise BadShape("A ring is a list of positions.")
            left -= len(ring)
            if left < 0:
                raise BadShape(f"The shape has more than {most:,} corners; simplify it first.")
            read.append(_ring(ring))
        if read:
            yield Polygon(read[0], read[1:])


def _ring(ring: list[object] | tuple[object, ...]) -> list[tuple[float, float]]:
    """Read one ring; one left open is closed."""
    corners = [_position(position) for position in ring]
    if len(set(corners)) < 3:
        raise BadShape("A ring needs three corners or more.")
    return corners if corners[0] == corners[-1] else [*corners, corners[0]]
