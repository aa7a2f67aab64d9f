"""A shift: a live operation, somebody who is deployed in it, and their phone."""

import datetime as dt

import pytest

from tests import factories
from tests.live.conftest import assign, client_of

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
V1 = "/api/v1"


def operation(**fields):
    """Make an operation that is live today."""
    period = {"starts_at": NOW - dt.timedelta(days=1), "ends_at": NOW + dt.timedelta(days=2)}
    return factories.operation(**period | fields)


class Phone:
    """What a phone holds of its shift: the bundle, and each change put over it."""

    def __init__(self, client):
        self.client, self.etag = client, None
        reply = client.get(f"{V1}/bundle")
        assert reply.status_code == 200, reply.text
        self.after, self.forms = reply.json["after"], reply.json["forms"]
        self.holds = {each["id"]: each for each in reply.json["operations"]}

    def read(self):
        """Read on until there is nothing more; give what was told."""
        told = []
        while True:
            headers = {"If-None-Match": self.etag} if self.etag else {}
            query = {"after": self.after}
            reply = self.client.get(f"{V1}/changes", query_string=query, headers=headers)
            self.etag = reply.headers.get("ETag")
            if reply.status_code == 304:
                return told
            assert reply.status_code == 200, reply.text
            self.after = reply.json["after"]
            for each in reply.json["gone"]:
                told.append(each)
                del self.holds[each]
            for each in reply.json["operations"]:
                told.append(each)
                self.put(each)
            if not reply.json["more"]:
                return told

    def put(self, told):
        """Put what was told of an operation over what is there."""
        is_whole, gone = told["whole"], told["gone"]
        told = {name: value for name, value in told.items() if name not in {"whole", "gone"}}
        before = {} if is_whole else self.holds[told["id"]]
        for name in () if is_whole else ("areas", "deployments", "sites"):
            kept = {each["id"]: each for each in before[name] + told[name]}
            told[name] = [each for key, each in kept.items() if key not in gone.get(name, [])]
        self.holds[told["id"]] = before | told

    def has(self, what):
        """Give the ids of what it has of one sort."""
        return {each["id"] for of_it in self.holds.values() for each in of_it[what]}


@pytest.fixture
def lead(committed):
    """Who plans the operation, really stored."""
    return client_of(committed, factories.person("lead", name="Pat Planner"))


@pytest.fixture
def live(lead):
    """An operation that is live today."""
    return operation(created_by=lead.person.id)


@pytest.fixture
def officer(committed, live):
    """An officer on a deployment of it."""
    officer = client_of(committed, factories.person("officer", name="Olly Officer"))
    officer.deployment = factories.deployment(live, NOW, name="First door")
    assign(officer.deployment, officer.person)
    return officer
