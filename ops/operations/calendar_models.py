"""The private addresses of calendars."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id


class CalendarAddress(Model):
    """Where somebody's calendar program reads their deployments; only its hash is kept."""

    __tablename__ = "calendar_address"
    __table_args__ = (
        sa.Index(
            "uq_calendar_address_person_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("revoked_at is null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    revoked_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
