import datetime as dt
import uuid

import pytest

from ops.errors import Forbidden, OpsError
from ops.retention import rules

TODAY = dt.date(2026, 11, 21)
ME, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def state(**fields):
    """Give a record that somebody else decided to erase."""
    plain = {"status": "closed", "is_erased": False, "is_held": False, "decision": "erase",
             "decided_by": OTHER}  # fmt: skip
    return rules.State(**plain | fields)


@pytest.mark.parametrize("status", ["closed", "reviewed"])
def test_what_is_over_is_kept_to_a_later_day_or_erased(status):
    rules.check_review(state(status=status), "keep", TODAY + dt.timedelta(days=1), TODAY)
    rules.check_review(state(status=status), "erase", None, TODAY)


@pytest.mark.parametrize(
    ("fields", "decision", "next_on"),
    [
        ({"status": "live"}, "keep", TODAY + dt.timedelta(days=1)),
        ({"is_erased": True}, "keep", TODAY + dt.timedelta(days=1)),
        ({}, "keep", None),
        ({}, "keep", TODAY),
        ({}, "keep", TODAY + rules.FURTHEST + dt.timedelta(days=1)),
        ({}, "erase", TODAY + dt.timedelta(days=1)),
    ],
)
def test_a_decision_too_early_too_late_or_not_whole_is_refused(fields, decision, next_on):
    with pytest.raises(OpsError):
        rules.check_review(state(**fields), decision, next_on, TODAY)


def test_what_somebody_else_decided_to_erase_is_erased():
    rules.check_erasure(state(), ME)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "live"},
        {"is_held": True},
        {"decision": "keep"},
        {"decision": None, "decided_by": None},
    ],
)
def test_what_stands_against_an_erasure_is_said(fields):
    found = state(**fields)

    assert rules.missing_to_erase(found)
    with pytest.raises(OpsError):
        rules.check_erasure(found, ME)


def test_four_eyes_erase():
    with pytest.raises(Forbidden):
        rules.check_erasure(state(decided_by=ME), ME)


def test_what_is_erased_already_is_no_error():
    rules.check_erasure(state(is_erased=True, is_held=True, decided_by=ME), ME)
