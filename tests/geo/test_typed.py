"""A shape as somebody typed it."""

import orjson
import pytest

from ops.errors import Invalid
from ops.geo.shapes import BadShape, area
from ops.geo.typed import geometry

CORNERS = [[-2.25, 53.48], [-2.24, 53.48], [-2.24, 53.49]]
POLYGON = {"type": "Polygon", "coordinates": [[*CORNERS, CORNERS[0]]]}


@pytest.mark.parametrize(
    "text",
    [
        "-2.25, 53.48\n-2.24, 53.48\n-2.24, 53.49",
        "-2.25 53.48; -2.24 53.48; -2.24 53.49; -2.25 53.48",
        "53.48, -2.25\n\n53.48, -2.24\n53.49, -2.24\n",
        orjson.dumps(POLYGON).decode(),
        orjson.dumps({"type": "Feature", "geometry": POLYGON}).decode(),
        orjson.dumps(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]}
        ).decode(),
    ],
)
def test_reads_corners_and_geojson_alike(text):
    assert geometry(text) == POLYGON


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "Give the shape"),
        ("-2.25, 53.48\nby the bridge", "“by the bridge” is not a corner"),
        ('{"type": "Polygon"', "all of it was copied"),
    ],
)
def test_refuses_what_is_no_shape_and_says_why(text, part):
    with pytest.raises(Invalid) as caught:
        geometry(text)

    assert part in caught.value.sentence
    assert caught.value.errors["geometry"] == [caught.value.sentence]


@pytest.mark.parametrize("features", [True, 5, "x", {"0": POLYGON}, [], None])
def test_a_collection_that_is_none_is_no_area(features):
    text = orjson.dumps({"type": "FeatureCollection", "features": features}).decode()

    with pytest.raises(BadShape):
        area(geometry(text))
