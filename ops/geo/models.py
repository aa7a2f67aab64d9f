"""Tables of places: all geometry is EPSG:4326, longitude first."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry, WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

AREA_PURPOSES = {
    "target": "Target area",
    "search": "Search area",
    "patrol": "Patrol area",
    "cordon": "Cordon",
    "exclusion": "Exclusion zone",
    "rendezvous": "Rendezvous point",
}
SITE_KINDS = {
    "prison": "Prison",
    "premises": "Premises",
    "school": "School",
    "station": "Station",
    "other": "Other place",
}


def geometry(kind: str) -> Geometry:
    """Give the type of a geometry column; its index is made by name, beside the table."""
    return Geometry(kind, srid=4326, spatial_index=False)


def in_operation() -> sa.ForeignKeyConstraint:
    """Tie a row to its operation and to whom that is open to, which row-level security asks for."""
    return sa.ForeignKeyConstraint(
        ["operation_id", "audience_id"],
        ["operation.id", "operation.audience_id"],
        onupdate="CASCADE",
    )


class Area(Model):
    """A shape that an operation works in, for one purpose and between two times.

    `content_hash` is the SHA-256 of what was first sent under an id that the
    client chose: the same again is a replay, anything else a conflict.
    """

    __tablename__ = "area"
    __table_args__: Any = (
        sa.CheckConstraint(sa.column("purpose").in_(AREA_PURPOSES), name="purpose_known"),
        sa.CheckConstraint("valid_from < valid_to", name="valid_from_before_to"),
        sa.Index(None, "geom", postgresql_using="gist"),
        sa.Index(None, "operation_id", "name", "id"),
        in_operation(),
        # For tiles alone, so that no record has them: the shape in Web Mercator, and by how many
        # metres of it a corner may be moved before the shape is no longer valid. Tiles leave
        # corners out of a longer outline, so that nothing is known of it.
        sa.Column(
            "drawn",
            Geometry("MULTIPOLYGON", srid=3857, spatial_index=False),
            sa.Computed("st_forcepolygoncw(st_transform(geom, 3857))", persisted=True),
        ),
        sa.Column(
            "clearance",
            sa.Double(),
            sa.Computed(
                "case when st_npoints(geom) <= 32"
                " then st_minimumclearance(st_transform(geom, 3857))"
                " else null::double precision end",
                persisted=True,
            ),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID]
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    name: Mapped[str]
    purpose: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(geometry("MULTIPOLYGON"))
    valid_from: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    valid_to: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    version: Mapped[int] = mapped_column()
    content_hash: Mapped[bytes | None]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version, "exclude_properties": ["drawn", "clearance"]}


class Site(Model):
    """A named place: a prison, premises, a school."""

    __tablename__ = "site"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(SITE_KINDS), name="kind_known"),
        sa.Index(None, "point", postgresql_using="gist"),
        sa.Index(None, "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    operator: Mapped[str | None]
    category: Mapped[str | None]
    point: Mapped[WKBElement] = mapped_column(geometry("POINT"))
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Boundary(Model):
    """An administrative outline of one layer: a district, a ward, a force."""

    __tablename__ = "boundary"
    __table_args__ = (
        sa.UniqueConstraint("layer", "code", "valid_from", postgresql_nulls_not_distinct=True),
        sa.Index(None, "geom", postgresql_using="gist"),
        sa.Index(None, "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    layer: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(geometry("MULTIPOLYGON"))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]


class BoundaryChange(Model):
    """That boundaries were written, and by which transaction.

    They are general knowledge, so that the ledger has nothing of them; what was drawn of them
    before is out of date all the same.
    """

    __tablename__ = "boundary_change"
    __table_args__ = (sa.Index(None, "txid"),)

    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=sa.func.gen_random_uuid()
    )
    txid: Mapped[int] = mapped_column(
        sa.BigInteger, server_default=sa.text("pg_current_xact_id()::text::bigint")
    )


class Place(Model):
    """A place of a gazetteer that an operator imported: a street, a village, a postcode.

    `postcode` is in capitals without blanks. No operation refers to a place, so that another
    edition of a gazetteer can take the place of this one.
    """

    __tablename__ = "place"
    __table_args__ = (
        sa.UniqueConstraint("layer", "code"),
        sa.Index(None, "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        # For names that begin as what was typed, which of a million is the quickest to find.
        sa.Index(
            "ix_place_lower_name",
            sa.func.lower(sa.literal_column("name")).label("lower_name"),
            postgresql_ops={"lower_name": "text_pattern_ops"},
        ),
        sa.Index(None, "point", postgresql_using="gist"),
        sa.Index(None, "postcode", postgresql_ops={"postcode": "text_pattern_ops"}),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    layer: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str | None]
    postcode: Mapped[str | None]
    point: Mapped[WKBElement] = mapped_column(geometry("POINT"))
    bbox: Mapped[WKBElement | None] = mapped_column(geometry("POLYGON"))
    source: Mapped[str]
    imported_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )


# The few columns of an operation that places need. The table belongs to the plans, a layer above.
operation = sa.table(
    "operation",
    sa.column("id", sa.Uuid),
    sa.column("name", sa.Text),
    sa.column("reference", sa.Text),
    sa.column("status", sa.Text),
    sa.column("marking", sa.Text),
)
# An operation in one of these is over: its areas stay as they were, and hold no more results.
OVER = ("closed", "reviewed")
