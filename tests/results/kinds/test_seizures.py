"""Seizures: quantities, weights, values by their basis, and what lies in what."""

import datetime as dt
from decimal import Decimal

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.results.drug_codes import DRUGS
from ops.results.kinds import KINDS
from ops.results.seizure_codes import CATEGORIES, COUNTED, CURRENCIES, GRAMS, UNITS

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
SEIZURE = KINDS["seizure"]


def completed(**detail):
    return SEIZURE.complete(SEIZURE.schema.load({"category": "drugs"} | detail), NOON)


@pytest.mark.parametrize(
    ("quantity", "unit", "grams"),
    [
        ("2.5", "kg", "2500"),
        ("0.4", "tonne", "400000"),
        ("750", "mg", "0.75"),
        ("12", "g", "12"),
        ("86", "wrap", None),
    ],
)
def test_weights_are_kept_in_grams(quantity, unit, grams):
    detail = completed(quantity=quantity, unit=unit)

    assert detail["grams"] == (grams and Decimal(grams))


@given(
    quantity=st.decimals(0, 10**9, places=3),
    unit=st.sampled_from([unit for unit in UNITS if unit not in GRAMS]),
    weight=st.decimals(0, 10**9, places=3),
)
def test_a_count_and_its_weight_stand_apart(quantity, unit, weight):
    detail = completed(quantity=str(quantity), unit=unit, weight_g=str(weight))

    assert (detail["quantity"], detail["unit"]) == (quantity, unit)
    assert detail["grams"] == weight


@pytest.mark.parametrize("category", sorted(COUNTED))
def test_one_item_is_taken_where_nothing_else_is_said(category):
    detail = completed(category=category)

    assert (detail["quantity"], detail["unit"]) == (1, "count")


def test_cash_is_in_pounds_and_is_its_own_value():
    detail = completed(category="cash", quantity="1240.50")

    assert (detail["unit"], detail["currency"]) == ("GBP", "GBP")
    assert (detail["value"], detail["value_qualifier"]) == (Decimal("1240.50"), "exact")


def test_cash_in_another_currency_needs_a_valuation_to_have_a_value():
    detail = completed(category="cash", quantity="500", currency="EUR")

    assert (detail["unit"], detail["value"]) == ("EUR", None)


def test_the_class_follows_from_the_drug():
    assert completed(drug="ketamine")["drug_class"] == "B"


def test_the_class_can_be_given_instead():
    assert completed(drug="ketamine", drug_class="unknown")["drug_class"] == "unknown"


def test_each_valuation_keeps_its_basis_and_the_first_is_the_principal_one():
    detail = completed(
        valuations=[{"basis": "street", "value": "9000"}, {"basis": "prison", "value": "27000"}]
    )

    assert [each["principal"] for each in detail["valuations"]] == [True, False]
    assert (detail["value"], detail["value_qualifier"]) == (9000, "estimate")


def test_the_principal_valuation_can_be_chosen():
    detail = completed(
        valuations=[
            {"basis": "street", "value": "9000"},
            {"basis": "prison", "value": "27000", "principal": True, "qualifier": "approx"},
        ]
    )

    assert (detail["value"], detail["value_qualifier"]) == (27000, "approx")


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"unit": "kg"}, "quantity"),
        ({"quantity": "1", "unit": "kg", "weight_g": "1000"}, "weight_g"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "NaN"}, "quantity"),
        ({"quantity": "1e30"}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": "5", "unit": "GBP", "currency": "EUR"}, "currency"),
        ({"drug": "oregano"}, "drug"),
        ({"valuations": [{"basis": "a guess", "value": "1"}]}, "valuations"),
        (
            {
                "valuations": [
                    {"basis": "street", "value": "1", "principal": True},
                    {"basis": "prison", "value": "2", "principal": True},
                ]
            },
            "valuations",
        ),
    ],
)
def test_refuses_quantities_that_do_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert field in refused.value.normalized_messages()


@pytest.mark.parametrize(
    ("detail", "words"),
    [({}, "counted or weighed"), ({"quantity": "1", "qualifier": "estimate"}, "estimate")],
)
def test_a_seizure_is_confirmed_by_a_count_or_weight(detail, words):
    assert words in SEIZURE.missing_to_confirm(completed(**detail))
    assert SEIZURE.missing_to_confirm(completed(quantity="1", unit="kg")) is None


def test_the_lists_of_codes_fit_together():
    assert set(CATEGORIES) >= COUNTED
    assert set(UNITS) >= GRAMS.keys() | CURRENCIES.keys()
    assert {drug.drug_class for drug in DRUGS.values()} <= SEIZURE.facets["drug_class"].codes.keys()
