"""A shape as somebody typed or pasted it, where no script reads it for them."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from ops.errors import Invalid

# Longitudes and latitudes of the United Kingdom do not overlap, so either order can be read.
_LONGITUDES = (-9.5, 2.5)
_EXAMPLE = "Write longitude and latitude, as in -2.2458, 53.4920."


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
    if shape.get("type") == "FeatureCollection" and len(shape.get("features") or []) == 1:
        shape = shape["features"][0]
    if isinstance(shape, Mapping) and shape.get("type") == "Feature":
        return shape.get("geometry")
    return shape


def _corner(line: str) -> list[float]:
    words = re.split(r"[\s,]+", line.strip())
    try:
        first, second = map(float, words)
    except ValueError:
        raise _refused(f"“{line.strip()}” is not a corner. {_EXAMPLE}") from None
    is_longitude = _LONGITUDES[0] <= first <= _LONGITUDES[1]
    return [first, second] if is_longitude else [second, first]


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, {"geometry": [sentence]})
