"""What can be an area, and the sentence for each thing that can't."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, box, mapping, shape

from ops.geo import shapes

RING = [[-2.25, 53.48], [-2.24, 53.48], [-2.24, 53.49], [-2.25, 53.49], [-2.25, 53.48]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def circle(vertices, radius=0.01):
    turn = 2 * math.pi / vertices
    return [
        [-2.24 + radius * math.cos(n * turn), 53.48 + radius * math.sin(n * turn)]
        for n in range(vertices)
    ]


def test_a_polygon_becomes_a_multipolygon():
    found = shapes.area(polygon(RING))

    assert found.geom_type == "MultiPolygon"
    assert found.equals(shape(polygon(RING)))


def test_a_hole_is_kept():
    hole = [[-2.247, 53.483], [-2.243, 53.483], [-2.243, 53.487], [-2.247, 53.483]]

    found = shapes.area(polygon(RING, hole))

    assert len(found.geoms[0].interiors) == 1
    assert not found.contains(Point(-2.244, 53.484))


def test_a_height_is_dropped():
    found = shapes.area(polygon([[*position, 120.5] for position in RING]))

    assert not found.has_z


def test_an_open_ring_is_closed():
    found = shapes.area(polygon(RING[:-1]))

    assert found.geoms[0].exterior.is_ring


@pytest.mark.parametrize("ring", [RING, RING[::-1]])
def test_outlines_wind_anticlockwise_and_holes_clockwise(ring):
    hole = [[-2.247, 53.483], [-2.243, 53.483], [-2.243, 53.487], [-2.247, 53.483]]

    [part] = shapes.area(polygon(ring, hole)).geoms

    assert part.exterior.is_ccw
    assert not part.interiors[0].is_ccw


BOW_TIE = [[-2.25, 53.48], [-2.24, 53.49], [-2.24, 53.48], [-2.25, 53.49], [-2.25, 53.48]]
FAR_HOLE = [[-2.1, 53.48], [-2.09, 53.48], [-2.09, 53.49], [-2.1, 53.48]]


@pytest.mark.parametrize(
    ("geojson", "sentence"),
    [
        (None, "must be a Polygon"),
        ("POLYGON((0 0, 1 1))", "must be a Polygon"),
        ({"type": "Point", "coordinates": [-2.25, 53.48]}, "must be a Polygon"),
        ({"type": ["Polygon"], "coordinates": []}, "must be a Polygon"),
        ({"type": "Polygon", "coordinates": [RING], "crs": {}}, "nothing else"),
        (polygon(), "empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "empty"),
        ({"type": "Polygon"}, "list of rings"),
        ({"type": "MultiPolygon", "coordinates": 3}, "list of polygons"),
        ({"type": "Polygon", "coordinates": [3]}, "list of positions"),
        (polygon([]), "three corners"),
        (polygon([RING[0], RING[1], RING[0]]), "three corners"),
        (polygon([["-2.25", "53.48"], *RING]), "two numbers"),
        (polygon([[True, 53.48], *RING]), "two numbers"),
        (polygon([[math.nan, 53.48], *RING]), "two numbers"),
        (polygon([[math.inf, 53.48], *RING]), "two numbers"),
        (polygon([[10**400, 53.48], *RING]), "two numbers"),
        (polygon([[-2.25], *RING]), "two numbers"),
        (polygon([[-2.25, 53.48, 1, 1], *RING]), "two numbers"),
        (polygon([[395000, 398000], *RING]), "Longitude runs from"),
        (polygon([[lat, lon] for lon, lat in RING]), "look swapped"),
        (polygon(BOW_TIE), "crosses itself near longitude -2.24500, latitude 53.48500"),
        (polygon(RING, FAR_HOLE), "hole lies outside"),
        ({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}, "move that corner"),
        (mapping(box(2.3, 48.8, 2.4, 48.9)), "outside the United Kingdom"),
        (mapping(box(-2.4, 48.8, -2.2, 53.5)), "outside the United Kingdom"),
        (mapping(box(-2.5, 53.4, -2.0, 53.7)), "the most is 500 km²"),
        (polygon(circle(10_001)), "10,000 corners"),
    ],
)
def test_refuses_in_a_sentence_what_is_no_area(geojson, sentence):
    with pytest.raises(shapes.BadShape, match=sentence) as refusal:
        shapes.area(geojson)

    assert str(refusal.value).endswith(".")


def test_ten_thousand_corners_are_still_taken():
    found = shapes.area(polygon(circle(9_999)))

    assert shapely.get_num_coordinates(found) == 10_000


def test_size_is_measured_in_metres_on_the_ground():
    # One hundredth of a degree at 53.5° north: 1,113 m north by 663 m east.
    assert shapes.area_km2(MultiPolygon([box(-2.25, 53.5, -2.24, 53.51)])) == pytest.approx(
        0.738, rel=0.01
    )


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [
        ("Lerwick", -1.145, 60.155),
        ("Stornoway", -6.387, 58.209),
        ("Londonderry", -7.32, 54.997),
        ("Belleek", -8.09, 54.48),
        ("Newry", -6.34, 54.18),
        ("Lowestoft", 1.75, 52.47),
        ("Dover", 1.33, 51.13),
        ("St Agnes, Scilly", -6.34, 49.89),
        ("Lizard", -5.2, 49.96),
        ("Holyhead", -4.63, 53.31),
        ("Out Skerries", -0.73, 60.42),
    ],
)
def test_the_corners_of_the_country_are_in_it(place, lon, lat):
    shapes.check_in_uk(Point(lon, lat))


@pytest.mark.parametrize(
    ("place", "lon", "lat"),
    [
        ("Dublin", -6.26, 53.35),
        ("Galway", -9.05, 53.27),
        ("Calais", 1.86, 50.95),
        ("Cherbourg", -1.62, 49.64),
        ("St Helier", -2.1, 49.19),
        ("Torshavn", -6.77, 62.01),
        ("nowhere", 0.0, 0.0),
    ],
)
def test_the_neighbours_are_outside(place, lon, lat):
    with pytest.raises(shapes.BadShape, match="outside the United Kingdom"):
        shapes.check_in_uk(Point(lon, lat))


def test_a_point_may_be_anywhere_unless_it_must_be_in_the_country():
    abroad = {"type": "Point", "coordinates": [4.35, 50.85]}

    found = shapes.point(abroad)

    assert (found.x, found.y) == (4.35, 50.85)
    with pytest.raises(shapes.BadShape, match="outside the United Kingdom"):
        shapes.point(abroad, in_uk=True)


@pytest.mark.parametrize(
    ("coordinates", "sentence"),
    [
        ([53.48, -2.24], "look swapped"),
        ([-2.24], "two numbers"),
        (None, "two numbers"),
        ("-2.24,53.48", "two numbers"),
        ([-200, 53], "Longitude runs from"),
    ],
)
def test_refuses_in_a_sentence_what_is_no_point(coordinates, sentence):
    with pytest.raises(shapes.BadShape, match=sentence):
        shapes.point({"type": "Point", "coordinates": coordinates})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(kind=st.sampled_from(["Polygon", "MultiPolygon"]), coordinates=JSON)
@settings(max_examples=300)
def test_whatever_is_sent_is_read_or_refused(kind, coordinates):
    try:
        found = shapes.area({"type": kind, "coordinates": coordinates})
    except shapes.BadShape:
        return

    assert found.is_valid


@given(
    ring=st.lists(st.tuples(st.floats(-2.3, -2.1), st.floats(53.4, 53.6)), min_size=3, max_size=12)
)
def test_what_is_read_is_valid_and_not_empty(ring):
    try:
        found = shapes.area(polygon([list(position) for position in ring]))
    except shapes.BadShape:
        return

    assert found.is_valid
    assert found.area > 0
