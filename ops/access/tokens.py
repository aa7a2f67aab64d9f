"""Bearer tokens, with which programs act for a person: what for, and until when."""

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from ops import db
from ops.access import factors, guard, queries, rules
from ops.access.models import MOST_TOKEN_DAYS, TOKEN_DAYS, Person, Token
from ops.errors import Conflict, Forbidden, Invalid, Missing, Unauthenticated

# What a token can be for; its person must be allowed to do it as well, there and then.
SCOPES = (guard.READ, *sorted(rules.MAY))


def issue(
    person: Person, label: str, scopes: Sequence[str] | None = None, days: int = TOKEN_DAYS
) -> tuple[Token, str]:
    """Make a token and give its text, which is kept nowhere; without scopes it is for all."""
    if person.disabled_at is not None:
        raise Conflict(f"{person.email} is disabled, so a token would open nothing.")
    _check(scopes, SCOPES, days)
    return _make(person.id, label, scopes, sa.func.now() + dt.timedelta(days=days))


def issue_own(
    actor: guard.Actor, label: str, scopes: Sequence[str] | None = None, days: int = TOKEN_DAYS
) -> tuple[Token, str]:
    """Make a token for whoever is asking.

    One that is made with another is for no more than that, ends no later, and
    ends with it.
    """
    allowed: Sequence[str] = SCOPES
    ends = sa.func.now() + dt.timedelta(days=days)
    if actor.token_id is not None:
        ends = sa.func.least(ends, _ends(actor.token_id))
    if actor.scopes is not None:
        allowed = [scope for scope in allowed if scope in actor.scopes]
        scopes = scopes or allowed
    _check(scopes, allowed, days)
    return _make(actor.id, label, scopes, ends, actor.token_id)


def of(person_id: uuid.UUID) -> list[Token]:
    """List somebody's tokens that hold."""
    return list(db.session.scalars(queries.tokens(person_id)))


def revoke(actor: guard.Actor, token_id: uuid.UUID) -> None:
    """End a token of whoever is asking, and those made with it."""
    with db.transaction():
        mine = sa.select(Token.id).where(Token.id == token_id, Token.person_id == actor.id)
        if db.session.scalar(mine) is None:
            raise Missing("There is no such token.")
        within = queries.made_with(token_id)
        if actor.token_id is not None and token_id not in set(
            db.session.scalars(queries.made_with(actor.token_id))
        ):
            raise Forbidden("A token can end itself and those made with it, and no other.")
        # Again until none is left: one may have been made while the first were ended.
        while _revoke(Token.id.in_(within)):
            pass


def revoke_all(person_id: uuid.UUID) -> int:
    """End every token of somebody, and count them, as part of the caller's transaction."""
    return _revoke(Token.person_id == person_id)


def _check(scopes: Sequence[str] | None, allowed: Sequence[str], days: int) -> None:
    if not 1 <= days <= MOST_TOKEN_DAYS:
        sentence = f"A token lasts from 1 to {MOST_TOKEN_DAYS} days."
        raise Invalid(sentence, {"days": [sentence]})
    if scopes is not None and (wrong := [each for each in scopes if each not in allowed]):
        sentence = f"A token of yours can't be for {wrong[0]!r}, but for {', '.join(allowed)}."
        raise Invalid(sentence, {"scopes": [sentence]})
    if scopes is not None and not scopes:
        raise Invalid("Choose what the token is for.", {"scopes": ["Choose what it is for."]})


def _make(
    person_id: uuid.UUID,
    label: str,
    scopes: Sequence[str] | None,
    ends: sa.ColumnElement[dt.datetime],
    parent_id: uuid.UUID | None = None,
) -> tuple[Token, str]:
    text = secrets.token_urlsafe(32)
    kept = list(dict.fromkeys(scopes)) if scopes is not None else None
    made = Token(
        person_id=person_id,
        token_hash=guard.hash_of(text),
        label=factors.named(label),
        scopes=kept,
        expires_at=ends,
        parent_id=parent_id,
    )
    with db.transaction():
        if parent_id is not None:
            _hold(parent_id)
        db.session.add(made)
        db.session.flush()
        db.session.refresh(made)
    return made, text


def _hold(parent_id: uuid.UUID) -> None:
    """Let nobody end the token that makes another until the other is there."""
    parent = sa.select(Token.id).where(Token.id == parent_id, Token.revoked_at.is_(None))
    if db.session.scalar(parent.with_for_update(read=True)) is None:
        raise Unauthenticated("This token has ended.")


def _ends(token_id: uuid.UUID) -> sa.ScalarSelect[dt.datetime]:
    return sa.select(Token.expires_at).where(Token.id == token_id).scalar_subquery()


def _revoke(which: sa.ColumnElement[bool]) -> int:
    held = sa.update(Token).where(which, Token.revoked_at.is_(None))
    ended = db.session.scalars(held.values(revoked_at=sa.func.now()).returning(Token.id))
    return len(ended.all())
