"""Arrests, and what became of each."""

import datetime as dt
import uuid
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.fields import Moment
from ops.results.arrest_codes import (
    AGE_BANDS,
    AGE_GROUPS,
    CHILDREN,
    ETHNICITIES,
    MADE_BY,
    NECESSITIES,
    REASONS,
    SCENE_ROLES,
    SEXES,
    YES_NO,
)
from ops.results.disposal_codes import CHARGES, DISPOSALS
from ops.results.disposal_rules import check, in_order, remarks
from ops.results.fields import Code, Codes, PersonReference, Steps, Text, not_ahead
from ops.results.kinds.base import (
    HAPPENED_BY,
    KNOWN_BY,
    Detail,
    Facet,
    Key,
    Kind,
    Measure,
    Scoped,
)


class Arrest(Scoped, Model):
    """One arrest of one person, who is known here by references alone.

    `disposal_codes` and `charge_codes` are those of its disposals, `disposal_now` is the last
    of them, `offence_codes` all it was made for: kept so that a total is one scan.
    """

    __tablename__ = "arrest"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    offences: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), default=list)
    offence_codes: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), default=list, info={"wire": False}
    )
    age_band: Mapped[str | None]
    sex: Mapped[str | None]
    ethnicity: Mapped[str | None]
    custody_ref: Mapped[str | None] = mapped_column(index=True)
    person_ref: Mapped[str | None] = mapped_column(index=True)
    rearrest: Mapped[bool | None]
    scene_role: Mapped[str | None]
    made_by: Mapped[str] = mapped_column(default="own")
    force: Mapped[str | None]
    necessity: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    disposal_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    disposal_now: Mapped[str | None] = mapped_column(info={"wire": False})
    charge_codes: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), default=list, info={"wire": False}
    )


class Disposal(Scoped, Model):
    """One step of what became of an arrest: when it happened, and when it was written down."""

    __tablename__ = "disposal"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("arrest.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    offences: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text()))
    recorded_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now(), info={"wire": False}
    )


class DisposalSchema(ma.Schema):
    """A step of what became of an arrest"""

    code = Code(DISPOSALS, required=True)
    at = Moment(validate=not_ahead)
    offences = Codes(REASONS, allow_none=True)


class NextDisposalSchema(DisposalSchema):
    """The next step of what became of an arrest; without a time, it is now"""


class ArrestSchema(ma.Schema):
    """An arrest; no name, a custody reference and that of the person"""

    reason = Code(REASONS, required=True)
    offences = Codes(REASONS)
    age_band = Code(AGE_BANDS, allow_none=True)
    sex = Code(SEXES, allow_none=True)
    ethnicity = Code(ETHNICITIES, allow_none=True)
    custody_ref = Text(50, allow_none=True)
    person_ref = PersonReference(50, allow_none=True)
    rearrest = ma.fields.Boolean(allow_none=True)
    scene_role = Code(SCENE_ROLES, allow_none=True)
    made_by = Code(MADE_BY)
    force = Text(100, allow_none=True)
    necessity = Codes(NECESSITIES)
    disposals = Steps(ma.fields.Nested(DisposalSchema))


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Put the disposals in the order they happened; one without a time came with the arrest."""
    disposals = in_order(detail.get("disposals") or [], occurred_at)
    offences = detail.get("offences") or []
    charged = {
        offence
        for disposal in disposals
        if disposal["code"] in CHARGES
        for offence in disposal.get("offences") or []
    }
    return detail | {
        "offences": offences,
        "offence_codes": sorted({detail["reason"], *offences}),
        "made_by": detail.get("made_by") or "own",
        "necessity": detail.get("necessity") or [],
        "disposals": disposals,
        "disposal_codes": sorted({disposal["code"] for disposal in disposals}),
        "disposal_now": disposals[-1]["code"] if disposals else None,
        "charge_codes": sorted(charged),
    }


def _then(*columns: Any) -> sa.Select[Any]:
    """Find what had become of an arrest by a moment, as far as it was written down."""
    return (
        sa.select(*columns)
        .where(
            Disposal.result_id == Arrest.result_id,
            # A day that is asked about ends where the next begins.
            Disposal.at < HAPPENED_BY,
            Disposal.recorded_at <= KNOWN_BY,
        )
        .correlate(Arrest)
    )


def _disposals_then() -> sa.SQLColumnExpression[list[str]]:
    return sa.func.array(_then(Disposal.code).scalar_subquery(), type_=ARRAY(sa.Text()))


def _disposal_now_then() -> sa.SQLColumnExpression[str]:
    last = _then(Disposal.code).order_by(Disposal.at.desc(), Disposal.position.desc())
    return last.limit(1).scalar_subquery()


def _charges_then() -> sa.SQLColumnExpression[list[str]]:
    offences = _then(sa.func.unnest(Disposal.offences)).where(Disposal.code.in_(CHARGES))
    return sa.func.array(offences.scalar_subquery(), type_=ARRAY(sa.Text()))


KINDS = (
    Kind(
        name="arrest",
        label="Arrest",
        model=Arrest,
        schema=ArrestSchema(),
        children={"disposals": Disposal},
        facets={
            "reason": Facet("Reason", Arrest.reason, REASONS),
            "offence": Facet("Offence", Arrest.offence_codes, REASONS, is_many=True),
            "charge": Facet(
                "Charged with", Arrest.charge_codes, REASONS, is_many=True, then=_charges_then()
            ),
            "age_band": Facet("Age band", Arrest.age_band, AGE_BANDS, is_personal=True),
            "age_group": Facet(
                "Adult or child",
                sa.case(
                    (Arrest.age_band.in_(CHILDREN), "child"),
                    (sa.func.coalesce(Arrest.age_band, "unknown") == "unknown", "unknown"),
                    else_="adult",
                ),
                AGE_GROUPS,
                is_personal=True,
            ),
            "sex": Facet("Sex", Arrest.sex, SEXES, is_personal=True),
            "ethnicity": Facet(
                "Self-defined ethnicity", Arrest.ethnicity, ETHNICITIES, is_personal=True
            ),
            "disposal": Facet(
                "Disposal", Arrest.disposal_codes, DISPOSALS, is_many=True, then=_disposals_then()
            ),
            "disposal_now": Facet(
                "Latest disposal", Arrest.disposal_now, DISPOSALS, then=_disposal_now_then()
            ),
            "scene_role": Facet("Role at the scene", Arrest.scene_role, SCENE_ROLES),
            "made_by": Facet("Made by", Arrest.made_by, MADE_BY),
            "force": Facet("Other force", Arrest.force),
            "rearrest": Facet(
                "Arrested again",
                sa.case((Arrest.rearrest.is_(True), "yes"), else_="no"),
                YES_NO,
            ),
        },
        keys={"person": Key("Person", Arrest.person_ref)},
        measures=(
            Measure("arrests", "Arrests", "pursue", where={"made_by": ("own",)}),
            Measure(
                "arrests_joint",
                "Arrests made jointly with another force",
                "pursue",
                where={"made_by": ("joint",)},
            ),
            Measure(
                "arrests_by_other_force",
                "Arrests made by another force",
                "pursue",
                where={"made_by": ("other_force",)},
            ),
            Measure(
                "people_arrested",
                "People arrested",
                "pursue",
                where={"made_by": ("own",)},
                distinct="person",
            ),
            Measure(
                "re_arrests",
                "Arrests of people arrested before",
                "pursue",
                where={"made_by": ("own",), "rearrest": ("yes",)},
            ),
            Measure(
                "people_charged",
                "People charged",
                "pursue",
                where={"made_by": ("own",), "disposal": tuple(CHARGES)},
                distinct="person",
            ),
            Measure(
                "arrests_charged",
                "Arrests that led to a charge",
                "pursue",
                where={"made_by": ("own",), "disposal": tuple(CHARGES)},
            ),
        ),
        complete=complete,
        check=check,
        remarks=remarks,
        afterwards={"disposals"},
    ),
)
