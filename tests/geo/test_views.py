"""Areas over the API: added, read, redrawn, removed."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from shapely.geometry import box, mapping, shape

from ops import db
from ops.geo.models import Area
from ops.ledger.models import Change
from tests import factories
from tests.factories import SQUARE

API = "/api/v1"


def feature(geometry=None, **properties):
    return {
        "type": "Feature",
        "geometry": geometry or mapping(box(-2.25, 53.48, -2.235, 53.49)),
        "properties": {"name": "Strangeways", "purpose": "target"} | properties,
    }


@pytest.fixture
def operation(session):
    return factories.operation()


@pytest.fixture
def areas(operation):
    return f"{API}/operations/{operation.id}/areas"


@pytest.fixture
def lead(client_as):
    return client_as("lead")


def test_a_polygon_becomes_a_multipolygon(lead, areas, operation):
    response = lead.post(areas, json=feature())

    assert response.status_code == 201
    assert response.mimetype == "application/geo+json"
    assert response.json["geometry"]["type"] == "MultiPolygon"
    assert response.json["properties"] == {
        "operation": str(operation.id),
        "name": "Strangeways",
        "purpose": "target",
        "valid_from": None,
        "valid_to": None,
    }
    assert shape(response.json["geometry"]).equals(SQUARE)


def test_an_area_comes_back_as_it_was_kept_and_can_be_sent_again(lead, areas):
    made = lead.post(areas, json=feature(valid_from="2026-11-01", valid_to="2026-11-07"))
    address = f"{API}/areas/{made.json['id']}"

    shown = lead.get(address)
    again = lead.put(address, json=shown.json, headers={"If-Match": shown.headers["ETag"]})

    assert shown.json == made.json
    assert again.status_code == 200
    assert again.json == shown.json
    times = again.json["properties"]
    assert dt.datetime.fromisoformat(times["valid_from"]) == dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    assert dt.datetime.fromisoformat(times["valid_to"]) == dt.datetime(2026, 11, 8, tzinfo=dt.UTC)


def test_an_operation_lists_its_areas_by_name(lead, areas):
    for name in ("Piccadilly", "Cheetham Hill"):
        lead.post(areas, json=feature(name=name))

    response = lead.get(areas)

    assert response.mimetype == "application/geo+json"
    assert response.json["type"] == "FeatureCollection"
    names = [each["properties"]["name"] for each in response.json["features"]]
    assert names == ["Cheetham Hill", "Piccadilly"]


def test_an_operation_without_areas_has_an_empty_collection(lead, areas):
    assert lead.get(areas).json == {"type": "FeatureCollection", "features": []}


def test_a_name_may_hold_any_character(lead, areas):
    name = 'Bob\'s "corner" \\ <b>&amp; é 🚓\n'

    made = lead.post(areas, json=feature(name=name))

    assert made.json["properties"]["name"] == name.strip()
    assert lead.get(areas).json["features"][0] == made.json


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_must_be_such_an_operation(lead, method):
    body = {"json": feature()} if method == "post" else {}

    response = getattr(lead, method)(f"{API}/operations/{uuid.uuid4()}/areas", **body)

    assert response.status_code == 404
    assert response.json["detail"] == "There is no such operation."


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_there_must_be_such_an_area(lead, method):
    body = {"json": feature()} if method == "put" else {}

    response = getattr(lead, method)(
        f"{API}/areas/{uuid.uuid4()}", headers={"If-Match": '"x"'}, **body
    )

    assert response.status_code == 404
    assert response.json["detail"] == "There is no such area."


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_who_plans_draws(client_as, areas, operation, role):
    area = factories.area(operation)
    client = client_as(role)
    headers = {"If-Match": '"x"'}

    statuses = [
        client.get(areas).status_code,
        client.get(f"{API}/areas/{area.id}").status_code,
        client.post(areas, json=feature()).status_code,
        client.put(f"{API}/areas/{area.id}", json=feature(), headers=headers).status_code,
        client.delete(f"{API}/areas/{area.id}", headers=headers).status_code,
    ]

    assert statuses == [200, 200, 403, 403, 403]


BOW_TIE = [[[-2.25, 53.48], [-2.24, 53.49], [-2.24, 53.48], [-2.25, 53.49], [-2.25, 53.48]]]


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"geometry": None}, "geometry", "null"),
        ({"geometry": {"type": "Polygon", "coordinates": BOW_TIE}}, "geometry", "crosses itself"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "geometry", "must be a Polygon"),
        ({"type": "Thing"}, "type", "Send a GeoJSON Feature"),
        ({"id": "x"}, "id", "Not a valid UUID"),
        ({"extra": 1}, "extra", "Unknown field"),
        ({"properties": {"purpose": "target"}}, "properties", "name"),
        ({"properties": {"name": "  ", "purpose": "target"}}, "properties", "name"),
        ({"properties": {"name": "x" * 121, "purpose": "target"}}, "properties", "name"),
        ({"properties": {"name": "x", "purpose": "park"}}, "properties", "Choose one of: target"),
        (
            {"properties": {"name": "x", "purpose": "target", "valid_from": "2026-11-01T10:00"}},
            "properties",
            "zone",
        ),
        (
            {
                "properties": {
                    "name": "x",
                    "purpose": "target",
                    "valid_from": "2026-11-02T00:00:00Z",
                    "valid_to": "2026-11-01T00:00:00Z",
                }
            },
            "properties",
            "must stop being valid after it starts",
        ),
    ],
)
def test_refuses_by_field_what_is_not_right(lead, areas, change, field, sentence):
    response = lead.post(areas, json=feature() | change)

    assert response.status_code == 422
    assert sentence in str(response.json["errors"][field])
    assert db.session.scalars(sa.select(Area)).all() == []


def test_what_names_another_operation_is_refused(lead, areas):
    response = lead.post(areas, json=feature(operation=str(uuid.uuid4())))

    assert response.json["errors"] == {"operation": ["Not the one addressed."]}


@pytest.mark.parametrize(
    ("name", "longitude"),
    [("\\ud800", "-2.25"), ("a\\u0000b", "-2.25"), ("x", "NaN"), ("x", "1e999"), ("x", "9" * 5000)],
)
def test_what_no_field_can_hold_is_refused(lead, areas, name, longitude):
    # By hand, since Python's own writer would make other text of it.
    body = (
        f'{{"type":"Feature","properties":{{"name":"{name}","purpose":"target"}},"geometry":{{'
        f'"type":"Polygon","coordinates":[[[{longitude},53.48],[-2.24,53.48],[-2.24,53.49]]]}}}}'
    )

    response = lead.post(areas, data=body, content_type="application/json")

    assert response.status_code in {400, 422}
    assert response.json["detail"]


def test_endless_brackets_are_refused(lead, areas):
    response = lead.post(areas, data="[" * 100_000, content_type="application/json")

    assert response.status_code == 400


def test_the_same_again_adds_nothing(lead, areas):
    sent = feature(valid_from="2026-11-01T00:00:00Z") | {"id": str(uuid.uuid4())}
    again = feature(valid_from="2026-11-01T01:00:00+01:00") | {"id": sent["id"]}

    first, second = lead.post(areas, json=sent), lead.post(areas, json=again)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert first.json["id"] == sent["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"purpose": "cordon"},
        {"valid_to": "2027-01-01"},
        {"geometry": mapping(box(-2.25, 53.48, -2.235, 53.491))},
    ],
)
def test_other_content_under_the_same_id_is_refused(lead, areas, change):
    sent = feature() | {"id": str(uuid.uuid4())}
    lead.post(areas, json=sent)

    response = lead.post(areas, json=feature(**change) | {"id": sent["id"]})

    assert response.status_code == 409
    assert "already an area with this id" in response.json["detail"]


def test_an_id_of_another_operations_area_is_refused(lead, areas):
    sent = feature() | {"id": str(uuid.uuid4())}
    lead.post(areas, json=sent)

    response = lead.post(f"{API}/operations/{factories.operation().id}/areas", json=sent)

    assert response.status_code == 409


def test_a_repeat_after_a_change_is_still_the_same_area(lead, areas):
    sent = feature() | {"id": str(uuid.uuid4())}
    made = lead.post(areas, json=sent)
    address, headers = f"{API}/areas/{sent['id']}", {"If-Match": made.headers["ETag"]}
    lead.put(address, json=feature(name="Changed"), headers=headers)

    again = lead.post(areas, json=sent)

    assert again.status_code == 200
    assert again.json["properties"]["name"] == "Changed"


def test_the_same_sent_many_times_at_once_is_one_area(committed):
    operation = factories.operation()
    token = factories.token(factories.person())
    address, sent = f"{API}/operations/{operation.id}/areas", feature() | {"id": str(uuid.uuid4())}

    def send(_number):
        headers = {"Authorization": f"Bearer {token}"}
        return committed.test_client().post(address, json=sent, headers=headers).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(send, range(12)))

    assert sorted(statuses) == [200] * 11 + [201]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Area)) == 1


def test_whoever_has_the_areas_already_gets_no_body(lead, areas, statements):
    lead.post(areas, json=feature())
    tag = lead.get(areas).headers["ETag"]

    with statements.counted() as seen:
        response = lead.get(areas, headers={"If-None-Match": tag})

    assert response.status_code == 304
    assert response.data == b""
    assert not [statement for statement in seen if "ST_AsGeoJSON" in statement]


def test_the_tag_of_the_areas_changes_with_each_change(lead, areas):
    tags = [lead.get(areas).headers["ETag"]]
    first = lead.post(areas, json=feature())
    tags.append(lead.get(areas).headers["ETag"])
    address = f"{API}/areas/{first.json['id']}"
    second = lead.put(
        address, json=feature(name="Other"), headers={"If-Match": first.headers["ETag"]}
    )
    tags.append(lead.get(areas).headers["ETag"])
    lead.delete(address, headers={"If-Match": second.headers["ETag"]})
    lead.post(areas, json=feature())
    tags.append(lead.get(areas).headers["ETag"])

    assert len(set(tags)) == len(tags)


def test_an_area_is_redrawn_with_its_tag(lead, areas):
    made = lead.post(areas, json=feature())
    address, first = f"{API}/areas/{made.json['id']}", made.headers["ETag"]

    without = lead.put(address, json=feature(name="Other"))
    redrawn = lead.put(address, json=feature(name="Other"), headers={"If-Match": first})
    stale = lead.put(address, json=feature(name="Third"), headers={"If-Match": first})

    assert (without.status_code, redrawn.status_code, stale.status_code) == (428, 200, 412)
    assert lead.get(address).json["properties"]["name"] == "Other"
    assert "If-Match" in without.json["detail"]
    assert stale.json["detail"] == "Somebody else changed this first; read it again."
    assert stale.json["type"] == "/problems/stale"


def test_a_change_keeps_what_was_before(lead, areas):
    made = lead.post(areas, json=feature())

    lead.put(
        f"{API}/areas/{made.json['id']}",
        json=feature(name="Other"),
        headers={"If-Match": made.headers["ETag"]},
    )

    change = db.session.scalars(
        sa.select(Change).where(Change.object == "area", Change.before.is_not(None))
    ).one()
    assert change.before["name"] == "Strangeways"
    assert change.after["name"] == "Other"
    assert change.actor is not None


@pytest.mark.parametrize("named", ["id", "operation"])
def test_an_area_stays_the_one_it_is(lead, areas, named):
    made = lead.post(areas, json=feature())
    body = feature(operation=str(uuid.uuid4())) if named == "operation" else feature()

    response = lead.put(
        f"{API}/areas/{made.json['id']}",
        json=body | ({"id": str(uuid.uuid4())} if named == "id" else {}),
        headers={"If-Match": made.headers["ETag"]},
    )

    assert response.json["errors"] == {named: ["Not the one addressed."]}


def test_an_area_nothing_refers_to_can_be_removed(lead, areas):
    made = lead.post(areas, json=feature())
    address = f"{API}/areas/{made.json['id']}"

    stale = lead.delete(address, headers={"If-Match": '"x"'})
    removed = lead.delete(address, headers={"If-Match": made.headers["ETag"]})

    assert (stale.status_code, removed.status_code) == (412, 204)
    assert removed.data == b""
    assert lead.get(address).status_code == 404


def test_an_area_of_a_deployment_stays(lead, areas, operation):
    made = lead.post(areas, json=feature())
    factories.deployment(operation, area_id=uuid.UUID(made.json["id"]))

    response = lead.delete(
        f"{API}/areas/{made.json['id']}", headers={"If-Match": made.headers["ETag"]}
    )

    assert response.status_code == 409
    assert response.json["detail"] == "A deployment takes place in this area; move it first."


@pytest.mark.parametrize("status", ["closed", "reviewed"])
def test_the_areas_of_an_operation_that_is_over_stay_as_they_are(lead, status):
    operation = factories.operation(status=status)
    address = f"{API}/areas/{factories.area(operation).id}"
    headers = {"If-Match": lead.get(address).headers["ETag"]}

    responses = [
        lead.post(f"{API}/operations/{operation.id}/areas", json=feature()),
        lead.put(address, json=feature(), headers=headers),
        lead.delete(address, headers=headers),
    ]

    assert [response.status_code for response in responses] == [409, 409, 409]
    assert (
        responses[0].json["detail"] == f"This operation is {status}, so its areas stay as they are."
    )


def test_a_list_of_areas_costs_two_statements_and_is_written_by_the_database(
    lead, areas, operation, statements
):
    for _ in range(20):
        factories.area(operation)

    with statements.counted() as seen:
        response = lead.get(areas)

    assert len(response.json["features"]) == 20
    assert len(seen) == 2
