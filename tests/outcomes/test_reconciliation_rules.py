"""What a qualifier allows, which units go together, and which reports contradict each other."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.outcomes import reconciliation_rules as rules
from ops.outcomes.reconciliation_rules import Told

YEAR = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
SPRING = (dt.date(2023, 2, 27), dt.date(2023, 3, 5))
AUTUMN = (dt.date(2023, 10, 9), dt.date(2023, 10, 15))
TOLD_ON = dt.date(2024, 1, 20)


@pytest.mark.parametrize(
    ("value", "qualifier", "recorded", "allowed"),
    [
        ("90000", "more_than", "91250", True),
        ("90000", "more_than", "90000", False),
        ("90000", "provisional_more_than", "89999", False),
        ("70000", "approx", "66500", True),
        ("70000", "approx", "73500", True),
        ("70000", "approx", "75000", False),
        ("70000", "estimate", "70001", True),
        ("250", "almost", "248", True),
        ("250", "almost", "250", False),
        ("250", "almost", "230", False),
        ("39", "exact", "39", True),
        ("39", "exact", "40", False),
        ("39", "at_publication", "39", True),
        ("5", "at_least", "5", True),
        ("5", "up_to", "6", False),
        ("5", "less_than", "5", False),
    ],
)
def test_a_qualifier_allows_what_it_says(value, qualifier, recorded, allowed):
    found, said = rules.because(Decimal(value), "GBP", qualifier, Decimal(recorded))

    assert found is allowed
    assert said


def test_what_is_said_names_the_reach():
    _, said = rules.because(Decimal(70000), "GBP", "approx", Decimal(75000))

    assert said == (
        "About £70,000 is taken as within 5%, £66,500 to £73,500: £75,000 is not among these."
    )


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "found"),
    [
        ("1.5", "kg", "g", "1500"),
        ("580", "tonne", "kg", "580000"),
        ("12", "%", "percent", "12"),
        ("12", "count", "count", "12"),
        ("12", "wrap", "g", None),
    ],
)
def test_weights_are_compared_in_one_unit_and_nothing_else_is(value, unit, wanted, found):
    assert rules.in_unit(Decimal(value), unit, wanted) == (found and Decimal(found))


def told(value, qualifier="exact", period=YEAR, scope=("a", "b"), as_at=TOLD_ON, of="arrests"):
    """Report a figure."""
    return Told(
        uuid.uuid4(), ("ours", of), "count", Decimal(value), qualifier, frozenset(scope),
        *period, as_at,
    )  # fmt: skip


def test_two_outlets_of_one_figure_are_shown_together():
    one, other = told(70_000), told(75_000)

    [found] = rules.contradictions([one, other, told(70_000, of="wraps")])

    assert set(found.figures) == {one.id, other.id}
    assert found.sentence == "Reported as 70,000 and 75,000. They can’t all be true."


def test_more_than_and_exactly_can_both_be_true():
    [found] = rules.contradictions([told(60, "more_than"), told(64)])

    assert found.can_all_be_true


def test_the_same_said_twice_is_no_contradiction():
    assert rules.contradictions([told(39), told(39)]) == []


def test_a_figure_that_could_still_grow_is_no_contradiction():
    early, later = dt.date(2023, 6, 1), dt.date(2023, 11, 20)

    assert rules.contradictions([told(85, as_at=early), told(115, as_at=later)]) == []
    assert rules.contradictions(
        [told(1, period=(None, None), as_at=early), told(2, period=(None, None), as_at=later)]
    ) == []  # fmt: skip


def test_parts_that_are_more_than_their_whole_are_found():
    whole = told(39)
    spring, autumn = told(43, period=SPRING, scope="a"), told(39, period=AUTUMN, scope="b")

    [found] = rules.contradictions([autumn, whole, spring])

    assert found.kind == "parts_exceed_whole"
    assert found.figures == (whole.id, spring.id, autumn.id)
    assert found.sentence == (
        "Reported as 39 in all, and for parts of it as 43 and 39, 82 together:"
        " the parts are more than the whole."
    )


@pytest.mark.parametrize(
    "parts",
    [
        # Enough, and no more.
        [told(20, period=SPRING, scope="a"), told(19, period=AUTUMN, scope="b")],
        # Of the same time and operation, so one and the same figure.
        [told(30, period=SPRING, scope="a"), told(30, period=SPRING, scope="a")],
        # Not of the whole's operations, or not of its time.
        [told(43, period=SPRING, scope="c")],
        [told(43, period=(dt.date(2022, 12, 1), dt.date(2023, 1, 31)), scope="a")],
        # After the whole was told.
        [told(43, period=(dt.date(2023, 12, 1), dt.date(2023, 12, 31)), scope="a", of="x")],
    ],
)
def test_parts_that_fit_are_no_contradiction(parts):
    assert rules.contradictions([told(39), *parts]) == []


@given(st.integers(1, 10**6), st.sampled_from(["exact", "approx", "more_than", "at_least"]))
def test_whatever_is_said_can_be_true_beside_itself(value, qualifier):
    found = rules.range_of(Decimal(value), qualifier)

    assert found.meets(found)
    assert found.meets(rules.range_of(Decimal(value + 1), "more_than")) is (
        qualifier != "exact" and (found.high is None or found.high > value + 1)
    )
