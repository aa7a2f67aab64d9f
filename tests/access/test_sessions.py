"""Signing in: the same answer for every failure, a growing delay, a session that ends."""

import datetime as dt
import secrets
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest
import sqlalchemy as sa

from ops import db
from ops.access import guard, passwords, sessions, tries
from ops.access.devices import Browser
from ops.access.models import Credential, FailedSignIn, Person, WebSession
from ops.errors import TooMany, Unauthenticated
from tests.access.conftest import PASSWORD

ME = "/api/v1/me"


@pytest.fixture
def signed_in(app, session, somebody):
    """A browser in which somebody is signed in."""
    with app.app_context():
        secret = sessions.sign_in(somebody.email, PASSWORD).secret
    client = app.test_client()
    client.set_cookie(guard.COOKIE, secret)
    return client


def fail(address, times=1):
    for _ in range(times):
        with pytest.raises(Unauthenticated):
            sessions.sign_in(address, "not the password")


def wait_over(address):
    """Let the delay be over, and give how long it was."""
    row = db.session.get(FailedSignIn, tries.key(address), populate_existing=True)
    delay = row.locked_until - row.last_at
    row.locked_until = row.last_at
    db.session.commit()
    return delay.total_seconds()


def change(**values):
    """Change the one session there is."""
    db.session.execute(sa.update(WebSession).values(**values))
    db.session.commit()


def test_the_right_password_begins_a_session(app, somebody):
    with app.app_context():
        secret = sessions.sign_in("  Lee@Example.test ", PASSWORD).secret

    kept = db.session.scalars(sa.select(WebSession)).one()
    assert kept.person_id == somebody.id
    assert kept.token_hash == guard.hash_of(secret)
    assert secret.encode() not in kept.token_hash


def test_each_sign_in_has_its_own_cookie_and_ends_the_one_before(app, somebody):
    with app.app_context():
        first = sessions.sign_in(somebody.email, PASSWORD).secret
        again = Browser(session=first)
        second = sessions.sign_in(somebody.email, PASSWORD, again).secret

    assert first != second
    held = sa.select(WebSession.token_hash).where(WebSession.revoked_at.is_(None))
    assert db.session.scalars(held).all() == [guard.hash_of(second)]


def test_every_failure_gets_the_same_answer_after_the_same_work(app, somebody, monkeypatch):
    looked_at = []
    is_right = passwords.is_right
    monkeypatch.setattr(
        passwords, "is_right", lambda kept, given: looked_at.append(kept) or is_right(kept, given)
    )

    def answer(address, password):
        with app.app_context(), pytest.raises(Unauthenticated) as refusal:
            sessions.sign_in(address, password)
        return refusal.value.sentence

    answers = {answer(somebody.email, "wrong"), answer("nobody@example.test", PASSWORD)}
    db.session.execute(sa.update(Person).values(disabled_at=sa.func.now()))
    db.session.commit()
    answers.add(answer(somebody.email, PASSWORD))

    assert answers == {"The e-mail address or the password is not right."}
    assert len(looked_at) == 3


@pytest.mark.parametrize("address", ["lee@example.test", "nobody@example.test"])
def test_the_delay_doubles_to_a_quarter_of_an_hour_whoever_it_is(app, somebody, address):
    with app.app_context():
        fail(address, times=tries.FREE_FAILURES)

        delays = [wait_over(address)]
        for _ in range(7):
            fail(address)
            delays.append(wait_over(address))

    assert delays == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_very_long_row_of_failures_is_still_counted(app, somebody):
    with app.app_context():
        fail(somebody.email)
        db.session.execute(sa.update(FailedSignIn).values(failures=2_000_000))
        db.session.commit()
        fail(somebody.email)

        assert wait_over(somebody.email) == 900


def test_the_right_password_is_refused_during_the_delay_and_taken_after_it(app, somebody):
    with app.app_context():
        fail(somebody.email, times=tries.FREE_FAILURES)

        with pytest.raises(TooMany, match="wait a minute") as refusal:
            sessions.sign_in(somebody.email, PASSWORD)
        wait_over(somebody.email)
        secret = sessions.sign_in(somebody.email, PASSWORD).secret

    assert refusal.value.retry_after == 30
    assert secret


def test_a_try_during_the_delay_does_not_lengthen_it(app, somebody):
    with app.app_context():
        fail(somebody.email, times=tries.FREE_FAILURES)
        for _ in range(3):
            with pytest.raises(TooMany):
                sessions.sign_in(somebody.email, "not the password")

        assert wait_over(somebody.email) == 30


def test_the_right_password_takes_the_failures_back(app, somebody):
    with app.app_context():
        fail(somebody.email, times=tries.FREE_FAILURES - 1)
        sessions.sign_in(somebody.email, PASSWORD)
        fail(somebody.email, times=tries.FREE_FAILURES - 1)

        assert sessions.sign_in(somebody.email, PASSWORD)


def test_failures_of_yesterday_are_forgotten(app, somebody):
    with app.app_context():
        fail(somebody.email, times=tries.FREE_FAILURES)
        long_ago = sa.func.now() - dt.timedelta(days=2)
        db.session.execute(sa.update(FailedSignIn).values(last_at=long_ago))
        db.session.commit()

        fail("nobody@example.test")

        assert sessions.sign_in(somebody.email, PASSWORD)


def test_of_many_guesses_at_once_no_more_get_through_than_one_by_one(app):
    # Real transactions on connections of their own, so without the session of a test.
    address = f"{secrets.token_hex(8)}@example.test"

    def guess(_number):
        with app.app_context():
            try:
                sessions.sign_in(address, "a guess")
            except (Unauthenticated, TooMany) as refusal:
                return type(refusal)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(24)))
    with app.app_context(), db.transaction():
        mine = FailedSignIn.key_hash == tries.key(address)
        db.session.execute(sa.delete(FailedSignIn).where(mine))

    assert answers.count(Unauthenticated) == tries.FREE_FAILURES
    assert answers.count(TooMany) == 24 - tries.FREE_FAILURES


def test_a_hash_of_other_parameters_is_made_anew(app, somebody, monkeypatch):
    old = somebody_hash(somebody)
    monkeypatch.setattr(passwords, "_hasher", argon2.PasswordHasher(1, 16, 1))

    with app.app_context():
        sessions.sign_in(somebody.email, PASSWORD)

    assert somebody_hash(somebody) != old
    assert passwords.is_right(somebody_hash(somebody), PASSWORD)


def somebody_hash(person):
    return db.session.scalar(
        sa.select(Credential.password_hash).where(Credential.person_id == person.id)
    )


@pytest.mark.parametrize(
    "values",
    [
        {"revoked_at": sa.func.now()},
        {"expires_at": sa.func.now()},
        {"last_seen_at": sa.func.now() - dt.timedelta(minutes=61)},
    ],
)
def test_a_session_ends_when_revoked_when_old_and_when_idle(signed_in, values):
    before = signed_in.get(ME).status_code

    change(**values)

    assert (before, signed_in.get(ME).status_code) == (200, 401)


def test_signing_out_ends_the_session(app, signed_in):
    kept = db.session.scalars(sa.select(WebSession)).one()
    with app.app_context():
        sessions.sign_out(kept.id)

    assert signed_in.get(ME).status_code == 401


def test_a_session_holds_no_longer_than_the_settings_say(app, somebody):
    with app.app_context():
        sessions.sign_in(somebody.email, PASSWORD)

    kept = db.session.scalars(sa.select(WebSession)).one()
    hours = app.config["SETTINGS"].session_hours
    assert kept.expires_at - kept.created_at == dt.timedelta(hours=hours)


def test_its_last_use_is_written_once_a_minute(signed_in, statements):
    change(last_seen_at=sa.func.now() - dt.timedelta(minutes=5))

    with statements.counted() as first:
        signed_in.get(ME)
    with statements.counted() as second:
        signed_in.get(ME)

    assert [s for s in first if s.startswith("UPDATE session")]
    assert not [s for s in second if s.startswith("UPDATE session")]
    kept = db.session.scalars(sa.select(WebSession).execution_options(populate_existing=True)).one()
    assert dt.datetime.now(dt.UTC) - kept.last_seen_at < dt.timedelta(minutes=1)
