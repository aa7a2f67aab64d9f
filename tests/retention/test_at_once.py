"""An erasure meets somebody who writes: each on a connection of their own, with real commits."""

import threading

import pytest
import sqlalchemy as sa

from ops import db
from tests import factories
from tests.races import until_somebody_waits
from tests.results.conftest import payload
from tests.retention.conftest import decide
from tests.retention.test_erasure import MARK, found_anywhere

ACT = sa.text(
    "select set_config('role', 'ops_application', true), set_config('ops.actor', :me, true)"
)
ERASE = sa.text("select erase_record(:kind, :id, :token)")


@pytest.fixture
def people(committed):
    """Two in charge, each with a client."""

    def client():
        made = committed.test_client()
        person = factories.person("lead")
        made.person_id = str(person.id)
        made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
        return made

    yield client(), client()
    # Whoever asked last is no longer the actor.
    db.session.remove()


@pytest.fixture
def operation(committed):
    """An operation that is over."""
    return factories.operation(status="closed").id


@pytest.fixture
def result(people, operation):
    """A result that one of them decided to erase."""
    body = payload(note=MARK)
    made = people[0].post(f"/api/v1/operations/{operation}/results", json=body).json["id"]
    assert decide(people[0], f"/results/{made}").status_code == 201
    return made


@pytest.fixture
def erasing(committed, people):
    """Begin to erase something, and leave the transaction open."""
    engine = committed.extensions["engine"]
    with engine.connect() as connection:

        def begin(kind, record_id):
            connection.execute(ACT, {"me": people[1].person_id})
            names = {"kind": kind, "id": record_id}
            shown = connection.scalar(ERASE, names | {"token": None})
            done = connection.scalar(ERASE, names | {"token": shown["token"]})
            assert done["is_erased"]
            return connection

        yield begin


def meanwhile(committed, connection, request):
    """Send a request, wait until it waits for the open transaction, and commit that."""
    replies = []
    thread = threading.Thread(target=lambda: replies.append(request()))
    thread.start()
    until_somebody_waits(committed)
    connection.commit()
    thread.join()
    return replies[0]


def test_a_correction_that_waited_for_an_erasure_is_refused(
    committed, people, result, erasing, session_of
):
    path = f"/api/v1/results/{result}"
    etag = people[0].get(path).headers["ETag"]
    sent = {"note": f"{MARK} again", "reason": "More is known."}

    reply = meanwhile(
        committed,
        erasing("result", result),
        lambda: people[0].patch(path, json=sent, headers={"If-Match": etag}),
    )

    assert reply.status_code == 412
    assert found_anywhere(session_of) == []


def test_an_erasure_that_waited_for_a_correction_is_shown_again(
    committed, people, result, session_of
):
    path = f"/api/v1/results/{result}"
    token = people[1].post(f"{path}/erase?dry_run=true", json={}).json["token"]
    with committed.extensions["engine"].connect() as connection:
        connection.execute(
            sa.text("update result set note = note || ' more', version = version + 1")
        )

        reply = meanwhile(
            committed, connection, lambda: people[1].post(f"{path}/erase", json={"token": token})
        )

    assert reply.status_code == 409
    assert "no longer what you were shown" in reply.json["detail"]
    assert found_anywhere(session_of) != []


def test_a_hold_that_waited_for_an_erasure_is_refused(committed, people, result, erasing):
    reply = meanwhile(
        committed,
        erasing("result", result),
        lambda: people[0].post(f"/api/v1/results/{result}/holds", json={"reason": "A court."}),
    )

    assert reply.status_code == 409
    assert "erased" in reply.json["detail"]


def test_a_result_that_waited_for_its_operations_erasure_is_refused(
    committed, people, operation, result, erasing, session_of
):
    decide(people[0], f"/operations/{operation}")

    reply = meanwhile(
        committed,
        erasing("operation", str(operation)),
        lambda: people[0].post(f"/api/v1/operations/{operation}/results", json=payload(note=MARK)),
    )

    assert reply.status_code == 409
    assert found_anywhere(session_of) == []
