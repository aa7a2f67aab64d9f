"""Seizures: what was taken, how much, what it is worth by which basis, and what lay in what."""

import datetime as dt
import decimal
import uuid
from collections.abc import Sequence

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.fields import Moment
from ops.results.fields import Amount, Code, Text
from ops.results.kinds.base import QUALIFIERS, Detail, Facet, Kind, Measure, Quantity, Scoped
from ops.results.seizure_codes import (
    BASES,
    CATEGORIES,
    CONVEYED,
    COUNTED,
    COUNTERFEITS,
    CURRENCIES,
    DRUG_CLASSES,
    DRUGS,
    FIREARM_SECTIONS,
    FIREARMS,
    FOUND_IN,
    GRAMS,
    HELD_BY,
    LISTS,
    POWERS,
    UNITS,
    VEHICLES,
    WEAPONS,
)


class Seizure(Scoped, Model):
    """Something taken. `parent_id` is what it was found inside of, as another seizure.

    `ancestors` (all it lies in) is kept by a trigger; `grams`, `value` and
    `basis_codes` are kept so that a total is one scan: the weight in one unit,
    the principal valuation, and the bases of all.
    """

    __tablename__ = "seizure"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.Index(None, "parent_id", postgresql_where=sa.text("parent_id is not null")),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("seizure.result_id"))
    ancestors: Mapped[list[uuid.UUID]] = mapped_column(
        ARRAY(sa.Uuid()), server_default="{}", info={"wire": False}
    )
    category: Mapped[str]
    quantity: Mapped[decimal.Decimal | None]
    unit: Mapped[str | None]
    qualifier: Mapped[str]
    weight_g: Mapped[decimal.Decimal | None]
    grams: Mapped[decimal.Decimal | None] = mapped_column(info={"wire": False})
    value: Mapped[decimal.Decimal | None]
    value_qualifier: Mapped[str | None] = mapped_column(info={"wire": False})
    basis_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    drug: Mapped[str | None]
    drug_class: Mapped[str | None]
    weapon: Mapped[str | None]
    firearm_section: Mapped[str | None]
    vehicle: Mapped[str | None]
    currency: Mapped[str | None]
    counterfeit: Mapped[str | None]
    found_in: Mapped[str | None]
    conveyed_by: Mapped[str | None]
    held_by: Mapped[str | None]
    prison_list: Mapped[str | None] = mapped_column("list")
    power: Mapped[str | None]
    description: Mapped[str | None]
    exhibit_ref: Mapped[str | None] = mapped_column(index=True)
    seal: Mapped[str | None]


class Valuation(Scoped, Model):
    """What a seizure is worth, by one basis."""

    __tablename__ = "valuation"
    __table_args__ = (sa.CheckConstraint("value >= 0", name="value_not_negative"),)

    result_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("seizure.result_id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    basis: Mapped[str]
    value: Mapped[decimal.Decimal]
    qualifier: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    principal: Mapped[bool]


class ValuationSchema(ma.Schema):
    """A value in pounds, by one basis"""

    basis = Code(BASES, required=True)
    value = Amount(required=True)
    qualifier = Code(QUALIFIERS)
    at = Moment()
    principal = ma.fields.Boolean()


class SeizureSchema(ma.Schema):
    """A seizure; `parent` is the id of the seizure it was found inside of"""

    category = Code(CATEGORIES, required=True)
    parent = ma.fields.UUID(allow_none=True)
    quantity = Amount(allow_none=True)
    unit = Code(UNITS, allow_none=True)
    qualifier = Code(QUALIFIERS)
    weight_g = Amount(allow_none=True)
    value = Amount(dump_only=True)
    drug = Code(DRUGS, allow_none=True)
    drug_class = Code(DRUG_CLASSES, allow_none=True)
    weapon = Code(WEAPONS, allow_none=True)
    firearm_section = Code(FIREARM_SECTIONS, allow_none=True)
    vehicle = Code(VEHICLES, allow_none=True)
    currency = Code(CURRENCIES, allow_none=True)
    counterfeit = Code(COUNTERFEITS, allow_none=True)
    found_in = Code(FOUND_IN, allow_none=True)
    conveyed_by = Code(CONVEYED, allow_none=True)
    held_by = Code(HELD_BY, allow_none=True)
    list = Code(LISTS, allow_none=True)
    power = Code(POWERS, allow_none=True)
    description = Text(500, allow_none=True)
    exhibit_ref = Text(50, allow_none=True)
    seal = Text(50, allow_none=True)
    valuations = ma.fields.List(
        ma.fields.Nested(ValuationSchema), validate=ma.validate.Length(max=20)
    )

    @ma.validates_schema
    def _quantities_agree(self, detail: Detail, **_kwargs: object) -> None:
        unit = detail.get("unit")
        if unit and detail.get("quantity") is None:
            raise ma.ValidationError("Say how much, or leave the unit out.", "quantity")
        if detail.get("weight_g") is not None and unit in GRAMS:
            raise ma.ValidationError(
                "The quantity is a weight already; give the weight once.", "weight_g"
            )
        if unit in CURRENCIES and detail.get("currency") not in {None, unit}:
            raise ma.ValidationError("The unit is another currency; give one of them.", "currency")
        if sum(bool(each.get("principal")) for each in detail.get("valuations") or []) > 1:
            raise ma.ValidationError("Only one valuation can be the principal one.", "valuations")


def complete(detail: Detail, occurred_at: dt.datetime) -> Detail:
    """Fill in the unit, the class of the drug, the weight in grams and the principal value."""
    defaults: Detail = {"qualifier": "exact"}
    detail = defaults | detail
    category, drug = detail["category"], detail.get("drug")
    if detail.get("quantity") is None and category in COUNTED:
        detail["quantity"] = decimal.Decimal(1)
    if detail.get("quantity") is not None and not detail.get("unit"):
        money = (detail.get("currency") or "GBP") if category == "cash" else None
        detail["unit"] = money or "count"
    if detail.get("unit") in CURRENCIES:
        detail["currency"] = detail["unit"]
    if drug and not detail.get("drug_class"):
        detail["drug_class"] = DRUGS[drug].drug_class
    detail["grams"] = _grams(detail)
    plain: Detail = {"qualifier": "estimate", "at": occurred_at, "principal": False}
    valuations = [plain | valuation for valuation in detail.get("valuations") or []]
    if valuations and not any(valuation["principal"] for valuation in valuations):
        valuations[0]["principal"] = True
    detail["valuations"] = valuations
    detail["basis_codes"] = sorted({valuation["basis"] for valuation in valuations})
    detail["value"], detail["value_qualifier"] = _value(detail)
    return detail


def _grams(detail: Detail) -> decimal.Decimal | None:
    if detail.get("unit") in GRAMS:
        grams: decimal.Decimal = detail["quantity"] * GRAMS[detail["unit"]]
        return grams
    return detail.get("weight_g")


def _value(detail: Detail) -> tuple[decimal.Decimal | None, str | None]:
    """Give the principal valuation, or what the pounds themselves are worth, and how sure it is."""
    for valuation in detail["valuations"]:
        if valuation["principal"]:
            return valuation["value"], valuation["qualifier"]
    if detail.get("unit") == "GBP":
        return detail["quantity"], detail["qualifier"]
    return None, None


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what a seizure needs before it stands as weighed, counted or valued."""
    if detail.get("quantity") is None and detail.get("weight_g") is None:
        return "Give the quantity as it was counted or weighed."
    if detail["qualifier"] == "estimate":
        return "Give the quantity as it was counted or weighed, in place of the estimate."
    return None


def _counted_in(unit: str) -> sa.ColumnElement[decimal.Decimal]:
    return sa.case((Seizure.unit == unit, Seizure.quantity))


def _seized(
    code: str, label: str, unit: str, quantity: str, category: str, **where: Sequence[str]
) -> Measure:
    """Define the sum of a quantity over the seizures of one category."""
    facets = {"category": (category,)} | where
    return Measure(code, label, "pursue", unit, facets, quantity)


MEASURES = (
    _seized("cash_seized", "Cash seized", "GBP", "value", "cash"),
    _seized("drugs_weight_seized", "Drugs seized, by weight", "g", "weight", "drugs"),
    _seized("drugs_value_seized", "Drugs seized, by value", "GBP", "value", "drugs"),
    _seized("wraps_seized", "Wraps seized", "wrap", "wraps", "drugs"),
    _seized(
        "cannabis_plants_seized",
        "Cannabis plants seized",
        "plant",
        "plants",
        "drugs",
        drug=("cannabis",),
    ),
    _seized("weapons_seized", "Weapons seized", "count", "items", "weapons"),
    _seized(
        "firearms_seized", "Firearms seized", "count", "items", "weapons", weapon=tuple(FIREARMS)
    ),
    _seized("phones_seized", "Phones seized", "count", "items", "phones"),
    _seized("sim_cards_seized", "SIM cards seized", "count", "items", "sim_cards"),
    _seized("vehicles_seized", "Vehicles seized", "count", "items", "vehicles"),
    _seized(
        "counterfeit_weight_seized", "Counterfeit goods, by weight", "g", "weight", "counterfeit"
    ),
    _seized(
        "counterfeit_value_seized", "Counterfeit goods, by value", "GBP", "value", "counterfeit"
    ),
    _seized("packages_intercepted", "Packages intercepted", "count", "items", "package"),
)
KINDS = (
    Kind(
        name="seizure",
        label="Seizure",
        model=Seizure,
        schema=SeizureSchema(),
        children={"valuations": Valuation},
        facets={
            "category": Facet("Category", Seizure.category, CATEGORIES),
            "unit": Facet("Unit", Seizure.unit, UNITS),
            "drug": Facet("Drug", Seizure.drug, {code: d.label for code, d in DRUGS.items()}),
            "drug_class": Facet("Class of drug", Seizure.drug_class, DRUG_CLASSES),
            "weapon": Facet("Weapon", Seizure.weapon, WEAPONS),
            "firearm_section": Facet(
                "Section of the Firearms Act", Seizure.firearm_section, FIREARM_SECTIONS
            ),
            "vehicle": Facet("Vehicle", Seizure.vehicle, VEHICLES),
            "currency": Facet("Currency", Seizure.currency, CURRENCIES),
            "counterfeit": Facet("Counterfeit goods", Seizure.counterfeit, COUNTERFEITS),
            "found_in": Facet("Found in", Seizure.found_in, FOUND_IN),
            "conveyed_by": Facet("Conveyed by", Seizure.conveyed_by, CONVEYED),
            "held_by": Facet("Held by", Seizure.held_by, HELD_BY),
            "list": Facet("Prison Act list", Seizure.prison_list, LISTS),
            "basis": Facet("Basis of valuation", Seizure.basis_codes, BASES, is_many=True),
        },
        quantities={
            "items": Quantity("Items", "count", _counted_in("count"), Seizure.qualifier),
            "wraps": Quantity("Wraps", "wrap", _counted_in("wrap"), Seizure.qualifier),
            "plants": Quantity("Plants", "plant", _counted_in("plant"), Seizure.qualifier),
            "rounds": Quantity("Rounds", "round", _counted_in("round"), Seizure.qualifier),
            "weight": Quantity("Weight", "g", Seizure.grams, Seizure.qualifier),
            "value": Quantity("Value", "GBP", Seizure.value, Seizure.value_qualifier),
        },
        measures=MEASURES,
        complete=complete,
        missing_to_confirm=missing_to_confirm,
        ancestors=Seizure.ancestors,
    ),
)
