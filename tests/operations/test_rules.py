"""When an operation may move on. No database here."""

import dataclasses
import datetime as dt

import pytest

from ops.errors import Conflict, Invalid, Refused
from ops.operations import rules

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
READY = rules.Plan(
    kind="week_of_action",
    theme="drugs",
    aim="Close lines.",
    starts_at=NOW,
    areas=1,
    deployments=1,
    deployments_at_prisons=0,
    deployments_under_way=0,
    phases=0,
)


def plan(**changes):
    return dataclasses.replace(READY, **changes)


@pytest.mark.parametrize(
    ("to", "changes", "words"),
    [
        ("planned", {"aim": None}, "achieve"),
        ("planned", {"theme": None}, "theme"),
        ("approved", {"areas": 0, "deployments": 0}, "area"),
        ("approved", {"kind": "prison_search"}, "prison"),
        ("approved", {"kind": "place_based"}, "phase"),
        ("live", {"starts_at": NOW + dt.timedelta(days=9)}, "day before"),
        ("closed", {"deployments_under_way": 1}, "Finish or cancel"),
    ],
)
def test_a_gate_says_what_is_missing(to, changes, words):
    assert [words in sentence for sentence in rules.missing(to, plan(**changes), NOW)] == [True]


@pytest.mark.parametrize("to", ["planned", "approved", "live", "closed", "reviewed"])
def test_nothing_is_missing_from_a_plan_that_is_ready(to):
    assert rules.missing(to, READY, NOW) == []


def test_a_gate_says_everything_at_once():
    assert len(rules.missing("planned", plan(aim=None, theme=None), NOW)) == 2


def test_a_step_that_does_not_follow_is_refused_with_those_that_do():
    with pytest.raises(Refused, match="can become approved or draft"):
        rules.check_step("planned", "closed", None, READY, NOW)


def test_a_reviewed_operation_stays_so():
    with pytest.raises(Refused, match="stays so"):
        rules.check_step("reviewed", "live", "again", READY, NOW)


@pytest.mark.parametrize(("status", "to"), list(rules.BACK.items()))
def test_going_back_needs_a_reason(status, to):
    rules.check_step(status, to, "A mistake.", READY, NOW)

    with pytest.raises(Invalid, match="why"):
        rules.check_step(status, to, None, READY, NOW)


@pytest.mark.parametrize("status", rules.OVER)
def test_the_plan_of_an_operation_that_is_over_stays(status):
    with pytest.raises(Refused):
        rules.check_open(status)


@pytest.mark.parametrize("marking", ["SECRET", "TOP SECRET", "official"])
def test_a_marking_above_official_sensitive_is_refused_and_says_what_to_leave_out(marking):
    with pytest.raises(Invalid, match="intelligence log number"):
        rules.check_marking(marking)


def test_only_a_place_based_operation_may_stay_open():
    rules.check_period("place_based", NOW, None)

    with pytest.raises(Invalid, match="when it ends"):
        rules.check_period("week_of_action", NOW, None)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(0, 0), (2, 1), (0, 24 * 40), (-90, -80), (24 * 9, 24 * 9 + 2)],
)
def test_a_window_that_cannot_be_meant_is_refused(starts, ends):
    week = (NOW, NOW + dt.timedelta(days=7))

    with pytest.raises(Invalid):
        rules.check_window(NOW + dt.timedelta(hours=starts), NOW + dt.timedelta(hours=ends), week)


def test_a_deployment_may_begin_the_evening_before():
    rules.check_window(NOW - dt.timedelta(hours=20), NOW, (NOW, NOW + dt.timedelta(days=7)))


@pytest.mark.parametrize(
    ("status", "to"), [("started", "planned"), ("finished", "started"), ("cancelled", "planned")]
)
def test_a_deployment_goes_forward_only(status, to):
    with pytest.raises(Refused):
        rules.check_deployment_step(status, to)


@pytest.mark.parametrize("status", ["planned", "acknowledged", "on_the_way", "started"])
def test_a_deployment_can_be_cancelled_until_its_end(status):
    rules.check_deployment_step(status, "cancelled")


@pytest.mark.parametrize(
    "place",
    [
        {"site": None, "area": None, "point": None},
        {"site": 1, "area": 2, "point": None},
    ],
)
def test_a_deployment_has_one_place(place):
    with pytest.raises(Invalid, match="one place"):
        rules.check_one_place(place)


def test_the_same_content_has_one_hash_however_its_time_was_written():
    here = dt.timezone(dt.timedelta(hours=1))

    assert rules.hash_of({"a": NOW}) == rules.hash_of({"a": NOW.astimezone(here)})


def test_other_content_under_an_id_is_refused():
    with pytest.raises(Conflict, match="already"):
        rules.check_replay(rules.hash_of({"a": 1}), rules.hash_of({"a": 2}), "an operation")
