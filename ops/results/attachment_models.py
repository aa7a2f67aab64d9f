"""The table of photos that belong to results."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.results.kinds.base import Scoped
from ops.results.photos import MEDIA_TYPES


class Attachment(Scoped, Model):
    """A photo of a result, seen with it; its bytes are kept elsewhere, by their SHA-256."""

    __tablename__ = "attachment"
    __table_args__ = (
        sa.CheckConstraint(sa.column("media_type").in_(MEDIA_TYPES), name="media_type_known"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="sha256_whole"),
        sa.UniqueConstraint("result_id", "sha256"),
        sa.Index(None, "sha256"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    result_id: Mapped[uuid.UUID]
    sha256: Mapped[bytes]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    added_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
