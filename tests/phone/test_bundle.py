"""The bundle: what a phone needs for its shift, under the rights of whoever holds it."""

import datetime as dt
import gzip
import json
import math

import pytest
from shapely.geometry import MultiPolygon, Polygon

from ops import api
from ops.operations.models import KINDS as OPERATION_KINDS
from ops.phone import forms
from ops.results.kinds import KINDS
from tests import factories
from tests.live.conftest import assign
from tests.phone.conftest import NOW, V1, operation

# What one screen of text says in a section of a real briefing.
SECTION = " ".join(f"Word{number} of the plan, said once." for number in range(60))


def bundle_of(client, **query):
    """Take the bundle."""
    reply = client.get(f"{V1}/bundle", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def outline(number, corners=200):
    """Draw a shape with many corners."""
    angles = [2 * math.pi * corner / corners for corner in range(corners)]
    wave = [0.01 + 0.001 * math.sin(7 * angle + number) for angle in angles]
    ring = [
        (-2.3 + r * math.cos(a), 53.45 + r * math.sin(a)) for a, r in zip(angles, wave, strict=True)
    ]
    return MultiPolygon([Polygon(ring)])


def test_a_shift_of_three_areas_and_twenty_deployments_is_small(client_as):
    client = client_as("officer")
    live = operation()
    areas = [factories.area(live, outline(number)) for number in range(3)]
    sent = [
        factories.deployment(
            live,
            NOW + dt.timedelta(minutes=number),
            name=f"Door {number}",
            area_id=areas[number % 3].id,
            note=f"Ask for the caretaker of block {number} first; the door opens outward.",
        )
        for number in range(20)
    ]
    assign(sent[3], client.person)
    factories.briefing(live, SECTION)

    reply = client.get(f"{V1}/bundle", headers={"Accept-Encoding": "gzip"})

    [shown] = json.loads(gzip.decompress(reply.data))["operations"]
    assert len(shown["areas"]) == 3
    assert len(shown["deployments"]) == 20
    assert shown["deployments"][0]["name"] == "Door 3"
    assert len(reply.data) <= 60_000


def test_it_tells_a_deployment_its_place_and_the_briefing(client_as):
    client = client_as("officer")
    live = operation(name="Big week", kind="prison_search")
    prison = factories.site(name="HMP Here")
    mine = factories.deployment(live, NOW, name="Wing A", site_id=prison.id, kind="prison_search")
    factories.deployment(live, NOW, name="Wing B", status="cancelled")
    factories.deployment(live, NOW - dt.timedelta(days=1), name="Long over")
    assign(mine, client.person)
    factories.briefing(live, "Be kind.")

    told = bundle_of(client)

    assert told["person"]["name"] == client.person.name
    [shown] = told["operations"]
    assert (shown["name"], shown["expects"][0]) == ("Big week", "search")
    first, second = shown["deployments"]
    assert (first["name"], first["mine"], first["place"]) == ("Wing A", True, "HMP Here")
    assert first["site"] == str(prison.id)
    assert first["position"]["coordinates"] == [-2.2458, 53.492]
    assert (second["name"], second["mine"], second["status"]) == ("Wing B", False, "cancelled")
    assert [each["name"] for each in shown["sites"]] == ["HMP Here"]
    assert shown["briefing"]["sections"]["method"] == "Be kind."
    assert shown["briefing"]["read_at"] is None


def test_a_shift_is_what_is_under_way_and_ones_own_that_follows(client_as):
    client = client_as("officer")
    soon = {"starts_at": NOW + dt.timedelta(days=3), "ends_at": NOW + dt.timedelta(days=4)}
    operation(name="Live today")
    factories.operation(name="Planned by others", status="planned", **soon)
    factories.operation(name="Live in days", **soon)
    own = factories.operation(name="My own, planned", status="approved", **soon)
    draft = factories.operation(name="My draft", status="draft", **soon)
    closed = operation(name="Closed", status="closed")
    hidden = operation(name="Hidden", visibility="covert")
    let_in = operation(name="Let in", visibility="covert")
    for each in (own, draft, closed, let_in):
        factories.member(each, client.person)

    names = [each["name"] for each in bundle_of(client)["operations"]]

    assert sorted(names[:2]) == ["Let in", "My own, planned"]
    assert names[2:] == ["Live today"]
    assert str(hidden.id) not in str(names)


@pytest.mark.parametrize("who", ["own", "removed", "partner"])
def test_a_covert_operation_leaves_no_trace_in_a_bundle(client_as, who):
    council = factories.organisation("SALFORD", kind="council")
    client = client_as("lead", **({"organisation": council} if who == "partner" else {}))
    live = operation()
    factories.member(live, client.person, "partner" if who == "partner" else "officer")
    site = factories.site()
    factories.deployment(live, NOW, site_id=site.id)
    before = bundle_of(client)
    hidden = operation(visibility="covert", parent_id=live.id)
    factories.deployment(hidden, NOW, site_id=site.id)
    factories.area(hidden)
    factories.briefing(hidden)
    if who == "removed":
        factories.member(hidden, client.person, revoked_at=NOW)

    after = bundle_of(client)

    varying = {"as_at": None, "after": None}
    assert after | varying == before | varying
    # Nor does the place say more, but for the snapshot in it.
    assert api.read_cursor(after["after"], 3)[1:] == api.read_cursor(before["after"], 3)[1:]


def test_a_partner_gets_their_own_part_alone(client_as):
    council = factories.organisation("SALFORD", kind="council")
    client = client_as("officer", organisation=council)
    live = operation()
    factories.member(live, client.person, "partner")
    mine = factories.deployment(live, NOW, name="With the council")
    assign(mine, client.person)
    factories.deployment(live, NOW, name="Secret visit")
    factories.area(live)
    factories.briefing(live)

    [shown] = bundle_of(client)["operations"]

    assert [each["name"] for each in shown["deployments"]] == ["With the council"]
    assert shown["areas"] == []
    assert shown["briefing"] is None


def test_forms_and_lists_that_a_phone_has_are_not_sent_again(client_as):
    client = client_as("officer")
    first = bundle_of(client)

    again = bundle_of(client, forms=first["forms"])
    other = bundle_of(client, forms="another")

    assert (again["kinds"], again["code_lists"]) == (None, None)
    assert again["forms"] == first["forms"]
    assert other["kinds"] == first["kinds"]


def test_every_kind_has_a_form_whose_lists_are_there():
    _edition, told = forms.forms()
    fields = [field for kind in told["kinds"].values() for field in kind["fields"]]
    inner = [column for field in fields for column in field.get("columns", ())]

    assert told["kinds"].keys() == KINDS.keys()
    named = {field["list"] for field in fields + inner if "list" in field}
    assert named <= told["code_lists"].keys()
    assert all(
        (field["type"] in {"code", "codes"}) == ("list" in field) for field in fields + inner
    )
    seizure = {field["name"]: field for field in told["kinds"]["seizure"]["fields"]}
    assert seizure["parent"]["of"] == "seizure"
    assert seizure["category"]["required"]
    assert seizure["drug"]["only"] == {"field": "category", "codes": ["drugs"]}
    assert seizure["drug"]["matters"]
    assert not seizure["seal"]["matters"]


@pytest.mark.parametrize("kind", OPERATION_KINDS)
def test_each_kind_of_operation_expects_kinds_that_there_are(kind):
    assert set(forms.expected(kind)) <= KINDS.keys()
