"""Sites and boundaries: found by name in spite of a slip, by place, by kind."""

import datetime as dt

import pytest
import sqlalchemy as sa
from geoalchemy2.shape import from_shape
from shapely.geometry import MultiPolygon, Point, box, shape

from ops import db
from ops.geo.models import Site
from tests import factories
from tests.factories import SQUARE

SITES = "/api/v1/sites"
BOUNDARIES = "/api/v1/boundaries"
SITE = {
    "kind": "prison",
    "name": "HMP Manchester",
    "address": "1 Southall Street, Manchester",
    "organisation": None,
    "operator": None,
    "category": "A",
    "position": {"type": "Point", "coordinates": [-2.2458, 53.492]},
}


def names(response):
    assert response.status_code == 200, response.json
    return [row["name"] for row in response.json]


def test_a_site_is_added_and_listed(client_as):
    factories.organisation("HMPPS", kind="partner")
    client = client_as("lead")

    made = client.post(SITES, json=SITE | {"organisation": "HMPPS"})

    assert made.status_code == 201
    assert made.json == SITE | {"organisation": "HMPPS", "id": made.json["id"], "version": 1}
    assert client.get(SITES).json == [made.json]


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_who_plans_adds_a_site(client_as, role):
    assert client_as(role).post(SITES, json=SITE).status_code == 403


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"kind": "palace"}, "kind", "Choose one of: prison"),
        ({"name": ""}, "name", "Length"),
        ({"name": None}, "name", "null"),
        ({"position": None}, "position", "null"),
        ({"position": [1, 2]}, "position", "Give a point"),
        ({"position": {"type": "Point", "coordinates": [53.5, -2.2]}}, "position", "swapped"),
        ({"position": {"type": "Point", "coordinates": [4.3, 50.8]}}, "position", "outside the"),
        ({"id": "01890000-0000-7000-8000-000000000000"}, "id", "Unknown field"),
    ],
)
def test_refuses_by_field_what_is_no_site(client_as, change, field, sentence):
    response = client_as("lead").post(SITES, json=SITE | change)

    assert response.status_code == 422
    assert sentence in str(response.json["errors"][field])
    assert db.session.scalars(sa.select(Site)).all() == []


def test_a_site_needs_an_organisation_that_is_there(client_as):
    response = client_as("lead").post(SITES, json=SITE | {"organisation": "NONE"})

    assert response.status_code == 404
    assert "no organisation with the code NONE" in response.json["detail"]


@pytest.mark.parametrize(
    "q", ["Strangeways", "strangways", "Strangeway", "hmp manchster", "Southall Stret", "manch"]
)
def test_a_site_is_found_in_spite_of_a_slip(client_as, q):
    factories.site(name="HMP Manchester (Strangeways)", address="1 Southall Street")
    factories.site(name="HMP Forest Bank")

    assert names(client_as().get(SITES, query_string={"q": q})) == ["HMP Manchester (Strangeways)"]


@pytest.mark.parametrize("q", ["%", "_", "\\", "zzzz"])
def test_a_sign_is_no_pattern(client_as, q):
    factories.site(name="HMP Forest Bank")

    assert names(client_as().get(SITES, query_string={"q": q})) == []


def test_the_likest_name_comes_first(client_as):
    for name in ("Forest Banks School", "HMP Forest Bank", "Forrest House"):
        factories.site(name=name)

    assert names(client_as().get(SITES, query_string={"q": "forest bank"}))[0] == "HMP Forest Bank"


@pytest.mark.parametrize("q", ["", "?q=HMP"])
def test_sites_come_in_pages_that_hold_each_once(client_as, q):
    for number in range(7):
        factories.site(name=f"HMP Number {number % 3}")
    client, address, seen = client_as(), f"{SITES}{q}", []

    address += ("&" if q else "?") + "limit=3"
    while address:
        response = client.get(address)
        seen += [row["id"] for row in response.json]
        link = response.headers.get("Link", "")
        address = link.partition("<")[2].partition(">")[0]

    assert len(seen) == len(set(seen)) == 7


def test_sites_are_found_by_place_and_kind(client_as):
    factories.site(name="here", kind="school")
    factories.site(name="also here", kind="prison")
    factories.site(name="there", kind="school", point=from_shape(Point(-2.5, 53.5), 4326))
    client = client_as()

    assert names(client.get(f"{SITES}?bbox=-2.3,53.4,-2.2,53.6")) == ["also here", "here"]
    assert names(client.get(f"{SITES}?bbox=-2.3,53.4,-2.2,53.6&kind=school")) == ["here"]


@pytest.mark.parametrize(
    "bbox", ["", "1,2,3", "a,b,c,d", "-2.2,53.4,-2.3,53.6", "0,0,0,0", "nan,0,1,1", "0,0,inf,1"]
)
@pytest.mark.parametrize("address", [SITES, BOUNDARIES])
def test_refuses_in_a_sentence_what_is_no_box(client_as, address, bbox):
    response = client_as().get(address, query_string={"bbox": bbox})

    assert response.status_code == 422
    assert "west,south,east,north" in response.json["errors"]["bbox"][0]


@pytest.mark.parametrize("address", [SITES, BOUNDARIES])
def test_a_list_of_places_costs_two_statements(client_as, statements, address):
    for number in range(5):
        factories.site()
        factories.boundary(code=f"E{number}")
    client = client_as()

    with statements.counted() as seen:
        client.get(address, query_string={"q": "man", "bbox": "-3,53,-2,54"})

    assert len(seen) == 2


def features(response):
    assert response.status_code == 200, response.json
    assert response.json["type"] == "FeatureCollection"
    return response.json["features"]


def test_a_boundary_is_a_feature_without_its_shape(client_as):
    made = factories.boundary(valid_from=dt.date(2023, 5, 1))

    [found] = features(client_as().get(BOUNDARIES))

    assert found == {
        "type": "Feature",
        "id": str(made.id),
        "geometry": None,
        "properties": {
            "layer": "district",
            "code": "E08000003",
            "name": "Manchester",
            "valid_from": "2023-05-01",
            "valid_to": None,
        },
    }


def test_its_shape_comes_when_asked_for(client_as):
    factories.boundary()

    [found] = features(client_as().get(f"{BOUNDARIES}?geometry=true"))

    assert shape(found["geometry"]).equals(SQUARE)


def test_boundaries_are_found_by_layer_place_and_name(client_as):
    factories.boundary(code="E08000003", name="Manchester")
    factories.boundary(code="E08000006", name="Salford")
    factories.boundary(code="E05011350", name="Ancoats", layer="ward")
    far = MultiPolygon([box(-2.6, 53.5, -2.5, 53.6)])
    factories.boundary(code="E08000010", name="Wigan", shape=far)
    client = client_as()

    def codes(query):
        return [f["properties"]["code"] for f in features(client.get(f"{BOUNDARIES}?{query}"))]

    assert codes("layer=ward") == ["E05011350"]
    assert codes("q=Machester") == ["E08000003"]
    assert codes("q=E08000006") == ["E08000006"]
    assert codes("layer=district&bbox=-2.3,53.4,-2.2,53.6") == ["E08000003", "E08000006"]
    assert codes("bbox=-2.58,53.5,-2.55,53.55") == ["E08000010"]


def test_boundaries_come_in_pages(client_as):
    for number in range(5):
        factories.boundary(code=f"E{number}", name=f"District {number}")
    client = client_as()

    first = client.get(f"{BOUNDARIES}?limit=3")
    second = client.get(first.headers["Link"].split("<")[1].split(">")[0])

    codes = [f["properties"]["code"] for f in features(first) + features(second)]
    assert codes == [f"E{number}" for number in range(5)]


def test_an_outline_for_drawing_leaves_out_what_no_eye_sees(client_as):
    arc = Point(-2.24, 53.48).buffer(0.01, quad_segs=90)
    factories.boundary(shape=MultiPolygon([arc]))
    client = client_as()

    def corners(query):
        [found] = features(client.get(f"{BOUNDARIES}?geometry=true{query}"))
        [[ring]] = found["geometry"]["coordinates"]
        return ring

    whole, coarse = corners(""), corners("&accurate_to_m=20")
    assert len(whole) == 361
    assert 4 < len(coarse) < 60
    # What is left stays where it was, so that an area can lie on it.
    assert {tuple(corner) for corner in coarse} <= {tuple(corner) for corner in whole}


def test_only_boundaries_in_force_on_a_day_are_listed_for_it(client_as):
    factories.boundary(code="E1", valid_to=dt.date(2024, 4, 1))
    factories.boundary(code="E2", valid_from=dt.date(2024, 4, 1))
    client = client_as()

    def codes(day):
        return [f["properties"]["code"] for f in features(client.get(f"{BOUNDARIES}?on={day}"))]

    assert (codes("2024-03-31"), codes("2024-04-01")) == (["E1"], ["E2"])
