"""Arrests, and what became of each."""

import datetime as dt
import uuid

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.fields import Moment
from ops.results.fields import Code, Codes, Text, not_ahead
from ops.results.kinds.base import Detail, Facet, Kind, Measure, Scoped

REASONS = {
    "supply_class_a": "Supply of class A drugs",
    "supply_class_b": "Supply of class B drugs",
    "supply_class_c": "Supply of class C drugs",
    "pwits_class_a": "Possession with intent to supply, class A",
    "pwits_class_b": "Possession with intent to supply, class B",
    "conspiracy_to_supply": "Conspiracy to supply drugs",
    "drug_production": "Production or cultivation of drugs",
    "drug_possession": "Possession of drugs",
    "slavery": "Slavery or forced labour (Modern Slavery Act s.1)",
    "human_trafficking": "Human trafficking (Modern Slavery Act s.2)",
    "child_exploitation": "Child criminal exploitation",
    "cuckooing": "Taking over a person's home",
    "money_laundering": "Money laundering",
    "fraud": "Fraud",
    "conveyance_into_prison": "Conveyance into prison",
    "trade_mark": "Trade mark or counterfeit goods",
    "firearm": "Firearm or ammunition",
    "weapon": "Knife or other weapon",
    "violence": "Violence",
    "homicide": "Homicide",
    "sexual_offence": "Sexual offence",
    "robbery": "Robbery",
    "burglary": "Burglary",
    "theft": "Theft or handling stolen goods",
    "criminal_damage": "Criminal damage or arson",
    "public_order": "Public order",
    "drug_driving": "Drug driving",
    "drink_driving": "Drink driving",
    "other_traffic": "Other traffic offence",
    "immigration": "Immigration offence",
    "breach_of_order": "Breach of an order or of bail",
    "recall": "Recall to prison",
    "wanted": "Wanted, or failing to appear",
    "obstruction": "Obstruction or assault of an emergency worker",
    "other": "Another reason",
}
AGE_BANDS = {
    "under_10": "Under 10",
    "10-17": "10 to 17",
    "18-24": "18 to 24",
    "25-34": "25 to 34",
    "35-49": "35 to 49",
    "50-64": "50 to 64",
    "65_plus": "65 and over",
    "unknown": "Not known",
}
CHILDREN = ("under_10", "10-17")
AGE_GROUPS = {"adult": "Adult", "child": "Child", "unknown": "Not known"}
SEXES = {"female": "Female", "male": "Male", "unknown": "Not known"}
# Self-defined, 18+1; O1 (Chinese) was superseded by A4.
ETHNICITIES = {
    "W1": "White: British",
    "W2": "White: Irish",
    "W3": "White: Gypsy or Irish Traveller",
    "W9": "White: any other",
    "M1": "Mixed: White and Black Caribbean",
    "M2": "Mixed: White and Black African",
    "M3": "Mixed: White and Asian",
    "M9": "Mixed: any other",
    "A1": "Asian: Indian",
    "A2": "Asian: Pakistani",
    "A3": "Asian: Bangladeshi",
    "A4": "Asian: Chinese",
    "A9": "Asian: any other",
    "B1": "Black: Caribbean",
    "B2": "Black: African",
    "B9": "Black: any other",
    "O2": "Arab",
    "O9": "Any other",
    "NS": "Not stated",
}
# PACE s.24(5).
NECESSITIES = {
    "name": "To find out the name",
    "address": "To find out the address",
    "prevent_harm": "To prevent injury, loss or damage",
    "protect_vulnerable": "To protect a child or vulnerable person",
    "investigation": "For a prompt and effective investigation",
    "disappearance": "To prevent disappearance",
}
CHARGES = {
    "charged": "Charged",
    "charged_remanded": "Charged and remanded",
    "charged_bailed": "Charged and bailed to court",
}
DISPOSALS = CHARGES | {
    "bailed": "Bailed",
    "bailed_conditions": "Bailed with conditions",
    "released_under_investigation": "Released under investigation",
    "reported": "Reported for summons",
    "caution": "Caution",
    "conditional_caution": "Conditional caution",
    "community_resolution": "Community resolution",
    "penalty_notice": "Penalty notice or drug warning",
    "recalled": "Recalled to prison",
    "immigration_detention": "Immigration detention",
    "transferred": "Transferred to another force",
    "mental_health": "Detained under the Mental Health Act",
    "de_arrested": "De-arrested",
    "no_further_action": "No further action",
    "other": "Other",
}


class Arrest(Scoped, Model):
    """One arrest of one person, who is known here by a custody reference alone.

    `disposal_codes` are those of its disposals, kept so that a total is one scan.
    """

    __tablename__ = "arrest"

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    age_band: Mapped[str | None]
    sex: Mapped[str | None]
    ethnicity: Mapped[str | None]
    custody_ref: Mapped[str | None] = mapped_column(index=True)
    necessity: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    disposal_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})


class Disposal(Scoped, Model):
    """One step of what became of an arrest."""

    __tablename__ = "disposal"

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("arrest.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))


class DisposalSchema(ma.Schema):
    """A step of what became of an arrest"""

    code = Code(DISPOSALS, required=True)
    at = Moment(validate=not_ahead)


class ArrestSchema(ma.Schema):
    """An arrest; no name, a custody reference"""

    reason = Code(REASONS, required=True)
    age_band = Code(AGE_BANDS, allow_none=True)
    sex = Code(SEXES, allow_none=True)
    ethnicity = Code(ETHNICITIES, allow_none=True)
    custody_ref = Text(50, allow_none=True)
    necessity = Codes(NECESSITIES)
    disposals = ma.fields.List(
        ma.fields.Nested(DisposalSchema), validate=ma.validate.Length(max=50)
    )


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Put the disposals in the order they happened; one without a time came with the arrest."""
    disposals = [{"at": occurred_at} | disposal for disposal in detail.get("disposals") or []]
    disposals.sort(key=lambda disposal: disposal["at"])
    return detail | {
        "necessity": detail.get("necessity") or [],
        "disposals": disposals,
        "disposal_codes": sorted({disposal["code"] for disposal in disposals}),
    }


KINDS = (
    Kind(
        name="arrest",
        label="Arrest",
        model=Arrest,
        schema=ArrestSchema(),
        children={"disposals": Disposal},
        facets={
            "reason": Facet("Reason", Arrest.reason, REASONS),
            "age_band": Facet("Age band", Arrest.age_band, AGE_BANDS),
            "age_group": Facet(
                "Adult or child",
                sa.case(
                    (Arrest.age_band.in_(CHILDREN), "child"),
                    (sa.func.coalesce(Arrest.age_band, "unknown") == "unknown", "unknown"),
                    else_="adult",
                ),
                AGE_GROUPS,
            ),
            "sex": Facet("Sex", Arrest.sex, SEXES),
            "ethnicity": Facet("Self-defined ethnicity", Arrest.ethnicity, ETHNICITIES),
            "disposal": Facet("Disposal", Arrest.disposal_codes, DISPOSALS, is_many=True),
        },
        measures=(
            Measure("arrests", "Arrests", "pursue"),
            Measure(
                "people_charged", "People charged", "pursue", where={"disposal": tuple(CHARGES)}
            ),
        ),
        complete=complete,
        afterwards={"disposals"},
    ),
)
