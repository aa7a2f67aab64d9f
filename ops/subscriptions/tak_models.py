"""Tables of which operations a TAK server is fed, and what it was sent of them."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model


class TakFeed(Model):
    """Whether an operation is fed to the TAK server, what of it, and in whose name.

    What it is sent is what whoever switched it on sees at that moment.
    """

    __tablename__ = "tak_feed"

    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), primary_key=True)
    is_on: Mapped[bool]
    with_areas: Mapped[bool]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    switched_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    switched_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class TakObject(Model):
    """Something that the TAK server shows of ours, until it is stale or taken away."""

    __tablename__ = "tak_object"

    uid: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    object_id: Mapped[uuid.UUID]
    cot_type: Mapped[str]
    content_hash: Mapped[bytes]
    sent_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    stale_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    gone_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
