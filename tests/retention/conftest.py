"""What tests of retention share: a closed operation, three in charge, and how one erases."""

import pytest

from tests import factories
from tests.ledger.conftest import engine, own_app, own_server  # noqa: F401 - fixtures
from tests.results.conftest import payload


@pytest.fixture
def operation(session):
    """An operation that is over."""
    return factories.operation(status="closed")


@pytest.fixture
def lead(client_as):
    """Whoever decides."""
    return client_as("lead")


@pytest.fixture
def second(client_as):
    """Whoever carries it out."""
    return client_as("lead")


@pytest.fixture
def log(lead, operation):
    """Log a result of the operation, and give its record."""

    def send(kind="arrest", detail=None, *, client=lead, **fields):
        body = payload(kind, detail, **fields)
        reply = client.post(f"/api/v1/operations/{operation.id}/results", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json

    return send


def decide(client, address, decision="erase", **fields):
    """Review a record."""
    fields = {"decision": decision, "reason": "It is no longer needed."} | fields
    return client.post(f"/api/v1{address}/reviews", json=fields)


def look(client, address):
    """Ask what an erasure would take."""
    return client.post(f"/api/v1{address}/erase?dry_run=true", json={})


def erase(client, address):
    """Erase what was shown."""
    shown = look(client, address)
    assert shown.status_code == 200, shown.text
    return client.post(f"/api/v1{address}/erase", json={"token": shown.json["token"]})


@pytest.fixture
def session_of(committed):
    """A look from outside all requests, with the owner's rights."""
    with committed.extensions["engine"].connect() as connection:
        yield connection
