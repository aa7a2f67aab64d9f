"""The table of who had an exhibit, when and where, under which seal."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.results.kinds.base import Scoped


class CustodyEvent(Scoped, Model):
    """One step of an exhibit's way. It is never changed: a wrong one is struck, with a reason."""

    __tablename__ = "custody_event"
    __table_args__ = (
        sa.CheckConstraint(
            "num_nonnulls(struck_at, struck_by, struck_reason) IN (0, 3)", name="struck_with_reason"
        ),
        sa.Index("ix_custody_event_result_id_at_id", "result_id", "at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    result_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("seizure.result_id"))
    step: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    from_holder: Mapped[str | None]
    to_holder: Mapped[str | None]
    place: Mapped[str | None]
    seal: Mapped[str | None]
    note: Mapped[str | None]
    entered_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    entered_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    struck_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    struck_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    struck_reason: Mapped[str | None]
