"""What each role may do is what docs/security.md says."""

import re
from pathlib import Path

import pytest

from ops.access import rules
from ops.access.models import ROLES

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
ROW = re.compile(r"\| (\w+) \| ([a-z, ]+) \| .+ \|")


def test_the_table_of_roles_is_the_one_in_the_documentation():
    rows = [ROW.fullmatch(line) for line in SECURITY.read_text().splitlines()]
    written = {row[1]: set(row[2].split(", ")) for row in rows if row and row[1] != "action"}

    assert written == rules.MAY


def test_only_roles_that_there_are_may_do_anything():
    assert set().union(*rules.MAY.values()) <= set(ROLES)


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("admin", ["administer", "confirm", "log", "plan", "report"]),
        ("officer", ["log"]),
        ("analyst", ["report"]),
        ("auditor", []),
    ],
)
def test_a_role_may_do_what_its_row_says_and_no_more(role, actions):
    assert rules.actions(role) == actions
