"""Months: whole ones, in the same season, and never filled."""

import datetime as dt

from ops.evaluation import rules
from ops.evaluation.rules import Period

JANUARY, FEBRUARY, MARCH = (dt.date(2024, month, 1) for month in (1, 2, 3))
QUARTER = Period("Quarter", JANUARY, MARCH)


def test_a_period_has_whole_months_across_years():
    found = Period("Winter", dt.date(2023, 11, 1), FEBRUARY).months

    assert [f"{month:%Y-%m}" for month in found] == ["2023-11", "2023-12", "2024-01", "2024-02"]


def test_a_month_is_as_long_as_it_is():
    counts = {("Theft", month): 5 for month in QUARTER.months}

    side = rules.series(counts, ["Theft"]).side(QUARTER)

    assert [month.days for month in side.months] == [31, 29, 31]
    assert side.count == 15


def test_a_month_that_lacks_a_category_is_a_gap_and_nothing_fills_it():
    counts = {("Theft", JANUARY): 5, ("Robbery", JANUARY): 1, ("Theft", FEBRUARY): 4}

    found = rules.series(counts, ["Theft", "Robbery"])

    assert found.counts == {JANUARY: 6}
    assert found.missing([QUARTER]) == {FEBRUARY: ["Robbery"], MARCH: ()}
    assert found.side(QUARTER).count == 6


def test_a_month_with_none_is_no_gap():
    found = rules.series({("Theft", JANUARY): 0}, ["Theft"])

    assert found.counts == {JANUARY: 0}
    assert found.gaps == {}


def test_areas_together_have_only_the_months_that_each_has():
    one = rules.series({("Theft", JANUARY): 5, ("Theft", FEBRUARY): 4}, ["Theft"])
    other = rules.series({("Theft", JANUARY): 7}, ["Theft"])

    assert rules.together([one, other]).counts == {JANUARY: 12}
    assert rules.together([]).counts == {}


def test_the_same_months_of_the_year_are_the_same_season_however_many_years():
    one = Period("", JANUARY, MARCH).months
    two = one + Period("", dt.date(2023, 1, 1), dt.date(2023, 3, 1)).months

    assert rules.same_season(two, one)
    assert not rules.same_season(two, one[:2])
    assert not rules.same_season([*two, dt.date(2023, 12, 1)], one)
