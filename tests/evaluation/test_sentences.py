"""What is said of a change claims no more than its numbers carry."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.evaluation import sentences
from ops.evaluation.intervals import Month, Side, rate_ratio, ratio_of_ratios
from ops.evaluation.sentences import Compared

ALONE = {"same_season": True, "same_months": True, "began_on": None, "periods": 1}


def compared(before, after, days=365):
    """Compare two sides of one month each."""
    sides = Side([Month(before, days)]), Side([Month(after, days)])
    return Compared(*sides, rate_ratio(*sides))


def said(target, others=None):
    """Say what happened."""
    both = others and ratio_of_ratios((target.before, target.after), (others.before, others.after))
    return sentences.sentence(target, others, both, "the comparison area")


def test_a_fall_that_the_comparison_area_did_not_have_is_told_from_chance():
    assert said(compared(500, 400), compared(1000, 950)) == (
        "Fell by 20% (interval −30% to −9%); the comparison area fell by 5% (interval −13% to +4%)."
        " The difference can be told apart from chance."
    )


def test_a_fall_that_the_comparison_area_had_too_is_not():
    assert said(compared(100, 80), compared(100, 82)) == (
        "Fell by 20% (interval −41% to +8%); the comparison area fell by 18% (interval −40% to"
        " +11%). The difference can’t be told apart from chance: the change can’t be put down to"
        " the operation."
    )


def test_without_a_comparison_area_nothing_is_put_down_to_the_operation():
    assert said(compared(500, 400)) == (
        "Fell by 20% (interval −30% to −9%): that can be told apart from chance."
        " There is no comparison area: the change can’t be put down to the operation."
    )


@pytest.mark.parametrize(
    ("before", "after", "begins"),
    [
        (3, 2, "Too few to say: 3 before and 2 after."),
        (0, 0, "Too few to say: 0 before and 0 after."),
        (0, 14, "None before and 14 after: that can be told apart from chance."),
        (14, 0, "Fell by 100% (interval −100% to −70%)"),
        (1000, 1001, "Changed by less than 1%"),
        (20, 30, "Rose by 50%"),
        (10, 100, "Rose to 10 times as many"),
    ],
)
def test_small_numbers_and_none_are_said_as_they_are(before, after, begins):
    assert said(compared(before, after)).startswith(begins)


def test_too_few_in_the_comparison_area_support_no_claim():
    assert said(compared(500, 400), compared(2, 1)).endswith(
        "In the comparison area, too few to say: 2 before and 1 after:"
        " the change can’t be put down to the operation."
    )


def test_no_month_with_a_count_is_said_so():
    empty = Compared(Side([]), Side([Month(5, 30)]), None)

    assert said(empty) == "Nothing to say: no month before has a full count."


@settings(max_examples=50, deadline=None)
@given(*(st.integers(0, 90),) * 4)
def test_a_difference_is_claimed_only_where_its_interval_leaves_out_no_change(a, b, c, d):
    target, others = compared(a, b), compared(c, d)
    text = said(target, others)

    difference = ratio_of_ratios((target.before, target.after), (others.before, others.after))
    claims = "The difference can be told apart" in text
    enough = target.says_something and others.says_something

    assert claims == (enough and difference.is_told_from_chance)
    assert "because" not in text
    if not claims:
        assert "Too few" in text or sentences.NO_CLAIM in text


@pytest.mark.parametrize(
    ("before", "after", "ends"),
    [
        (100, 200, "That rise can be told apart from chance: some may have moved there."),
        (100, 104, "a shift there is neither shown nor ruled out."),
        (200, 100, "nothing points to a shift there."),
        (2, 1, "A shift there is neither shown nor ruled out."),
    ],
)
def test_displacement_is_neither_shown_nor_ruled_out_by_chance(before, after, ends):
    assert sentences.displacement("Ancoats", compared(before, after), None).endswith(ends)


def cautions(compared=(), missing=None, **more):
    """List the cautions of a comparison of which nothing else is wrong."""
    return list(sentences.cautions(compared, missing or {}, **(ALONE | more)))


def test_what_a_reader_must_know_is_said():
    gaps = {"Derker": {dt.date(2024, 3, 1): ["Robbery"], dt.date(2024, 4, 1): []}}

    assert cautions() == []
    assert "seasons may be part" in cautions(same_season=False)[0]
    assert "different months" in cautions(same_months=False)[0]
    assert cautions(missing=gaps) == [
        "Derker has no full count for March 2024 (Robbery), April 2024. Nothing is filled in."
    ]
    assert "The operation began on 1 Mar 2025" in cautions(began_on=dt.date(2025, 3, 1))[0]
    assert "3 periods are compared" in cautions(periods=3)[0]


def test_how_much_months_vary_is_said():
    wild = Side([Month(n, 30) for n in (2, 30, 4, 28, 1, 25)])
    told = cautions([Compared(wild, wild, rate_ratio(wild, wild))])
    unknown = cautions([compared(30, 40)])

    assert told[0].startswith("Months vary 13.1 times")
    assert unknown[0].startswith("With fewer than 12 months")
