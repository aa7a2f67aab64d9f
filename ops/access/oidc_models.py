"""Tables of the sign-in by a force's own provider (OpenID Connect)."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.access import models  # noqa: F401  (an identity is of a person, and begins sessions)
from ops.db import Model, new_id


class ExternalIdentity(Model):
    """Whom a provider means by a subject: somebody who signs in there, and only there."""

    __tablename__ = "external_identity"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("person_id", "issuer"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )


class ProviderSession(Model):
    """What a provider said of a session it began, so that either side can end it.

    `acr` and `amr` are how the person proved who they are, in the provider's
    words. The ID token goes when the session has ended.
    """

    __tablename__ = "provider_session"

    session_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("session.id", ondelete="CASCADE"), primary_key=True
    )
    identity_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("external_identity.id", ondelete="CASCADE"), index=True
    )
    sid: Mapped[str | None] = mapped_column(index=True)
    id_token: Mapped[str | None]
    acr: Mapped[str | None]
    amr: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text))


class SignInAttempt(Model):
    """A browser that was sent to the provider, for a few minutes; its reply is taken once."""

    __tablename__ = "sign_in_attempt"

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes]
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    next: Mapped[str]
    expires_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), index=True)


class SpentLogout(Model):
    """A provider's order to end sessions, that was carried out and can't be sent again."""

    __tablename__ = "spent_logout"

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
