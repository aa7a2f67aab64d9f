"""Times move by whole days by the clock on the wall, and a copy is never seen by more people."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import Invalid
from ops.plans.copy_rules import moved, moved_window, visibility
from ops.wording import LONDON


def london(text, fold=0):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold)


@pytest.mark.parametrize(
    ("at", "days", "comes"),
    [
        # Over the change to winter time and back: 05:00 stays 05:00.
        ("2026-10-20T05:00+01:00", 14, "2026-11-03T05:00+00:00"),
        ("2026-11-03T05:00+00:00", -14, "2026-10-20T05:00+01:00"),
        ("2026-11-03T22:00+00:00", 182, "2027-05-04T22:00+01:00"),
        # The hour that never comes begins when the clock goes on.
        ("2027-03-21T01:30+00:00", 7, "2027-03-28T02:00+01:00"),
        # The hour that comes twice: the first, and from the second the second.
        ("2026-10-18T01:30+01:00", 7, "2026-10-25T01:30+01:00"),
        ("2026-10-25T01:30+00:00", 364, "2027-10-24T01:30+01:00"),
    ],
)
def test_a_time_keeps_its_hour_by_the_clock(at, days, comes):
    found = moved(dt.datetime.fromisoformat(at), days)

    assert found.isoformat(timespec="minutes") == comes


def test_a_window_that_the_clocks_would_empty_keeps_its_length():
    starts_at, ends_at = london("2027-03-21T01:10"), london("2027-03-21T01:50")

    window = moved_window(starts_at, ends_at, 7)

    assert [each.isoformat() for each in window] == [
        "2027-03-28T02:00:00+01:00",
        "2027-03-28T02:40:00+01:00",
    ]


@given(
    starts_at=st.integers(0, 4_000_000_000).map(lambda at: dt.datetime.fromtimestamp(at, dt.UTC)),
    minutes=st.integers(1, 2000),
    days=st.integers(-800, 800),
)
def test_a_window_never_ends_before_it_starts(starts_at, minutes, days):
    ends_at = starts_at + dt.timedelta(minutes=minutes)

    starts, ends = moved_window(starts_at, ends_at, days)

    assert starts.astimezone(dt.UTC) < ends.astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("source", "asked", "stays", "seen"),
    [
        ("open", None, True, "open"),
        ("open", "covert", True, "covert"),
        ("open", None, False, "restricted"),
        ("restricted", None, True, "restricted"),
        ("covert", None, False, "covert"),
    ],
)
def test_a_copy_is_seen_like_the_original_or_by_fewer(source, asked, stays, seen):
    assert visibility(source, asked, stays=stays) == seen


@pytest.mark.parametrize(
    ("source", "asked", "stays"),
    [
        ("open", "open", False),
        ("restricted", "open", True),
        ("covert", "restricted", True),
        ("covert", "open", True),
    ],
)
def test_a_copy_for_more_eyes_is_refused(source, asked, stays):
    with pytest.raises(Invalid, match="no more people"):
        visibility(source, asked, stays=stays)
