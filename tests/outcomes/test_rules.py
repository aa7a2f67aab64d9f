"""Financial years, as-at days and attainments."""

import datetime as dt
from decimal import Decimal

import pytest

from ops.outcomes import rules


def test_a_financial_year_runs_from_april_to_march():
    assert rules.financial_year("2023/24") == (dt.date(2023, 4, 1), dt.date(2024, 3, 31))


def test_the_last_year_of_a_century_ends_in_the_next():
    assert rules.financial_year("1999/00") == (dt.date(1999, 4, 1), dt.date(2000, 3, 31))


@pytest.mark.parametrize(
    "text", ["2023/25", "2023-24", "2023/2024", "23/24", "0001/02", "9999/00", ""]
)
def test_anything_else_is_no_financial_year(text):
    assert rules.financial_year(text) is None


def test_days_are_said_as_a_year_only_if_they_are_one():
    assert rules.year_of(dt.date(2023, 4, 1), dt.date(2024, 3, 31)) == "2023/24"
    assert rules.year_of(dt.date(2023, 4, 1), dt.date(2024, 3, 30)) is None


@pytest.mark.parametrize(
    ("source", "ends_on", "as_at"),
    [
        ("Panel report, 20 Nov 2023", dt.date(2024, 3, 31), dt.date(2023, 11, 20)),
        ("Panel report of 5 March 2024", None, dt.date(2024, 3, 5)),
        ("Panel report, 20 Nov 2023", dt.date(2023, 3, 31), dt.date(2023, 3, 31)),
        ("Panel report, 31 Feb 2023", dt.date(2023, 3, 31), dt.date(2023, 3, 31)),
        ("https://example.test/2023/11/20", dt.date(2023, 3, 31), dt.date(2023, 3, 31)),
        ("A letter", None, None),
    ],
)
def test_a_figure_was_true_when_its_source_spoke_or_its_period_ended(source, ends_on, as_at):
    assert rules.true_at(source, ends_on) == as_at


@pytest.mark.parametrize(
    ("value", "target", "part"),
    [("39", "40", "0.975"), ("115", "120", "0.9583"), ("20", "10", "2"), ("0", "3", "0")],
)
def test_an_attainment_is_the_part_of_the_target_reached(value, target, part):
    assert format(rules.attainment(Decimal(value), Decimal(target)), "f") == part


def test_without_a_target_there_is_no_attainment():
    assert rules.attainment(Decimal(3), None) is None
