"""Who stands behind a token, a cookie or an address, and who is there."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY

from ops import db
from ops.access.factor_models import Device, Factor, Pending, RecoveryCode
from ops.access.member_models import Membership
from ops.access.models import (
    Credential,
    FailedSignIn,
    Organisation,
    Person,
    Token,
    WebSession,
)
from ops.access.oidc_models import ExternalIdentity

# The operation that a write is about, if it is about one.
_WRITTEN_TO: sa.BindParameter[uuid.UUID] = sa.bindparam("operation", type_=sa.Uuid())

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
    # From the next statement on.
    sa.func.set_config("statement_timeout", sa.bindparam("patience", type_=sa.Text), True).label(
        "_limited"
    ),
    # What the actor, who is named by now, is in the operation that is written to.
    sa.case((_WRITTEN_TO.is_not(None), sa.func.actor_roles(_WRITTEN_TO))).label("_roles"),
)

# How finely a session's last use is kept: a write a minute, not one a request.
SEEN = dt.timedelta(minutes=1)
# A program calls more often than a person clicks, so the last use of a token is kept to the hour.
USED = dt.timedelta(hours=1)
_IS_STALE = Token.last_used_at.is_(None) | (Token.last_used_at < sa.func.now() - USED)
# For so long after a sign-in a person need not prove again who they are.
CONFIRMED = dt.timedelta(minutes=15)
# A browser that nobody used for half a year is a stranger again.
DEVICE_REMEMBERED = dt.timedelta(days=180)
# One slip in a word still finds it; much lower, and every name is like every other.
SIMILAR = 0.4


_PERSON_AT = sa.select(*ACTOR).join(Organisation, Organisation.id == Person.organisation_id)

# Built once, since one of the two runs at every request.

# The person behind a bearer token that still holds.
BEARER = (
    _PERSON_AT.add_columns(
        Token.id.label("token_id"),
        Token.scopes,
        _IS_STALE.label("_unseen"),
    )
    .join(Token, Token.person_id == Person.id)
    .where(
        Token.token_hash == sa.bindparam("token_hash"),
        Token.revoked_at.is_(None),
        Token.expires_at > sa.func.now(),
        Person.disabled_at.is_(None),
    )
    .order_by(Person.id)
)
# The person behind a session cookie that still holds and was not idle too long.
COOKIE = (
    _PERSON_AT.add_columns(
        WebSession.csrf_token,
        WebSession.id.label("session_id"),
        WebSession.device_id,
        (WebSession.confirmed_at > sa.func.now() - CONFIRMED).label("is_confirmed"),
        (WebSession.last_seen_at < sa.func.now() - SEEN).label("_unseen"),
    )
    .join(WebSession, WebSession.person_id == Person.id)
    .where(
        WebSession.token_hash == sa.bindparam("token_hash"),
        WebSession.revoked_at.is_(None),
        WebSession.expires_at > sa.func.now(),
        WebSession.last_seen_at > sa.func.now() - sa.bindparam("idle", type_=sa.Interval),
        Person.disabled_at.is_(None),
        # Where a second factor is required, a session that began without one is over.
        sa.or_(
            sa.not_(sa.bindparam("factor_required", type_=sa.Boolean)),
            WebSession.signed_in_by != "password",
        ),
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


def used(token_id: uuid.UUID) -> sa.Update:
    """Note that a token is in use; of many requests at once one does."""
    return (
        sa.update(Token)
        .where(Token.id == token_id, _IS_STALE)
        .values(last_used_at=sa.func.date_trunc("hour", sa.func.now()))
    )


def credential(email: str) -> sa.Select[uuid.UUID, str]:
    """Find the password of whoever may sign in with this address."""
    return (
        sa.select(Credential.person_id, Credential.password_hash)
        .join(Person, Person.id == Credential.person_id)
        .where(Person.email == email, Person.disabled_at.is_(None))
        .order_by(Credential.person_id)
    )


def wait_s(key_hash: bytes) -> sa.Select[int]:
    """Tell how many seconds the next try has to wait."""
    left = sa.extract("epoch", FailedSignIn.locked_until - sa.func.now())
    return sa.select(sa.cast(sa.func.ceil(left), sa.Integer)).where(
        FailedSignIn.key_hash == key_hash
    )


def known_device(person: uuid.UUID | str, token_hash: bytes) -> sa.Select[uuid.UUID]:
    """Find the device with this cookie where a person, or the one with an address, signed in."""
    whose = Person.email == person if isinstance(person, str) else Person.id == person
    return (
        sa.select(Device.id)
        .join(Person, Person.id == Device.person_id)
        .where(
            whose,
            Device.token_hash == token_hash,
            Device.last_used_at > sa.func.now() - DEVICE_REMEMBERED,
        )
        .order_by(Device.id)
    )


def devices(
    person_id: uuid.UUID, idle: dt.timedelta
) -> sa.Select[uuid.UUID, str, dt.datetime, dt.datetime, bool]:
    """List where somebody has signed in, the last used first."""
    is_open = sa.and_(
        WebSession.revoked_at.is_(None),
        WebSession.expires_at > sa.func.now(),
        WebSession.last_seen_at > sa.func.now() - idle,
    )
    last = sa.func.greatest(Device.last_used_at, sa.func.max(WebSession.last_seen_at))
    signed_in = sa.func.coalesce(sa.func.bool_or(is_open), sa.false())
    return (
        sa.select(
            Device.id,
            Device.user_agent,
            Device.created_at,
            last.label("last_used_at"),
            signed_in.label("is_signed_in"),
        )
        .outerjoin(WebSession, WebSession.device_id == Device.id)
        .where(Device.person_id == person_id)
        .group_by(Device.id)
        .order_by(last.desc(), Device.id)
    )


def pending(token_hash: bytes, purpose: str) -> sa.Select[Pending]:
    """Find a step that is half done, of nobody or of somebody who may sign in."""
    return (
        sa.select(Pending)
        .outerjoin(Person, Person.id == Pending.person_id)
        .where(
            Pending.token_hash == token_hash,
            Pending.purpose == purpose,
            Pending.expires_at > sa.func.now(),
            Person.disabled_at.is_(None),
        )
        .order_by(Pending.token_hash)
    )


def is_provided(person_id: uuid.UUID, issuer: str) -> sa.Select[bool]:
    """Tell whether somebody signs in by this provider."""
    theirs = sa.exists().where(
        ExternalIdentity.person_id == person_id, ExternalIdentity.issuer == issuer
    )
    return sa.select(theirs)


def factors(person_id: uuid.UUID) -> sa.Select[Factor]:
    """List somebody's second factors, the oldest first."""
    return (
        sa.select(Factor)
        .where(Factor.person_id == person_id)
        .order_by(Factor.created_at, Factor.id)
    )


def passkey(credential_id: bytes, person_id: uuid.UUID | None) -> sa.Select[Factor]:
    """Find a passkey, of this person or of whoever may sign in."""
    return (
        sa.select(Factor)
        .join(Person, Person.id == Factor.person_id)
        .where(
            Factor.credential_id == credential_id,
            Person.disabled_at.is_(None),
            sa.true() if person_id is None else Factor.person_id == person_id,
        )
        .order_by(Factor.id)
    )


def codes_left(person_id: uuid.UUID) -> sa.Select[int]:
    """Count the recovery codes that somebody has not used."""
    return (
        sa.select(sa.func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )


def tokens(person_id: uuid.UUID) -> sa.Select[Token]:
    """List somebody's tokens that hold, the newest first."""
    return (
        sa.select(Token)
        .where(
            Token.person_id == person_id,
            Token.revoked_at.is_(None),
            Token.expires_at > sa.func.now(),
        )
        .order_by(Token.id.desc())
    )


def made_with(*token_ids: uuid.UUID) -> sa.Select[tuple[object, ...]]:
    """Find tokens and all that were made with them, by their ids."""
    found = sa.select(Token.id).where(Token.id.in_(token_ids)).cte(recursive=True)
    below = sa.select(Token.id).where(Token.parent_id == found.c.id)
    return sa.select(found.union(below).c.id)


_ASKED = sa.func.unnest(sa.bindparam("operations", type_=ARRAY(sa.Uuid()))).column_valued("id")
# What the actor is in each of these operations, as the database knows it.
ROLES_IN = sa.select(
    _ASKED, sa.func.actor_roles(_ASKED, type_=ARRAY(sa.Text())).label("roles")
).order_by(_ASKED)


def member_roles(person_id: uuid.UUID) -> sa.Select[str]:
    """List what somebody is as a member, of any operation."""
    return (
        sa.select(Membership.role)
        .where(
            Membership.person_id == person_id,
            Membership.during.contains(sa.func.now()),
            Membership.revoked_at.is_(None),
        )
        .distinct()
        .order_by(Membership.role)
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
