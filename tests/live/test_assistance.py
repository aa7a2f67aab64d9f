"""Whoever needs assistance says so once, whatever their phone and the plan say."""

import datetime as dt
import uuid

import pytest

from tests import factories
from tests.live.conftest import HERE, Reader, assign

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def operation(session):
    return factories.operation()


@pytest.fixture
def deployment(operation):
    return factories.deployment(operation, name="Visit")


@pytest.fixture
def officer(client_as, deployment):
    """An officer who is on the deployment."""
    client = client_as("officer", name="Olly Officer")
    assign(deployment, client.person)
    return client


@pytest.fixture
def mark(deployment):
    """Mark that assistance is needed, and give the reply."""
    there = deployment.id

    def send(client, **fields):
        return client.post(f"/api/v1/deployments/{there}/assistance", json=fields)

    return send


def test_the_lead_reads_on_the_board_who_needs_assistance_and_where(
    client_as, officer, operation, mark
):
    lead, other = client_as("lead"), client_as("officer")
    reader, theirs = Reader(lead, operation), Reader(other, operation)

    reply = mark(officer, position=HERE, accuracy_m="9", note="Two men")

    assert reply.status_code == 201, reply.text
    [entry] = [each for each in reader.read() if each["kind"] == "assistance"]
    assert entry["position"] == HERE
    assert entry["said"] == "Olly Officer needs assistance on Visit"
    assert "assistance" not in {each["kind"] for each in theirs.read()}
    board = lead.get(f"/operations/{operation.id}/live").text
    assert "Assistance needed" in board
    assert "53.485, -2.24" in board
    assert "Assistance needed" not in other.get(f"/operations/{operation.id}/live").text


def test_the_same_again_is_the_same_mark(officer, mark):
    body = {"id": str(uuid.uuid4()), "at": NOW.isoformat()}

    first, again, other = (
        mark(officer, **body),
        mark(officer, **body),
        mark(officer, **body, note="x"),
    )

    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 409]
    assert first.json == again.json
    assert first.json["position"] is None


@pytest.mark.parametrize("hours", [-24 * 30, 24 * 30])
def test_a_clock_that_is_wrong_stops_nobody(officer, mark, hours):
    reply = mark(officer, at=(NOW + dt.timedelta(hours=hours)).isoformat())

    assert reply.status_code == 201
    assert dt.datetime.fromisoformat(reply.json["at"]) <= dt.datetime.now(dt.UTC)


def test_a_plan_that_is_not_approved_stops_nobody(client_as, mark):
    officer = client_as("officer")
    deployment = factories.deployment(factories.operation(status="planned"))
    assign(deployment, officer.person)

    assert (
        officer.post(f"/api/v1/deployments/{deployment.id}/assistance", json={}).status_code == 201
    )


def test_only_who_is_on_the_deployment_marks_it(client_as, mark):
    assert mark(client_as("lead")).status_code == 409
    assert mark(client_as("auditor")).status_code == 403
    stranger = client_as("officer", organisation=factories.organisation("LANCS"))
    assert mark(stranger).status_code == 404
