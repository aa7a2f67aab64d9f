"""Who stands behind a token or a cookie."""

import sqlalchemy as sa

from ops.access.models import Organisation, Person, Token, WebSession

ACTOR = (
    Person.id,
    Person.name,
    Person.email,
    Person.role,
    Person.organisation_id,
    Organisation.code.label("organisation_code"),
    # Names the actor to the database in the same round trip.
    sa.func.set_config("ops.actor", sa.cast(Person.id, sa.Text), True).label("_named"),
)


def bearer(token_hash: bytes) -> sa.Select[tuple[object, ...]]:
    """Find the person behind a bearer token that still holds."""
    return (
        sa.select(*ACTOR, sa.null().label("csrf_token"))
        .join(Token, Token.person_id == Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(
            Token.token_hash == token_hash,
            Token.revoked_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )


def cookie(token_hash: bytes, idle_minutes: int) -> sa.Select[tuple[object, ...]]:
    """Find the person behind a session cookie that still holds and was not idle too long."""
    idle = sa.func.make_interval(0, 0, 0, 0, 0, idle_minutes)
    return (
        sa.select(*ACTOR, WebSession.csrf_token, WebSession.id.label("session_id"))
        .join(WebSession, WebSession.person_id == Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(
            WebSession.token_hash == token_hash,
            WebSession.revoked_at.is_(None),
            WebSession.expires_at > sa.func.now(),
            WebSession.last_seen_at > sa.func.now() - idle,
            Person.disabled_at.is_(None),
        )
        .order_by(Person.id)
    )
