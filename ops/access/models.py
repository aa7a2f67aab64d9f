"""Tables of who may sign in, and how."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ops.access import factor_models  # noqa: F401  (a session refers to its device)
from ops.db import Model, new_id

ROLES = {
    "admin": "Administrator",
    "lead": "Operational lead",
    "officer": "Officer",
    "analyst": "Analyst",
    "desk": "Deconfliction desk",
    "auditor": "Auditor",
}
ORGANISATION_KINDS = {
    "force": "Police force",
    "district": "Police district",
    "council": "Council",
    "prison": "Prison",
    "partner": "Partner",
}

# How a session began; `provider` is the force's own sign-in.
SIGNED_IN_BY = ("password", "totp", "passkey", "recovery_code", "provider")
TOKEN_DAYS = 90
MOST_TOKEN_DAYS = 365


class Organisation(Model):
    """A force, a district of it, a council, a prison or another partner."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(ORGANISATION_KINDS), name="kind_known"),
        sa.UniqueConstraint("code"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]


class Person(Model):
    """Somebody who may sign in, with one role in one organisation."""

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint(sa.column("role").in_(ROLES), name="role_known"),
        sa.CheckConstraint("email = lower(email)", name="email_lower"),
        sa.UniqueConstraint("email"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    disabled_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))

    organisation: Mapped[Organisation] = relationship()


class Credential(Model):
    """A person's password, hashed."""

    __tablename__ = "credential"

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str]
    changed_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )


class FailedSignIn(Model):
    """Tries of one kind since the last that was right: of one address, or of one device of it.

    Kept by the address and not by the person, so that an address nobody has
    is delayed just the same, and the delay tells nothing about who is here.
    """

    __tablename__ = "failed_sign_in"
    __table_args__ = (sa.Index(None, "last_at"),)

    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    locked_until: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class WebSession(Model):
    """A browser that is signed in. Only the hash of its cookie is kept."""

    __tablename__ = "session"
    __table_args__ = (
        sa.CheckConstraint(sa.column("signed_in_by").in_(SIGNED_IN_BY), name="signed_in_by_known"),
        sa.UniqueConstraint("token_hash"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes]
    csrf_token: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    last_seen_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    expires_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    device_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("device.id", ondelete="SET NULL"), index=True
    )
    signed_in_by: Mapped[str] = mapped_column(server_default="password")
    # When the person last proved to be themselves, for what a borrowed browser must not do.
    confirmed_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )


class Token(Model):
    """A bearer token for programs. Only its hash is kept.

    Without scopes it may do whatever its person may. One that was made with
    another ends with it.
    """

    __tablename__ = "token"
    __table_args__ = (
        sa.CheckConstraint("cardinality(scopes) > 0", name="scopes_some"),
        sa.UniqueConstraint("token_hash"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    revoked_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    label: Mapped[str] = mapped_column(server_default="Token")
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text))
    expires_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.text("now() + interval '90 days'")
    )
    last_used_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("token.id", ondelete="SET NULL"), index=True
    )
