"""All that the map of an operation draws: compact, whole, logged, and nobody else's."""

import datetime as dt

import pytest
import shapely
import sqlalchemy as sa

from ops import db
from ops.results import map_views
from ops.wording import today
from tests import factories

HERE = {"type": "Point", "coordinates": [-2.24410049, 53.4856]}
ZONE = {
    "type": "Polygon",
    "coordinates": [[[-2.24, 53.48], [-2.23, 53.48], [-2.23, 53.485], [-2.24, 53.48]]],
}


@pytest.fixture
def drawn(lead, operation):
    """Read the operation's map."""

    def read(client=lead, to=operation, **query):
        reply = client.get(f"/api/v1/operations/{to.id}/map", query_string=query)
        assert reply.status_code == 200, reply.text
        return reply.json

    return read


def test_results_come_as_columns_with_their_kinds_and_statuses_named(log, drawn):
    first = log(position=HERE, occurred_at="2026-11-02T12:00:00Z")
    second = log("seizure", position=HERE, occurred_at="2026-11-02T13:00:00Z")
    log("engagement")  # Nowhere in particular.

    found = drawn()["results"]

    assert found["id"] == [first["id"], second["id"]]
    assert [found["kinds"][place] for place in found["kind"]] == [
        ["arrest", "Arrest"],
        ["seizure", "Seizure"],
    ]
    assert [found["statuses"][place][0] for place in found["status"]] == ["recorded"] * 2
    assert (found["lon"][0], found["lat"][0]) == (-2.2441, 53.4856)
    assert found["at"][1] - found["at"][0] == 3600


def test_a_struck_result_comes_only_on_request(log, drawn, lead):
    record = log(position=HERE)
    reply = lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Logged twice."})
    assert reply.status_code == 200

    assert drawn()["results"]["id"] == []
    found = drawn(struck="true")["results"]
    assert found["id"] == [record["id"]]
    assert found["statuses"][found["status"][0]] == ["struck", "Struck"]


def test_what_the_operation_supported_is_on_its_map_once(log, drawn, lead, operation):
    other = factories.operation()
    record = log(position=HERE, to=other)
    credit = {"operation": str(operation.id)}
    reply = lead.post(f"/api/v1/results/{record['id']}/credits", json=credit)
    assert reply.status_code in {200, 201}, reply.text

    assert drawn()["results"]["id"] == [record["id"]]


def test_areas_deployments_sites_and_districts_are_drawn(drawn, operation):
    factories.area(operation, name="Cheetham Hill")
    site = factories.site(name="HMP Test", category="B local")
    noon = dt.datetime(2026, 10, 24, 23, 30, tzinfo=dt.UTC)
    visit = factories.deployment(operation, starts_at=noon, name="Visit", site_id=site.id)
    factories.boundary()
    factories.boundary(code="E08000099", name="As it was", valid_to=dt.date(2020, 1, 1))
    factories.boundary(code="E05000001", layer="ward", name="Cheetham")

    found = drawn()

    assert [each["name"] for each in found["areas"]] == ["Cheetham Hill"]
    assert found["areas"][0]["outline"]["type"] == "MultiPolygon"
    [deployed] = found["deployments"]
    # Half past midnight by the clock of London.
    assert (deployed["id"], deployed["day"]) == (str(visit.id), "2026-10-25")
    assert (deployed["lon"], deployed["lat"]) == (-2.2458, 53.492)
    assert found["sites"][0]["text"] == "Prison, category: B local"
    assert found["layers"] == [["ward", "Ward boundaries"]]
    [district] = found["districts"]
    assert (district["name"], district["outline"]["type"]) == ("Manchester", "MultiPolygon")


def test_a_deployment_in_an_area_is_drawn_within_it_and_says_in_which(drawn, operation):
    # A horseshoe: its middle is not in it.
    gap = shapely.box(-2.247, 53.482, -2.238, 53.6)
    shape = shapely.MultiPolygon([factories.SQUARE.difference(gap)])
    area = factories.area(operation, shape=shape, name="Cheetham Hill")
    factories.deployment(operation, area_id=area.id)

    [deployed] = drawn()["deployments"]

    assert shape.contains(shapely.Point(deployed["lon"], deployed["lat"]))
    assert "somewhere in Cheetham Hill" in deployed["text"]


def test_only_closed_prisons_have_a_ring(drawn):
    factories.site(name="Closed", category="B local")
    factories.site(name="Open", category="D open")
    factories.site(name="School", kind="school")

    assert {each["name"]: each["ringed"] for each in drawn()["sites"]} == {
        "Closed": True,
        "Open": False,
        "School": False,
    }


def test_the_page_lists_what_is_on_the_map_and_holds_no_outline(lead, operation):
    area = factories.area(operation, name="Cheetham Hill")
    factories.deployment(operation, area_id=area.id, name="Door to door")

    page = lead.get(f"/operations/{operation.id}/map").text

    assert "Cheetham Hill" in page
    assert "Door to door" in page
    assert '"coordinates"' not in page


def test_a_zone_is_drawn_until_its_order_ends(log, drawn):
    condition = [{"text": "Not to enter", "hours": "Nights", "zone": ZONE}]
    ended = str(today() - dt.timedelta(days=1))
    made = {"made_on": "2026-01-05", "starts_on": "2026-01-05"}
    log("court_order", made | {"order_type": "cbo", "ends_on": ended, "conditions": condition})
    open_one = log("court_order", {"order_type": "cbo", "conditions": condition})

    [zone] = drawn()["zones"]

    assert zone["result"] == open_one["id"]
    assert zone["text"] == "Not to enter, Nights"


def test_there_is_no_cut_at_a_page_of_results(drawn, operation, session):
    recorder = factories.person()
    session.execute(
        sa.text(
            "insert into result (id, operation_id, kind, occurred_at, point, recorded_by,"
            " content_hash) select gen_random_uuid(), :operation, 'arrest', now(),"
            " st_setsrid(st_makepoint(-2.24, 53.48), 4326), :person, '\\x00'"
            " from generate_series(1, 600)"
        ),
        {"operation": operation.id, "person": recorder.id},
    )
    with db.transaction():
        pass

    assert len(drawn()["results"]["id"]) == 600
    assert drawn()["results"]["tiles"] is None


def test_more_results_than_come_at_once_are_counted_and_come_in_tiles(
    log, drawn, lead, operation, monkeypatch
):
    """The tiles that a map is led to hold what it would hold otherwise."""
    monkeypatch.setattr(map_views, "MOST_AT_ONCE", 1)
    led, struck = log(position=HERE), log(position=HERE)
    gone = lead.post(f"/api/v1/results/{struck['id']}/strike", json={"reason": "Logged twice."})
    assert gone.status_code == 200
    other = factories.operation()
    supported = log("seizure", position=HERE, to=other)
    credit = {"operation": str(operation.id)}
    lead.post(f"/api/v1/results/{supported['id']}/credits", json=credit)
    elsewhere = log(position=HERE, to=other)

    for asked, kept, counts in (
        ({}, [led, supported], [1, 1]),
        ({"struck": "true"}, [led, struck, supported], [2, 1]),
    ):
        found = drawn(**asked)["results"]
        tiles = found["tiles"]
        tile = lead.get(tiles["address"].format(z=0, y=0, x=0)).data

        assert (found["id"], tiles["counts"]) == ([], counts)
        assert [kind for kind, _ in found["kinds"]] == ["arrest", "seizure"]
        assert tiles["bounds"] == pytest.approx([-2.2441, 53.4856, -2.2441, 53.4856], abs=1e-6)
        assert all(each["id"].encode() in tile for each in kept)
        assert tiles["layer"].encode() in tile
        assert elsewhere["id"].encode() not in tile
        assert (struck["id"].encode() in tile) == bool(asked)


def test_the_reading_is_logged_with_what_was_seen(log, drawn, session):
    record = log(position=HERE)

    drawn()

    seen = session.scalar(
        sa.text(
            "select count(*) from log_entry, jsonb_array_elements(seen) each"
            " where endpoint = 'operation_map.OperationMap' and each ->> 'kind' = 'result'"
            " and each -> 'ids' ? :id"
        ),
        {"id": record["id"]},
    )
    assert seen == 1


def test_whoever_has_the_map_already_is_sent_no_more_than_that(lead, operation):
    address = f"/api/v1/operations/{operation.id}/map"
    first = lead.get(address)

    again = lead.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    factories.area(operation)
    changed = lead.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_the_map_of_a_covert_operation_is_as_missing_as_none(client_as):
    covert = factories.operation(visibility="covert")
    stranger = client_as("lead")

    hidden = stranger.get(f"/api/v1/operations/{covert.id}/map")
    missing = stranger.get("/api/v1/operations/01a20000-0000-7000-8000-000000000000/map")

    assert hidden.status_code == 404, hidden.text
    assert (hidden.status_code, hidden.json["detail"]) == (404, missing.json["detail"])


def test_the_map_is_read_in_few_statements_whatever_its_size(drawn, log, statements):
    for _ in range(3):
        log(position=HERE)
    drawn()
    with statements.counted() as few:
        drawn()
    for _ in range(5):
        log(position=HERE)
    with statements.counted() as many:
        drawn()

    assert len(many) == len(few)
