"""Who may say in public what was recorded: in every operation of a snapshot, and never alone."""

import pytest

from tests import factories
from tests.outcomes.records import arrest
from tests.releases.conftest import act

API = "/api/v1"
HEADLINES = [{"measure": "arrests"}]


@pytest.fixture
def looked_into(client_as):
    """A restricted operation in which somebody of the force is only an officer."""
    made = factories.operation(visibility="restricted", kind="prison_search")
    arrest(made)
    return made


def joined(client, operation, role):
    factories.member(operation, client.person, role)
    return client


def release(client, snapshot):
    body = {"snapshot": snapshot["id"], "title": "A week", "headlines": HEADLINES}
    return client.post(f"{API}/releases", json=body)


@pytest.mark.parametrize("filters", [{"kind": "prison_search"}, {"organisation": "GMP"}, {}])
def test_a_filter_gives_no_right_that_the_name_of_an_operation_does_not(
    client_as, looked_into, filters
):
    officer_there = joined(client_as("analyst"), looked_into, "officer")
    named = {"operation": [str(looked_into.id)]}

    replies = [officer_there.post(f"{API}/snapshots", json=sent) for sent in (named, filters)]

    assert [reply.status_code for reply in replies] == [403, 403]


def test_what_was_credited_from_elsewhere_is_reported_on_by_who_may_there_too(
    client_as, looked_into, operation
):
    officer_there = joined(client_as("analyst"), looked_into, "officer")
    arrest(looked_into, shared=[operation])

    reply = officer_there.post(f"{API}/snapshots", json={"operation": [str(operation.id)]})

    assert reply.status_code == 403


def test_by_a_filter_who_may_report_in_each_may_freeze_all(client_as, looked_into, operation):
    analyst_there = joined(client_as("analyst"), looked_into, "analyst")
    arrest(operation)

    reply = analyst_there.post(f"{API}/snapshots", json={})

    assert reply.status_code == 201, reply.text
    assert set(reply.json["operations"]) == {str(looked_into.id), str(operation.id)}


@pytest.fixture
def frozen(client_as, looked_into, operation):
    """A snapshot of two operations, taken by somebody who reports on both."""
    analyst_there = joined(client_as("analyst"), looked_into, "analyst")
    sent = {"operation": [str(looked_into.id), str(operation.id)]}
    return analyst_there, analyst_there.post(f"{API}/snapshots", json=sent).json


def test_who_may_not_report_in_one_operation_of_a_snapshot_writes_nothing_of_it(
    client_as, looked_into, frozen
):
    officer_there = joined(client_as("analyst"), looked_into, "officer")

    assert release(officer_there, frozen[1]).status_code == 403
    where = f"/snapshots/{frozen[1]['id']}"
    assert officer_there.get(f"{where}/releases/new").status_code == 403
    assert f"{where}/releases/new" not in officer_there.get(where).text


def test_who_may_not_report_in_one_operation_of_a_release_changes_publishes_and_hands_out_nothing(
    client_as, looked_into, frozen
):
    writer, snapshot = frozen
    made = release(writer, snapshot).json
    lead_there = joined(client_as("lead"), looked_into, "lead")
    officer_there = joined(client_as("lead"), looked_into, "officer")
    where, tag = f"{API}/releases/{made['id']}", {"If-Match": '"none"'}

    assert act(officer_there, made, "approve").status_code == 403
    assert act(lead_there, made, "approve").status_code == 200
    assert act(officer_there, made, "publish").status_code == 403
    assert officer_there.patch(where, json={"title": "No"}, headers=tag).status_code == 403
    for page in ("edit", "pack.md", "pack.pdf"):
        assert officer_there.get(f"/releases/{made['id']}/{page}").status_code == 403
    assert act(writer, made, "publish").status_code == 200
    shown = officer_there.get(f"/releases/{made['id']}")
    assert shown.status_code == 200
    assert "pack.pdf" not in shown.text
    assert "evise" not in shown.text


@pytest.mark.parametrize("name", ["approve", "publish"])
def test_a_release_is_approved_and_published_as_it_was_read(write, lead, analyst, name):
    made = write().json
    where = f"{API}/releases/{made['id']}"
    client = lead
    if name == "publish":
        act(lead, made, "approve")
        client = analyst

    without = client.post(f"{where}/{name}")
    stale = client.post(f"{where}/{name}", headers={"If-Match": '"another"'})

    assert (without.status_code, stale.status_code) == (428, 412)
    assert client.get(where).json["state"] == ("draft" if name == "approve" else "approved")


def test_the_document_says_that_an_act_is_upon_what_was_read(client_as):
    document = client_as("analyst").get("/api/openapi.json").json

    said = document["paths"]["/api/v1/releases/{release_id}/approve"]["post"]

    assert {"$ref": "#/components/parameters/IF_MATCH"} in said["parameters"]
    assert "428" in said["responses"]
