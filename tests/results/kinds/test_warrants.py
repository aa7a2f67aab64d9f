"""Warrants: the clock of each power, entries, the return to court."""

import datetime as dt

import marshmallow as ma
import pytest

from ops.results.kinds import KINDS
from ops.results.kinds.warrants import expires_on

NOON = dt.datetime(2023, 10, 10, 12, tzinfo=dt.UTC)
WARRANT = KINDS["warrant"]


def completed(**detail):
    return WARRANT.complete(WARRANT.schema.load({"power": "mda_23"} | detail), NOON)


@pytest.mark.parametrize(
    ("power", "granted_on", "expected"),
    [
        ("pace_8", dt.date(2023, 10, 9), dt.date(2024, 1, 9)),
        ("mda_23", dt.date(2023, 10, 9), dt.date(2023, 11, 9)),
        ("mda_23", dt.date(2023, 1, 31), dt.date(2023, 2, 28)),
        ("psychoactive_39", dt.date(2024, 1, 31), dt.date(2024, 2, 29)),
        ("poca_352", dt.date(2023, 12, 15), dt.date(2024, 1, 15)),
        ("trade_marks_92c", dt.date(2023, 2, 20), dt.date(2023, 3, 20)),
        ("firearms_46", dt.date(2023, 11, 30), dt.date(2024, 2, 29)),
        ("other", dt.date(2023, 10, 9), None),
        ("pace_8", None, None),
    ],
)
def test_the_power_gives_the_expiry(power, granted_on, expected):
    assert expires_on(power, granted_on) == expected


def test_a_short_log_is_one_entry_at_the_time_of_the_record():
    detail = completed(outcomes=["arrest", "sought_found"], entry="forced")

    assert detail["executed"] is True
    assert detail["entries"] == [
        {
            "at": NOON,
            "entry": "forced",
            "nobody_present": None,
            "outcomes": ["sought_found", "arrest"],
        }
    ]


def test_a_warrant_that_was_not_executed_has_no_entry():
    assert completed(executed=False)["entries"] == []


@pytest.mark.parametrize(
    ("detail", "field"),
    [
        ({"executed": False, "outcomes": ["nil"]}, "executed"),
        ({"entries": [{"outcomes": ["nil"]}], "outcomes": ["nil"]}, "outcomes"),
        ({"expires_on": "2023-11-09"}, "expires_on"),
        ({"power": "a_hunch"}, "power"),
        ({"outcomes": ["tea"]}, "outcomes"),
    ],
)
def test_refuses_what_does_not_agree(detail, field):
    with pytest.raises(ma.ValidationError) as refused:
        completed(**detail)

    assert field in refused.value.normalized_messages()


@pytest.mark.parametrize(
    ("detail", "due"),
    [
        ({}, dt.date(2023, 10, 10)),
        ({"entries": [{"at": "2023-10-11T23:30:00Z"}]}, dt.date(2023, 10, 12)),
        ({"executed": False, "granted_on": "2023-10-01"}, dt.date(2023, 11, 1)),
        ({"premises": "all", "granted_on": "2023-10-01"}, dt.date(2023, 11, 1)),
        ({"several_entries": True, "granted_on": "2023-10-01"}, dt.date(2023, 11, 1)),
        ({"executed": False}, None),
    ],
)
def test_the_return_is_due_once_executed_or_at_expiry(detail, due):
    assert completed(**detail)["return_due"] == due


@pytest.mark.parametrize(
    ("granted_on", "words"),
    [("2023-09-01", "expired on 1 Oct 2023"), ("2023-10-11", "granted on 11 Oct 2023")],
)
def test_an_entry_outside_the_warrants_days_is_told_and_not_refused(granted_on, words):
    [remark] = WARRANT.remarks(completed(granted_on=granted_on))

    assert words in remark


def test_an_entry_on_the_last_day_is_in_time():
    assert WARRANT.remarks(completed(granted_on="2023-09-10")) == []
