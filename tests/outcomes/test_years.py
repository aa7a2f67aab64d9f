"""A financial year, read and written."""

import datetime as dt

import pytest

from ops.outcomes import years


def test_a_financial_year_runs_from_april_to_march():
    assert years.financial_year("2023/24") == (dt.date(2023, 4, 1), dt.date(2024, 3, 31))


def test_the_last_year_of_a_century_ends_in_the_next():
    assert years.financial_year("1999/00") == (dt.date(1999, 4, 1), dt.date(2000, 3, 31))


@pytest.mark.parametrize(
    "text", ["2023/25", "2023-24", "2023/2024", "23/24", "0001/02", "9999/00", ""]
)
def test_anything_else_is_no_financial_year(text):
    assert years.financial_year(text) is None


def test_days_are_said_as_a_year_only_if_they_are_one():
    assert years.year_of(dt.date(2023, 4, 1), dt.date(2024, 3, 31)) == "2023/24"
    assert years.year_of(dt.date(2023, 4, 1), dt.date(2024, 3, 30)) is None
