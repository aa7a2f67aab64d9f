"""Steps that are half done: kept here for a few minutes, for one purpose, and spent once."""

import datetime as dt
import secrets
import uuid

import sqlalchemy as sa

from ops import db
from ops.access import guard, queries
from ops.access.factor_models import Pending

# Long enough to find the phone and type a code; short enough to be left open on a desk.
LASTS = dt.timedelta(minutes=10)


def begin(
    purpose: str,
    person_id: uuid.UUID | None = None,
    *,
    secret: bytes | None = None,
    challenge: bytes | None = None,
) -> str:
    """Keep a step as part of the caller's transaction; give its secret, for the cookie."""
    text = secrets.token_urlsafe(32)
    over = (
        sa.select(Pending.token_hash)
        .where(Pending.expires_at < sa.func.now())
        .with_for_update(skip_locked=True)
    )
    db.session.execute(sa.delete(Pending).where(Pending.token_hash.in_(over)))
    db.session.execute(
        sa.insert(Pending).values(
            token_hash=guard.hash_of(text),
            purpose=purpose,
            person_id=person_id,
            secret=secret,
            challenge=challenge,
            expires_at=sa.func.now() + LASTS,
        )
    )
    return text


def find(text: str | None, purpose: str) -> Pending | None:
    """Find the step behind a cookie, if it is for this and still open."""
    if text is None:
        return None
    return db.session.scalar(queries.pending(guard.hash_of(text), purpose))


def challenge(step: Pending) -> bytes:
    """Give a step a new challenge for a passkey, instead of any before it."""
    fresh = secrets.token_bytes(32)
    with db.transaction():
        _set_challenge(step, fresh)
    return fresh


def spend_challenge(step: Pending) -> bytes | None:
    """Give the challenge once: whatever comes of the answer to it, it is used up."""
    with db.transaction():
        held = sa.select(Pending.challenge).where(Pending.token_hash == step.token_hash)
        spent = db.session.scalar(held.with_for_update())
        _set_challenge(step, None)
    return spent


def end(step: Pending) -> bool:
    """End a step, as part of the caller's transaction; tell whether it was still there."""
    gone = sa.delete(Pending).where(Pending.token_hash == step.token_hash)
    ended = gone.returning(Pending.token_hash).execution_options(synchronize_session=False)
    return db.session.scalar(ended) is not None


def forget_all(person_id: uuid.UUID) -> None:
    """End every step of somebody, as part of the caller's transaction."""
    db.session.execute(sa.delete(Pending).where(Pending.person_id == person_id))


def _set_challenge(step: Pending, challenge: bytes | None) -> None:
    kept = sa.update(Pending).where(Pending.token_hash == step.token_hash)
    db.session.execute(
        kept.values(challenge=challenge), execution_options={"synchronize_session": False}
    )
