"""Tables of what stands beside a password: second factors, devices, sign-ins half done."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

FACTOR_KINDS = {"totp": "Authenticator app", "passkey": "Passkey"}
LONGEST_LABEL = 60
PURPOSES = ("factor", "set_up", "passkey", "enrol")


class Device(Model):
    """A browser in which somebody has signed in. Only the hash of its cookie is kept.

    It outlives the sessions in it, so that failures there are counted apart
    from those of strangers.
    """

    __tablename__ = "device"
    __table_args__ = (sa.UniqueConstraint("person_id", "token_hash"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes]
    user_agent: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    last_used_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )


class Factor(Model):
    """What somebody shows besides their password: an authenticator app, or a passkey.

    Of an app: its secret, sealed, and the last time step whose code was used.
    Of a passkey: its public key, and how often it has signed.
    """

    __tablename__ = "factor"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(FACTOR_KINDS), name="kind_known"),
        sa.CheckConstraint("kind <> 'totp' or num_nulls(secret, last_step) = 0", name="totp_whole"),
        sa.CheckConstraint(
            "kind <> 'passkey' or num_nulls(credential_id, public_key, sign_count) = 0",
            name="passkey_whole",
        ),
        sa.UniqueConstraint("credential_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    label: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    last_used_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    secret: Mapped[bytes | None]
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    credential_id: Mapped[bytes | None]
    public_key: Mapped[bytes | None]
    sign_count: Mapped[int | None] = mapped_column(sa.BigInteger)


class RecoveryCode(Model):
    """A code that stands in for a lost factor, once. Only its hash is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes]
    used_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class Pending(Model):
    """A step that is half done, for a few minutes and one purpose; it opens nothing.

    `factor`: the password was right, the second factor is to come. `set_up`: the
    same, for somebody who has to add a factor first. `passkey`: a passkey was
    asked for, of whom is not known yet. `enrol`: a factor is being added.
    """

    __tablename__ = "pending"
    __table_args__ = (
        sa.CheckConstraint(sa.column("purpose").in_(PURPOSES), name="purpose_known"),
        sa.CheckConstraint("(purpose = 'passkey') = (person_id is null)", name="of_somebody"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("person.id", ondelete="CASCADE"), index=True
    )
    # The sealed secret of an app, and the challenge for a passkey, that are being tried.
    secret: Mapped[bytes | None]
    challenge: Mapped[bytes | None]
    expires_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), index=True)
