"""Tables of who belongs to an operation, for how long, and who opened one in an emergency."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

# What somebody can be in one operation, whatever they are in their organisation.
MEMBER_ROLES = {
    "lead": "Lead",
    "officer": "Officer",
    "analyst": "Analyst",
    "partner": "Partner",
    "auditor": "Auditor",
}
ALERT_KINDS = ("break_glass", "conflict", "conflict_resolved", "conflict_gone")


class OrganisationLine(Model):
    """Whose open operations the people of an organisation see: its own, above it and below it.

    A trigger keeps it, since row-level security asks for it in every statement.
    """

    __tablename__ = "organisation_line"

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    sees_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )


class Membership(Model):
    """Somebody's role in one operation, between two times.

    One that was taken back stays, as history. `is_break_glass` marks what
    somebody took for themselves in an emergency, with the reason.
    """

    __tablename__ = "membership"
    __table_args__ = (
        sa.CheckConstraint(sa.column("role").in_(MEMBER_ROLES), name="role_known"),
        sa.CheckConstraint("not isempty(during)", name="ends_after_it_starts"),
        ExcludeConstraint(
            ("operation_id", "="),
            ("person_id", "="),
            ("during", "&&"),
            where=sa.text("revoked_at is null and not is_break_glass"),
            using="gist",
            name="ex_membership_one_role_at_a_time",
        ),
        sa.Index(None, "person_id", "operation_id"),
        # Each statement asks which operations somebody sees as a partner; mostly, none.
        sa.Index(
            "ix_membership_partner", "person_id", postgresql_where=sa.text("role = 'partner'")
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    role: Mapped[str]
    during: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    granted_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    granted_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    reason: Mapped[str | None]
    is_break_glass: Mapped[bool] = mapped_column(server_default=sa.false())
    revoked_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class Alert(Model):
    """Told to one person: that something happened in an operation which they can't miss.

    `kind` says what: somebody opened it in an emergency (`opened_by`, with the reason), or one of
    its deployments, named by `said`, is in conflict with another.
    """

    __tablename__ = "alert"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(ALERT_KINDS), name="kind_known"),
        sa.Index(None, "person_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    kind: Mapped[str] = mapped_column(server_default="break_glass")
    # As it was told: an auditor need not see the operation. Of a conflict, the conflict's own.
    reference: Mapped[str]
    said: Mapped[str | None]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    seen_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
