"""Tables of deconfliction: only functions of the database read and write those of conflicts."""

import datetime as dt
import uuid
from decimal import Decimal

import sqlalchemy as sa
from geoalchemy2 import Geometry, WKBElement
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

STATES = {"open": "Open", "resolved": "Resolved", "gone": "No longer there"}
OUTCOMES = {
    "moved": "One of the two moves",
    "joint": "They go together",
    "one_leads": "One goes, the other waits",
    "cancelled": "One is called off",
    "both_go": "Both go ahead as planned",
    "no_conflict": "They don't get in each other's way",
}
REASONS = {
    "radius": "close together at about the same time",
    "site": "the same site",
    "line": "the same line",
    "address": "the same address",
}
# What holds until the desk sets a rule; as in migrations/deconflicting.py.
RADIUS_M, MINUTES, SAME_DAYS = 300, 60, 28


class DeconflictionRule(Model):
    """How near and how soon is too near, for a kind of deployment and a marking, or for any."""

    __tablename__ = "deconfliction_rule"
    __table_args__ = (
        sa.CheckConstraint("radius_m between 0 and 5000", name="radius_sane"),
        sa.CheckConstraint("minutes between 0 and 2880", name="minutes_sane"),
        sa.CheckConstraint("same_days between 0 and 366", name="days_sane"),
        sa.UniqueConstraint("kind", "marking", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str | None]
    marking: Mapped[str | None]
    radius_m: Mapped[int]
    minutes: Mapped[int]
    # For the same site, line or address.
    same_days: Mapped[int]
    # Whether a covert operation's deployments give the other side a reference to ring about.
    tells_of_covert: Mapped[bool] = mapped_column(server_default=sa.false())
    changed_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    changed_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))


class Footprint(Model):
    """What of a deployment is compared with others, kept by triggers; in metres, for speed."""

    __tablename__ = "footprint"
    __table_args__ = (
        sa.Index(
            None, "during", "shape", postgresql_using="gist", postgresql_where=sa.text("counts")
        ),
        sa.Index(None, "site_id", postgresql_where=sa.text("counts")),
        sa.Index(None, "address_key", postgresql_where=sa.text("counts")),
        sa.Index(None, "line_keys", postgresql_using="gin", postgresql_where=sa.text("counts")),
    )

    deployment_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("deployment.id", ondelete="CASCADE"), primary_key=True
    )
    operation_id: Mapped[uuid.UUID]
    # Neither it nor its operation is over.
    counts: Mapped[bool]
    during: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    shape: Mapped[WKBElement | None] = mapped_column(Geometry(srid=27700, spatial_index=False))
    site_id: Mapped[uuid.UUID | None]
    line_keys: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text()))
    address_key: Mapped[str | None]
    radius_m: Mapped[int]
    minutes: Mapped[int]
    same_days: Mapped[int]
    # Whether the other side of a conflict with it is told that there is one.
    tells: Mapped[bool]


class Conflict(Model):
    """Two deployments of different operations that get in each other's way."""

    __tablename__ = "conflict"
    __table_args__ = (
        sa.CheckConstraint("one_id < other_id", name="in_order"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state_known"),
        sa.CheckConstraint(
            "state <> 'resolved' or num_nulls(outcome, resolved_at, resolved_by) = 0",
            name="resolved_whole",
        ),
        sa.UniqueConstraint("one_id", "other_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    # Drawn at random: it says neither when nor how many.
    reference: Mapped[str] = mapped_column(unique=True)
    one_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("footprint.deployment_id", ondelete="CASCADE")
    )
    other_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("footprint.deployment_id", ondelete="CASCADE"), index=True
    )
    reasons: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    distance_m: Mapped[Decimal | None] = mapped_column(sa.Numeric())
    gap_minutes: Mapped[int]
    # A hash of what was compared: one that was resolved opens again when either side changes.
    basis: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    found_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    changed_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    # Since when each side knows that there is a conflict; a covert other side keeps it from it.
    one_told_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    other_told_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    owner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    outcome: Mapped[str | None]
    # What both sides read of it, and what the desk alone does.
    told: Mapped[str | None]
    note: Mapped[str | None]
    resolved_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    resolved_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class ConflictDue(Model):
    """A note that something was written, so that what its writer may not know is found later."""

    __tablename__ = "conflict_due"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    object: Mapped[str]
    object_id: Mapped[uuid.UUID]


class ConflictCheck(Model):
    """Somebody asked what is at a place at a time, without planning anything."""

    __tablename__ = "conflict_check"
    __table_args__ = (sa.Index(None, "person_id", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    kind: Mapped[str]
    during: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    shape: Mapped[WKBElement] = mapped_column(Geometry(srid=4326, spatial_index=False))
    found: Mapped[int]
