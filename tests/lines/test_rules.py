"""The state of a line follows from what happened to it."""

import datetime as dt
import uuid

import pytest

from ops.lines import rules

ID = uuid.UUID(int=1)


def event(sort, day, code="", status="recorded", hour=12):
    at = dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)
    return rules.Event(sort, at.date(), at, code, ID, ID, status)


FOUND = event("identified", 9)
CLOSED = event("closure", 2, "type_2", "confirmed")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], ("identified", 9)),
        ([event("closure", 2, "type_1")], ("identified", 9)),
        ([CLOSED], ("closed", 2)),
        ([CLOSED, event("check_back", 4, "out_of_use", "confirmed")], ("closed", 2)),
        ([CLOSED, event("check_back", 4, "in_use", "confirmed")], ("reopened", 4)),
        ([CLOSED, event("check_back", 2, "in_use", "confirmed")], ("reopened", 2)),
        ([CLOSED, event("change", 5, "reopened")], ("reopened", 5)),
        ([event("change", 5, "reopened"), event("closure", 7, "type_1", "confirmed")],
         ("closed", 7)),
        ([event("change", 1, "active"), event("change", 3, "dormant")], ("dormant", 3)),
        ([CLOSED, event("change", 2, "rebranded", hour=14)], ("rebranded", 2)),
        ([CLOSED, event("change", 2, "active", hour=10)], ("closed", 2)),
    ],
)  # fmt: skip
def test_the_last_event_that_says_so_gives_the_state(events, expected):
    state, since = rules.state([FOUND, *events])

    assert (state, since.day) == expected


def test_two_closures_with_nothing_in_between_are_one_too_many():
    again = event("closure", 8, "type_1", "confirmed")

    assert rules.closed_twice([FOUND, CLOSED, again])
    assert not rules.closed_twice([FOUND, CLOSED, event("change", 5, "active"), again])
    assert not rules.closed_twice([FOUND, CLOSED, event("closure", 8, "type_1")])


def test_a_closed_line_is_looked_at_after_each_of_the_days():
    closed_on = dt.date(2026, 11, 2)

    looks = [rules.check_back_on(closed_on, made, [28, 90]) for made in range(3)]

    assert looks == [dt.date(2026, 11, 30), dt.date(2027, 1, 31), None]
