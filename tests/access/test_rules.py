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
        # All but to audit, to break glass and to sit at the desk.
        ("admin", sorted(rules.MAY.keys() - {"audit", "break_glass", "deconflict"})),
        ("officer", ["log"]),
        ("analyst", ["define", "report", "subscribe"]),
        ("desk", ["break_glass", "deconflict"]),
        ("auditor", ["audit"]),
        ("partner", ["contribute", "log"]),
    ],
)
def test_a_role_may_do_what_its_row_says_and_no_more(role, actions):
    assert rules.actions(role) == actions
