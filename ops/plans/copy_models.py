"""The table of operations that were made from others."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model


class OperationCopy(Model):
    """What of an operation was copied from another, and what was left off; it stays as written."""

    __tablename__ = "operation_copy"

    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), primary_key=True)
    source_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    account: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
