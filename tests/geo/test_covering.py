"""Which areas hold a position: the circle of the fix decides, in metres on the ground."""

import datetime as dt

import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from ops import db
from ops.geo import queries, shapes
from tests import factories
from tests.factories import NOON, SQUARE

COVERING = "/api/v1/areas/covering"
# About 500 m from the west edge of SQUARE, in the middle of its height.
WITHIN = {"lon": -2.2425, "lat": 53.485}
# About 332 m east of its east edge.
BESIDE = {"lon": -2.23, "lat": 53.485}


@pytest.fixture
def officer(client_as):
    return client_as("officer")


@pytest.fixture
def area(session):
    return factories.area(factories.operation())


def relations(client, **fix):
    response = client.get(COVERING, query_string=fix)
    assert response.status_code == 200, response.json
    return {row["area"]["name"]: row["relation"] for row in response.json}


def test_says_which_area_of_which_operation(officer):
    operation = factories.operation(name="Vulcan", reference="GMP-1")
    area = factories.area(operation, name="Cheetham Hill", purpose="search")

    rows = officer.get(COVERING, query_string=WITHIN | {"accuracy_m": 12}).json

    assert rows == [
        {
            "area": {"id": str(area.id), "name": "Cheetham Hill", "purpose": "search"},
            "operation": {"id": str(operation.id), "name": "Vulcan", "reference": "GMP-1"},
            "relation": "inside",
            "distance_m": 0.0,
        }
    ]


@pytest.mark.parametrize(
    ("place", "accuracy_m", "relation"),
    [
        (WITHIN, None, "inside"),
        (WITHIN, 0, "inside"),
        (WITHIN, 480, "inside"),
        (WITHIN, 520, "uncertain"),
        (WITHIN, 10_000, "uncertain"),
        (BESIDE, None, None),
        (BESIDE, 300, None),
        (BESIDE, 350, "uncertain"),
    ],
)
def test_the_circle_of_the_fix_decides(officer, area, place, accuracy_m, relation):
    fix = place if accuracy_m is None else place | {"accuracy_m": accuracy_m}

    assert relations(officer, **fix).get(area.name) == relation


def test_says_how_far_the_area_is(officer, area):
    [row] = officer.get(COVERING, query_string=BESIDE | {"accuracy_m": 400}).json

    assert row["distance_m"] == pytest.approx(332, abs=2)


def test_a_hole_is_outside(officer, session):
    ring = SQUARE.geoms[0].exterior
    hole = box(-2.2435, 53.4845, -2.2415, 53.4855).exterior
    area = factories.area(factories.operation(), shape=MultiPolygon([Polygon(ring, [hole])]))

    assert relations(officer, **WITHIN) == {}
    assert relations(officer, **WITHIN, accuracy_m=100) == {area.name: "uncertain"}


def test_the_surest_and_nearest_come_first(officer, session):
    operation = factories.operation()
    factories.area(operation, name="far", shape=MultiPolygon([box(-2.232, 53.48, -2.231, 53.49)]))
    factories.area(operation, name="near", shape=MultiPolygon([box(-2.236, 53.48, -2.231, 53.49)]))
    factories.area(operation, name="around")

    response = officer.get(COVERING, query_string={"lon": -2.24, "lat": 53.485, "accuracy_m": 900})
    inside = officer.get(COVERING, query_string={"lon": -2.24, "lat": 53.485, "accuracy_m": 300})

    assert [row["area"]["name"] for row in response.json] == ["around", "near", "far"]
    assert [(row["area"]["name"], row["relation"]) for row in inside.json] == [
        ("around", "inside"),
        ("near", "uncertain"),
    ]


@pytest.mark.parametrize(
    ("status", "holds"),
    [
        ("draft", True),
        ("planned", True),
        ("approved", True),
        ("live", True),
        ("closed", False),
        ("reviewed", False),
    ],
)
def test_an_operation_that_is_over_holds_nothing(officer, session, status, holds):
    area = factories.area(factories.operation(status=status))

    assert (area.name in relations(officer, **WITHIN)) is holds


HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("valid", "at", "holds"),
    [
        ({"valid_from": NOON}, NOON, True),
        ({"valid_from": NOON}, NOON - HOUR, False),
        ({"valid_to": NOON}, NOON - HOUR, True),
        ({"valid_to": NOON}, NOON, False),
        ({"valid_from": NOON, "valid_to": NOON + HOUR}, NOON + HOUR / 2, True),
        ({"valid_from": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, None, True),
        ({"valid_to": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, None, False),
        ({"valid_from": dt.datetime(2199, 1, 1, tzinfo=dt.UTC)}, None, False),
    ],
)
def test_an_area_holds_between_its_times(officer, session, valid, at, holds):
    area = factories.area(factories.operation(), **valid)
    fix = WITHIN | ({"at": at.isoformat()} if at else {})

    assert (area.name in relations(officer, **fix)) is holds


@pytest.mark.parametrize(
    ("fix", "field", "sentence"),
    [
        ({"lon": -2.24}, "lat", "required"),
        ({"lon": "x", "lat": 53}, "lon", "number"),
        ({"lon": "nan", "lat": 53}, "lon", "not permitted"),
        ({"lon": -181, "lat": 53}, "lon", "-180"),
        ({"lon": 53.48, "lat": -2.24}, "lon", "look swapped"),
        (WITHIN | {"accuracy_m": -1}, "accuracy_m", "wait for a better fix"),
        (WITHIN | {"accuracy_m": 10_001}, "accuracy_m", "wait for a better fix"),
        (WITHIN | {"at": "2026-11-02T10:00"}, "at", "zone"),
        (WITHIN | {"accuracy": 5}, "accuracy", "Unknown field"),
    ],
)
def test_refuses_a_fix_in_a_sentence(officer, session, fix, field, sentence):
    response = officer.get(COVERING, query_string=fix)

    assert response.status_code == 422
    assert sentence in str(response.json["errors"][field])


@pytest.mark.parametrize(
    "place", [(0, 0), (180, 90), (-180, -90), (4.35, 50.85), (5e-324, 5e-324), (-86.3, 0), (90, 6)]
)
def test_elsewhere_on_earth_no_area_holds_anything(officer, area, place):
    assert relations(officer, lon=place[0], lat=place[1], accuracy_m=100) == {}


def test_it_costs_two_statements(officer, area, statements):
    with statements.counted() as seen:
        officer.get(COVERING, query_string=WITHIN)

    assert len(seen) == 2


def test_the_spatial_index_answers(session, area):
    session.execute(
        sa.text(
            "insert into area (id, operation_id, name, purpose, geom, version, created_by)"
            " select gen_random_uuid(), operation_id, 'x', purpose,"
            " st_translate(geom, i * 0.02, 0), 1, created_by from area, generate_series(1, 3000) i"
        )
    )
    session.execute(sa.text("analyze area"))
    # The plan for any position at all, as a prepared statement has it.
    session.execute(sa.text("set local plan_cache_mode = force_generic_plan"))
    text = str(
        queries.COVERING.compile(
            session.get_bind(), compile_kwargs={"render_postcompile": True, "literal_binds": False}
        )
    )

    plan = explained(session, text)

    assert "ix_area_geom" in plan
    assert "Seq Scan on area" not in plan


def explained(session, text):
    compiled = queries.COVERING.compile(session.get_bind())
    fix = queries.fix(-2.24, 53.485, 20.0, NOON)
    cursor = session.connection().connection.cursor()
    cursor.execute(f"explain {text}", compiled.construct_params(fix), prepare=True)
    return "\n".join(row[0] for row in cursor.fetchall())


# Against the truth: shapely, on the British National Grid.
CORNERS = Polygon(
    [(-2.25, 53.48), (-2.235, 53.478), (-2.238, 53.484), (-2.23, 53.49), (-2.246, 53.492)],
    [[(-2.243, 53.484), (-2.24, 53.484), (-2.24, 53.487), (-2.243, 53.487)]],
)
APART = box(-2.228, 53.484, -2.226, 53.486)
TRUTH = MultiPolygon([CORNERS, APART])


@given(
    lon=st.floats(-2.26, -2.22),
    lat=st.floats(53.47, 53.5),
    accuracy_m=st.sampled_from([0.0, 5.0, 50.0]) | st.floats(0, 2000),
)
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_agrees_with_shapely_on_the_grid(shaped, lon, lat, accuracy_m):
    on_grid, fix = shapes.in_metres(TRUTH), shapes.in_metres(Point(lon, lat))
    covers, edge_m = on_grid.covers(fix), shapely.distance(on_grid.boundary, fix)
    # Lines are straight in degrees for the one and in metres for the other: a few centimetres.
    assume(edge_m > 0.2 and abs(edge_m - accuracy_m) > 0.2)
    if covers:
        truth = "inside" if edge_m >= accuracy_m else "uncertain"
    else:
        truth = "uncertain" if edge_m <= accuracy_m else None

    found = db.session.execute(queries.COVERING, queries.fix(lon, lat, accuracy_m, NOON)).all()

    assert [row.relation for row in found] == ([truth] if truth else [])
    if found:
        assert found[0].distance_m == pytest.approx(0 if covers else edge_m, abs=0.2)


@pytest.fixture
def shaped(session):
    """The one area that positions are compared with."""
    return factories.area(factories.operation(), shape=TRUTH)
