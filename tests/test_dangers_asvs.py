"""The page on OWASP ASVS: complete by number, and every test it names is there."""

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text()
# Other pages that name the tests which show what they say.
OTHERS = [(ROOT / "docs" / name).read_text() for name in ("security.md", "accessibility.md")]
NAMED = re.compile(r"tests/[\w/]+\.py::test_\w+")
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([123]) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", re.MULTILINE
)
ROWS = ROW.findall(PAGE)
STATES = {"met", "not met", "does not apply"}
# How many requirements of each section are ours; the standard puts the lower levels first.
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2   2.1:3 2.2:3 2.3:4 2.4:1   3.2:2 3.3:4 3.4:6 3.5:5 3.7:2
4.1:3 4.2:1 4.3:2 4.4:4   5.1:1 5.2:3 5.3:2 5.4:3   6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4
7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2   8.1:4 8.2:4 8.3:3 8.4:2   9.1:3 9.2:4
10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3   11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4   13.1:1 13.2:5 13.3:2 13.4:5   14.1:2 14.2:8 14.3:3   15.1:3 15.2:3 15.3:7
16.1:1 16.2:5 16.3:4 16.4:3 16.5:4   17.1:1 17.2:4 17.3:2
"""


def test_every_requirement_has_its_row_in_order():
    numbers = [
        f"{section}.{number}"
        for section, _, last in (each.partition(":") for each in SECTIONS.split())
        for number in range(1, int(last) + 1)
    ]

    assert [number for number, *_rest in ROWS] == numbers


def test_every_row_is_in_one_of_three_states_and_says_why():
    wrong = [row for row in ROWS if row[3] not in STATES or not row[4].strip()]

    assert wrong == []


def test_the_count_at_the_top_is_right():
    counted = {state: sum(row[3] == state for row in ROWS) for state in STATES}

    assert {state: int(n) for state, n in re.findall(r"`([a-z ]+)` (\d+)", PAGE)} == counted


@pytest.mark.parametrize("named", sorted(set(NAMED.findall(" ".join([PAGE, *OTHERS])))))
def test_a_test_that_is_named_is_there(named):
    file, _, name = named.partition("::")

    assert re.search(rf"^def {name}\(", (ROOT / file).read_text(), re.MULTILINE)
