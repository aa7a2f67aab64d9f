"""Deal lines, their closures (type 1 by arrest and charge, type 2 by the number's end), and what
became of them since.
"""

import datetime as dt
import re
import uuid
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.fields import Code, Day, Named, Steps, Text, not_ahead
from ops.results.kinds.arrests import CHARGES, Arrest
from ops.results.kinds.base import Detail, Facet, Key, Kind, Measure, Scoped
from ops.wording import LONDON, short_day

TYPES = {
    "type_1": "Type 1: the line holder is arrested and charged",
    "type_2": "Type 2: the number is deactivated",
}
CHANGES = {
    "active": "Seen in use",
    "dormant": "Gone quiet",
    "reopened": "Reopened",
    "rebranded": "Under a new name",
}
# What says that a line is in use: from then on it can be closed again.
IN_USE = ("active", "reopened", "rebranded")
NO_CHARGE = (
    "A type 1 closure counts once the line holder is arrested and charged, and the arrest that "
    "it names has no charge: add the charge to what became of the arrest, or give the custody "
    "reference and the day of the charge."
)
# Ten digits are the least of a number with its area code; fifteen the most of any (E.164).
_NUMBER = re.compile(r"\+?\d{10,15}")


class DealLine(Scoped, Model):
    """A deal line: known by its name and its numbers, run from one area into others."""

    __tablename__ = "deal_line"
    __table_args__ = (
        sa.Index("ix_deal_line_lower_name", sa.text("lower(name)")),
        sa.Index(
            "ix_deal_line_name_words",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    exporter_area: Mapped[str | None]
    importer_areas: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    line_holder_ref: Mapped[str | None]


class LineNumber(Scoped, Model):
    """A number that a line used, and between which days."""

    __tablename__ = "line_number"
    __table_args__ = (sa.CheckConstraint("from_on <= to_on", name="from_before_to"),)

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("deal_line.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    from_on: Mapped[dt.date | None]
    to_on: Mapped[dt.date | None]


class LineClosure(Scoped, Model):
    """The end of a line; it counts once it is confirmed."""

    __tablename__ = "line_closure"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    line_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("deal_line.result_id"), index=True
    )
    line_name: Mapped[str | None] = mapped_column(index=True)
    closed_on: Mapped[dt.date]
    evidence: Mapped[str | None]
    arrest_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("arrest.result_id"), index=True
    )
    custody_ref: Mapped[str | None]
    charged_on: Mapped[dt.date | None]
    deactivated_on: Mapped[dt.date | None]


class CheckBack(Scoped, Model):
    """One look, afterwards, at whether a closed line is still out of use."""

    __tablename__ = "check_back"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("line_closure.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[dt.date]
    out_of_use: Mapped[bool]


class LineChange(Scoped, Model):
    """What became of a line on a day: in use, quiet, back after it was closed, or renamed."""

    __tablename__ = "line_change"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("deal_line.result_id"), index=True
    )
    line_name: Mapped[str | None]
    change: Mapped[str]
    on: Mapped[dt.date]
    name: Mapped[str | None]
    evidence: Mapped[str | None]


class NumberSchema(ma.Schema):
    """A number of a line"""

    number = Text(30, required=True)
    from_on = Day(allow_none=True)
    to_on = Day(allow_none=True)

    @ma.pre_load
    def _accept_the_number_alone(self, given: Any, **_kwargs: object) -> Any:
        return {"number": given} if isinstance(given, str) else given

    @ma.post_load
    def _write_it_one_way(self, given: Detail, **_kwargs: object) -> Detail:
        number = re.sub(r"[\s().-]", "", given["number"])
        if not _NUMBER.fullmatch(number):
            raise ma.ValidationError("Give a phone number, such as 07700 900123.", "number")
        return given | {"number": number}


class LineSchema(ma.Schema):
    """A deal line that was identified"""

    name = Text(required=True)
    numbers = Steps(ma.fields.Nested(NumberSchema))
    exporter_area = Text(allow_none=True)
    importer_areas = ma.fields.List(Text(), validate=ma.validate.Length(max=50))
    line_holder_ref = Text(50, allow_none=True)


class CheckBackSchema(ma.Schema):
    """A check whether a closed line is out of use"""

    on = Day(required=True, validate=not_ahead)
    out_of_use = ma.fields.Boolean(required=True)


class LineClosureSchema(ma.Schema):
    """The closure of a deal line; `line` is the id of the line's own record"""

    type = Code(TYPES, required=True)
    line = Named("line", allow_none=True)
    line_name = Text(allow_none=True)
    closed_on = Day(validate=not_ahead)
    evidence = Text(2000, allow_none=True)
    arrest = Named("arrest", allow_none=True)
    custody_ref = Text(50, allow_none=True)
    charged_on = Day(allow_none=True, validate=not_ahead)
    deactivated_on = Day(allow_none=True, validate=not_ahead)
    check_backs = Steps(ma.fields.Nested(CheckBackSchema))


class LineChangeSchema(ma.Schema):
    """What became of a deal line; `line` is the id of the line's own record"""

    line = Named("line", allow_none=True)
    line_name = Text(allow_none=True)
    change = Code(CHANGES, required=True)
    on = Day(validate=not_ahead)
    name = Text(allow_none=True, metadata={"description": "The new name of one that has one"})
    evidence = Text(2000, allow_none=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _names_agree(self, detail: Detail, **_kwargs: object) -> None:
        if not (detail.get("line") or detail.get("line_name")):
            raise ma.ValidationError("Say which line: give its record or its name.", "line_name")
        if (detail["change"] == "rebranded") != bool(detail.get("name")):
            said = "Give the new name where the line has one, and only then."
            raise ma.ValidationError(said, "name")


def complete_line(detail: Detail, _occurred_at: dt.datetime) -> Detail:
    """Give a line its empty lists."""
    return {"numbers": [], "importer_areas": []} | detail


def complete_closure(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Date a closure by its record where nothing else is said."""
    defaults = {"closed_on": occurred_at.astimezone(LONDON).date(), "check_backs": []}
    return defaults | detail


def complete_change(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Date a change by its record where nothing else is said."""
    return {"on": occurred_at.astimezone(LONDON).date()} | detail


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what a closure needs before it counts."""
    if not (detail.get("line") or detail.get("line_name")):
        return "Say which line was closed: give its record or its name."
    if detail["type"] == "type_2":
        if detail.get("deactivated_on"):
            return None
        return "A type 2 closure counts once the number is deactivated: give the day it was."
    missing = []
    if not (detail.get("arrest") or detail.get("custody_ref")):
        missing.append("the arrest or custody reference of the line holder")
    if not (detail.get("arrest") or detail.get("charged_on")):
        missing.append("the day of the charge")
    if not missing:
        return None
    return (
        "A type 1 closure counts once the line holder is arrested and charged: "
        f"give {' and '.join(missing)}."
    )


def missing_elsewhere(detail: Detail) -> sa.Select[str] | None:
    """Ask whether the arrest behind a type 1 closure was charged."""
    told = detail.get("custody_ref") and detail.get("charged_on")
    if detail["type"] != "type_1" or told or not detail.get("arrest"):
        return None
    charged = sa.exists().where(
        Arrest.result_id == detail["arrest"],
        Arrest.disposal_codes.overlap(sa.cast(list(CHARGES), ARRAY(sa.Text()))),
    )
    return sa.select(sa.literal(NO_CHARGE)).where(~charged)


def likely_the_same(detail: Detail) -> sa.Select[str] | None:
    """Ask whether the register has a line of the name, where a closure gives a name alone."""
    if detail.get("line") or not detail.get("line_name"):
        return None
    same = sa.func.lower(DealLine.name) == detail["line_name"].lower()
    said = sa.literal(
        f"A line called {detail['line_name']} is in the register: if it is the same, say so."
    )
    return sa.select(said).where(sa.exists().where(same))


def remarks(detail: Detail) -> list[str]:
    """Say where a closed line was found in use again."""
    return [
        f"The line was in use again on {short_day(check['on'])}; look at the closure again."
        for check in detail["check_backs"]
        if not check["out_of_use"]
    ]


KINDS = (
    Kind(
        name="line",
        label="Deal line",
        model=DealLine,
        schema=LineSchema(),
        children={"numbers": LineNumber},
        facets={"exporter_area": Facet("Exporter area", DealLine.exporter_area)},
        measures=(Measure("lines_identified", "Lines identified", "pursue"),),
        complete=complete_line,
    ),
    Kind(
        name="line_closure",
        label="Line closure",
        model=LineClosure,
        schema=LineClosureSchema(),
        children={"check_backs": CheckBack},
        facets={"type": Facet("Type", LineClosure.type, TYPES)},
        keys={"line": Key("Line", LineClosure.line_id)},
        measures=(
            Measure(
                "lines_closed",
                "Lines closed",
                "pursue",
                counts_when="confirmed",
                parts=("lines_closed_type_1", "lines_closed_type_2"),
            ),
            Measure(
                "lines_closed_type_1",
                "Lines closed, type 1",
                "pursue",
                where={"type": ("type_1",)},
                counts_when="confirmed",
            ),
            Measure(
                "lines_closed_type_2",
                "Lines closed, type 2",
                "pursue",
                where={"type": ("type_2",)},
                counts_when="confirmed",
            ),
        ),
        complete=complete_closure,
        missing_to_confirm=missing_to_confirm,
        missing_elsewhere=missing_elsewhere,
        remarks=remarks,
        remarks_elsewhere=likely_the_same,
        afterwards={"check_backs"},
    ),
    Kind(
        name="line_change",
        label="Change of a deal line",
        model=LineChange,
        schema=LineChangeSchema(),
        facets={"change": Facet("What became of the line", LineChange.change, CHANGES)},
        keys={"line": Key("Line", LineChange.line_id)},
        measures=(
            Measure("lines_reopened", "Lines reopened", "pursue", where={"change": ("reopened",)}),
        ),
        complete=complete_change,
    ),
)
