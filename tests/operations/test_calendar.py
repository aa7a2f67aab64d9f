"""One's own calendar: at a private address, of one's own deployments, until it is taken back."""

import datetime as dt

import icalendar
import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger.models import LogEntry
from ops.operations import calendars
from ops.operations.calendar_models import CalendarAddress
from ops.operations.models import Assignment
from tests import factories

NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def officer(session):
    return factories.person("officer")


def send(operation, person, **fields):
    deployment = factories.deployment(operation, NOW + HOUR, **fields)
    factories._save(
        Assignment(deployment_id=deployment.id, during=deployment.during, person_id=person.id)
    )
    return deployment


def read(client, secret):
    return client.get(f"/calendar/{secret}.ics")


def events(reply):
    assert reply.status_code == 200, reply.text
    return list(icalendar.Calendar.from_ical(reply.data).walk("VEVENT"))


def test_a_calendar_has_ones_own_deployments_alone(client, officer):
    operation = factories.operation(name="Operation Lantern")
    send(operation, officer, name="Moulton Street", address="4 Moulton Street", postcode="M3 1EA")
    send(operation, factories.person("officer"), name="Mary Street")
    secret = calendars.make(officer.id, NOW)

    reply = read(client, secret)

    assert reply.mimetype == "text/calendar"
    [event] = events(reply)
    assert event["summary"] == "Moulton Street"
    assert event["location"] == "4 Moulton Street, M3 1EA"
    assert event["description"].splitlines() == ["OFFICIAL-SENSITIVE", "Operation Lantern"]
    assert event["dtstart"].dt == (NOW + HOUR).replace(microsecond=0)


def test_of_a_covert_operation_it_has_nothing_but_when_and_where(client, officer):
    hidden = factories.operation(visibility="covert", name="Operation Secret")
    factories.member(hidden, officer)
    send(hidden, officer, name="Secret Street", address="4 Moulton Street", note="Secret")
    secret = calendars.make(officer.id, NOW)

    reply = read(client, secret)

    [event] = events(reply)
    assert (event["summary"], event["location"]) == ("Deployment", "4 Moulton Street")
    assert "Secret" not in reply.text


def test_what_somebody_no_longer_sees_is_in_their_calendar_no_more(client, officer):
    hidden = factories.operation(visibility="covert")
    send(hidden, officer)
    secret = calendars.make(officer.id, NOW)

    assert events(read(client, secret)) == []


def test_a_cancelled_deployment_says_so(client, officer):
    send(factories.operation(), officer, status="cancelled")

    [event] = events(read(client, calendars.make(officer.id, NOW)))

    assert event["status"] == "CANCELLED"


def test_an_address_that_is_taken_back_replaced_or_made_up_leads_nowhere(client, officer):
    somebody = officer.id
    first = calendars.make(somebody, NOW)
    second = calendars.make(somebody, NOW)
    replaced, held = read(client, first).status_code, read(client, second).status_code

    calendars.revoke(somebody, NOW)

    assert (replaced, held) == (404, 200)
    assert read(client, second).status_code == read(client, "made-up").status_code == 404


def test_nobody_who_may_no_longer_sign_in_has_a_calendar(client, officer):
    secret = calendars.make(officer.id, NOW)
    officer.disabled_at = NOW
    db.session.commit()

    assert read(client, secret).status_code == 404


def test_only_the_hash_of_an_address_is_kept(officer):
    secret = calendars.make(officer.id, NOW)

    kept = db.session.scalars(sa.select(CalendarAddress)).one()

    assert secret.encode() not in kept.token_hash
    assert len(kept.token_hash) == 32


def test_each_reading_is_logged_as_a_disclosure(client, officer):
    somebody = officer.id
    send(factories.operation(), officer)

    events(read(client, calendars.make(somebody, NOW)))

    entry = db.session.scalars(sa.select(LogEntry).order_by(LogEntry.at.desc())).first()
    assert (entry.act, entry.actor) == ("disclosure", somebody)
    assert entry.endpoint == "calendar_pages.feed"


def test_a_program_makes_no_address(client_as):
    client = client_as("officer")

    assert client.post("/account/calendar").status_code == 403
    assert client.post("/account/calendar/revoke").status_code == 403
