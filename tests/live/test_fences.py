"""How results and check-ins lie to the areas of their operation at their time."""

import datetime as dt

import pytest
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, box

from ops.live.models import CheckIn
from tests import factories
from tests.live.conftest import ARREST

NOW = dt.datetime.now(dt.UTC).replace(second=0, microsecond=0)
UNSURE = ", known to within 50 metres: inside or outside can’t be told"
# The square of the factories, its middle, a place 30 m within its edge, and one far off.
MIDDLE, EDGE, AWAY = (-2.2425, 53.485), (-2.2495475, 53.485), (-2.3, 53.5)


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(lead):
    return factories.operation(created_by=lead.person.id)


@pytest.fixture
def area(operation):
    return factories.area(operation, name="Cheetham Hill")


@pytest.fixture
def log(lead, operation):
    def send(lon, lat, **fields):
        body = ARREST | {
            "occurred_at": NOW.isoformat(),
            "position": {"type": "Point", "coordinates": [lon, lat]},
        }
        reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body | fields)
        assert reply.status_code == 201, reply.text

    return send


@pytest.fixture
def walk(operation):
    """Let somebody check in here and there, so many minutes ago."""
    deployment = factories.deployment(operation, name="Visit")

    def walk(person, *steps):
        for minutes, (lon, lat), accuracy in steps:
            factories._save(
                CheckIn(
                    operation_id=operation.id,
                    deployment_id=deployment.id,
                    person_id=person.id,
                    at=NOW - dt.timedelta(minutes=minutes),
                    point=from_shape(Point(lon, lat), 4326),
                    accuracy_m=accuracy,
                    content_hash=b"x",
                )
            )

    return walk


@pytest.fixture
def read(lead, operation):
    def read(client=lead):
        reply = client.get(f"/api/v1/operations/{operation.id}/geofence")
        assert reply.status_code == 200, reply.text
        return reply.json

    return read


@pytest.mark.parametrize(
    ("place", "accuracy", "relation", "said"),
    [
        (MIDDLE, "12", "inside", "Inside Cheetham Hill"),
        (MIDDLE, None, "inside", "Inside Cheetham Hill"),
        (EDGE, "12", "inside", "Inside Cheetham Hill"),
        (
            EDGE,
            "50",
            "uncertain",
            f"At the edge of Cheetham Hill{UNSURE}",
        ),
        (AWAY, "50", "outside", "Outside every area"),
    ],
)
@pytest.mark.usefixtures("area")
def test_a_result_is_told_inside_from_outside_by_how_sure_its_place_is(
    log, read, place, accuracy, relation, said
):
    log(*place, accuracy_m=accuracy)

    [found] = read()["results"]

    assert (found["relation"], found["said"]) == (relation, said)


def test_an_area_counts_while_it_is_in_force(operation, log, read):
    factories.area(operation, name="Yesterday", valid_to=NOW - dt.timedelta(hours=1))
    factories.area(operation, name="Tomorrow", valid_from=NOW + dt.timedelta(hours=1))
    log(*MIDDLE)

    assert [each["said"] for each in read()["results"]] == ["Outside every area"]


def test_who_lies_in_two_areas_is_told_both(operation, area, log, read):
    factories.area(operation, MultiPolygon([box(-2.26, 53.47, -2.2, 53.5)]), name="Around")
    log(*MIDDLE)

    assert [each["said"] for each in read()["results"]] == ["Inside Around and Cheetham Hill"]


@pytest.mark.usefixtures("area")
def test_how_long_somebody_was_inside_is_said_between_two_bounds(lead, walk, read):
    walk(lead.person, (30, AWAY, 10), (27, MIDDLE, 10), (20, EDGE, 50), (15, MIDDLE, 10),
         (12, AWAY, 10))  # fmt: skip

    [person] = read()["people"]

    assert person["said"] == "Outside every area"
    [stay] = person["stays"]
    assert stay["said"].startswith("In Cheetham Hill between 12 and 18 minutes: there by ")


@pytest.mark.usefixtures("area")
def test_where_a_fix_can_not_tell_the_stay_is_only_perhaps(lead, walk, read):
    walk(lead.person, (30, AWAY, 10), (25, EDGE, 50), (20, AWAY, 10))

    [person] = read()["people"]

    assert [stay["said"] for stay in person["stays"]] == [
        "Perhaps in Cheetham Hill, up to 10 minutes"
    ]


def test_people_are_told_apart_and_the_latest_comes_first(area, walk, read):
    first, second = factories.person(name="Ann"), factories.person(name="Ben")
    walk(first, (30, MIDDLE, 10))
    walk(second, (10, AWAY, 10))

    assert [(each["name"], each["relation"]) for each in read()["people"]] == [
        ("Ben", "outside"),
        ("Ann", "inside"),
    ]


def test_where_others_are_is_for_who_leads(client_as, area, lead, walk, read):
    officer = client_as("officer")
    walk(officer.person, (30, MIDDLE, 10))
    walk(lead.person, (20, MIDDLE, 10))

    assert len(read()["people"]) == 2
    assert [each["person"] for each in read(officer)["people"]] == [str(officer.person.id)]


def test_what_is_long_over_is_not_told(lead, area, walk, read):
    walk(lead.person, (60 * 25, MIDDLE, 10))

    assert read() == {"results": [], "people": []}


@pytest.mark.usefixtures("area")
def test_it_takes_as_many_statements_for_many_as_for_one(statements, lead, walk, log, read):
    log(*MIDDLE)
    with statements.counted() as before:
        read()
    few = len(before)
    walk(lead.person, *((minutes, MIDDLE, 10) for minutes in range(5)))
    log(*MIDDLE)

    with statements.counted() as after:
        read()

    assert len(after) == few
