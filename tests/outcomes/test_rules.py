"""As-at days, targets and attainments."""

import datetime as dt
from decimal import Decimal

import pytest

from ops.outcomes import rules


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
