"""One search for every sort of place: in spite of a slip, by postcode, by grid reference."""

import pytest
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, box

from ops import db
from ops.geo import place_queries
from ops.geo.models import Place
from ops.ledger.models import LogEntry
from tests import factories

PLACES = "/api/v1/places"


def place(name, lon=-2.24, lat=53.48, **fields):
    fields = {"layer": "names", "code": f"{name} {lon}", "source": "Open names"} | fields
    kept = Place(name=name, point=from_shape(Point(lon, lat), 4326), **fields)
    db.session.add(kept)
    db.session.commit()
    return kept


@pytest.fixture
def find(client_as):
    client = client_as("analyst")

    def get(q, **query):
        reply = client.get(PLACES, query_string={"q": q} | query)
        assert reply.status_code == 200, reply.json
        return reply.json

    return get


def names(found):
    return [(each["source"], each["name"]) for each in found]


def test_a_site_a_boundary_and_a_place_are_one_list(find):
    factories.site(name="HMP Strangeways", address="Southall Street")
    factories.boundary(name="Strangeways ward", layer="ward")
    place("Strangeways", kind="Suburb", postcode="M31AB")

    found = find("Strangeways")

    assert names(found) == [
        ("place", "Strangeways"),
        ("site", "HMP Strangeways"),
        ("boundary", "Strangeways ward"),
    ]
    assert [each["text"] for each in found] == [
        "Suburb, M3 1AB, Open names",
        "Prison, Southall Street",
        "Ward",
    ]


def test_the_very_name_comes_before_those_that_have_it_among_others(find):
    place("Mill Lane Close", lon=-2.24)
    place("Mill Lane", lon=-3.0)

    assert [n for _, n in names(find("mill lane", near="-2.24,53.48"))] == [
        "Mill Lane",
        "Mill Lane Close",
    ]


def test_a_site_is_not_lost_among_many_streets_of_its_name(find):
    factories.site(name="HMP Strangeways")
    for number in range(12):
        place(f"Strangeways {number}")

    assert ("site", "HMP Strangeways") in names(find("Strangeways", limit=12))


@pytest.mark.parametrize("q", ["Cheetam Hill", "cheetham hil", "Chetham Hill", "Stragneways"])
def test_a_slip_of_the_finger_finds_it_all_the_same(find, q):
    place("Cheetham Hill")
    place("Strangeways")
    place("Piccadilly")

    [(_, found)] = names(find(q))

    assert found == ("Strangeways" if q.startswith("S") else "Cheetham Hill")


def test_of_two_alike_the_nearer_comes_first(find):
    place("High Street", lon=-3.0, lat=51.0)
    near = place("High Street", lon=-2.24, lat=53.48).point

    found = find("High Street", near="-2.25,53.49")

    assert near is not None
    assert [each["point"]["coordinates"] for each in found] == [[-2.24, 53.48], [-3.0, 51.0]]


def test_a_postcode_is_found_whole_before_those_that_begin_so(find):
    place("12 Long Millgate", postcode="M31AB", kind="Address")
    place("14 Long Millgate", postcode="M31AX", kind="Address")

    assert [n for _, n in names(find("m3 1ab"))] == ["12 Long Millgate"]
    assert [n for _, n in names(find("M3 1"))] == ["12 Long Millgate", "14 Long Millgate"]


def test_a_grid_reference_and_a_position_are_places_without_any_gazetteer(find):
    [by_letters] = find("sj 8398 9812")
    [by_metres] = find("383985 398125")
    [by_degrees] = find("53.48, -2.24")

    assert by_letters["source"] == by_metres["source"] == "grid"
    assert by_letters["name"] == "SJ 8398 9812"
    assert by_letters["point"] == by_metres["point"]
    west, south, east, north = by_letters["bbox"]
    assert west < by_letters["point"]["coordinates"][0] < east
    assert south < by_letters["point"]["coordinates"][1] < north
    assert by_degrees["source"] == "position"
    assert by_degrees["point"]["coordinates"] == [-2.24, 53.48]


def test_a_boundary_comes_with_its_box_and_a_point_inside(find):
    shape = MultiPolygon([box(-2.3, 53.4, -2.2, 53.5)])
    factories.boundary(name="Salford", shape=shape)

    [found] = find("Salford")

    assert found["bbox"] == [-2.3, 53.4, -2.2, 53.5]
    assert shape.contains(Point(found["point"]["coordinates"]))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "a" * 101}, "q"),
        ({"q": "a", "limit": 51}, "limit"),
        ({"q": "a", "near": "here"}, "near"),
        ({"q": "a", "near": "500,1"}, "near"),
        ({"q": "a", "near": "nan,1"}, "near"),
        ({"q": "a", "like": "b"}, "like"),
    ],
)
def test_a_search_that_can_not_be_is_refused_by_field(client_as, query, field):
    reply = client_as("analyst").get(PLACES, query_string=query)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", "91 200", "TQ", "SJ 8398 981", "<%", "🦊"])
def test_whatever_is_typed_is_answered(find, q):
    assert find(q) == []


def test_what_was_typed_is_not_in_the_log(find, session):
    factories.site(name="HMP Strangeways")

    find("Strangeways")

    entry = session.scalars(sa.select(LogEntry)).one()
    assert "trangeways" not in str(vars(entry))


def test_an_index_serves_each_step_of_the_search(session):
    session.execute(
        sa.text(
            "insert into place (id, layer, code, name, point, source)"
            " select gen_random_uuid(), 'n', n::text, md5(n::text),"
            " ST_SetSRID(ST_MakePoint(-2, 53), 4326), 's' from generate_series(1, 20000) n"
        )
    )
    session.execute(sa.text("analyze place"))
    session.execute(place_queries.go_by(0.6))
    plans = [
        plan(session, place_queries.named("Cheetham Hill", 10, (-2.2, 53.4), begun=begun))
        for begun in (True, False)
    ]

    assert "ix_place_lower_name" in plans[0]
    assert "ix_place_name" in plans[1]
    assert "ix_place_postcode" in plan(session, place_queries.at_postcode("M31", 10))


def plan(session, query):
    """Ask the database how it would find this."""
    compiled = query.compile(session.get_bind(), compile_kwargs={"render_postcompile": True})
    found = session.connection().exec_driver_sql(f"explain {compiled}", compiled.params)
    return "\n".join(found.scalars())
