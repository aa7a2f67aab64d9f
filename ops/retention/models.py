"""Tables of what is kept how long, what was decided about it, and what may not be erased yet."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

OBJECTS = {"operation": "Operation", "result": "Result"}
DECISIONS = {"keep": "Keep", "erase": "Erase"}


class RetentionGroup(Model):
    """How long what falls to a group is kept, from one day on; a change is a row of its own.

    A new operation falls to the group that names its theme, or else to the one without themes.
    """

    __tablename__ = "retention_group"
    __table_args__ = (
        sa.CheckConstraint("years between 1 and 100", name="years_sane"),
        sa.CheckConstraint("valid_from < valid_to", name="valid_from_before_to"),
        sa.UniqueConstraint("code", "valid_from"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    label: Mapped[str]
    rule: Mapped[str]
    years: Mapped[int]
    themes: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text()))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]


class Retention(Model):
    """Until when an operation or a result is kept without another look; kept by triggers.

    A result without a row of its own follows its operation.
    """

    __tablename__ = "retention"
    __table_args__ = (
        sa.CheckConstraint(sa.column("object").in_(OBJECTS), name="object_known"),
        sa.Index(
            None,
            "review_on",
            "object_id",
            postgresql_where=sa.text("review_on is not null"),
        ),
        sa.Index(None, "operation_id"),
    )

    object_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    object: Mapped[str]
    operation_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("operation.id", ondelete="CASCADE")
    )
    group_code: Mapped[str]
    review_on: Mapped[dt.date | None]
    erased_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    erased_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class Review(Model):
    """What somebody decided about a record, and why; it is never changed."""

    __tablename__ = "review"
    __table_args__ = (
        sa.CheckConstraint(sa.column("object").in_(OBJECTS), name="object_known"),
        sa.CheckConstraint(sa.column("decision").in_(DECISIONS), name="decision_known"),
        sa.CheckConstraint(
            "(decision = 'keep') = (next_review_on is not null)", name="keep_has_a_date"
        ),
        sa.Index(None, "object_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    object_id: Mapped[uuid.UUID]
    object: Mapped[str]
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    decision: Mapped[str]
    group_code: Mapped[str | None]
    next_review_on: Mapped[dt.date | None]
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.clock_timestamp()
    )


class RetentionHold(Model):
    """Why a record may not be erased for now: a court, an inquiry, a complaint."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        sa.CheckConstraint(sa.column("object").in_(OBJECTS), name="object_known"),
        sa.Index(None, "operation_id", postgresql_where=sa.text("lifted_at is null")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    object_id: Mapped[uuid.UUID]
    object: Mapped[str]
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    reason: Mapped[str]
    placed_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    lifted_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class ErasureKeeps(Model):
    """A column that stays of a row whose content is erased; of a time, with `as_day` its day."""

    __tablename__ = "erasure_keeps"

    table_name: Mapped[str] = mapped_column(primary_key=True)
    column_name: Mapped[str] = mapped_column(primary_key=True)
    as_day: Mapped[bool]
