"""Breaches of orders, whether or not the order itself is a record here."""

import datetime as dt
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.results.fields import Code, Codes, Day, Named, Steps, Text, not_ahead
from ops.results.forces import FORCES
from ops.results.kinds.arrests import AGE_GROUPS
from ops.results.kinds.base import Detail, Facet, Key, Kind, Measure, Quantity, Scoped
from ops.results.order_codes import BREACHES, FOLLOWED, FORCE_AREAS, ORDER_TYPES
from ops.wording import LONDON

# A hundred years; beyond lies a slip of the finger.
LONGEST_SENTENCE = 1200


class OrderBreach(Scoped, Model):
    """A breach of an order, which may be nobody's record here; `force` only where not our own.

    `followed_codes` and `sentence_months` are those of what followed, kept so that a total is
    one scan.
    """

    __tablename__ = "order_breach"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    order_type: Mapped[str]
    order_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("court_order.result_id"), index=True
    )
    subject_ref: Mapped[str | None] = mapped_column(index=True)
    age_group: Mapped[str | None]
    breaches: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    condition: Mapped[str | None]
    force: Mapped[str | None]
    place: Mapped[str | None]
    arrest_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("arrest.result_id"), index=True
    )
    custody_ref: Mapped[str | None]
    followed_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    sentence_months: Mapped[int | None] = mapped_column(info={"wire": False})


class BreachFollowed(Scoped, Model):
    """One step of what followed a breach."""

    __tablename__ = "breach_followed"
    __table_args__ = (sa.CheckConstraint("months >= 0", name="months_not_negative"),)

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("order_breach.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    on: Mapped[dt.date]
    months: Mapped[int | None]


class BreachFollowedSchema(ma.Schema):
    """A step of what followed a breach; `months` of a sentence"""

    code = Code(FOLLOWED, required=True)
    on = Day(validate=not_ahead)
    months = ma.fields.Integer(allow_none=True, validate=ma.validate.Range(0, LONGEST_SENTENCE))


class OrderBreachSchema(ma.Schema):
    """A breach; `order` is the id of the order's own record, where there is one"""

    order_type = Code(ORDER_TYPES, required=True)
    order = Named("court_order", allow_none=True)
    subject_ref = Text(100, allow_none=True)
    age_group = Code(AGE_GROUPS, allow_none=True)
    breaches = Codes(BREACHES)
    condition = Text(500, allow_none=True)
    force = Code(FORCES, allow_none=True)
    place = Text(allow_none=True)
    arrest = Named("arrest", allow_none=True)
    custody_ref = Text(50, allow_none=True)
    followed = Steps(ma.fields.Nested(BreachFollowedSchema))


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Put what followed in its order, and add the months of the sentences up."""
    on = occurred_at.astimezone(LONDON).date()
    followed = [{"on": on} | step for step in detail.get("followed") or []]
    followed.sort(key=lambda step: step["on"])
    months = [step["months"] for step in followed if step.get("months") is not None]
    return detail | {
        "breaches": detail.get("breaches") or [],
        "followed": followed,
        "followed_codes": sorted({step["code"] for step in followed}),
        "sentence_months": sum(months) if months else None,
    }


KINDS = (
    Kind(
        name="order_breach",
        label="Breach of an order",
        model=OrderBreach,
        schema=OrderBreachSchema(),
        children={"followed": BreachFollowed},
        facets={
            "order_type": Facet("Type of order", OrderBreach.order_type, ORDER_TYPES),
            # The id of the order's record, to find all its breaches.
            "order": Facet("Order", sa.cast(OrderBreach.order_id, sa.Text)),
            "age_group": Facet(
                "Adult or child",
                sa.func.coalesce(OrderBreach.age_group, "unknown"),
                AGE_GROUPS,
                is_personal=True,
            ),
            "breach": Facet("How it was breached", OrderBreach.breaches, BREACHES, is_many=True),
            "force_area": Facet(
                "Own or another force’s area",
                sa.case((OrderBreach.force.is_(None), "own"), else_="other"),
                FORCE_AREAS,
            ),
            "force": Facet("Other force", OrderBreach.force, FORCES),
            "followed": Facet("What followed", OrderBreach.followed_codes, FOLLOWED, is_many=True),
        },
        quantities={
            "sentence": Quantity("Length of sentence", "month", OrderBreach.sentence_months)
        },
        keys={
            "person": Key("Person", OrderBreach.subject_ref),
            "order": Key("Order", OrderBreach.order_id),
        },
        measures=(Measure("order_breaches", "Breaches of orders", "pursue"),),
        complete=complete,
        afterwards={"followed", "arrest", "custody_ref"},
    ),
)
