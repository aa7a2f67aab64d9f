"""Tables of plans."""

import datetime as dt
import uuid

import sqlalchemy as sa
from geoalchemy2 import WKBElement
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ops.access.models import Organisation, Person
from ops.db import Model, new_id
from ops.geo.models import geometry, in_operation
from ops.operations.deployment_codes import (
    DEPLOYMENT_KINDS,
    DEPLOYMENT_STATUSES,
    METHODS_OF_ENTRY,
    POWERS,
)

KINDS = {
    "week_of_action": "Week of action",
    "prison_search": "Prison search",
    "place_based": "Place-based operation",
    "day_of_action": "Day of action",
}
# Themes of the Greater Manchester strategy 2022-25 (panel report of 20 November 2023).
THEMES = {
    "county_lines": "County lines",
    "modern_slavery": "Modern slavery and human trafficking",
    "immigration_crime": "Organised immigration crime",
    "western_balkan": "Western Balkan criminality",
    "drugs": "Drugs",
    "firearms": "Firearms",
    "homicide_prevention": "Homicide prevention",
}
STATUSES = {
    "draft": "Draft",
    "planned": "Planned",
    "approved": "Approved",
    "live": "Live",
    "closed": "Closed",
    "reviewed": "Reviewed",
}
VISIBILITIES = {"open": "Open", "restricted": "Restricted", "covert": "Covert"}
# Government Security Classifications: nothing above OFFICIAL-SENSITIVE is accepted.
MARKINGS = ("OFFICIAL", "OFFICIAL-SENSITIVE")
PHASES = {"clear": "Clear", "hold": "Hold", "build": "Build"}


class Operation(Model):
    """A planned piece of joint work between two times; a place-based one may have no end yet."""

    __tablename__ = "operation"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind_known"),
        sa.CheckConstraint(sa.column("theme").in_(THEMES), name="theme_known"),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status_known"),
        sa.CheckConstraint(sa.column("visibility").in_(VISIBILITIES), name="visibility_known"),
        sa.CheckConstraint(sa.column("marking").in_(MARKINGS), name="marking_known"),
        sa.UniqueConstraint("id", "audience_id"),
        sa.CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        sa.CheckConstraint("parent_id <> id and predecessor_id <> id", name="not_its_own_parent"),
        # A covert one may have any, or its reference would be found by trying.
        sa.Index(
            "uq_operation_reference",
            "reference",
            unique=True,
            postgresql_where=sa.text("visibility <> 'covert'"),
        ),
        sa.Index(None, "starts_at", "id"),
        sa.Index(None, "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    theme: Mapped[str | None]
    aim: Mapped[str | None]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    predecessor_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("operation.id"), index=True
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    starts_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    ends_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    status: Mapped[str] = mapped_column(server_default="draft")
    marking: Mapped[str] = mapped_column(server_default="OFFICIAL-SENSITIVE")
    visibility: Mapped[str] = mapped_column(server_default="open")
    # Whom it is open to: its organisation, or its members alone. What belongs to it carries it too.
    audience_id: Mapped[uuid.UUID] = mapped_column(
        sa.Computed("case visibility when 'open' then organisation_id else id end", persisted=True)
    )
    # SHA-256 of what was first sent under this id: the same again is a replay.
    content_hash: Mapped[bytes | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    organisation: Mapped[Organisation] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Transition(Model):
    """One step of an operation's life: who moved it, when and why."""

    __tablename__ = "transition"
    __table_args__ = (sa.Index(None, "operation_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    from_status: Mapped[str]
    to_status: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))


class Phase(Model):
    """Clear, hold or build: a stretch of a place-based operation; phases may overlap."""

    __tablename__ = "phase"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(PHASES), name="kind_known"),
        sa.CheckConstraint("starts_at < ends_at", name="starts_before_it_ends"),
        sa.UniqueConstraint("operation_id", "kind", "starts_at"),
        # For what was done in it, which names a phase of its own operation.
        sa.UniqueConstraint("id", "operation_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    kind: Mapped[str]
    starts_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    ends_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    aim: Mapped[str | None]
    note: Mapped[str | None]


class Deployment(Model):
    """People sent to one place for one window, as part of an operation."""

    __tablename__ = "deployment"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(DEPLOYMENT_KINDS), name="kind_known"),
        sa.CheckConstraint(sa.column("status").in_(DEPLOYMENT_STATUSES), name="status_known"),
        sa.CheckConstraint(sa.column("method_of_entry").in_(METHODS_OF_ENTRY), name="entry_known"),
        sa.CheckConstraint(sa.column("power").in_(POWERS), name="power_known"),
        sa.CheckConstraint("num_nonnulls(site_id, area_id, point) = 1", name="one_place"),
        sa.CheckConstraint(
            "not isempty(during) and not lower_inf(during) and not upper_inf(during)",
            name="window_bounded",
        ),
        sa.UniqueConstraint("id", "during"),
        in_operation(),
        sa.Index(None, "operation_id", "id"),
        sa.Index(None, "during", postgresql_using="gist"),
        sa.Index(None, "point", postgresql_using="gist"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID]
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    kind: Mapped[str]
    name: Mapped[str]
    during: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    site_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("site.id"), index=True)
    area_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("area.id"), index=True)
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    # Written as it was given; where it is on the map is one of the three above.
    address: Mapped[str | None]
    postcode: Mapped[str | None] = mapped_column(index=True)
    # A line is a result, and results name deployments: made after both tables are there.
    line_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("deal_line.result_id", use_alter=True), index=True
    )
    method_of_entry: Mapped[str | None]
    power: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="planned")
    note: Mapped[str | None]
    # As an operation's.
    content_hash: Mapped[bytes | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}


class Team(Model):
    """People of an operation who are deployed together."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("operation_id", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    name: Mapped[str]

    members: Mapped[list[Person]] = relationship(secondary="team_member", order_by=Person.name)


class TeamMember(Model):
    """Somebody on a team."""

    __tablename__ = "team_member"

    team_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("team.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)


class Assignment(Model):
    """One person on one deployment, for the deployment's own window.

    The window is copied from the deployment by the foreign key, which also
    moves it, so that the exclusion constraint can hold: nobody is in two
    places at once. A released assignment stays, as history.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["deployment_id", "during"],
            ["deployment.id", "deployment.during"],
            onupdate="CASCADE",
        ),
        ExcludeConstraint(
            ("person_id", "="),
            ("apart", "="),
            ("during", "&&"),
            where=sa.text("released_at is null"),
            using="gist",
            name="ex_assignment_nobody_in_two_places",
        ),
        sa.Index(
            "uq_assignment_deployment_id_person_id",
            "deployment_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("released_at is null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    deployment_id: Mapped[uuid.UUID]
    during: Mapped[Range[dt.datetime]] = mapped_column(TSTZRANGE)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    team_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    released_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    # Where they came from, or who was here before them: an assignment that ended as this began.
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("assignment.id"))
    # A trigger's: the operation while it is covert, so that no other is told of a clash with it.
    apart: Mapped[uuid.UUID] = mapped_column(server_default=str(uuid.UUID(int=0)))
