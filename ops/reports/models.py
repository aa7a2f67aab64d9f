"""Tables of panel reports and of the case notes in them."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.operations.models import MARKINGS

STATES = {"draft": "Draft", "issued": "Issued", "withdrawn": "Withdrawn"}
# What a period is set against.
AGAINST = {
    "before": "As long a period, just before",
    "year_before": "The same days, a year before",
    "nothing": "Nothing",
}


def _now() -> Mapped[dt.datetime]:
    return mapped_column(sa.DateTime(timezone=True), server_default=sa.func.now())


def _person() -> Mapped[uuid.UUID]:
    return mapped_column(sa.ForeignKey("person.id"))


class Report(Model):
    """One issue of a report: what is written by hand, and of which operations and days it tells.

    `operations` are those chosen, and once it is issued also those that led what was credited to
    them: who sees all of them, whole, sees it. `content` is what was issued, in words, and its
    hash; from then on nothing changes but that it is withdrawn. A later issue of the same series
    has the next `number`.
    """

    __tablename__ = "report"
    __table_args__ = (
        sa.UniqueConstraint("series_id", "number"),
        sa.Index(
            "uq_report_draft", "series_id", unique=True, postgresql_where=sa.text("state = 'draft'")
        ),
        sa.Index(None, "made_at", "id"),
        sa.Index(None, "snapshot_id"),
        sa.CheckConstraint("cardinality(operations) > 0", name="of_something"),
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        sa.CheckConstraint("number > 0", name="number_counted"),
        sa.CheckConstraint(sa.column("against").in_(AGAINST), name="against_known"),
        sa.CheckConstraint(sa.column("marking").in_(MARKINGS), name="marking_known"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state_known"),
        sa.CheckConstraint("hash = sha256(content)", name="hash_of_content"),
        sa.CheckConstraint("issued_by <> made_by and issued_by <> changed_by", name="four_eyes"),
        sa.CheckConstraint(
            "num_nonnulls(issued_at, issued_by, snapshot_id, content, hash)"
            " = case state when 'draft' then 0 else 5 end",
            name="issued_by_somebody",
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_why)"
            " = case state when 'withdrawn' then 3 else 0 end",
            name="withdrawn_by_somebody",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    series_id: Mapped[uuid.UUID]
    number: Mapped[int] = mapped_column(server_default="1")
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    title: Mapped[str]
    summary: Mapped[str | None]
    # From the second issue on: what is different, and why.
    changes: Mapped[str | None]
    operations: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(sa.Uuid()))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    against: Mapped[str]
    # Whether the organisation's own targets and reported figures stand in it.
    is_of_organisation: Mapped[bool]
    chart_measure: Mapped[str]
    map_measure: Mapped[str]
    marking: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    made_at: Mapped[dt.datetime] = _now()
    made_by: Mapped[uuid.UUID] = _person()
    changed_at: Mapped[dt.datetime] = _now()
    changed_by: Mapped[uuid.UUID] = _person()
    issued_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    issued_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    snapshot_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("snapshot.id"))
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    hash: Mapped[bytes | None]
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_why: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ReportNote(Model):
    """A case told in a report, written by hand; one that is struck stays, and is left out."""

    __tablename__ = "report_note"
    __table_args__ = (
        sa.Index(None, "report_id", "position"),
        sa.Index(None, "operation_id"),
        sa.CheckConstraint(sa.column("marking").in_(MARKINGS), name="marking_known"),
        sa.CheckConstraint(
            "num_nonnulls(struck_at, struck_by, struck_why) in (0, 3)", name="struck_by_somebody"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("report.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    marking: Mapped[str]
    made_at: Mapped[dt.datetime] = _now()
    made_by: Mapped[uuid.UUID] = _person()
    changed_at: Mapped[dt.datetime] = _now()
    changed_by: Mapped[uuid.UUID] = _person()
    struck_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    struck_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    struck_why: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
