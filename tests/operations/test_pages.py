"""The pages of operations, deployments and the map, as the server writes them."""

import html
import json
import re

import pytest

from ops.geo import layers
from ops.operations import map_pages
from ops.results import map_layers
from tests import factories
from tests.outcomes.records import arrest
from tests.wellformed import faults

ATTACK = "</script><script>alert(1)</script>"


@pytest.mark.parametrize("role", ["officer", "analyst", "auditor"])
def test_whoever_may_not_plan_is_offered_nothing_to_plan_with(client_as, role):
    operation = factories.operation()
    client = client_as(role)

    page = client.get(f"/operations/{operation.id}").text

    assert "Change these details" not in page
    assert "Add a deployment" not in page
    assert client.get("/operations/new").status_code == 403
    assert client.get(f"/operations/{operation.id}/edit").status_code == 403


@pytest.mark.parametrize("path", ["", "/map", "/results", "/outcomes"])
def test_words_of_an_operation_stay_words(client_as, path):
    operation = factories.operation(name=ATTACK, aim=ATTACK)
    factories.area(operation, name=ATTACK)

    page = client_as().get(f"/operations/{operation.id}{path}").text

    assert ATTACK not in page
    assert faults(page) == []


def test_a_closed_operation_offers_no_change(client_as):
    operation = factories.operation(status="closed")

    page = client_as().get(f"/operations/{operation.id}").text

    assert "Change these details" not in page
    assert "Mark as reviewed" in page


def test_a_change_by_somebody_else_is_not_overwritten(client_as):
    operation = factories.operation(name="Before")
    client = client_as()
    page = client.get(f"/operations/{operation.id}/edit").text
    [etag] = re.findall(r'name="etag" value="([^"]*)"', page)
    period = {"starts_at": "2026-11-01T00:00", "ends_at": "2026-11-08T00:00"}
    sent = {"etag": html.unescape(etag), "name": "Mine", "organisation": "GMP", **period}
    theirs = client.post(f"/operations/{operation.id}/edit", data=sent | {"name": "Theirs"})

    mine = client.post(f"/operations/{operation.id}/edit", data=sent)

    assert theirs.status_code == 303
    assert mine.status_code == 412
    assert "Mine" in mine.text
    assert "Theirs" in client.get(f"/operations/{operation.id}").text


def test_a_step_that_lacks_something_is_refused_in_words(client_as):
    operation = factories.operation(status="draft", aim=None, theme=None)

    reply = client_as().post(f"/operations/{operation.id}/transitions", data={"to": "planned"})

    assert reply.status_code == 409
    assert "Say what the operation is to achieve." in reply.text


def test_going_back_needs_a_reason_beside_its_field(client_as):
    operation = factories.operation(status="closed")

    reply = client_as().post(f"/operations/{operation.id}/transitions", data={"to": "live"})

    assert reply.status_code == 422
    assert 'href="#reason"' in reply.text


def test_the_list_goes_on_and_keeps_its_filters(client_as):
    for number in range(26):
        factories.operation(name=f"Operation Number {number}", kind="day_of_action")
    client = client_as()

    first = client.get("/operations?kind=day_of_action").text
    [address] = re.findall(r'<a[^>]*pagination__link"[^>]*href="([^"]*)"', first)
    second = client.get(address.replace("&amp;", "&")).text

    assert "kind=day_of_action" in address
    assert first.count("app-records__item") == 25
    assert second.count("app-records__item") == 1


def test_a_deployment_of_another_operation_is_not_found_here(client_as):
    deployment = factories.deployment(factories.operation())
    other = factories.operation()

    reply = client_as().get(f"/operations/{other.id}/deployments/{deployment.id}")

    assert reply.status_code == 404


def test_the_map_leaves_closed_operations_out_unless_asked(client_as):
    closed = factories.operation(name="Operation Closed", status="closed")
    factories.area(closed, name="Old ground")
    client = client_as()

    assert "Old ground" not in client.get("/map").text
    assert "Old ground" in client.get("/map?over=true").text


def test_more_areas_than_a_page_holds_are_on_the_map_as_tiles(client_as, monkeypatch):
    """All of them, and no others than the page would draw."""
    monkeypatch.setattr(map_pages, "MOST", 1)
    shown, closed = factories.operation(), factories.operation(status="closed")
    for operation, names in ((shown, ("Ancoats", "Beswick")), (closed, ("Clayton",))):
        for name in names:
            factories.area(operation, name=name)
    client = client_as()

    for address, on_map in (("/map", 2), ("/map?over=true", 3)):
        page = client.get(address).text
        [shapes] = re.findall(r'id="map-layers">(.*?)</script>', page)
        [areas] = [each for each in json.loads(shapes) if each["name"] == "Areas"]
        tile = client.get(areas["tiles"]["address"].format(z=12, y=1325, x=2022)).data

        assert "The list has the first 1" in page
        assert [each["geometry"] for each in areas["features"]["features"]] == [None]
        assert sum(name in tile for name in (b"Ancoats", b"Beswick", b"Clayton")) == on_map


def test_a_map_that_leaves_something_out_says_so(client_as, monkeypatch):
    for module in (layers, map_layers, map_pages):
        monkeypatch.setattr(module, "MOST", 1)
    operation = factories.operation()
    client = client_as()
    here = f"/operations/{operation.id}/map"

    def said():
        pages = [client.get(each).text for each in (here, f"{here}.html", "/map")]
        return [set(re.findall(r"\w[\w ]*, the (?:first|newest) 1\b", page)) for page in pages]

    told = []
    for _ in range(2):
        factories.site()
        factories.deployment(operation, starts_at=factories.NOON.replace(year=2099))
        arrest(operation, point="SRID=4326;POINT(-2.241 53.485)")
        told.append(said())

    sites, deployments = "Sites, the first 1", "Deployments, the first 1"
    assert told == [
        [set(), set(), set()],
        [
            {sites, deployments},
            {sites, deployments, "Results, the newest 1"},
            {sites, "Deployments to come, the first 1"},
        ],
    ]


def test_the_map_shows_deployments_yet_to_come(client_as):
    operation = factories.operation()
    factories.deployment(operation, name="Long past")
    far = factories.NOON.replace(year=2099)
    factories.deployment(operation, starts_at=far, name="Yet to come")

    page = client_as().get("/map").text

    assert "Yet to come" in page
    assert "Long past" not in page


def test_whoever_called_a_plan_complete_is_told_that_somebody_else_approves_it(client_as):
    operation = factories.operation(status="draft", theme="drugs", aim="Close lines.")
    factories.area(operation)
    client, address = client_as("lead"), f"/operations/{operation.id}/transitions"
    client.post(address, data={"to": "planned"})
    page = f"/operations/{operation.id}"

    read = client.get(page).text
    own = client.post(address, data={"to": "approved"})
    other = client_as("lead")
    offered = other.get(page).text
    theirs = other.post(address, data={"to": "approved"})

    assert "Somebody else must approve it" in read
    assert 'value="approved"' not in read
    assert 'value="approved"' in offered
    assert own.status_code == 403
    assert "Somebody else must approve it" in own.text
    assert faults(own.text) == []
    assert theirs.status_code == 303


@pytest.mark.parametrize("kind", ["week_of_action", "place_based"])
def test_every_page_of_an_operation_leads_to_the_others(client_as, kind):
    operation = factories.operation(kind=kind)
    client = client_as()
    ways = re.compile(r'class="moj-sub-navigation__link" href="([^"]*)"')
    [*pages] = ways.findall(client.get(f"/operations/{operation.id}").text)

    shown = {path: client.get(path) for path in pages}

    assert (f"/operations/{operation.id}/evaluation" in pages) == (kind == "place_based")
    assert {reply.status_code for reply in shown.values()} == {200}
    for path, reply in shown.items():
        assert ways.findall(reply.text) == pages
        assert f'href="{path}" aria-current="page"' in reply.text
