"""Sign-in, the session it begins, and its end."""

import datetime as dt
import secrets
import uuid

import flask
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import db
from ops.access import guard, passwords, queries
from ops.access.models import Credential, FailedSignIn, WebSession
from ops.errors import TooMany, Unauthenticated

# Five slips of the finger are human. From the fifth on each failure doubles the wait, to a
# quarter of an hour and no further: a hundred guesses a day, and nobody is shut out for ever.
FREE_FAILURES = 5
FIRST_DELAY_S = 30
LONGEST_DELAY_S = 900
# Failures this old are forgotten.
REMEMBERED = dt.timedelta(days=1)


def sign_in(email: str, password: str, replaces: str | None = None) -> str:
    """Begin a session and give its secret, for the cookie; end the one of the cookie before.

    An unknown address, a wrong password and a disabled person get the same
    answer after the same work.
    """
    address = normal(email)
    _count_try(address)
    found = db.session.execute(queries.credential(address)).one_or_none()
    if not passwords.is_right(found and found.password_hash, password) or found is None:
        raise Unauthenticated("The e-mail address or the password is not right.")
    with db.transaction():
        db.session.execute(
            sa.delete(FailedSignIn).where(FailedSignIn.email_hash == guard.hash_of(address))
        )
        if passwords.is_outdated(found.password_hash):
            _rehash(found.person_id, found.password_hash, password)
        if replaces is not None:
            _revoke(WebSession.token_hash == guard.hash_of(replaces))
        return _begin(found.person_id)


def sign_out(session_id: uuid.UUID) -> None:
    """End a session; its cookie is no good from now on."""
    with db.transaction():
        _revoke(WebSession.id == session_id)


def revoke_all(person_id: uuid.UUID) -> None:
    """End every session of somebody, as part of the caller's transaction."""
    _revoke(WebSession.person_id == person_id)


def normal(email: str) -> str:
    """Write an e-mail address as it is kept."""
    return email.strip().lower()


def _count_try(address: str) -> None:
    """Count a failure before the password is looked at; a right one takes it back.

    One statement and its commit, so that of many guesses sent at once no more
    get through than of guesses sent one by one.
    """
    now = sa.func.now()
    failures = FailedSignIn.failures + 1
    doublings = sa.func.least(failures - FREE_FAILURES, 10)
    delay = sa.func.least(FIRST_DELAY_S * sa.func.power(2, doublings), LONGEST_DELAY_S)
    count = (
        postgresql.insert(FailedSignIn)
        .values(email_hash=guard.hash_of(address), failures=1, last_at=now)
        .on_conflict_do_update(
            index_elements=[FailedSignIn.email_hash],
            set_={
                "failures": failures,
                "last_at": now,
                "locked_until": sa.case(
                    (
                        failures >= FREE_FAILURES,
                        now + sa.func.make_interval(0, 0, 0, 0, 0, 0, delay),
                    )
                ),
            },
            where=FailedSignIn.locked_until.is_(None) | (FailedSignIn.locked_until <= now),
        )
        .returning(FailedSignIn.failures)
    )
    with db.transaction():
        db.session.execute(_forget_old())
        counted = db.session.scalar(count)
    if counted is None:
        wait = db.session.scalar(queries.wait_s(guard.hash_of(address))) or 1
        raise TooMany(
            f"Too many tries with this e-mail address; wait {_spoken(wait)} and try again.",
            retry_after=wait,
        )


def _forget_old() -> sa.Delete:
    """Forget what is long past, leaving rows that another sign-in holds to that one."""
    old = (
        sa.select(FailedSignIn.email_hash)
        .where(FailedSignIn.last_at < sa.func.now() - REMEMBERED)
        .with_for_update(skip_locked=True)
    )
    return sa.delete(FailedSignIn).where(FailedSignIn.email_hash.in_(old))


def _spoken(seconds: int) -> str:
    if seconds < 60:
        return "a minute"
    return f"{-(-seconds // 60)} minutes"


def _rehash(person_id: uuid.UUID, old_hash: str, password: str) -> None:
    db.session.execute(
        sa.update(Credential)
        # Unless it was changed meanwhile.
        .where(Credential.person_id == person_id, Credential.password_hash == old_hash)
        .values(password_hash=passwords.hash_password(password))
    )


def _begin(person_id: uuid.UUID) -> str:
    secret = secrets.token_urlsafe(32)
    hours = flask.current_app.config["SETTINGS"].session_hours
    db.session.execute(
        sa.insert(WebSession).values(
            person_id=person_id,
            token_hash=guard.hash_of(secret),
            csrf_token=secrets.token_urlsafe(32),
            expires_at=sa.func.now() + dt.timedelta(hours=hours),
        )
    )
    return secret


def _revoke(which: sa.ColumnElement[bool]) -> None:
    db.session.execute(
        sa.update(WebSession)
        .where(which, WebSession.revoked_at.is_(None))
        .values(revoked_at=sa.func.now())
    )
