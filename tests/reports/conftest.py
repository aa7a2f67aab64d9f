"""What tests of reports share: two operations with records, and how one writes and issues."""

import datetime as dt

import pytest

from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest, closure

API = "/api/v1"
REPORTS = f"{API}/reports"


@pytest.fixture
def operations(session):
    """An operation on county lines with three arrests, one on drugs with one of them."""
    first = factories.operation(name="Operation Lantern", theme="county_lines")
    second = factories.operation(name="Operation Candle", theme="drugs")
    for shared in ([second], [], []):
        arrest(first, shared)
    arrest(first, occurred_at=NOON - dt.timedelta(days=30))
    closure(second)
    return first, second


@pytest.fixture
def analyst(client_as):
    """Whoever writes reports."""
    return client_as("analyst")


@pytest.fixture
def lead(client_as):
    """Whoever issues them."""
    return client_as("lead")


@pytest.fixture
def body(operations):
    """What is sent to begin a report of both operations in November."""
    return {
        "title": "Autumn update",
        "summary": "Three arrests.",
        "operations": [str(each.id) for each in operations],
        "starts_on": "2026-11-01",
        "ends_on": "2026-11-30",
    }


@pytest.fixture
def begin(analyst, body):
    """Begin a report; give the reply."""

    def send(client=analyst, **changes):
        return client.post(REPORTS, json=body | changes)

    return send


@pytest.fixture
def here(begin):
    """The address of a draft."""
    reply = begin()
    assert reply.status_code == 201, reply.text
    return f"{REPORTS}/{reply.json['id']}"


def act(client, address, act, json=None, etag=None):
    """Do something to a report, or to a case note, as it is now."""
    etag = etag or client.get(address).headers["ETag"]
    return client.post(f"{address}/{act}", json=json, headers={"If-Match": etag})


def figures(client, here, place=0):
    """Give the recorded figures of all operations of a report, or of one theme."""
    groups = client.get(f"{here}/document").json["figures"]["groups"]
    return {each["code"]: each for each in groups[place]["figures"]}
