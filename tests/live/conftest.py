"""A live operation, and people who read its feed over connections of their own."""

import pytest
from flask.testing import FlaskClient

from ops import db
from ops.operations.models import Assignment
from tests import factories

ARREST = {
    "kind": "arrest",
    "occurred_at": "2026-11-02T12:00:00Z",
    "detail": {"reason": "supply_class_a"},
}
HERE = {"type": "Point", "coordinates": [-2.24, 53.485]}


class _Client(FlaskClient):
    """Leaves nothing of a request to the test, which arranges as the owner."""

    def open(self, *args, **kwargs):
        reply = super().open(*args, **kwargs)
        db.session.remove()
        return reply


def client_of(app, person):
    """Give a client with somebody's token."""
    client = _Client(app, app.response_class)
    client.person = person
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(person)}"
    return client


def assign(deployment, person, **fields):
    """Put somebody on a deployment."""
    whole = {"deployment_id": deployment.id, "during": deployment.during, "person_id": person.id}
    return factories._save(Assignment(**whole | fields))


class Reader:
    """Reads a feed on and on, as a board does."""

    def __init__(self, client, operation, limit=50):
        self.client, self.address = client, f"/api/v1/operations/{operation.id}/feed"
        self.limit, self.cursor, self.etag, self.reply = limit, None, None, None

    def read(self):
        """Read on from where one is; give the entries, or nothing where nothing is new."""
        query = {"limit": self.limit} | ({"after": self.cursor} if self.cursor else {})
        headers = {"If-None-Match": self.etag} if self.etag else {}
        reply = self.reply = self.client.get(self.address, query_string=query, headers=headers)
        if reply.status_code == 304:
            return []
        assert reply.status_code == 200, reply.text
        self.cursor, self.etag = reply.json["cursor"], reply.headers.get("ETag")
        return reply.json["entries"]

    def said(self):
        """Read on, and give the sentences."""
        return [entry["said"] for entry in self.read()]


@pytest.fixture
def lead(committed):
    """Who plans the operation, really stored."""
    return client_of(committed, factories.person("lead", name="Pat Planner"))


@pytest.fixture
def operation(lead):
    """A live operation."""
    return factories.operation(created_by=lead.person.id)


@pytest.fixture
def log(lead, operation):
    """Log an arrest."""

    def send(client=lead, to=operation, **fields):
        reply = client.post(f"/api/v1/operations/{to.id}/results", json=ARREST | fields)
        assert reply.status_code == 201, reply.text
        return reply.json["id"]

    return send


@pytest.fixture
def reader(lead, operation):
    """A reader of the operation's feed who has read all there is."""
    reader = Reader(lead, operation)
    reader.read()
    return reader
