"""What each role may do; test_matrix.py compares it with docs/security.md."""

import pytest

from ops.access import rules
from ops.access.member_models import MEMBER_ROLES
from ops.access.models import ROLES


def test_only_roles_that_there_are_may_do_anything():
    assert set().union(*rules.MAY.values()) <= ROLES.keys() | MEMBER_ROLES.keys()


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("admin", ["administer", "approve", "confirm", "erase", "log", "plan", "report", "share"]),
        ("officer", ["log"]),
        ("analyst", ["report"]),
        ("desk", ["break_glass"]),
        ("auditor", ["audit"]),
        ("partner", ["log"]),
    ],
)
def test_a_role_may_do_what_its_row_says_and_no_more(role, actions):
    assert rules.actions(role) == actions
