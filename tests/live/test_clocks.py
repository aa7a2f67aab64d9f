"""Whatever a phone stamps by a clock that is wrong is taken, put right and told, in one way."""

import datetime as dt
import uuid

import pytest

from tests import factories
from tests.live.conftest import HERE, assign

SAID = {
    "steps": {"status": "started"},
    "check-ins": {"position": HERE},
    "assistance": {},
    "nil-return": {"reason": "nothing_found"},
    "welfare-timer": {"every_minutes": 30},
}


@pytest.fixture
def officer(client_as):
    """An officer on a deployment that began an hour ago."""
    client = client_as("officer")
    begun = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    client.deployment = factories.deployment(factories.operation(), begun)
    assign(client.deployment, client.person)
    return client


@pytest.fixture
def say(officer):
    """Say one of them; give the reply, and what is told of it."""

    def send(what, **fields):
        address = f"/api/v1/deployments/{officer.deployment.id}/{what}"
        reply = officer.post(address, json=SAID[what] | fields)
        return reply, reply.json[-1] if isinstance(reply.json, list) else reply.json

    return send


@pytest.mark.parametrize("what", SAID)
@pytest.mark.parametrize(
    ("fast", "later", "told"),
    [
        # By how many minutes the clock is fast, and how much later it was sent than stamped.
        (180, 0, True),
        (-180, 5, True),
        (60 * 24 * 30, 20, True),
        (0, 20, False),
        (0.5, 0, False),
    ],
)
def test_a_stamp_is_put_right_by_what_the_clock_says_as_it_is_sent(say, what, fast, later, told):
    now = dt.datetime.now(dt.UTC)
    sent_at = now + dt.timedelta(minutes=fast)
    claimed = sent_at - dt.timedelta(minutes=later)
    key = str(uuid.uuid4())

    reply, said = say(what, id=key, at=claimed.isoformat(), sent_at=sent_at.isoformat())
    # Sent again by a clock that was put right meanwhile, it is the same.
    again, _said = say(what, id=key, at=claimed.isoformat(), sent_at=now.isoformat())

    assert (reply.status_code, again.status_code) == (201, 200)
    happened = now - dt.timedelta(minutes=later)
    assert abs(dt.datetime.fromisoformat(said["at"]) - happened) < dt.timedelta(minutes=1)
    assert abs(said["clock_offset_s"] - fast * 60) < 60
    assert (said["claimed_at"] is not None) == told
    if told:
        assert dt.datetime.fromisoformat(said["claimed_at"]) == claimed


@pytest.mark.parametrize("what", SAID)
def test_a_clock_that_was_put_right_before_it_was_sent_is_no_reason_to_refuse(say, what):
    now = dt.datetime.now(dt.UTC)

    reply, said = say(what, at=(now + dt.timedelta(hours=2)).isoformat(), sent_at=now.isoformat())

    assert reply.status_code == 201
    assert dt.datetime.fromisoformat(said["at"]) <= dt.datetime.now(dt.UTC)
    assert said["claimed_at"]


@pytest.mark.parametrize("what", ["steps", "check-ins", "nil-return"])
def test_what_somebody_typed_of_the_future_is_refused(say, what):
    reply, _said = say(what, at="2126-01-01T00:00:00Z")

    assert reply.status_code == 422


def test_whoever_reads_a_step_is_told_of_the_clock(officer, say):
    theirs = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).isoformat()
    say("steps", at=theirs, sent_at=theirs)
    deployment = officer.deployment

    here = f"/operations/{deployment.operation_id}/deployments/{deployment.id}/progress"

    assert "was 3 hours fast" in officer.get(here).text
