"""Resources: who and what was deployed, for how long, and which partners were there."""

import datetime as dt
import decimal
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.engagement_codes import PARTNERS
from ops.results.fields import Amount, Code, Codes, Text
from ops.results.kinds.base import QUALIFIERS, Detail, Facet, Key, Kind, Measure, Scoped
from ops.results.kinds.tallies import (
    Row,
    Tallied,
    add_up,
    filled,
    quantities,
    rows,
    too_many,
)
from ops.results.resource_codes import COUNTED, HOURS, ROLES


class Resource(Tallied, Scoped, Model):
    """What one organisation put into a deployment."""

    __tablename__ = "resource"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str | None]
    supplied_by: Mapped[str | None]
    partners: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))


class ResourceCount(Scoped, Model):
    """How many officers, hours, vehicles and so on."""

    __tablename__ = "resource_count"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("resource.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    number: Mapped[decimal.Decimal]
    qualifier: Mapped[str]


class ResourceCountSchema(ma.Schema):
    """How many of what; hours may be parts of an hour"""

    what = Code(COUNTED, required=True)
    number = Amount(required=True)
    qualifier = Code(QUALIFIERS)

    @ma.validates_schema
    def _whole_but_for_hours(self, row: Detail, **_kwargs: object) -> None:
        if row["what"] not in HOURS and row["number"] != row["number"].to_integral_value():
            raise ma.ValidationError("Give a whole number.", "number")


class ResourceSchema(ma.Schema):
    """Resources; one record for each unit or organisation that is counted apart"""

    counts = rows(ResourceCountSchema)
    role = Code(ROLES, allow_none=True)
    supplied_by = Text(allow_none=True)
    partners = Codes(PARTNERS)

    @ma.validates_schema
    def _says_something(self, detail: Detail, **_kwargs: object) -> None:
        counted = [row["what"] for row in detail.get("counts") or []]
        if not counted and not detail.get("partners"):
            raise ma.ValidationError(
                "Say how many of what, or which partners were there.", "counts"
            )
        if len(set(counted)) < len(counted):
            raise ma.ValidationError(
                "Count each thing once; log another record for another unit.", "counts"
            )


def complete(detail: Detail, _occurred_at: dt.datetime) -> Detail:
    """Add up the rows, and count the partners that were named."""
    counts, partners = filled(detail.get("counts")), detail.get("partners") or []
    named = filled([{"what": "partners", "number": decimal.Decimal(len(partners))}])
    counted = add_up([*counts, *(named if partners else [])], _sum)
    return detail | {"counts": counts, "partners": partners} | counted


def _sum(row: Row) -> list[str]:
    return [row["what"]]


def remarks(detail: Detail) -> list[str]:
    """Say where hours are more than the officers could have worked in a day."""
    said = too_many(detail)
    numbers = {name: decimal.Decimal(number) for name, number in detail["numbers"].items()}
    officers, hours = numbers.get("officers"), numbers.get("officer_hours")
    if officers and hours and hours > officers * 24:
        said.append("These are more than 24 hours for each officer; check both numbers.")
    return said


def _deployed(code: str, label: str, total: str, unit: str = "count") -> Measure:
    return Measure(code, label, "prepare", unit, sum=total)


QUANTITIES = COUNTED | {"partners": "Partners present"}
KINDS = (
    Kind(
        name="resource",
        label="Resources",
        model=Resource,
        schema=ResourceSchema(),
        children={"counts": ResourceCount},
        facets={
            "resource_role": Facet("Unit or role", Resource.role, ROLES),
            "supplied_by": Facet("Supplied by", Resource.supplied_by),
            "partner": Facet("Partner", Resource.partners, PARTNERS, is_many=True),
        },
        quantities=quantities(
            Resource, {code: label for code, label in QUANTITIES.items() if code not in HOURS}
        )
        | quantities(Resource, {code: COUNTED[code] for code in HOURS}, "hour"),
        keys={"supplier": Key("Supplier", sa.func.lower(Resource.supplied_by))},
        measures=(
            _deployed("officers_deployed", "Officers deployed", "officers"),
            _deployed("officer_hours", "Officer hours", "officer_hours", "hour"),
            _deployed("police_vehicles", "Police vehicles", "vehicles"),
            _deployed("dogs_deployed", "Dogs deployed", "dogs"),
            _deployed("partners_present", "Partners present", "partners"),
            _deployed("partner_staff", "People from partners", "partner_staff"),
            _deployed("payback_teams", "Community Payback teams", "payback_teams"),
        ),
        complete=complete,
        remarks=remarks,
    ),
)
