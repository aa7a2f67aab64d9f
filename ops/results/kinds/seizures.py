"""Seizures: what was taken, how much, what it is worth by which basis, and what lay in what."""

import datetime as dt
import decimal
import uuid
from collections.abc import Mapping

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model
from ops.fields import Moment
from ops.results import proceeds
from ops.results.drug_codes import DRUG_CLASSES, DRUGS
from ops.results.fields import Amount, Code, Named, Steps, Text, not_ahead
from ops.results.kinds.base import QUALIFIERS, Detail, Facet, Kind, Quantity, Scoped
from ops.results.seizure_codes import (
    BASES,
    CATEGORIES,
    CONVEYED,
    COUNTERFEITS,
    CURRENCIES,
    FIREARM_SECTIONS,
    FOUND_IN,
    GRAMS,
    HELD_BY,
    ITEMS,
    LISTS,
    LITRES,
    OPENED,
    POWERS,
    UNITS,
    VEHICLES,
    WEAPONS,
)
from ops.results.seizure_doubts import doubts
from ops.results.seizure_measures import MEASURES
from ops.results.seizure_rules import check, complete, missing_to_confirm, remarks

# Initials in front of an exhibit reference say whose it is; without any, it is its recorder's.
_PRODUCER = (
    "coalesce(upper(btrim(producer)), substring(upper(exhibit_ref) from '^\\s*([A-Z]+)'),"
    " recorded_by::text)"
)
# AP/1, ap / 1 and AP-1 are one reference: file names take no slash.
_REFERENCE = "translate(upper(regexp_replace(exhibit_ref, '\\s', '', 'g')), '\\.-', '///')"


class Seizure(Scoped, Model):
    """Something taken. `parent_id` is what it was found inside of, as another seizure.

    `ancestors` (all it lies in) and `is_void` (it was struck, so its exhibit reference is free
    again) are kept by triggers; `grams`, `value` and the three of the bases are kept so that a
    total is one scan: the weight in one unit, the principal valuation, and one of each basis.
    """

    __tablename__ = "seizure"
    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.Index(None, "parent_id", postgresql_where=sa.text("parent_id is not null")),
        # What is never kept added up: see `ops.results.rollup`.
        sa.Index(
            "ix_seizure_inside", "result_id", postgresql_where=sa.text("ancestors <> '{}'::uuid[]")
        ),
        sa.Index(
            "uq_seizure_exhibit",
            "operation_id",
            "exhibit_producer",
            "exhibit_key",
            unique=True,
            postgresql_where=sa.text("exhibit_key is not null and not is_void"),
        ),
        sa.Index(
            None,
            "poca_due_at",
            "result_id",
            postgresql_where=sa.text("poca_due_at is not null and detention_order_at is null"),
        ),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("seizure.result_id"))
    ancestors: Mapped[list[uuid.UUID]] = mapped_column(
        ARRAY(sa.Uuid()), server_default="{}", info={"wire": False}
    )
    category: Mapped[str]
    item: Mapped[str | None]
    opened: Mapped[bool | None]
    opened_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    quantity: Mapped[decimal.Decimal | None]
    unit: Mapped[str | None]
    qualifier: Mapped[str]
    weight_g: Mapped[decimal.Decimal | None]
    grams: Mapped[decimal.Decimal | None] = mapped_column(info={"wire": False})
    value: Mapped[decimal.Decimal | None]
    value_qualifier: Mapped[str | None] = mapped_column(info={"wire": False})
    basis_codes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()), info={"wire": False})
    basis_values: Mapped[list[decimal.Decimal]] = mapped_column(
        ARRAY(sa.Numeric()), default=list, info={"wire": False}
    )
    basis_qualifiers: Mapped[list[str]] = mapped_column(
        ARRAY(sa.Text()), default=list, info={"wire": False}
    )
    drug: Mapped[str | None]
    drug_tested: Mapped[str | None]
    drug_tested_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
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
    producer: Mapped[str | None]
    exhibit_producer: Mapped[str | None] = mapped_column(
        sa.Computed(_PRODUCER, persisted=True), info={"wire": False}
    )
    exhibit_key: Mapped[str | None] = mapped_column(
        sa.Computed(_REFERENCE, persisted=True), info={"wire": False}
    )
    is_void: Mapped[bool] = mapped_column(server_default=sa.false(), info={"wire": False})
    seal: Mapped[str | None] = mapped_column(index=True)
    poca_route: Mapped[str | None]
    poca_due_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    fiu_informed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    detention_order_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    detention_order_ref: Mapped[str | None]


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
    item = Code(ITEMS, allow_none=True)
    parent = Named("seizure", allow_none=True)
    opened = ma.fields.Boolean(allow_none=True)
    opened_at = Moment(allow_none=True, validate=not_ahead)
    quantity = Amount(allow_none=True)
    unit = Code(UNITS, allow_none=True)
    qualifier = Code(QUALIFIERS)
    weight_g = Amount(allow_none=True)
    value = Amount(dump_only=True)
    drug = Code(DRUGS, allow_none=True)
    drug_class = Code(DRUG_CLASSES, allow_none=True)
    drug_tested = Code(DRUGS, allow_none=True)
    drug_tested_at = Moment(allow_none=True, validate=not_ahead)
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
    producer = Text(50, allow_none=True)
    seal = Text(50, allow_none=True)
    poca_route = Code(proceeds.ROUTES, allow_none=True)
    poca_due_at = Moment(dump_only=True)
    fiu_informed_at = Moment(allow_none=True, validate=not_ahead)
    detention_order_at = Moment(allow_none=True, validate=not_ahead)
    detention_order_ref = Text(50, allow_none=True)
    valuations = Steps(ma.fields.Nested(ValuationSchema), most=20, only_one="principal")

    @ma.validates_schema(skip_on_field_errors=True)
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
        if (detail.get("drug_tested") is None) != (detail.get("drug_tested_at") is None):
            raise ma.ValidationError(
                "Say both: what the test found, and when it was tested.", "drug_tested"
            )
        if detail["category"] != "package" and (detail.get("opened") or detail.get("opened_at")):
            raise ma.ValidationError("Only a package is opened.", "opened_at")
        if detail.get("opened") is False and detail.get("opened_at"):
            raise ma.ValidationError("It was opened then; say so, or leave the time out.", "opened")
        if detail["category"] != "cash" and any(detail.get(name) for name in proceeds.FACTS):
            raise ma.ValidationError(
                "Only cash goes the way of the Proceeds of Crime Act.", "poca_route"
            )
        if sum(bool(each.get("principal")) for each in detail.get("valuations") or []) > 1:
            raise ma.ValidationError("Only one valuation can be the principal one.", "valuations")


def _counted_in(unit: str) -> sa.ColumnElement[decimal.Decimal]:
    return sa.case((Seizure.unit == unit, Seizure.quantity))


def _in_all(units: Mapping[str, decimal.Decimal]) -> sa.ColumnElement[decimal.Decimal]:
    """Give a quantity in one unit, whichever of these it was said in."""
    return sa.case(
        *((Seizure.unit == unit, Seizure.quantity * times) for unit, times in units.items())
    )


def _by_basis(basis: str) -> Quantity:
    """Give the value by one basis, whether or not it is the principal one."""
    place = sa.func.array_position(Seizure.basis_codes, basis)
    return Quantity(
        BASES[basis], "GBP", Seizure.basis_values[place], Seizure.basis_qualifiers[place]
    )


_DRUG_LABELS = {code: drug.label for code, drug in DRUGS.items()}
KINDS = (
    Kind(
        name="seizure",
        label="Seizure",
        model=Seizure,
        schema=SeizureSchema(),
        children={"valuations": Valuation},
        facets={
            "category": Facet("Category", Seizure.category, CATEGORIES),
            "item": Facet("Item", Seizure.item, ITEMS),
            "opened": Facet(
                "Package opened",
                sa.case(
                    (Seizure.opened.is_(True), "opened"),
                    (Seizure.category == "package", "awaiting"),
                ),
                OPENED,
            ),
            "unit": Facet("Unit", Seizure.unit, UNITS),
            "drug": Facet(
                "Drug", sa.func.coalesce(Seizure.drug_tested, Seizure.drug), _DRUG_LABELS
            ),
            "drug_claimed": Facet("Drug, as claimed", Seizure.drug, _DRUG_LABELS),
            "drug_tested": Facet("Drug, as tested", Seizure.drug_tested, _DRUG_LABELS),
            "drug_class": Facet("Class of drug", Seizure.drug_class, DRUG_CLASSES),
            "weapon": Facet("Weapon", Seizure.weapon, WEAPONS),
            "firearm_section": Facet(
                "Section of the Firearms Act", Seizure.firearm_section, FIREARM_SECTIONS
            ),
            "vehicle": Facet("Vehicle", Seizure.vehicle, VEHICLES),
            "currency": Facet("Currency", Seizure.currency, CURRENCIES),
            "counterfeit": Facet("Counterfeit goods", Seizure.counterfeit, COUNTERFEITS),
            "found_in": Facet("Where it was found", Seizure.found_in, FOUND_IN),
            "conveyed_by": Facet("Conveyed by", Seizure.conveyed_by, CONVEYED),
            "held_by": Facet("Held by", Seizure.held_by, HELD_BY),
            "list": Facet("Prison Act list", Seizure.prison_list, LISTS),
            "basis": Facet("Basis of valuation", Seizure.basis_codes, BASES, is_many=True),
        },
        quantities={
            "items": Quantity("Items", "count", _counted_in("count"), Seizure.qualifier),
            "wraps": Quantity("Wraps", "wrap", _counted_in("wrap"), Seizure.qualifier),
            "bags": Quantity("Bags", "bag", _counted_in("bag"), Seizure.qualifier),
            "tablets": Quantity("Tablets", "tablet", _counted_in("tablet"), Seizure.qualifier),
            "sticks": Quantity("Sticks", "stick", _counted_in("stick"), Seizure.qualifier),
            "plants": Quantity("Plants", "plant", _counted_in("plant"), Seizure.qualifier),
            "rounds": Quantity("Rounds", "round", _counted_in("round"), Seizure.qualifier),
            "litres": Quantity("Litres", "litre", _in_all(LITRES), Seizure.qualifier),
            "weight": Quantity("Weight", "g", Seizure.grams, Seizure.qualifier),
            "pounds": Quantity("Pounds in cash", "GBP", _counted_in("GBP"), Seizure.qualifier),
            "euros": Quantity("Euros in cash", "EUR", _counted_in("EUR"), Seizure.qualifier),
            "dollars": Quantity("US dollars in cash", "USD", _counted_in("USD"), Seizure.qualifier),
            "value": Quantity("Value", "GBP", Seizure.value, Seizure.value_qualifier),
            **{f"value_{basis}": _by_basis(basis) for basis in BASES},
        },
        measures=MEASURES,
        complete=complete,
        missing_to_confirm=missing_to_confirm,
        check=check,
        remarks=remarks,
        doubts=doubts,
        afterwards={"opened", "opened_at", *proceeds.FACTS},
        ancestors=Seizure.ancestors,
    ),
)
