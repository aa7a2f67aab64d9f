"""Tables of what is frozen and of what is published from it."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.operations.models import MARKINGS

STATES = {"draft": "Draft", "approved": "Approved", "published": "Published"}
# What a list of them can be narrowed to.
NARROWED = STATES | {"revision": "Published, with a revision to approve"}
# How a rounded figure may be said.
SAID_AS = {"more_than": "More than", "at_least": "At least", "approx": "About"}


class Snapshot(Model):
    """A summary as it stood: bytes that nobody changes, and the hash that tells them.

    `operations` are all that a reader must see: those that were added up, and those that led
    what was credited to them. `subject_id` is the one operation that it is of, if it is of one;
    `organisation_id` the organisation whose targets stand in it.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        sa.CheckConstraint("hash = sha256(content)", name="hash_of_content"),
        sa.CheckConstraint("cardinality(operations) > 0", name="of_something"),
        sa.Index(None, "taken_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str | None]
    operations: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(sa.Uuid()))
    subject_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    starts_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    ends_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    as_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    taken_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    taken_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    hash: Mapped[bytes]
    content: Mapped[bytes] = mapped_column(deferred=True)


class Release(Model):
    """What is said in public of a snapshot: its headlines, in words, and who stands for them.

    Whoever wrote it can't approve it. A change takes the approval away; what is
    published is changed no more: a later figure is a revision, beside the first,
    that one person proposes and another approves.
    """

    __tablename__ = "release"
    __table_args__ = (
        sa.CheckConstraint(sa.column("marking").in_(MARKINGS), name="marking_known"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state_known"),
        sa.CheckConstraint(
            "approved_by <> made_by and approved_by <> changed_by", name="four_eyes"
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (approved_by is null)"
            " and (approved_by is null) = (approved_at is null)",
            name="approved_by_somebody",
        ),
        sa.CheckConstraint(
            "(state = 'published') = (published_by is not null)"
            " and (published_by is null) = (published_at is null)",
            name="published_by_somebody",
        ),
        sa.CheckConstraint(
            "num_nonnulls(revision, revision_at, revision_by) in (0, 3)"
            " and (revision is null or state = 'published')",
            name="revision_by_somebody",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    snapshot_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("snapshot.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    title: Mapped[str]
    introduction: Mapped[str | None]
    notes: Mapped[str | None]
    headlines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    marking: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="draft")
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    changed_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    approved_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    published_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    published_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    # What somebody would put in the place of a published figure, until somebody else approves it.
    revision: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    revision_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    revision_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
