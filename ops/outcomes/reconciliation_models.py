"""Tables of what people say of reported figures: which measure, of whom, and why one differs."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

REASONS = {
    "other_period": "Another period",
    "other_definition": "Another definition",
    "late_entry": "Recorded late",
    "other_force": "Another force’s figure",
    "publishers_slip": "A slip of the publisher",
    "not_recorded_here": "Not recorded here",
    "under_enquiry": "Under enquiry",
    "other": "Something else",
}
# With one of these, the difference stays open.
UNSETTLED = {"under_enquiry"}


class _Said:
    """Said once and never changed; what is said later takes its place and stands beside it.

    Of an operation, whoever sees its outcomes sees it; else the people of `organisation_id`,
    which is that of whoever said it.
    """

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("operation.id"), index=True
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))


class FigureMapping(_Said, Model):
    """Which measure of ours, narrowed by which facets, a publisher's measure with its facets is.

    Without a code, none: an earlier mapping is taken back. One made of an operation's figure
    is for that operation's figures alone.
    """

    __tablename__ = "figure_mapping"

    measure: Mapped[str] = mapped_column(index=True)
    facets: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    code: Mapped[str | None]
    where: Mapped[dict[str, list[str]]] = mapped_column(JSONB, server_default="{}")
    note: Mapped[str | None]


class SetScope(_Said, Model):
    """Whose figures a published set gives: of one operation, or of an organisation's."""

    __tablename__ = "set_scope"
    __table_args__ = (sa.CheckConstraint("num_nonnulls(operation_id, about_id) < 2", name="one"),)

    set_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("published_set.id"), index=True)
    about_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))


class FigureReason(_Said, Model):
    """Why a reported figure differs from what is recorded, as somebody says."""

    __tablename__ = "figure_reason"

    figure_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("reported_figure.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str]
    note: Mapped[str | None]
