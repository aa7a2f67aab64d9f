"""Features as the standard has them: pages, boxes, times, coordinates, and refusals."""

import json
import re
import uuid
from urllib.parse import urlsplit

import pytest
from schemathesis.openapi import from_dict
from shapely.geometry import shape

from ops.geo import shapes
from ops.ogc import crs
from ops.ogc.collections import COLLECTIONS
from tests import factories
from tests.factories import NOON

ITEMS = "/ogc/collections/areas/items"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DOCUMENTS = ("", "/conformance", "/api", "/collections", "/collections/areas",
             "/collections/areas/queryables", "/collections/areas/items")  # fmt: skip


def linked(told, rel):
    """Give where a document leads."""
    [found] = [each for each in told["links"] if each["rel"] == rel]
    return found["href"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_each_document_is_there_for_programs_and_for_people(lead, areas, path):
    by_default, asked = lead.get(f"/ogc{path}"), lead.get(f"/ogc{path}?f=json", headers=PAGE)
    page, by_form = lead.get(f"/ogc{path}", headers=PAGE), lead.get(f"/ogc{path}?f=html")

    assert {by_default.status_code, asked.status_code, page.status_code} == {200}
    assert by_default.is_json
    assert asked.content_type == by_default.content_type
    assert page.mimetype == by_form.mimetype == "text/html"
    assert 'lang="en"' in page.text


def test_every_link_of_the_service_leads_somewhere(lead, areas):
    waiting, seen = ["/ogc"], set()
    while waiting:
        path = waiting.pop()
        reply = lead.get(path)
        assert reply.status_code in (200, 204), (path, reply.text)
        told = reply.get_json(silent=True) or {}
        parts = [told, *told.get("collections", [])[:4], *told.get("tilesets", [])]
        for each in [link for part in parts for link in part.get("links", [])]:
            there = urlsplit(each["href"])
            path = f"{there.path}?{there.query}"
            if there.hostname == "localhost" and "{" not in path and path not in seen:
                seen.add(path)
                waiting.append(path)

    assert len(seen) > 40


def test_every_collection_gives_its_features(lead, operation):
    factories.boundary()
    factories.site()
    factories.deployment(operation, site_id=factories.site(name="HMP Other").id)
    factories.area(operation)

    found = {name: lead.get(f"/ogc/collections/{name}/items").json for name in COLLECTIONS}

    counts = {name: told["numberMatched"] for name, told in found.items() if told["features"]}
    assert counts == {"areas": 1, "sites": 2, "deployments": 1, "boundaries": 1}
    for name, told in found.items():
        for feature in told["features"]:
            assert feature["properties"].keys() == COLLECTIONS[name].properties.keys()
            assert not shape(feature["geometry"]).is_empty


def test_results_come_with_what_their_kind_alone_has(lead, operation):
    sent = {
        "kind": "seizure",
        "occurred_at": "2026-11-02T12:00:00Z",
        "position": {"type": "Point", "coordinates": [-2.24, 53.485]},
        "detail": {"category": "cash", "quantity": "250.50", "unit": "GBP"},
    }
    there = f"/api/v1/operations/{operation.id}/results"
    kept = lead.post(there, json=sent)
    struck = lead.post(there, json=sent)
    nowhere = lead.post(there, json={k: v for k, v in sent.items() if k != "position"})
    assert {kept.status_code, struck.status_code, nowhere.status_code} == {201}, kept.text
    gone = lead.post(
        f"/api/v1/results/{struck.json['id']}/strike",
        json={"reason": "Logged twice."},
        headers={"If-Match": struck.headers["ETag"]},
    )
    assert gone.status_code == 200, gone.text

    all_kinds = lead.get("/ogc/collections/results/items").json
    [seizure] = lead.get("/ogc/collections/results_seizure/items?category=cash").json["features"]
    arrests = lead.get("/ogc/collections/results_arrest/items").json
    both = lead.get("/ogc/collections/results/items?struck=true").json["features"]

    assert [each["id"] for each in all_kinds["features"]] == [kept.json["id"]]
    assert {each["id"] for each in both} == {kept.json["id"], struck.json["id"]}
    assert seizure["properties"]["pounds"] == 250.5
    assert seizure["properties"]["kind"] == "seizure"
    assert arrests["numberMatched"] == 0


def test_pages_follow_each_other_and_keep_what_was_asked(lead, areas):
    path, found = f"{ITEMS}?limit=2&purpose=target", []
    while path:
        told = lead.get(path).json
        found.append([each["properties"]["name"] for each in told["features"]])
        assert told["numberMatched"] == 3
        after = [each for each in told["links"] if each["rel"] == "next"]
        path = after and urlsplit(after[0]["href"])._replace(scheme="", netloc="").geturl()

    assert found == [["Area A", "Area C"], ["Area E"]]


def test_a_limit_beyond_the_most_gives_the_most(lead, areas):
    assert lead.get(f"{ITEMS}?limit=100000").json["numberReturned"] == 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"bbox": "-2.32,53.3,-2.15,53.6"}, "AB"),
        ({"bbox": "-2.32,53.3,-500,-2.15,53.6,9000"}, "AB"),
        # Over the date line: all of the earth but a stripe between.
        ({"bbox": "-1.97,53.3,-2.19,53.6"}, "ABDE"),
        ({"bbox": "170,-50,-170,60"}, ""),
        ({"bbox": "53.3,-2.32,53.6,-2.15", "bbox-crs": crs.EPSG_4326}, "AB"),
        ({"bbox": "380000,385000,390500,405000", "bbox-crs": crs.EPSG_27700}, "AB"),
        ({"datetime": "2026-11-05T00:00:00Z"}, "CDE"),
        ({"datetime": "2026-11-06T12:00:01Z/.."}, "E"),
        ({"datetime": "../2026-11-02T11:59:59Z"}, ""),
        ({"datetime": "/2026-11-02"}, "ABCDE"),
        ({"datetime": "2026-11-06/2026-11-07"}, "DE"),
        ({"name": "Area B"}, "B"),
        ({"valid_to": "2026-11-04T12:00:00Z"}, "B"),
        ({"purpose": "cordon", "bbox": "-2.32,53.3,-2.15,53.6"}, "B"),
        ({"purpose": "nonsense"}, ""),
    ],
)
def test_asks_by_place_time_and_property(names, query, found):
    assert names(**query) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "-1"}, "limit"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "1" * 400}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"nonsense": "1"}, "nonsense"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "1,2,3,nan"}, "bbox"),
        ({"bbox": "-2,54,-1,53"}, "bbox"),
        ({"bbox": "-2,53,-1,inf"}, "bbox"),
        ({"bbox": "400000,300000,500000,400000"}, None),
        ({"bbox": "9e9,9e9,9e10,9e10", "bbox-crs": crs.EPSG_27700}, None),
        ({"bbox": "-2,53,-1,54", "bbox-crs": "EPSG:3857"}, "bbox-crs"),
        ({"bbox-crs": "nonsense"}, "bbox-crs"),
        ({"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}, "crs"),
        ({"filter-crs": "nonsense"}, "filter-crs"),
        ({"filter-lang": "cql2-json", "filter": "{}"}, "filter-lang"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"datetime": "2026-11-02T12:00:00"}, "datetime"),
        ({"datetime": "2026-11-07Z/2026-11-02Z"}, "datetime"),
        ({"datetime": "../.."}, "datetime"),
        ({"datetime": "2026-11-07/2026-11-02"}, "datetime"),
        ({"datetime": "0001-01-01T00:00:00+14:00"}, "datetime"),
        ({"datetime": "9999-12-31"}, "datetime"),
        ({"operation": "nonsense"}, "operation"),
        ({"valid_to": "nonsense"}, "valid_to"),
        ({"name": "\x00"}, "name"),
        ({"name": "x" * 501}, "name"),
        ({"f": "gml"}, "f"),
    ],
)
def test_refuses_what_makes_no_sense_and_says_what_to_do(lead, query, field):
    reply = lead.get(ITEMS, query_string=query)

    assert reply.status_code == 400, reply.text
    assert reply.content_type == "application/problem+json"
    assert field is None or field in reply.json["errors"]
    assert reply.json["detail"][-1] in ".0123456789"


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/nonsense",
        "/ogc/collections/nonsense/items",
        "/ogc/collections/areas/items/nonsense",
        f"/ogc/collections/areas/items/{uuid.UUID(int=0)}",
        "/ogc/nonsense",
    ],
)
def test_what_is_not_there_is_not_found(lead, path):
    reply, page = lead.get(path), lead.get(path, headers=PAGE)

    assert (reply.status_code, reply.content_type) == (404, "application/problem+json")
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_a_parameter_twice_is_refused(lead):
    assert lead.get(f"{ITEMS}?name=A&name=B").status_code == 400


@pytest.mark.parametrize("uri", crs.ALL)
def test_coordinates_are_in_the_system_that_is_asked_for(lead, areas, uri):
    here = f"{ITEMS}/{areas[0].id}"

    whole = lead.get(ITEMS, query_string={"crs": uri, "limit": 1})
    one = lead.get(here, query_string={"crs": uri})

    west, south, east, north = shape(one.json["geometry"]).bounds
    assert whole.headers["Content-Crs"] == one.headers["Content-Crs"] == f"<{uri}>"
    assert whole.json["features"][0]["geometry"] == one.json["geometry"]
    assert "crs" not in one.json["geometry"]
    if uri == crs.CRS84:
        assert (west, south, east, north) == (-2.3, 53.4, -2.25, 53.5)
    elif uri == crs.EPSG_4326:
        assert (west, south, east, north) == (53.4, -2.3, 53.5, -2.25)
    else:
        truth = shapes.in_metres(shape(lead.get(here).json["geometry"])).bounds
        # The database knows no grid of shifts between the two, which is worth some metres.
        assert (west, south, east, north) == pytest.approx(truth, abs=10)


def test_a_collection_says_where_what_is_seen_of_it_lies(lead, areas):
    told = lead.get("/ogc/collections/areas").json
    nothing = lead.get("/ogc/collections/results").json

    [box] = told["extent"]["spatial"]["bbox"]
    [[begins, ends]] = told["extent"]["temporal"]["interval"]
    assert box == pytest.approx([-2.3, 53.4, -1.85, 53.5])
    assert (begins, ends) == (NOON.isoformat(), areas[-1].valid_to.isoformat())
    assert told["storageCrs"] == crs.CRS84
    assert told["crs"] == list(crs.ALL)
    assert nothing["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


def test_the_standards_own_classes_are_declared(lead):
    told = lead.get("/ogc/conformance").json["conformsTo"]

    for part in ("1/1.0/conf/core", "1/1.0/conf/geojson", "1/1.0/conf/html", "1/1.0/conf/oas30",
                 "2/1.0/conf/crs", "3/1.0/conf/filter", "3/1.0/conf/features-filter",
                 "3/1.0/conf/queryables"):  # fmt: skip
        assert f"http://www.opengis.net/spec/ogcapi-features-{part}" in told


def test_queryables_are_what_can_be_asked_for_and_no_more(lead, areas):
    told = lead.get("/ogc/collections/areas/queryables")

    assert told.content_type == "application/schema+json"
    assert told.json["properties"]["purpose"]["enum"][0] == "target"
    assert told.json["properties"]["geometry"]["format"] == "geometry-multipolygon"
    assert told.json["additionalProperties"] is False
    assert set(told.json["properties"]) == {*COLLECTIONS["areas"].properties, "geometry"}


def test_the_definition_describes_every_address(app, lead):
    told = lead.get("/ogc/api").json
    described = {
        each.ok().path for each in from_dict(json.loads(json.dumps(told))).get_all_operations()
    }

    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/ogc") or "/"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/ogc")
    }
    of_areas = {
        route.replace("{collection_id}", "areas").replace("{feature_id}", "{featureId}")
        for route in routes
    }
    assert of_areas <= described
    assert told["openapi"].startswith("3.0.")


def test_whoever_looked_is_written_down_with_what_was_seen(lead, areas, operation, last_look):
    lead.get(f"{ITEMS}?limit=2&filter=name = 'Area A' OR name = 'Area B'")

    entry = last_look()
    assert entry.endpoint == "ogc.items"
    assert entry.operations == [operation.id]
    assert entry.seen == [
        {"kind": "area", "ids": [str(a.id) for a in areas[:2]], "operation": str(operation.id)}
    ]
    assert entry.asked == ["filter"]


def test_a_program_without_a_token_is_told_so_and_a_person_signs_in(client):
    program, person = client.get(ITEMS), client.get(ITEMS, headers=PAGE)

    assert program.status_code == 401
    assert program.headers["WWW-Authenticate"] == "Bearer"
    assert person.status_code == 302


def test_one_statement_gives_a_page_and_one_its_count(lead, areas, statements):
    with statements.counted() as seen:
        lead.get(ITEMS)

    # Who asks, in which state the database is, the count, the page; and the actor of the log.
    assert len(seen) <= 5, seen
