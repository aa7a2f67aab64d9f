"""Tries to get in: counted before they are looked at, with a growing wait after too many."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import db
from ops.access import guard, queries
from ops.access.models import FailedSignIn
from ops.errors import TooMany

# Five slips of the finger are human. From the fifth on each failure doubles the wait, to a
# quarter of an hour and no further: a hundred guesses a day, and nobody is shut out for ever.
FREE_FAILURES = 5
FIRST_DELAY_S = 30
LONGEST_DELAY_S = 900
# Failures this old are forgotten.
REMEMBERED = dt.timedelta(days=1)


def key(*parts: object) -> bytes:
    """Give what tries are counted by.

    A device where the person has signed in before has a key of its own, so
    that whoever guesses elsewhere can't keep them waiting.
    """
    return guard.hash_of("\n".join(str(part) for part in parts if part is not None))


def count(key_hash: bytes, called: str) -> None:
    """Count a failure before what was typed is looked at; a right one takes it back.

    One statement and its commit, so that of many guesses sent at once no more
    get through than of guesses sent one by one.
    """
    now = sa.func.now()
    failures = FailedSignIn.failures + 1
    doublings = sa.func.least(failures - FREE_FAILURES, 10)
    delay = sa.func.least(FIRST_DELAY_S * sa.func.power(2, doublings), LONGEST_DELAY_S)
    counting = (
        postgresql.insert(FailedSignIn)
        .values(key_hash=key_hash, failures=1, last_at=now)
        .on_conflict_do_update(
            index_elements=[FailedSignIn.key_hash],
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
        counted = db.session.scalar(counting)
    if counted is None:
        wait = db.session.scalar(queries.wait_s(key_hash)) or 1
        raise TooMany(
            f"Too many tries with this {called}; wait {_spoken(wait)} and try again.",
            retry_after=wait,
        )


def forget(key_hash: bytes) -> None:
    """Take the failures back, as part of the caller's transaction."""
    db.session.execute(sa.delete(FailedSignIn).where(FailedSignIn.key_hash == key_hash))


def _forget_old() -> sa.Delete:
    """Forget what is long past, leaving rows that another sign-in holds to that one."""
    old = (
        sa.select(FailedSignIn.key_hash)
        .where(FailedSignIn.last_at < sa.func.now() - REMEMBERED)
        .with_for_update(skip_locked=True)
    )
    return sa.delete(FailedSignIn).where(FailedSignIn.key_hash.in_(old))


def _spoken(seconds: int) -> str:
    if seconds < 60:
        return "a minute"
    return f"{-(-seconds // 60)} minutes"
