"""Counts inside a record: what they add up to, and how sure the sum is."""

import decimal

import marshmallow as ma
import pytest

from ops.results.kinds.tallies import Count, add_up, filled, only_one, together, too_many


def counts(*pairs):
    return [
        {"what": "cells", "number": decimal.Decimal(number), "qualifier": qualifier}
        for number, qualifier in pairs
    ]


@pytest.mark.parametrize(
    ("rows", "number", "qualifier"),
    [
        ([("5", "exact"), ("2", "exact")], "7", "exact"),
        ([("5", "exact"), ("70", "more_than")], "75", "more_than"),
        ([("5", "more_than"), ("70", "more_than")], "75", "more_than"),
        ([("5", "almost"), ("70", "more_than")], "75", "approx"),
        ([("0", "exact")], "0", "exact"),
        ([("7.5", "exact")], "7.5", "exact"),
    ],
)
def test_a_sum_is_as_unsure_as_its_parts(rows, number, qualifier):
    added = add_up(counts(*rows), lambda row: [row["what"]])

    assert added == {"numbers": {"cells": number}, "qualifiers": {"cells": qualifier}}


def test_what_was_not_counted_adds_nothing_not_even_a_zero():
    assert add_up([{"number": None, "qualifier": "exact"}], lambda _row: ["items"]) == {
        "numbers": {},
        "qualifiers": {},
    }


def test_a_count_that_says_nothing_of_it_is_exact():
    [row] = filled([{"what": "cells", "qualifier": None}], number=1)

    assert row == {"what": "cells", "number": 1, "qualifier": "exact"}


def test_no_count_at_all_is_exact():
    assert together([]) == "exact"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], None), (["child", "child"], "child"), (["child", "adult"], "several")],
)
def test_several_codes_are_none_of_them(codes, expected):
    assert only_one(codes) == expected


@pytest.mark.parametrize("value", ["2.5", "-1", "many", True, "1e99"])
def test_a_count_is_of_whole_things(value):
    with pytest.raises(ma.ValidationError):
        Count().deserialize(value)


def test_very_many_are_asked_about_and_not_refused():
    assert too_many({"numbers": {"people": "100000"}}) == []
    assert "277,000" in too_many({"numbers": {"people": "277000", "sessions": "1"}})[0]
