"""The shape tools over the API: rings, sums, differences, pieces, repaired outlines."""

import random

import pytest
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping, shape

from ops.geo.models import Area
from ops.geo.shapes import in_metres

API = "/api/v1/shapes"
WEST = box(-2.26, 53.48, -2.24, 53.49)
EAST = box(-2.24, 53.48, -2.22, 53.49)
BOW_TIE = {
    "type": "Polygon",
    "coordinates": [
        [[-2.26, 53.48], [-2.24, 53.49], [-2.24, 53.48], [-2.26, 53.49], [-2.26, 53.48]]
    ],
}


@pytest.fixture
def officer(client_as):
    return client_as("officer")


@pytest.fixture
def make(officer):
    def post(verb, **sent):
        reply = officer.post(f"{API}/{verb}", json=sent)
        assert reply.status_code == 200, reply.json
        return reply.json

    return post


@pytest.fixture
def refused(officer):
    def post(verb, **sent):
        reply = officer.post(f"{API}/{verb}", json=sent)
        assert reply.status_code == 422, reply.json
        return reply.json["errors"]

    return post


def test_a_ring_around_a_prison_is_as_wide_as_was_asked(make):
    prison = Point(-2.2458, 53.492)

    made = make("buffer", geometry=mapping(prison), metres=400)

    centre = in_metres(prison)
    edge = in_metres(shape(made["geometry"])).boundary
    assert edge.distance(centre) == pytest.approx(400, abs=0.2)
    assert edge.hausdorff_distance(centre) == pytest.approx(400, abs=0.01)
    assert float(made["area_m2"]) == pytest.approx(502_655, rel=0.001)
    assert made["said"] == "0.50 km², 2.5 km round."


@pytest.mark.parametrize("geometry", [LineString([(-2.26, 53.48), (-2.24, 53.49)]), WEST])
def test_a_ring_goes_around_lines_and_areas(make, geometry):
    made = make("buffer", geometry=mapping(geometry), metres="50")

    assert made["geometry"]["type"] == "MultiPolygon"
    assert shape(made["geometry"]).contains(geometry)


def test_neighbours_become_one_area_and_a_shared_edge_is_gone(make):
    made = make("union", geometries=[mapping(WEST), mapping(EAST)])

    assert shape(made["geometry"]).equals(box(-2.26, 53.48, -2.22, 53.49))
    assert len(made["geometry"]["coordinates"]) == 1


def test_a_boundary_with_too_many_corners_is_simplified_and_says_so(make):
    jagged = Point(-2.24, 53.48).buffer(0.05, quad_segs=6_000)

    made = make("union", geometries=[mapping(jagged)])

    assert "simplified to 0.5 m" in made["said"]
    assert shape(made["geometry"]).hausdorff_distance(jagged) < 1e-5


def test_a_hole_is_cut(make):
    hole = box(-2.255, 53.483, -2.25, 53.486)

    made = make("difference", geometry=mapping(WEST), without=mapping(hole))

    assert shape(made["geometry"]).equals(WEST - hole)
    assert len(made["geometry"]["coordinates"][0]) == 2


def test_what_is_taken_away_whole_leaves_nothing_and_a_sentence(make):
    made = make("difference", geometry=mapping(WEST), without=mapping(WEST.buffer(0.001)))

    assert made["geometry"] is None
    assert made["area_m2"] == "0.0"
    assert made["said"].startswith("Nothing is left")


def test_a_line_cuts_an_area_and_its_pieces_add_up(make):
    line = LineString([(-2.27, 53.484), (-2.23, 53.487)])

    made = make("split", geometry=mapping(WEST), line=mapping(line))

    pieces = [shape(each) for each in made["geometries"]]
    assert [each.geom_type for each in pieces] == ["MultiPolygon", "MultiPolygon"]
    assert sum(each.area for each in pieces) == pytest.approx(WEST.area, rel=1e-6)
    assert made["said"] == "Cut into 2 pieces."


def test_a_line_that_does_not_reach_across_is_refused(refused):
    short = LineString([(-2.27, 53.485), (-2.25, 53.485)])

    errors = refused("split", geometry=mapping(WEST), line=mapping(short))

    assert errors == {
        "line": ["The line does not cut the area in two; draw it from outside to outside."]
    }


def test_an_area_that_crosses_itself_is_offered_repaired(make, refused):
    [said] = refused("measure", geometry=BOW_TIE)["geometry"]

    made = make("repair", geometry=BOW_TIE)

    assert said.startswith("The outline crosses itself near longitude -2.25000")
    assert made["said"].startswith("The outline crosses itself near longitude -2.25000")
    assert made["said"].endswith("Repaired, it has 2 parts: look at it before you save it.")
    assert shape(made["geometry"]).is_valid
    assert make("measure", geometry=made["geometry"])["area_m2"] == made["area_m2"]


def test_nothing_to_repair_is_said(make):
    made = make("repair", geometry=mapping(WEST))

    assert made["said"] == "There is nothing to repair."
    assert shape(made["geometry"]).equals(WEST)


def test_measuring_gives_square_metres_and_metres_as_text(make):
    made = make("measure", geometry=mapping(WEST))

    plane = in_metres(WEST)
    assert made["area_m2"] == f"{plane.area:.1f}"
    assert made["perimeter_m"] == f"{plane.length:.1f}"


def test_what_the_tools_make_can_be_kept_and_they_keep_nothing_themselves(client_as, session):
    lead = client_as("lead")

    made = lead.post(f"{API}/buffer", json={"geometry": mapping(WEST), "metres": 5}).json

    assert session.query(Area).count() == 0
    assert made["geometry"]["type"] == MultiPolygon().geom_type


def test_a_ring_around_a_long_track_holds_all_of_it_however_wide(make):
    track = LineString([(-2.3 + n / 10_000, 53.4 + n % 2 / 100) for n in range(1_000)])

    made = make("buffer", geometry=mapping(track), metres=500)

    ring = in_metres(shape(made["geometry"]))
    assert ring.contains(in_metres(track))
    assert ring.boundary.distance(in_metres(track)) == pytest.approx(500, abs=12)


def scribble(count):
    chance = random.Random(1)  # noqa: S311 - the same scribble each time
    return [(-2.2 + chance.random() / 10, 53.4 + chance.random() / 10) for _ in range(count)]


def comb(count, *, across):
    """Draw a comb: each crosses every tooth of one that lies across it."""
    teeth = [(n / count / 10, side / 20) for n in range(count) for side in (n % 2, 1 - n % 2)]
    points = [(0, -0.01), *teeth, (0.1, -0.01)]
    return Polygon([(-2.2 + (b if across else a), 53.4 + (a if across else b)) for a, b in points])


@pytest.mark.parametrize(
    ("verb", "sent", "field"),
    [
        ("repair", {"geometry": mapping(Polygon(scribble(9_000)))}, "geometry"),
        ("buffer", {"geometry": mapping(LineString(scribble(9_000))), "metres": 5}, "metres"),
        ("split", {"geometry": mapping(comb(2_000, across=True)),
                   "line": mapping(LineString(comb(2_000, across=False).exterior.coords))}, "line"),
        ("difference", {"geometry": mapping(comb(2_000, across=True)),
                        "without": mapping(comb(2_000, across=False))}, "without"),
    ],
)  # fmt: skip
def test_what_would_take_minutes_to_work_out_is_refused(refused, verb, sent, field):
    assert "cross in too many places" in " ".join(refused(verb, **sent)[field])


@pytest.mark.parametrize(
    ("verb", "sent", "field", "part"),
    [
        ("buffer", {"geometry": mapping(WEST), "metres": 0}, "metres", "more than 0"),
        ("buffer", {"geometry": mapping(WEST), "metres": 10_001}, "metres", "at most 10,000"),
        ("buffer", {"geometry": mapping(Point(2.35, 48.85)), "metres": 9}, "geometry", "outside"),
        ("buffer", {"geometry": {"type": ["Point"]}, "metres": 9}, "geometry", "Polygon"),
        ("buffer", {"geometry": BOW_TIE, "metres": 9}, "geometry", "crosses itself"),
        ("buffer", {"geometry": {"type": "LineString", "coordinates": [[-2, 53]]}, "metres": 9},
         "geometry", "two points"),
        ("buffer", {"geometry": mapping(WEST.buffer(0.05)), "metres": 9_000}, "metres", "km²"),
        ("union", {"geometries": []}, "geometries", "from 1 to 500"),
        ("difference", {"geometry": mapping(WEST)}, "without", "Missing"),
        ("measure", {"geometry": mapping(box(-2.6, 53.2, -2.2, 53.6))}, "geometry", "500 km²"),
        ("repair", {"geometry": mapping(Point(-2.2, 53.4))}, "geometry", "Polygon"),
    ],
)  # fmt: skip
def test_what_can_not_be_an_area_is_refused_by_field(refused, verb, sent, field, part):
    assert part in " ".join(refused(verb, **sent)[field])
