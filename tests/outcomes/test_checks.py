"""A check holds, fails, or is words: never guessed."""

from decimal import Decimal

import pytest

from ops.outcomes.checks import Figure, verdict

FIGURES = [
    Figure("arrests", {}, Decimal(14)),
    Figure("visitors_arrested", {}, Decimal(10)),
    Figure("prisoners_arrested", {}, Decimal(4)),
    Figure("visitors_arrested", {"area": "Kent"}, Decimal(4)),
    Figure("visitors_arrested", {"area": "Yorkshire"}, Decimal(6)),
    Figure("cash_seized", {}, Decimal(90000)),
    Figure("drugs_value_seized", {}, Decimal(160000)),
    Figure("drugs_weight_seized", {"drug": "crack"}, Decimal("16.1")),
    Figure("drugs_weight_seized", {"drug": "cocaine"}, Decimal("151.3")),
]


@pytest.mark.parametrize(
    "text",
    [
        "visitors_arrested + prisoners_arrested == arrests",
        "arrests - visitors_arrested = 4 prisoners",
        "10 + 4 == 14",
        "6 + 4 == 10 visitors",
        "6 + 4 = 10 <= 14",
        "parts, never additions (6 + 4 <= 14)",
        "Kent + Yorkshire = visitors_arrested",
        "cash + 160,000 = 250,000 (headline)",
        "16.1 + 151.3 == 167.4 (rounded)",
        "10 > 4 and 6 >= 4",
    ],
)
def test_arithmetic_that_holds_holds(text):
    assert verdict(text, FIGURES).holds is True


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("visitors_arrested + prisoners_arrested == cash", "is not so"),
        ("10 + 4 == 15", "10 + 4 == 15 is not so"),
        ("10 + 4 == 14 but 6 + 4 == 11", "6 + 4 == 11 is not so"),
        ("14 < 14", "14 < 14 is not so"),
        ("11 + 3 == 14", "11 is no figure of this set"),
    ],
)
def test_arithmetic_that_fails_says_why(text, because):
    found = verdict(text, FIGURES)

    assert found.holds is False
    assert because in found.because


@pytest.mark.parametrize(
    "text",
    [
        "8 charged of 9 arrested: disposals are a sequence, not one field",
        "non-decreasing: 21,22,25,160",
        "drugs + cash = 250,000",  # drugs: a value, or one of two weights?
        "Type 1 = arrest and charge",
        "__import__('os') == 1",
        "",
    ],
)
def test_words_are_left_to_people(text):
    assert verdict(text, FIGURES).holds is None
