"""Tables of who is to check in by when, and of what was done where nobody did."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.operations.clocks import Clocked

SHORTEST, LONGEST = 5, 240


class _OfPerson:
    """Somebody on a deployment; seen by them and who leads."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    deployment_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("deployment.id", deferrable=True, initially="DEFERRED"), index=True
    )
    content_hash: Mapped[bytes]


class WelfareTimer(_OfPerson, Clocked, Model):
    """That somebody is to check in every so many minutes from a time on, or stood down.

    The latest by `at` is in force. `content_hash` is as a result's.
    """

    __tablename__ = "welfare_timer"
    __table_args__ = (
        sa.CheckConstraint(
            f"every_minutes between {SHORTEST} and {LONGEST}", name="every_minutes_sensible"
        ),
        sa.Index("ix_welfare_timer_operation_id_person_id_at", "operation_id", "person_id", "at"),
    )

    every_minutes: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    received_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )


class WelfareAnswer(_OfPerson, Model):
    """What who leads did about somebody who did not check in by `due_at`."""

    __tablename__ = "welfare_answer"
    __table_args__ = (
        sa.Index(
            "ix_welfare_answer_operation_id_person_id_due_at",
            "operation_id",
            "person_id",
            "due_at",
        ),
    )

    due_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    remark: Mapped[str]
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
