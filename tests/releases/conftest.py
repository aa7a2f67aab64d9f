"""What tests of snapshots share: an operation with records, and how one freezes it."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.results.models import Measure
from tests import factories
from tests.factories import NOON
from tests.outcomes.records import arrest, cash, closure

API = "/api/v1"


@pytest.fixture
def operation(session):
    """An operation of a week."""
    return factories.operation(name="Operation Lantern")


@pytest.fixture
def analyst(client_as):
    """Whoever takes snapshots and writes of them."""
    return client_as("analyst")


@pytest.fixture
def lead(client_as):
    """Whoever approves and corrects."""
    return client_as("lead")


@pytest.fixture
def freeze(analyst, operation):
    """Freeze a summary, of the operation where nothing else is said; give the reply."""

    def send(client=analyst, **sent):
        sent = {"operation": [str(operation.id)]} | sent
        return client.post("/api/v1/snapshots", json=sent)

    return send


@pytest.fixture
def snapshot(freeze, operation):
    """Freeze two arrests, some cash of which one is not sure, and lines."""
    for _ in range(2):
        arrest(operation)
    cash(operation, "72350.50")
    closure(operation)
    closure(operation, confirmed_at=NOON, status="confirmed")
    frozen = freeze(**{"from": "2026-11-01", "to": "2026-11-07"})
    assert frozen.status_code == 201, frozen.text
    return frozen.json


@pytest.fixture
def write(analyst, snapshot):
    """Write a release; give the reply."""

    def send(headlines=({"measure": "arrests"},), client=analyst, **fields):
        body = {"snapshot": snapshot["id"], "title": "A week of action"} | fields
        return client.post(f"{API}/releases", json=body | {"headlines": list(headlines)})

    return send


def act(client, release, name, json=None):
    """Approve or publish a release as it stands."""
    where = f"{API}/releases/{release['id']}"
    tag = {"If-Match": client.get(where).headers["ETag"]}
    return client.post(f"{where}/{name}", json=json, headers=tag)


@pytest.fixture
def published(write, analyst, lead):
    """A release that was approved and published."""
    rounded = {"measure": "cash_seized", "rounded": "70000", "said_as": "more_than"}
    made = write([{"measure": "arrests"}, rounded]).json
    assert act(lead, made, "approve").status_code == 200
    reply = act(analyst, made, "publish")
    assert reply.status_code == 200, reply.text
    return reply.json


def figure(frozen, code):
    """Give a figure of a snapshot."""
    [found] = [each for each in frozen["measures"] if each["code"] == code]
    return found


def behind(frozen, figure, name="records"):
    """Give the ids of the records behind a figure of a snapshot."""
    return {frozen["records"][place][0] for place in figure[name]}


def redefine(session):
    """Let arrests mean those of women, from today on."""
    session.execute(sa.text("reset role"))
    today = dt.datetime.now(dt.UTC).date()
    counts = {"kind": "arrest", "where": {"sex": ["female"]}, "counts_when": "recorded"}
    with db.transaction():
        session.execute(
            sa.update(Measure)
            .where(Measure.code == "arrests")
            .values(valid_to=today - dt.timedelta(days=1))
        )
        session.add(
            Measure(
                code="arrests",
                version=2,
                label="Arrests of women",
                four_p="pursue",
                unit="count",
                definition={"sum": None, **counts},
                valid_from=today,
            )
        )
