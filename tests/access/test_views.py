"""Who is asking, and who is there."""

import datetime as dt

import pytest

from ops.access.models import ROLES
from tests import factories

API = "/api/v1"


def test_me_says_who_is_asking_and_what_they_may_do(client_as):
    client = client_as("analyst", name="Ana Example", email="ana@example.test")

    me = client.get(f"{API}/me").json

    assert me.pop("id")
    assert me == {
        "name": "Ana Example",
        "email": "ana@example.test",
        "role": "analyst",
        "role_label": "Analyst",
        "organisation": {"code": "GMP", "name": "GMP", "kind": "force"},
        "may": ["define", "report", "subscribe"],
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_ask_who_it_is(client_as, role):
    assert client_as(role).get(f"{API}/me").json["role"] == role


def test_organisations_name_what_they_are_part_of(client_as):
    force = factories.organisation("GMP")
    factories.organisation("GMP-BOLTON", kind="district", name="GMP Bolton", parent_id=force.id)

    rows = client_as("officer").get(f"{API}/organisations").json

    assert rows == [
        {"code": "GMP", "name": "GMP", "kind": "force", "parent": None},
        {"code": "GMP-BOLTON", "name": "GMP Bolton", "kind": "district", "parent": "GMP"},
    ]


@pytest.mark.parametrize(
    ("role", "status"),
    [("admin", 200), ("lead", 200), ("officer", 403), ("analyst", 403), ("auditor", 403)],
)
def test_only_who_plans_sees_people(client_as, role, status):
    assert client_as(role).get(f"{API}/people").status_code == status


@pytest.mark.parametrize("q", ["Robin", "robn placeholder", "placeh", "PLACEHOLDER"])
def test_a_name_is_found_in_spite_of_a_slip(client_as, q):
    factories.person("officer", name="Robin Placeholder")
    factories.person("officer", name="Sam Sample")

    rows = client_as("lead", name="Lee Example").get(f"{API}/people", query_string={"q": q}).json

    assert [row["name"] for row in rows] == ["Robin Placeholder"]


def test_people_are_found_by_their_organisation(client_as):
    factories.person("officer", name="Sam Sample", organisation=factories.organisation("LANCS"))

    rows = client_as("lead").get(f"{API}/people?organisation=LANCS").json

    assert [(row["name"], row["role"], row["organisation"]) for row in rows] == [
        ("Sam Sample", "officer", "LANCS")
    ]


def test_a_disabled_person_is_not_offered(client_as):
    factories.person("officer", name="Sam Sample", disabled_at=dt.datetime.now(dt.UTC))

    rows = client_as("lead", name="Lee Example").get(f"{API}/people").json

    assert [row["name"] for row in rows] == ["Lee Example"]


def test_people_come_in_pages(client_as):
    for number in range(4):
        factories.person("officer", name=f"Officer {number}")
    client = client_as("lead", name="Lee Example")

    first = client.get(f"{API}/people?limit=3&q=Officer")
    second = client.get(first.headers["Link"].split("<")[1].split(">")[0])

    assert [row["name"] for row in first.json + second.json] == [f"Officer {n}" for n in range(4)]


@pytest.mark.parametrize("address", ["people?nam=Sam", "organisations?code=GMP", "me?x=1"])
def test_a_misspelt_filter_is_refused(client_as, address):
    response = client_as("lead").get(f"{API}/{address}")

    assert response.status_code == 422


@pytest.mark.parametrize("address", ["me", "organisations", "people"])
def test_a_list_costs_two_statements(client_as, statements, address):
    client = client_as("lead")

    with statements.counted() as seen:
        client.get(f"{API}/{address}")

    assert len(seen) <= 2
