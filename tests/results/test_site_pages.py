"""The pages of sites: found, added, and what was done at a prison as far as one sees it."""

import datetime as dt
import html
import re
import uuid

import pytest

from ops import db
from ops.geo.models import Site
from tests import factories

API = "/api/v1"
NOON = "2026-11-02T12:00:00Z"


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def prison(session):
    site = factories.site(
        name="HMP Forest Bank", category="B local", operator="Sodexo", address="Agecroft Road"
    )
    # Kept apart from the session, which a refused request empties.
    return str(site.id)


def search(client, operation_id, site, **detail):
    said = {"type": "prison", "searched": [{"what": ["cells"], "number": 5}]} | detail
    reply = client.post(
        f"{API}/operations/{operation_id}/results",
        json={
            "id": str(uuid.uuid4()),
            "kind": "search",
            "occurred_at": NOON,
            "detail": said | ({"site": site} if site else {}),
        },
    )
    assert reply.status_code == 201, reply.json
    return reply.json["id"]


def test_a_prison_shows_what_it_is_and_the_searches_of_it(lead, prison):
    operation_id = factories.operation(name="Dragonfire").id
    by_site = search(lead, operation_id, prison)
    by_name = search(lead, operation_id, None, establishment="HMP Forest Bank")
    elsewhere = search(lead, operation_id, None, establishment="HMP Hindley")

    page = lead.get(f"/sites/{prison}").text

    for words in ("HMP Forest Bank", "B local", "Sodexo", "Agecroft Road"):
        assert words in page
    assert f"/results/{by_site}" in page
    assert f"/results/{by_name}" in page
    assert f"/results/{elsewhere}" not in page


def test_a_prison_shows_the_deployments_there_the_newest_first(lead, prison):
    operation = factories.operation(name="Dragonfire")
    for day in (1, 2):
        starts_at = dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC)
        factories.deployment(
            operation, starts_at, name=f"Gate {day}", site_id=uuid.UUID(prison), point=None
        )

    page = lead.get(f"/sites/{prison}").text

    assert page.index("Gate 2") < page.index("Gate 1")
    assert "Dragonfire" in page


def test_nothing_of_a_hidden_operation_is_in_a_prisons_history(client_as, prison):
    operation = factories.operation(name="Quiet", visibility="covert")
    member = client_as("lead", organisation=factories.organisation("NWROCU"))
    factories.member(operation, db.session.merge(member.person), "lead")
    operation_id = operation.id
    factories.deployment(operation, name="Hidden gate", site_id=uuid.UUID(prison), point=None)
    made = search(member, operation_id, prison)

    page = client_as("lead").get(f"/sites/{prison}").text

    assert f"/results/{made}" in member.get(f"/sites/{prison}").text
    assert "Quiet" not in page
    assert "Hidden gate" not in page
    assert made not in page
    assert "No search there is logged in the operations you see." in page


def test_sites_are_found_in_spite_of_a_slip(lead, prison):
    page = lead.get("/sites?q=Forrest+Bank&kind=prison").text

    assert f'href="/sites/{prison}"' in page
    assert "No site fits." in lead.get("/sites?q=zzzz").text


def test_a_planner_adds_a_site_by_a_grid_reference(lead):
    sent = {"name": "HMP Hindley", "kind": "prison", "position": "SD 6176 0208", "category": "C"}

    reply = lead.post("/sites/new", data=sent)

    assert reply.status_code == 303
    assert "HMP Hindley" in lead.get(reply.location).text
    assert "HMP Hindley" in lead.get(reply.location).text


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"position": ""}, "Write a grid reference"),
        ({"position": "by the canal"}, "“by the canal” is no place."),
        ({"position": "48.85, 2.35"}, "outside the United Kingdom"),
        ({"name": ""}, "Enter name."),
        ({"kind": "castle"}, "Choose one of"),
    ],
)
def test_a_site_that_can_not_be_comes_back_with_what_was_typed(lead, change, part):
    sent = {"name": "HMP Hindley", "kind": "prison", "position": "SD 6176 0208"} | change

    reply = lead.post("/sites/new", data=sent)

    assert reply.status_code == 422
    assert part in reply.text
    assert db.session.query(Site).count() == 0


def test_a_site_is_changed_upon_the_version_that_was_read_and_its_history_says_so(lead, prison):
    path = f"{API}/sites/{prison}"
    tag = {"If-Match": lead.get(path).headers["ETag"]}
    moved = {"category": "B trainer", "position": {"type": "Point", "coordinates": [-2.3, 53.52]}}

    unread = lead.patch(path, json=moved)
    changed = lead.patch(path, json=moved, headers=tag)
    stale = lead.patch(path, json={"operator": "HMPPS"}, headers=tag)
    page = lead.get(f"/sites/{prison}").text

    assert (unread.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert (changed.json["category"], changed.json["version"]) == ("B trainer", 2)
    assert changed.json["position"]["coordinates"] == [-2.3, 53.52]
    assert changed.json["operator"] == "Sodexo"
    assert "Category: B trainer, before: B local" in page
    assert "It was moved on the map." in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"position": {"type": "Point", "coordinates": [2.35, 48.85]}}, "position"),
        ({"position": None}, "position"),
        ({"id": str(uuid.uuid4())}, "id"),
    ],
)
def test_a_site_does_not_become_what_can_not_be(lead, prison, change, field):
    path = f"{API}/sites/{prison}"
    tag = {"If-Match": lead.get(path).headers["ETag"]}

    reply = lead.patch(path, json=change, headers=tag)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_a_prison_keeps_its_searches_under_a_new_name(lead, prison):
    operation_id = factories.operation(name="Dragonfire").id
    made = search(lead, operation_id, prison)
    page = f"/sites/{prison}/edit"
    shown = lead.get(page).text
    [etag] = re.findall(r'name="etag" value="([^"]*)"', shown)
    sent = {"etag": html.unescape(etag), "kind": "prison", "position": "-2.2458, 53.492",
            "category": "", "operator": "HMPPS"}  # fmt: skip

    unnamed = lead.post(page, data=sent | {"name": ""})
    changed = lead.post(page, data=sent | {"name": "HMP Agecroft"})
    after = lead.get(f"/sites/{prison}").text
    record = lead.get(f"{API}/results/{made}").json

    assert "Enter name." in unnamed.text
    assert changed.location == f"/sites/{prison}?done=site-changed"
    assert f"/results/{made}" in after
    assert "HMP Agecroft" in after
    assert "Category: nothing, before: B local" in after
    assert record["detail"]["establishment"] == "HMP Agecroft"


def test_who_does_not_plan_changes_no_site_and_is_not_offered_to(client_as, prison):
    officer = client_as("officer")

    assert officer.get("/sites/new").status_code == 403
    assert "/sites/new" not in officer.get("/sites").text
    assert officer.get(f"/sites/{prison}/edit").status_code == 403
    assert "/edit" not in officer.get(f"/sites/{prison}").text


def test_the_map_leads_to_each_site(lead, prison):
    assert f"/sites/{prison}" in lead.get("/map").text


def test_an_id_that_nobody_ever_had_is_no_site(lead):
    for address in (f"/sites/{uuid.uuid4()}", f"{API}/sites/{uuid.uuid4()}"):
        assert lead.get(address).status_code == 404
