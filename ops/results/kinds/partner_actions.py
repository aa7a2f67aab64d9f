"""What a council, a prison, a landlord or another partner did, in numbers of their own."""

import datetime as dt
import decimal
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.operations.models import PHASES, Phase
from ops.results.engagement_codes import PARTNERS
from ops.results.fields import Amount, Code, Day, Named, Text, not_ahead
from ops.results.kinds.base import (
    FOUR_PS,
    QUALIFIERS,
    Detail,
    Facet,
    Key,
    Kind,
    Measure,
    Quantity,
    Scoped,
)
from ops.results.kinds.premises import premises_key
from ops.wording import number as written
from ops.wording import short_day, today

ACTIONS = {
    "visit": "Inspection or visit",
    "prohibition": "Prohibition notice",
    "vehicle_prohibition": "Vehicle prohibited",
    "improvement_notice": "Improvement notice or warning",
    "seizure": "Seizure by a partner",
    "waste_removed": "Waste removed",
    "recycled": "Goods recycled or given a new use",
    "housing_action": "Housing action",
    "grant": "Grant awarded",
    "environment": "Environmental improvement",
    "traffic_offence": "Traffic offence recorded",
    "fixed_penalty": "Fixed penalty",
    "civil_penalty": "Civil penalty or fine",
    "reported": "Person reported",
    "immigration_arrest": "Immigration arrest",
    "licensing": "Licensing action",
    "benefit_action": "Benefit or tax action",
    "utility_cut": "Unlawful supply disconnected",
    "support": "Support offered",
    "training": "Training",
    "community_payback": "Community Payback",
    "day_of_action": "Day of action",
    "intelligence": "Intelligence passed on",
    "other": "Another action",
}
# What an action was about, so that a figure such as penalties for drugs needs no list of its own.
SUBJECTS = {
    "drugs": "Drugs",
    "counterfeit": "Counterfeit goods",
    "tobacco_vapes": "Tobacco or vapes",
    "alcohol": "Alcohol",
    "food": "Food",
    "speeding": "Speeding",
    "insurance_licence": "Driving without insurance, licence or tax",
    "unsafe_vehicle": "Unsafe vehicle",
    "parking": "Parking or blue badge",
    "other_traffic": "Other traffic",
    "fire_safety": "Fire safety",
    "health_safety": "Health and safety",
    "housing_standards": "Housing standards",
    "tenancy": "Tenancy",
    "waste": "Waste or fly-tipping",
    "right_to_work": "Right to work",
    "exploitation": "Exploitation",
    "antisocial_behaviour": "Antisocial behaviour",
    "design": "Design of the place: light, sight, access",
    "young_people": "Young people",
    "proceeds_of_crime": "Proceeds of crime given back",
    "other": "Something else",
}
UNITS = {
    "count": "Times or things",
    "people": "People",
    "tonne": "Tonnes",
    "kg": "Kilograms",
    "GBP": "Pounds",
    "hour": "Hours",
}
TONNES = {"tonne": decimal.Decimal(1), "kg": decimal.Decimal("0.001")}
# What an action is given in where nothing else is said; any other is counted.
UNIT_OF = {"waste_removed": "tonne", "recycled": "tonne", "grant": "GBP", "civil_penalty": "GBP"}
# All that was cleared from one district in two years was a thousand; one removal is far less.
MANY_TONNES = 2000
COMPLETED = {"yes": "Complete", "no": "Not complete"}


class PartnerAction(Scoped, Model):
    """One thing a partner did, or several of a sort.

    `tonnes` is the weight in one unit; `premises_key` is the same for the same premises
    however they were written.
    """

    __tablename__ = "partner_action"
    __table_args__ = (
        sa.CheckConstraint("number >= 0", name="number_not_negative"),
        sa.ForeignKeyConstraint(
            ["phase_id", "operation_id"],
            ["phase.id", "phase.operation_id"],
            name="fk_partner_action_phase_of_operation",
        ),
        sa.Index(None, "phase_id", postgresql_where=sa.text("phase_id is not null")),
        sa.Index(None, "due_on", postgresql_where=sa.text("completed_on is null")),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    action: Mapped[str]
    partner: Mapped[str | None]
    partner_name: Mapped[str | None]
    about: Mapped[str | None]
    number: Mapped[decimal.Decimal | None]
    unit: Mapped[str]
    qualifier: Mapped[str]
    tonnes: Mapped[decimal.Decimal | None] = mapped_column(info={"wire": False})
    four_p: Mapped[str | None]
    phase_id: Mapped[uuid.UUID | None]
    premises: Mapped[str | None]
    premises_key: Mapped[str | None] = mapped_column(index=True, info={"wire": False})
    reference: Mapped[str | None]
    description: Mapped[str | None]
    due_on: Mapped[dt.date | None]
    completed_on: Mapped[dt.date | None]


class PartnerActionSchema(ma.Schema):
    """What a partner did; `phase` is the id of a phase of the same operation"""

    action = Code(ACTIONS, required=True)
    partner = Code(PARTNERS, allow_none=True)
    partner_name = Text(allow_none=True)
    about = Code(SUBJECTS, allow_none=True)
    number = Amount(allow_none=True)
    unit = Code(UNITS)
    qualifier = Code(QUALIFIERS)
    four_p = Code(FOUR_PS, allow_none=True)
    phase = Named("phase", allow_none=True)
    premises = Text(300, allow_none=True)
    reference = Text(100, allow_none=True)
    description = Text(1000, allow_none=True)
    due_on = Day(allow_none=True)
    completed_on = Day(allow_none=True, validate=not_ahead)


def complete(detail: Detail, _occurred_at: dt.datetime) -> Detail:
    """Fill in the unit, one of what is counted, and the weight in tonnes."""
    unit = UNIT_OF.get(detail["action"], "count")
    defaults: Detail = {"unit": unit, "qualifier": "exact"}
    detail = defaults | detail
    if detail.get("number") is None and detail["unit"] == "count":
        detail["number"] = decimal.Decimal(1)
    detail["premises_key"] = premises_key(None, detail.get("premises"))
    detail["tonnes"] = None
    if detail["unit"] in TONNES and detail.get("number") is not None:
        detail["tonnes"] = detail["number"] * TONNES[detail["unit"]]
    return detail


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what an action needs before it stands as checked."""
    if not (detail.get("partner") or detail.get("partner_name")):
        return "Say which partner did it."
    if detail.get("number") is None:
        return "Give the number, the weight or the sum."
    return None


def remarks(detail: Detail, on: dt.date | None = None) -> list[str]:
    """Say what is overdue, and ask about a weight that can hardly be."""
    said = []
    due, completed = detail.get("due_on"), detail.get("completed_on")
    if due and completed is None and due < (on or today()):
        said.append(f"This was due on {short_day(due)}; say when it was completed.")
    if (tonnes := detail["tonnes"]) is not None and tonnes > MANY_TONNES:
        said.append(f"That is {written(tonnes)} tonnes; check the number and its unit.")
    return said


def _counted_in(*units: str) -> sa.ColumnElement[decimal.Decimal]:
    return sa.case((PartnerAction.unit.in_(units), PartnerAction.number))


def _done(code: str, label: str, four_p: str, action: str) -> Measure:
    """Add up what partners did of one sort."""
    return Measure(code, label, four_p, where={"partner_action": (action,)}, sum="items")


KINDS = (
    Kind(
        name="partner_action",
        label="Partner’s action",
        model=PartnerAction,
        schema=PartnerActionSchema(),
        facets={
            "partner_action": Facet("What a partner did", PartnerAction.action, ACTIONS),
            "partner": Facet("Partner", PartnerAction.partner, PARTNERS),
            "partner_name": Facet("Name of the partner", PartnerAction.partner_name),
            "about": Facet("What it was about", PartnerAction.about, SUBJECTS),
            "action_unit": Facet("Counted in", PartnerAction.unit, UNITS),
            "four_p": Facet("4P", PartnerAction.four_p, FOUR_PS),
            "phase": Facet(
                "Phase",
                sa.select(Phase.kind)
                .where(Phase.id == PartnerAction.phase_id)
                .correlate(PartnerAction)
                .scalar_subquery(),
                PHASES,
                is_lasting=False,
            ),
            "completed": Facet(
                "Complete",
                sa.case((PartnerAction.completed_on.is_not(None), "yes"), else_="no"),
                COMPLETED,
            ),
        },
        quantities={
            "items": Quantity(
                "Times or things", "count", _counted_in("count", "people"), PartnerAction.qualifier
            ),
            "weight": Quantity("Weight", "tonne", PartnerAction.tonnes, PartnerAction.qualifier),
            "money": Quantity("Pounds", "GBP", _counted_in("GBP"), PartnerAction.qualifier),
            "hours": Quantity("Hours", "hour", _counted_in("hour"), PartnerAction.qualifier),
        },
        keys={
            "premises": Key("Premises", PartnerAction.premises_key),
            "partner": Key(
                "Partner", sa.func.coalesce(PartnerAction.partner_name, PartnerAction.partner)
            ),
        },
        measures=(
            Measure("partner_actions", "Partners’ actions", "prepare"),
            Measure(
                "waste_removed",
                "Waste removed",
                "prevent",
                unit="tonne",
                where={"partner_action": ("waste_removed",)},
                sum="weight",
            ),
            Measure(
                "grants_awarded",
                "Grants awarded",
                "prevent",
                unit="GBP",
                where={"partner_action": ("grant",)},
                sum="money",
            ),
            _done("premises_visited", "Premises visited", "prevent", "visit"),
            _done("prohibitions", "Prohibition notices", "protect", "prohibition"),
            _done(
                "vehicles_prohibited_by_partners",
                "Vehicles prohibited by partners",
                "protect",
                "vehicle_prohibition",
            ),
            _done(
                "traffic_offences_recorded",
                "Traffic offences recorded",
                "pursue",
                "traffic_offence",
            ),
            _done(
                "fixed_penalties_by_partners",
                "Fixed penalties by partners",
                "pursue",
                "fixed_penalty",
            ),
            _done("immigration_arrests", "Immigration arrests", "pursue", "immigration_arrest"),
            _done("support_offered", "Offers of support", "protect", "support"),
        ),
        complete=complete,
        missing_to_confirm=missing_to_confirm,
        remarks=remarks,
        afterwards={"completed_on"},
    ),
)
