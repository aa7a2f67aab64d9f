"""Every unit of a seizure can be summed, and each valuation by its own basis."""

from decimal import Decimal

import pytest

from ops.results import figures
from ops.results.counting import Scope
from ops.results.definitions import Definition, Terms
from ops.results.kinds import KINDS
from ops.results.seizure_codes import BASES, CATEGORIES, ITEMS, UNITS
from ops.results.seizure_doubts import LIKELY, SMALLER


@pytest.fixture
def total(session, operation):
    """Add up one quantity of the seizures that facets narrow to."""

    def add_up(quantity, **where):
        asked = Terms(tuple((facet, tuple(codes)) for facet, codes in sorted(where.items())))
        definition = Definition(
            code="asked",
            version=1,
            label="Asked",
            four_p="pursue",
            unit="count",
            kind="seizure",
            terms=asked,
            around=asked,
            sum=quantity,
        )
        return figures.add_up([definition], Scope([operation.id])).figures["asked"]

    return add_up


@pytest.mark.parametrize(
    ("detail", "quantity", "value"),
    [
        ({"category": "drugs", "quantity": "48", "unit": "bag"}, "bags", 48),
        ({"category": "drugs", "quantity": "2400000", "unit": "tablet"}, "tablets", 2_400_000),
        ({"category": "tobacco", "quantity": "35660", "unit": "stick"}, "sticks", 35_660),
        ({"category": "alcohol", "quantity": "70", "unit": "litre"}, "litres", 70),
        ({"category": "alcohol", "quantity": "500", "unit": "ml"}, "litres", Decimal("0.5")),
        ({"category": "ammunition", "quantity": "39", "unit": "round"}, "rounds", 39),
        ({"category": "counterfeit", "quantity": "1040", "unit": "tonne"}, "weight", 1_040_000_000),
        ({"category": "cash", "quantity": "500", "currency": "EUR"}, "euros", 500),
        ({"category": "vapes", "quantity": "400000"}, "items", 400_000),
        ({"category": "dogs"}, "items", 1),
        ({"category": "drones"}, "items", 1),
    ],
)
def test_each_unit_can_be_summed(log, total, detail, quantity, value):
    log("seizure", detail)

    assert total(quantity).value == value


def test_a_seizure_with_two_valuations_has_a_sum_by_each(log, total):
    by_basis = [
        {"basis": "tax_evaded", "value": "17687.36", "qualifier": "exact"},
        {"basis": "street", "value": "23179", "qualifier": "approx", "principal": True},
    ]
    log("seizure", {"category": "tobacco", "quantity": "35660", "unit": "stick",
                    "item": "cigarettes", "valuations": by_basis})  # fmt: skip
    log("seizure", {"category": "tobacco", "quantity": "8.95", "unit": "kg",
                    "item": "hand_rolling_tobacco",
                    "valuations": [{"basis": "street", "value": "5012"}]})  # fmt: skip

    assert total("value_street", item=["cigarettes"]).value == 23_179
    assert total("value_street", item=["cigarettes"]).qualifier == "approx"
    assert total("value_tax_evaded").value == Decimal("17687.36")
    assert total("value_tax_evaded").qualifier == "exact"
    assert total("value_street").value == 28_191
    assert total("value_prison").value == 0
    assert total("weight", item=["hand_rolling_tobacco"]).value == 8_950


def test_an_item_tells_what_its_category_does_not(log, total):
    log("seizure", {"category": "memory", "item": "usb_stick"})
    log("seizure", {"category": "memory", "item": "memory_card", "quantity": "2"})
    log("seizure", {"category": "drug_paraphernalia", "item": "snap_bags", "quantity": "500"})
    log("seizure", {"category": "vehicles", "vehicle": "e_bike", "quantity": "25"})
    log("seizure", {"category": "vehicles", "vehicle": "car", "quantity": "119"})

    assert total("items", item=["usb_stick"]).value == 1
    assert total("items", category=["memory"]).value == 3
    assert total("items", item=["snap_bags"]).value == 500
    assert total("items", vehicle=["e_bike"]).value == 25
    assert total("items", category=["vehicles"]).value == 144


def test_every_unit_and_basis_has_a_quantity():
    quantities = KINDS["seizure"].quantities
    summed = {quantity.unit for quantity in quantities.values()}

    assert {f"value_{basis}" for basis in BASES} < quantities.keys()
    # A weight of any unit is summed in grams, a volume in litres; no sum of unnamed currencies.
    assert set(UNITS) - summed == {"mg", "kg", "tonne", "ml", "other_currency"}


def test_the_bounds_are_of_codes_that_there_are():
    assert {category for category, _ in LIKELY} <= CATEGORIES.keys()
    assert {unit for _, unit in LIKELY} | SMALLER.keys() <= UNITS.keys()
    assert "other" in ITEMS
