"""Who stands behind a token, a cookie or an address, and who is there."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import (
    Credential,
    FailedSignIn,
    Organisation,
    Person,
    Token,
    WebSession,
)

ACTOR = (
    Person.id,
    Person.name,
    Person.email,
    Person.role,
    Person.organisation_id,
    Organisation.code.label("organisation_code"),
    # Names the actor to the database in the same round trip, and gives up what rights the
    # connection may have beyond the application's.
    sa.func.set_config("ops.actor", sa.cast(Person.id, sa.Text), True).label("_named"),
    sa.func.set_config("role", db.APPLICATION, True).label("_lowered"),
)

# How finely a session's last use is kept: a write a minute, not one a request.
SEEN = dt.timedelta(minutes=1)
# One slip in a word still finds it; much lower, and every name is like every other.
SIMILAR = 0.4


_PERSON_AT = sa.select(*ACTOR).join(Organisation, Organisation.id == Person.organisation_id)

# Built once, since one of the two runs at every request.

# The person behind a bearer token that still holds.
BEARER = (
    _PERSON_AT.join(Token, Token.person_id == Person.id)
    .where(
        Token.token_hash == sa.bindparam("token_hash"),
        Token.revoked_at.is_(None),
        Person.disabled_at.is_(None),
    )
    .order_by(Person.id)
)
# The person behind a session cookie that still holds and was not idle too long.
COOKIE = (
    _PERSON_AT.add_columns(
        WebSession.csrf_token,
        WebSession.id.label("session_id"),
        (WebSession.last_seen_at < sa.func.now() - SEEN).label("_unseen"),
    )
    .join(WebSession, WebSession.person_id == Person.id)
    .where(
        WebSession.token_hash == sa.bindparam("token_hash"),
        WebSession.revoked_at.is_(None),
        WebSession.expires_at > sa.func.now(),
        WebSession.last_seen_at > sa.func.now() - sa.bindparam("idle", type_=sa.Interval),
        Person.disabled_at.is_(None),
    )
    .order_by(Person.id)
)


def seen(session_id: uuid.UUID) -> sa.Update:
    """Note that a session is in use; of many requests at once one does."""
    return (
        sa.update(WebSession)
        .where(WebSession.id == session_id, WebSession.last_seen_at < sa.func.now() - SEEN)
        .values(last_seen_at=sa.func.now())
    )


def credential(email: str) -> sa.Select[uuid.UUID, str]:
    """Find the password of whoever may sign in with this address."""
    return (
        sa.select(Credential.person_id, Credential.password_hash)
        .join(Person, Person.id == Credential.person_id)
        .where(Person.email == email, Person.disabled_at.is_(None))
        .order_by(Credential.person_id)
    )


def wait_s(email_hash: bytes) -> sa.Select[int]:
    """Tell how many seconds an address has to wait."""
    left = sa.extract("epoch", FailedSignIn.locked_until - sa.func.now())
    return sa.select(sa.cast(sa.func.ceil(left), sa.Integer)).where(
        FailedSignIn.email_hash == email_hash
    )


def named(q: str, *names: sa.SQLColumnExpression[str]) -> sa.ColumnElement[bool]:
    """Tell whether a name is like what was typed, in spite of a slip, or has it as a part."""
    return sa.or_(
        *(name.icontains(q, autoescape=True) for name in names),
        *(sa.func.word_similarity(q, name) >= SIMILAR for name in names),
    )


def organisations() -> sa.Select[str, str, str, str]:
    """List organisations, each with the code of the one it is part of."""
    parent = orm.aliased(Organisation)
    return (
        sa.select(
            Organisation.code, Organisation.name, Organisation.kind, parent.code.label("parent")
        )
        .outerjoin(parent, parent.id == Organisation.parent_id)
        .order_by(Organisation.code)
    )


def people(
    q: str | None = None, organisation: str | None = None
) -> sa.Select[uuid.UUID, str, str, str]:
    """List who can be put on a team; `q` finds a name in spite of a slip, or a part of it."""
    query = (
        sa.select(Person.id, Person.name, Person.role, Organisation.code.label("organisation"))
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    if q:
        query = query.where(named(q, Person.name))
    if organisation:
        query = query.where(Organisation.code == organisation)
    return query


def below(code: str | sa.ColumnElement[str]) -> sa.Select[tuple[object, ...]]:
    """Find an organisation and all that are part of it, by their ids."""
    found = sa.select(Organisation.id).where(Organisation.code == code).cte(recursive=True)
    # A plain union ends also where somebody made a circle.
    parts = sa.select(Organisation.id).where(Organisation.parent_id == found.c.id)
    return sa.select(found.union(parts).c.id)
