"""Periods, changes and shares as a paper says them."""

import datetime as dt
from decimal import Decimal

import pytest

from ops.reports import rules
from ops.reports.blocks import paragraphs, span


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "against", "before"),
    [
        # A financial year has the other; so have ten months, of whatever length.
        ("2023-04-01", "2024-03-31", "before", ("2022-04-01", "2023-03-31")),
        ("2023-01-01", "2023-10-31", "before", ("2022-03-01", "2022-12-31")),
        ("2023-11-06", "2023-11-12", "before", ("2023-10-30", "2023-11-05")),
        ("2024-02-29", "2024-02-29", "year_before", ("2023-02-28", "2023-02-28")),
        ("2023-04-01", "2023-11-20", "year_before", ("2022-04-01", "2022-11-20")),
    ],
)
def test_a_period_is_set_against_one_like_it(starts_on, ends_on, against, before):
    found = rules.set_against(day(starts_on), day(ends_on), against)

    assert found == tuple(map(day, before))


def test_nothing_is_set_against_where_nothing_is_asked_for():
    assert rules.set_against(day("2023-04-01"), day("2023-11-20"), "nothing") is None


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        ("26", "20", "count", "Up 6 (30%)"),
        ("18", "20", "count", "Down 2 (10%)"),
        ("6", "1", "count", "Up 5"),
        ("5", "5", "count", "No change"),
        ("64", "63", "percent", "Up 1 point"),
        ("1500", "1000", "GBP", "Up £500 (50%)"),
    ],
)
def test_a_change_is_said_with_its_share_where_that_says_something(now, before, unit, said):
    assert rules.change(Decimal(now), Decimal(before), unit) == said


@pytest.mark.parametrize(
    ("fraction", "said"),
    [
        ("0.9583", "96%"),
        ("0.9999", "over 99%"),
        ("1", "100%"),
        ("1.21", "121%"),
        ("0.001", "under 1%"),
        ("0", "0%"),
    ],
)
def test_a_share_is_whole_and_never_all_of_it_before_it_is(fraction, said):
    assert rules.whole_percent(Decimal(fraction)) == said


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "said"),
    [
        ("2022-04-01", "2023-03-31", "Financial year 2022/23"),
        ("2023-01-01", "2023-12-31", "Calendar year 2023"),
        ("2023-02-27", "2023-03-05", "27 Feb 2023 to 5 Mar 2023"),
    ],
)
def test_a_year_is_told_by_its_name(starts_on, ends_on, said):
    assert span(day(starts_on), day(ends_on)) == said


def test_an_empty_line_begins_a_paragraph_and_no_other_break_does():
    assert paragraphs("One\r\nline.\r\n\r\n\r\nTwo.") == ["One line.", "Two."]
