"""Tables of before and after: monthly counts as they were imported, and what is compared."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id


class CountFile(Model):
    """A file of monthly counts, where it came from and what its import did.

    A later file of the same source is its next version: what it says otherwise takes the
    place of what was there.
    """

    __tablename__ = "count_file"
    __table_args__ = (
        sa.UniqueConstraint("operation_id", "source", "version"),
        sa.UniqueConstraint("operation_id", "source", "sha256"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    source: Mapped[str]
    publisher: Mapped[str]
    obtained_on: Mapped[dt.date]
    file_name: Mapped[str]
    sha256: Mapped[bytes]
    version: Mapped[int]
    rows_read: Mapped[int]
    rows_added: Mapped[int]
    rows_changed: Mapped[int]
    rows_there: Mapped[int]
    # What of it was left out: line, column and why.
    refused: Mapped[list[dict[str, str]]] = mapped_column(JSONB, server_default="[]")
    imported_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    imported_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class MonthlyCount(Model):
    """How many of a category an area had in a month, as a file says."""

    __tablename__ = "monthly_count"
    __table_args__ = (
        sa.CheckConstraint("count >= 0", name="not_negative"),
        sa.CheckConstraint("extract(day from month) = 1", name="first_of_month"),
        # Of each month one count stands; those that a later file replaced stay for the record.
        sa.Index(
            "uq_monthly_count_current",
            "operation_id",
            "source",
            "area",
            "category",
            "month",
            unique=True,
            postgresql_where=sa.text("replaced_by_id is null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("count_file.id", ondelete="CASCADE"), index=True
    )
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("count_file.id", ondelete="CASCADE"), index=True
    )
    source: Mapped[str]
    area: Mapped[str]
    category: Mapped[str]
    month: Mapped[dt.date]
    count: Mapped[int]


class Comparison(Model):
    """What is compared: areas, categories, a baseline and the periods after it, by whole months.

    No category named means all that the source has.
    """

    __tablename__ = "comparison"
    __table_args__ = (
        sa.CheckConstraint("baseline_from <= baseline_to", name="baseline_from_before_to"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    name: Mapped[str]
    source: Mapped[str]
    categories: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    target_area: Mapped[str]
    comparison_areas: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    displacement_area: Mapped[str | None]
    # The first day of the first and of the last month.
    baseline_from: Mapped[dt.date]
    baseline_to: Mapped[dt.date]
    # Each with a label, and from and to in the same way, as text.
    periods: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    is_withdrawn: Mapped[bool] = mapped_column(server_default=sa.false())
    version: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}
