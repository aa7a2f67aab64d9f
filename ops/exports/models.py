"""What outside bodies ask for, kept as data."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

# What a column can say that is no figure.
FACTS = {
    "organisation": "The organisation that leads the operation",
    "operation": "The operation’s name",
    "reference": "The operation’s reference",
    "from": "The first day",
    "to": "The last day",
    "as_at": "When the figures were known",
    "marking": "The marking",
}


class ReturnProfile(Model):
    """One version of what a body asks for: its columns, each filled by a measure or a fact.

    The newest version is the one that is sent by; those before it stay as they were.
    """

    __tablename__ = "return_profile"
    __table_args__ = (
        sa.UniqueConstraint("code", "version"),
        sa.CheckConstraint("jsonb_typeof(columns) = 'array'", name="list"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    recipient: Mapped[str]
    notes: Mapped[str | None]
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    is_built_in: Mapped[bool] = mapped_column(server_default=sa.false())
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    made_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str | None]


class AnalystLogin(Model):
    """A login of the database's own, and the person whose rights it has; one that ended stays."""

    __tablename__ = "analyst_login"
    __table_args__ = (sa.CheckConstraint("name ~ '^ops_analyst_[0-9a-f]{12}$'", name="name"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    ended_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
