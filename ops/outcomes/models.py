"""Tables of what is aimed at, and of what others reported."""

import datetime as dt
import decimal
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.results.kinds import base

# How sure a publisher is of a figure; `ops.wording` says each in words.
QUALIFIERS = base.QUALIFIERS | {
    "provisional": "Provisional",
    "provisional_more_than": "Provisional, more than",
    "at_publication": "At publication",
}


class Target(Model):
    """The value a measure should reach in a period, for an organisation or an operation.

    `starts_on` and `ends_on` are days in Europe/London, both inclusive; a
    financial year runs from 1 April to 31 March.
    """

    __tablename__ = "target"
    __table_args__ = (
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
        sa.CheckConstraint("num_nonnulls(organisation_id, operation_id) = 1", name="one_scope"),
        sa.UniqueConstraint(
            "measure",
            "starts_on",
            "ends_on",
            "organisation_id",
            "operation_id",
            name="uq_target_measure_period_scope",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    measure: Mapped[str]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    operation_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("operation.id"), index=True
    )
    value: Mapped[decimal.Decimal]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}


class FrameworkLine(Model):
    """A measure that the strategy is held to, and what the strategy calls it.

    `measure` is a code; while no measure has it, what others report under it is shown.
    """

    __tablename__ = "framework_line"
    __table_args__ = (
        sa.UniqueConstraint("measure"),
        sa.CheckConstraint(sa.column("four_p").in_(base.FOUR_PS), name="four_p_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int]
    four_p: Mapped[str]
    measure: Mapped[str]
    label: Mapped[str]


class PublishedSet(Model):
    """A set of figures that somebody published together, as it was published.

    One of our own comes of a release, and is seen by whoever may see that.
    """

    __tablename__ = "published_set"
    __table_args__ = (sa.UniqueConstraint("code"), sa.UniqueConstraint("release_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    title: Mapped[str]
    publisher: Mapped[str]
    area: Mapped[str | None]
    starts_on: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    source_url: Mapped[str | None]
    checks: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    # What the file said beside the fields above, kept word for word.
    remainder: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    release_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("release.id"))


class ReportedFigure(Model):
    """A figure as somebody else reported it: never added to what is recorded here.

    `measure` is the publisher's measure, not always one of ours; `facets` say
    which part of it, and none the whole. `as_at` is when it was true; `heading`
    is what it was published under, one of the four Ps or the publisher's own.
    A revision names the figure it supersedes, which stays, and says why in its note.
    """

    __tablename__ = "reported_figure"
    __table_args__ = (
        sa.Index(None, "operation_id"),
        sa.Index(None, "measure", "starts_on", "id"),
        sa.Index(None, "set_id", "position"),
        sa.UniqueConstraint("supersedes_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    measure: Mapped[str]
    label: Mapped[str | None]
    value: Mapped[decimal.Decimal]
    unit: Mapped[str]
    qualifier: Mapped[str]
    four_p: Mapped[str | None]
    heading: Mapped[str | None]
    facets: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    starts_on: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    as_at: Mapped[dt.date | None]
    source: Mapped[str]
    note: Mapped[str | None]
    set_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("published_set.id"))
    position: Mapped[int | None]
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("reported_figure.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    operation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("operation.id"))
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    # Of a revision: who proposed what whoever created it approved.
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
