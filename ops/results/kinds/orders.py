"""Court orders and notices, with their conditions and their days."""

import datetime as dt
import uuid

import marshmallow as ma
import sqlalchemy as sa
from geoalchemy2 import WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.geo.models import geometry
from ops.results.fields import Code, Day, Outline, Steps, Text, not_ahead
from ops.results.kinds.arrests import AGE_GROUPS
from ops.results.kinds.base import Detail, Facet, Key, Kind, Measure, Scoped
from ops.results.order_codes import (
    APPLICANTS,
    IN_FORCE,
    LONGEST_NOTICE,
    MAKERS,
    NOTICE_HOURS,
    ORDER_TYPES,
    SUBJECTS,
    length_remark,
)
from ops.wording import LONDON, short_day, today

YES_NO = {"yes": "Yes", "no": "No"}
# Enough to apply for more before an order ends.
SOON = dt.timedelta(days=28)


class CourtOrder(Scoped, Model):
    """An order or notice about a person, premises or a number.

    `expires_on` is its last day as things stand: discharged, extended, or as it was made.
    `has_zone` says that a condition has an outline, so that a total is one scan.
    """

    __tablename__ = "court_order"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        sa.CheckConstraint("extended_to >= ends_on", name="extended_beyond_its_end"),
        sa.CheckConstraint("discharged_on >= starts_on", name="discharged_after_it_starts"),
        sa.Index(None, "expires_on"),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_type: Mapped[str]
    subject: Mapped[str | None]
    subject_ref: Mapped[str | None] = mapped_column(index=True)
    age_group: Mapped[str | None]
    applicant: Mapped[str | None]
    made_by: Mapped[str | None]
    court: Mapped[str | None]
    reference: Mapped[str | None]
    made_on: Mapped[dt.date]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date | None]
    hours: Mapped[int | None]
    interim: Mapped[bool]
    extended_to: Mapped[dt.date | None]
    discharged_on: Mapped[dt.date | None]
    expires_on: Mapped[dt.date | None]
    has_zone: Mapped[bool] = mapped_column(info={"wire": False})


class OrderCondition(Scoped, Model):
    """What an order forbids or demands; `zone` is where somebody must not go."""

    __tablename__ = "order_condition"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("court_order.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    hours: Mapped[str | None]
    zone: Mapped[WKBElement | None] = mapped_column(geometry("MULTIPOLYGON"))


class OrderConditionSchema(ma.Schema):
    """A condition of an order"""

    text = Text(500, required=True)
    hours = Text(100, allow_none=True)
    zone = Outline(allow_none=True)


class CourtOrderSchema(ma.Schema):
    """An order; the subject by a reference, never a name"""

    order_type = Code(ORDER_TYPES, required=True)
    subject = Code(SUBJECTS, allow_none=True)
    subject_ref = Text(100, allow_none=True)
    age_group = Code(AGE_GROUPS, allow_none=True)
    applicant = Code(APPLICANTS, allow_none=True)
    made_by = Code(MAKERS, allow_none=True)
    court = Text(allow_none=True)
    reference = Text(allow_none=True)
    made_on = Day(validate=not_ahead)
    starts_on = Day()
    ends_on = Day(allow_none=True)
    hours = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(1, 1000))
    interim = ma.fields.Boolean()
    conditions = Steps(ma.fields.Nested(OrderConditionSchema))
    extended_to = Day(allow_none=True)
    discharged_on = Day(allow_none=True, validate=not_ahead)
    expires_on = ma.fields.Date(dump_only=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _days_agree(self, detail: Detail, **_kwargs: object) -> None:
        starts, ends = detail.get("starts_on"), detail.get("ends_on")
        if starts and ends and ends < starts:
            raise ma.ValidationError("An order can't end before it starts.", "ends_on")
        if detail.get("extended_to") and not ends:
            raise ma.ValidationError(
                "Say when it was to end at first; this order has no last day.", "ends_on"
            )
        if ends and detail.get("extended_to") and detail["extended_to"] < ends:
            raise ma.ValidationError("An extension can't end before the order did.", "extended_to")


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Date an order by its record where nothing else is said, and find its last day."""
    made = detail.get("made_on") or occurred_at.astimezone(LONDON).date()
    defaults: Detail = {"made_on": made, "starts_on": made, "interim": False, "conditions": []}
    detail = defaults | detail
    ends = detail.get("discharged_on") or detail.get("extended_to") or detail.get("ends_on")
    detail["expires_on"] = ends
    detail["has_zone"] = any(each.get("zone") is not None for each in detail["conditions"])
    return detail


def remarks(detail: Detail, on: dt.date | None = None) -> list[str]:
    """Ask about a length that the law does not give, and say when an order ends."""
    on = on or today()
    said = [_notice_remark(detail)] if detail["order_type"] == "closure_notice" else []
    ends = detail.get("extended_to") or detail.get("ends_on")
    said.append(
        length_remark(
            detail["order_type"],
            detail["starts_on"],
            None if detail["interim"] else ends,
            is_child=detail.get("age_group") == "child",
            is_extended=detail.get("extended_to") is not None,
        )
    )
    if discharged := detail.get("discharged_on"):
        said.append(f"The order was discharged on {short_day(discharged)}.")
        too_early = length_remark("stpo", detail["starts_on"], discharged)
        if detail["order_type"] == "stpo" and too_early:
            said.append("An STPO can't be discharged in its first five years; check the day.")
    elif ends and ends < on:
        said.append(f"The order ended on {short_day(ends)}.")
    elif ends and ends <= on + SOON:
        said.append(f"The order ends on {short_day(ends)}; decide whether to apply for more.")
    return [each for each in said if each]


def _notice_remark(detail: Detail) -> str | None:
    hours = detail.get("hours")
    longest = NOTICE_HOURS.get(detail.get("made_by") or "", LONGEST_NOTICE)
    if hours is None or hours <= longest:
        return None
    whose = "" if detail.get("made_by") not in NOTICE_HOURS else f" by {_maker(detail)}"
    return f"A closure notice{whose} lasts {longest} hours at most; check the hours."


def _maker(detail: Detail) -> str:
    label = MAKERS[detail["made_by"]].lower()
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def _yes_no(condition: sa.SQLColumnExpression[bool]) -> sa.SQLColumnExpression[str]:
    return sa.case((condition, "yes"), else_="no")


_TODAY = sa.cast(sa.func.timezone("Europe/London", sa.func.now()), sa.Date)
KINDS = (
    Kind(
        name="court_order",
        label="Court order",
        model=CourtOrder,
        schema=CourtOrderSchema(),
        children={"conditions": OrderCondition},
        facets={
            "order_type": Facet("Type of order", CourtOrder.order_type, ORDER_TYPES),
            "order_subject": Facet("Subject of the order", CourtOrder.subject, SUBJECTS),
            "age_group": Facet(
                "Adult or child",
                sa.func.coalesce(CourtOrder.age_group, "unknown"),
                AGE_GROUPS,
                is_personal=True,
            ),
            "applicant": Facet("Applicant", CourtOrder.applicant, APPLICANTS),
            "made_by": Facet("Who made the order", CourtOrder.made_by, MAKERS),
            "interim": Facet("Interim", _yes_no(CourtOrder.interim), YES_NO),
            "exclusion_zone": Facet("With an exclusion zone", _yes_no(CourtOrder.has_zone), YES_NO),
            # As in 2026-12.
            "expires": Facet("Month it ends", sa.func.to_char(CourtOrder.expires_on, "YYYY-MM")),
            "in_force": Facet(
                "In force today",
                sa.case(
                    (CourtOrder.starts_on > _TODAY, "to_come"),
                    (CourtOrder.expires_on < _TODAY, "ended"),
                    else_="in_force",
                ),
                IN_FORCE,
                is_lasting=False,
            ),
        },
        keys={
            "person": Key(
                "Person", sa.case((CourtOrder.subject == "person", CourtOrder.subject_ref))
            ),
            "subject": Key("Subject of the order", CourtOrder.subject_ref),
        },
        measures=(Measure("orders_made", "Orders made", "pursue"),),
        complete=complete,
        remarks=remarks,
        afterwards={"extended_to", "discharged_on"},
    ),
)
