"""Stays told from fixes: never longer or shorter than they can have been."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import Invalid
from ops.live import rules
from ops.live.rules import INSIDE, OUTSIDE, UNCERTAIN, Fix, Visit

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def at(minutes):
    return NOON + dt.timedelta(minutes=minutes)


def fixes(*said):
    return [Fix(at(minutes), relation) for minutes, relation in said]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([(0, OUTSIDE), (3, INSIDE), (15, INSIDE), (18, OUTSIDE)], "between 12 and 18 minutes"),
        ([(0, OUTSIDE), (3, INSIDE), (9, UNCERTAIN), (12, OUTSIDE)], "up to 12 minutes"),
        ([(0, INSIDE), (12, INSIDE), (18, OUTSIDE)], "at least 12 minutes"),
        ([(0, OUTSIDE), (3, INSIDE), (4, INSIDE)], "at least 1 minute"),
        ([(0, OUTSIDE), (3, UNCERTAIN), (8, OUTSIDE)], "up to 8 minutes"),
        ([(0, UNCERTAIN), (3, UNCERTAIN)], "it is not known how long"),
        ([(0, OUTSIDE), (0.1, INSIDE), (0.2, OUTSIDE)], "up to 1 minute"),
    ],
)
def test_how_long_a_stay_was_is_said_as_surely_as_it_is_known(said, words):
    [visit] = rules.visits(fixes(*said))

    assert rules.dwell(visit) == words


def test_when_a_stay_began_and_ended_lies_between_fixes():
    [visit] = rules.visits(fixes((0, OUTSIDE), (3, INSIDE), (15, INSIDE), (18, OUTSIDE)))

    assert visit == Visit(at(0), at(3), at(15), at(18))
    assert visit.is_certain


def test_who_was_outside_in_between_was_inside_twice():
    told = rules.visits(fixes((0, INSIDE), (5, OUTSIDE), (9, INSIDE), (10, UNCERTAIN)))

    assert told == [Visit(None, at(0), at(0), at(5)), Visit(at(5), at(9), at(9), None)]


def test_a_fix_that_can_not_tell_neither_begins_a_stay_nor_ends_one():
    told = rules.visits(fixes((0, INSIDE), (5, UNCERTAIN), (9, INSIDE), (10, OUTSIDE)))

    assert told == [Visit(None, at(0), at(9), at(10))]


def test_without_a_fix_there_is_no_stay():
    assert rules.visits([]) == []
    assert rules.visits(fixes((0, OUTSIDE), (4, OUTSIDE))) == []


@st.composite
def walks(draw):
    """Draw who was inside from when to when, and the fixes that saw it, some of them unsure.

    Between two fixes the edge is crossed once at most, as the fixes are read.
    """
    count = draw(st.integers(1, 12))
    gaps = draw(st.lists(st.integers(1, 40), min_size=count, max_size=count))
    inside = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    sure = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    times = [sum(gaps[: number + 1]) for number in range(count)]
    stays, entered = [], None
    for number, is_in in enumerate(inside):
        was_in = number > 0 and inside[number - 1]
        if is_in == was_in:
            continue
        crossed = times[number] - draw(st.floats(0, gaps[number] if number else 0))
        if is_in:
            entered = crossed
        else:
            stays.append((entered, crossed))
    if inside[-1]:
        stays.append((entered, times[-1]))
    said = [
        (time, (INSIDE if is_in else OUTSIDE) if is_sure else UNCERTAIN)
        for time, is_in, is_sure in zip(times, inside, sure, strict=True)
    ]
    return stays, fixes(*said)


@given(walks())
def test_every_true_stay_lies_in_one_that_is_told_and_is_no_longer(walk):
    stays, said = walk

    told = rules.visits(said)

    for entered, left in stays:
        holding = [
            visit
            for visit in told
            if (visit.entered_after is None or visit.entered_after <= at(entered))
            and (visit.left_by is None or at(left) <= visit.left_by)
        ]
        assert len(holding) >= 1
        assert all(
            visit.longest is None or at(left) - at(entered) <= visit.longest for visit in holding
        )


@given(walks())
def test_stays_follow_one_another_and_hold_what_is_sure(walk):
    _stays, said = walk

    told = rules.visits(said)

    for visit in told:
        assert visit.longest is None or visit.shortest <= visit.longest
    for earlier, later in itertools.pairwise(told):
        assert earlier.left_by <= later.entered_after
    sure = [fix.at for fix in said if fix.relation == INSIDE]
    assert len(sure) == sum(
        visit.first <= moment <= visit.last for visit in told if visit.is_certain for moment in sure
    )


@pytest.mark.parametrize(
    ("hours", "field"), [(1, "at"), (-24 * 8, "at")], ids=["in the future", "long ago"]
)
def test_nobody_checks_in_at_a_time_that_tells_nothing(hours, field):
    with pytest.raises(Invalid) as refused:
        rules.check_at(NOON + dt.timedelta(hours=hours), NOON)

    assert field in refused.value.errors


def test_a_clock_that_is_a_little_fast_is_fine():
    rules.check_at(NOON + dt.timedelta(minutes=5), NOON)
