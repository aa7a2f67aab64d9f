"""Who checks in, once, and who sees where they were."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from ops.ledger.models import Change
from ops.live.models import CheckIn
from tests import factories
from tests.live.conftest import HERE, assign

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
    client = client_as("officer")
    assign(deployment, client.person)
    return client


@pytest.fixture
def send(deployment):
    """Check in, and give the reply."""

    def send(client, **fields):
        body = {"position": HERE, "accuracy_m": "12"} | fields
        return client.post(f"/api/v1/deployments/{deployment.id}/check-ins", json=body)

    return send


def test_who_is_on_a_deployment_says_where_they_are(officer, send, deployment):
    reply = send(officer, note="At the gate.")

    assert reply.status_code == 201, reply.text
    assert reply.json["position"] == HERE
    assert reply.json | {"id": None, "at": None, "received_at": None} == {
        "id": None,
        "operation": str(deployment.operation_id),
        "deployment": str(deployment.id),
        "deployment_name": "Visit",
        "person": str(officer.person.id),
        "person_name": officer.person.name,
        "at": None,
        "received_at": None,
        "claimed_at": None,
        "clock_offset_s": None,
        "position": HERE,
        "accuracy_m": "12.00",
        "note": "At the gate.",
        "needs_assistance": False,
    }


def test_the_same_again_is_the_same_check_in(session, officer, send):
    body = {"id": str(uuid.uuid4()), "at": NOW.isoformat()}

    first, again = send(officer, **body), send(officer, **body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert session.scalar(sa.select(sa.func.count()).select_from(CheckIn)) == 1


def test_something_else_under_the_same_id_is_a_conflict(officer, send):
    body = {"id": str(uuid.uuid4()), "at": NOW.isoformat()}
    send(officer, **body)

    reply = send(officer, **body, note="Another")

    assert reply.status_code == 409
    assert "already a check-in with this id" in reply.json["detail"]


def test_an_id_of_somebody_elses_check_in_shows_nothing_of_it(client_as, deployment, officer, send):
    body = {"id": str(uuid.uuid4()), "at": NOW.isoformat()}
    send(officer, **body)
    other = client_as("officer")
    assign(deployment, other.person)

    reply = send(other, **body)

    assert reply.status_code == 409
    assert "-2.24" not in reply.text


def test_who_is_not_on_it_is_told_so(client_as, send):
    reply = send(client_as("officer"))

    assert reply.status_code == 409
    assert "not on this deployment" in reply.json["detail"]


def test_who_was_taken_off_it_checks_in_no_more(session, officer, send):
    session.execute(sa.text("update assignment set released_at = now()"))
    session.commit()

    assert send(officer).status_code == 409


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"position": {"type": "Point", "coordinates": [200, 99]}}, "position"),
        ({"position": None}, "position"),
        ({"accuracy_m": "-1"}, "accuracy_m"),
        ({"accuracy_m": "NaN"}, "accuracy_m"),
        ({"accuracy_m": "1e99"}, "accuracy_m"),
        ({"at": "2126-01-01T00:00:00Z"}, "at"),
        ({"at": "2020-01-01T00:00:00Z"}, "at"),
        ({"at": "yesterday"}, "at"),
        ({"note": "x" * 501}, "note"),
        ({"speed": "3"}, "speed"),
    ],
)
def test_what_can_not_be_meant_is_refused_by_field(officer, send, fields, field):
    reply = send(officer, **fields)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


@pytest.mark.parametrize(
    ("of_operation", "of_deployment", "word"),
    [({}, {"status": "cancelled"}, "cancelled"), ({"status": "draft"}, {}, "not approved")],
)
def test_where_nobody_is_to_be_nobody_checks_in(client_as, of_operation, of_deployment, word):
    officer = client_as("officer")
    deployment = factories.deployment(factories.operation(**of_operation), **of_deployment)
    assign(deployment, officer.person)

    reply = officer.post(f"/api/v1/deployments/{deployment.id}/check-ins", json={"position": HERE})

    assert reply.status_code == 409
    assert word in reply.json["detail"]


def test_the_ledger_keeps_that_somebody_checked_in_and_not_where(session, officer, send):
    said = send(officer, note="At the gate.").json

    [change] = session.scalars(sa.select(Change).where(Change.object == "check_in"))
    assert change.after == {"id": said["id"]}
    assert change.actor == officer.person.id


SEEN = sa.text(
    "select set_config('ops.actor', :id, true), set_config('role', 'ops_application', true)"
)


@pytest.mark.parametrize(
    ("role", "sees"),
    [("lead", 1), ("admin", 1), ("officer", 0), ("analyst", 0), ("auditor", 0), ("desk", 0)],
)
def test_the_database_shows_positions_to_who_leads_alone(session, officer, send, role, sees):
    send(officer)
    reader = factories.person(role)

    session.execute(SEEN, {"id": str(reader.id)})

    assert session.scalar(sa.select(sa.func.count()).select_from(CheckIn)) == sees


def test_one_sees_ones_own(session, officer, send):
    send(officer)

    session.execute(SEEN, {"id": str(officer.person.id)})

    assert session.scalar(sa.select(sa.func.count()).select_from(CheckIn)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update check_in set note = 'x'",
        "delete from check_in",
        (
            "insert into check_in"
            " (id, operation_id, deployment_id, person_id, at, point, content_hash)"
            " select gen_random_uuid(), operation_id, deployment_id, '{other}', at, point, ''"
            " from check_in"
        ),
    ],
)
def test_nobody_moves_anybody_else_nor_themselves_afterwards(session, officer, send, statement):
    send(officer)
    other = factories.person("officer")
    session.execute(SEEN, {"id": str(officer.person.id)})

    with pytest.raises(sa.exc.ProgrammingError):
        session.execute(sa.text(statement.format(other=other.id)))
