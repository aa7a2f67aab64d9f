"""What was changed, what was seen, and the seals over both: written by the database alone."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model

ACTS = {
    "consultation": "Looked at",
    "disclosure": "Handed out",
    "combination": "Combined",
    "erasure": "Erased",
}
# The number of the transaction that wrote a row; a seal waits until it has surely ended.
_TXID = sa.text("pg_current_xact_id()::text::bigint")


class Change(Model):
    """What one statement changed in one record: before and after of the columns that differ.

    A new record has no `before`, one that is gone no `after`. Erasure takes the
    content and its salt; the digest stays, so that the seal holds.
    """

    __tablename__ = "change"
    __table_args__ = (
        sa.Index(None, "object_id", "id"),
        sa.Index(None, "txid", postgresql_using="brin"),
        # For whether anything was done from a transaction on.
        sa.Index("ix_change_txid_id", "txid", "id"),
        # For what was done in an operation from a transaction on.
        sa.Index("ix_change_operation_id_txid_id", "operation_id", "txid", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp()
    )
    txid: Mapped[int] = mapped_column(sa.BigInteger, server_default=_TXID)
    actor: Mapped[uuid.UUID | None]
    operation_id: Mapped[uuid.UUID | None]
    object: Mapped[str]
    object_id: Mapped[uuid.UUID]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str | None]
    salt: Mapped[uuid.UUID | None]
    content_digest: Mapped[bytes]


class LogEntry(Model):
    """What one request saw, handed out, combined or erased."""

    __tablename__ = "log_entry"
    __table_args__ = (
        sa.CheckConstraint(sa.column("act").in_(ACTS), name="act_known"),
        sa.CheckConstraint(
            "num_nulls(packed_kind, packed) in (0, 2) and octet_length(packed) % 32 = 0",
            name="packed_whole",
        ),
        sa.Index(None, "at", "id"),
        sa.Index(None, "txid", postgresql_using="brin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    txid: Mapped[int] = mapped_column(sa.BigInteger, server_default=_TXID)
    actor: Mapped[uuid.UUID | None]
    act: Mapped[str]
    endpoint: Mapped[str]
    operations: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(sa.Uuid()))
    seen: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    count: Mapped[int]
    asked: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text()))
    recipient: Mapped[str | None]
    reason: Mapped[str | None]
    salt: Mapped[uuid.UUID | None]
    # Where it was thousands: for each the 16 bytes of its operation's id and the 16 of its own.
    packed_kind: Mapped[str | None]
    packed: Mapped[bytes | None]
    content_digest: Mapped[bytes]


class Seal(Model):
    """A hash over a part of the ledger and over every seal before."""

    __tablename__ = "seal"
    __table_args__ = (sa.UniqueConstraint("first_position"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    first_position: Mapped[int] = mapped_column(sa.BigInteger)
    last_position: Mapped[int] = mapped_column(sa.BigInteger)
    # Every transaction below had ended; none from `next_txid` on had begun to write.
    horizon: Mapped[int] = mapped_column(sa.BigInteger)
    next_txid: Mapped[int] = mapped_column(sa.BigInteger)
    # Numbers of transactions tell something on one server alone.
    cluster: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes]


class Sealed(Model):
    """A link of the chain: one row of the ledger, in its place."""

    __tablename__ = "sealed"
    __table_args__ = (sa.UniqueConstraint("source", "row_id"),)

    position: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    source: Mapped[str]
    row_id: Mapped[uuid.UUID]
    hash: Mapped[bytes]
