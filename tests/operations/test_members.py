"""Who belongs to an operation, who lets them in, and opening one in an emergency."""

import datetime as dt
import uuid

import pytest

from ops import db
from ops.access.models import Person
from tests import factories


@pytest.fixture
def restricted(session):
    return factories.operation(visibility="restricted", reference="WOA-QUIET")


@pytest.fixture
def lead(client_as, restricted):
    """Who leads the restricted operation."""
    client = client_as("lead")
    factories.member(restricted, client.person, "lead")
    return client


def see(client, operation):
    return client.get(f"/api/v1/operations/{operation.id}").status_code


def admit(client, operation, person, role="officer", **fields):
    body = {"person": str(person.id), "role": role} | fields
    return client.post(f"/api/v1/operations/{operation.id}/members", json=body)


def test_a_member_sees_what_others_of_the_organisation_do_not(client_as, lead, restricted):
    officer, stranger = client_as("officer"), client_as("officer")

    admitted = admit(lead, restricted, officer.person)

    assert (admitted.status_code, see(officer, restricted)) == (201, 200)
    assert admitted.json["granted_by"]["id"] == str(lead.person.id)
    assert see(stranger, restricted) == 404


def test_a_membership_ends_by_itself_and_when_it_is_taken_back(client_as, lead, restricted):
    over, taken = client_as("officer"), client_as("officer")
    hour = dt.timedelta(hours=1)
    past = factories.Range(dt.datetime.now(dt.UTC) - 2 * hour, dt.datetime.now(dt.UTC) - hour)
    factories.member(restricted, over.person, during=past)
    made = admit(lead, restricted, taken.person).json

    ended = lead.delete(f"/api/v1/members/{made['id']}")

    assert ended.status_code == 204
    assert (see(over, restricted), see(taken, restricted)) == (404, 404)
    listed = lead.get(f"/api/v1/operations/{restricted.id}/members").json
    assert {each["person"]["id"]: each["stands"] for each in listed}[str(taken.person.id)] is False


@pytest.mark.parametrize("role", ["officer", "analyst", "partner", "auditor"])
def test_only_who_leads_lets_others_in(client_as, restricted, role):
    member = client_as("lead")
    factories.member(restricted, member.person, role)

    assert admit(member, restricted, factories.person()).status_code == 403


def test_who_does_not_see_an_operation_lets_nobody_into_it(client_as, restricted):
    stranger = client_as("lead")

    refused = admit(stranger, restricted, stranger.person)

    assert refused.status_code == 404
    assert (
        refused.json
        == stranger.post(
            f"/api/v1/operations/{uuid.uuid4()}/members",
            json={"person": str(stranger.person.id), "role": "lead"},
        ).json
    )


def test_nobody_is_a_member_twice_at_a_time(lead, restricted):
    person = factories.person()
    admit(lead, restricted, person)

    assert admit(lead, restricted, person, "analyst").status_code == 409


def test_a_membership_that_is_over_before_it_begins_is_refused(lead, restricted):
    refused = admit(lead, restricted, factories.person(), to="2020-01-01T00:00:00Z")

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["to"])


def test_somebody_goes_on_leading_what_only_members_see(client_as, lead, restricted):
    standing = lead.get(f"/api/v1/operations/{restricted.id}/members").json
    ended = [lead.delete(f"/api/v1/members/{each['id']}").status_code for each in standing]

    assert sorted(ended) == [204, 409]


def test_who_is_deployed_sees_what_they_are_sent_to(client_as, lead, restricted):
    council = factories.organisation("SALFORD", kind="council")
    officer, partner = client_as("officer"), client_as("officer", organisation=council)
    deployment = factories.deployment(restricted)

    for each in (officer, partner):
        body = {"person": str(each.person.id)}
        lead.post(f"/api/v1/deployments/{deployment.id}/assignments", json=body)

    roles = {
        each["person"]["id"]: each["role"]
        for each in lead.get(f"/api/v1/operations/{restricted.id}/members").json
    }
    assert (see(officer, restricted), see(partner, restricted)) == (200, 200)
    assert roles[str(officer.person.id)] == "officer"
    assert roles[str(partner.person.id)] == "partner"


def test_a_partner_sees_and_adds_only_their_own_part(client_as, restricted):
    council = factories.organisation("SALFORD", kind="council")
    partner, colleague = (client_as("officer", organisation=council) for _ in range(2))
    officer = client_as("officer")
    for client, role in ((partner, "partner"), (colleague, "partner"), (officer, "officer")):
        factories.member(restricted, client.person, role)
    address = f"/api/v1/operations/{restricted.id}/results"
    body = {
        "kind": "arrest",
        "occurred_at": "2026-11-02T12:00:00Z",
        "detail": {"reason": "supply_class_a"},
    }
    logged = {who: who.post(address, json=body).json["id"] for who in (partner, colleague, officer)}

    seen = {each["id"] for each in partner.get(address).json}

    assert seen == {logged[partner], logged[colleague]}
    assert partner.get(f"/api/v1/results/{logged[officer]}").status_code == 404
    assert len(officer.get(address).json) == 3
    figures = partner.get(f"/api/v1/operations/{restricted.id}/outcomes").json["measures"]
    assert {f["code"]: f["value"] for f in figures}["arrests"] == "2"


def open_it(client, reference="woa-quiet", reason="Officers are at the door now."):
    body = {"reference": reference, "reason": reason}
    return client.post("/api/v1/break-glass", json=body)


@pytest.mark.parametrize("role", ["lead", "desk"])
def test_break_glass_opens_a_restricted_operation_for_hours_and_tells_lead_and_auditor(
    client_as, lead, restricted, role
):
    somebody, auditor, other = client_as(role), client_as("auditor"), client_as("auditor")
    elsewhere = client_as("auditor", organisation=factories.organisation("LANCS"))

    opened = open_it(somebody)

    assert (opened.status_code, opened.json["id"]) == (201, str(restricted.id))
    assert see(somebody, restricted) == 200
    for told in (lead, auditor, other):
        [alert] = told.get("/api/v1/alerts").json
        assert alert["person"]["id"] == str(somebody.person.id)
        assert alert["reason"] == "Officers are at the door now."
    assert elsewhere.get("/api/v1/alerts").json == []
    [mine] = [
        each
        for each in lead.get(f"/api/v1/operations/{restricted.id}/members").json
        if each["is_break_glass"]
    ]
    lasts = dt.datetime.fromisoformat(mine["to"]) - dt.datetime.fromisoformat(mine["from"])
    assert lasts == dt.timedelta(hours=8)


def test_break_glass_says_the_same_of_covert_of_elsewhere_and_of_nothing(client_as, session):
    factories.operation(visibility="covert", reference="WOA-COVERT")
    elsewhere = factories.organisation("LANCS")
    factories.operation(visibility="restricted", reference="WOA-THEIRS", organisation=elsewhere)
    lead = client_as("lead")

    replies = [open_it(lead, ref) for ref in ("WOA-COVERT", "WOA-THEIRS", "WOA-NONE")]

    assert {reply.status_code for reply in replies} == {404}
    assert len({reply.data for reply in replies}) == 1


@pytest.mark.parametrize("role", ["lead", "desk"])
def test_who_broke_the_glass_lets_nobody_in_and_does_not_stay(client_as, lead, restricted, role):
    somebody, friend = client_as(role), client_as("lead")
    open_it(somebody)
    [mine] = [
        each["id"]
        for each in lead.get(f"/api/v1/operations/{restricted.id}/members").json
        if each["is_break_glass"]
    ]

    admitted = [admit(somebody, restricted, each.person, "lead") for each in (somebody, friend)]

    assert [reply.status_code for reply in admitted] == [403, 403]
    assert somebody.delete(f"/api/v1/members/{mine}").status_code == 403
    assert lead.delete(f"/api/v1/members/{mine}").status_code == 204
    assert see(somebody, restricted) == 404


@pytest.mark.parametrize("role", ["officer", "analyst", "auditor", "admin"])
def test_break_glass_is_not_for_everybody(client_as, role):
    assert open_it(client_as(role)).status_code == 403


def test_break_glass_needs_a_reason_that_can_be_judged(client_as):
    refused = open_it(client_as("lead"), reason="because")

    assert (refused.status_code, list(refused.json["errors"])) == (422, ["reason"])


def test_an_alert_is_seen_by_who_was_told_alone(client_as, lead, restricted):
    somebody = client_as("lead")
    open_it(somebody)
    [alert] = lead.get("/api/v1/alerts").json
    seen = f"/api/v1/alerts/{alert['id']}/seen"

    assert somebody.post(seen).status_code == 404
    assert lead.post(seen).status_code == 204
    assert lead.get("/api/v1/alerts").json[0]["seen_at"]


def test_the_pages_let_in_take_out_and_open(app, lead, restricted):
    here = f"/operations/{restricted.id}/members"
    officer = factories.person("officer", name="Robin Placeholder")

    page = lead.get(here)
    sent = lead.post(here, data={"person": str(officer.id), "role": "officer"})

    assert "Robin Placeholder" in page.text
    assert sent.status_code == 303, sent.text
    assert "Let in by" in lead.get(here).text


def test_a_lead_who_leaves_cannot_let_themselves_back_in(client_as, lead, restricted):
    other = client_as("lead")
    factories.member(restricted, other.person, "lead")
    mine = next(
        each["id"]
        for each in lead.get(f"/api/v1/operations/{restricted.id}/members").json
        if each["person"]["id"] == str(lead.person.id)
    )

    other.delete(f"/api/v1/members/{mine}")

    assert admit(lead, restricted, db.find(Person, lead.person.id, "person")).status_code == 404
