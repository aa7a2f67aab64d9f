"""What may be said of places, without a database."""

import pytest

from ops.geo.rules import is_closed_prison


@pytest.mark.parametrize(
    "category", ["A", "B local", "C", "Category C trainer", "YOI closed", None]
)
def test_a_prison_is_closed_unless_its_category_says_open(category):
    assert is_closed_prison("prison", category)


@pytest.mark.parametrize("category", ["D open", "D", "Category D", "open", "Women's open"])
def test_a_prison_of_category_d_is_open(category):
    assert not is_closed_prison("prison", category)


def test_a_closed_part_keeps_a_prison_closed_and_what_is_no_prison_is_none():
    assert is_closed_prison("prison", "C/D")
    assert not is_closed_prison("school", "B")
