"""The check of pages is itself checked, since a check that finds nothing looks like a good page."""

import pytest

from tests.wellformed import faults


def test_finds_nothing_in_a_good_page():
    assert faults('<main id="a"><p>Text<br><label for="b">B</label><input id="b"></p></main>') == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("<p><b>Text</p></b>", "</p> closes b"),
        ("<main><p>Text</p>", "<main> is left open"),
        ("<p><div></div></p>", "<div> stands in a <p>"),
        ("<form><form></form></form>", "stands in another"),
        ('<p id="a"></p><p id="a"></p>', "id a is there twice"),
        ('<label for="b">B</label>', "there is no id b"),
        ('<a href="#b">B</a>', "there is no id b"),
        ('<p style="color: red"></p>', "style"),
        ('<p class="a" class="b"></p>', "twice"),
    ],
)
def test_finds_each_fault(page, fault):
    assert any(fault in each for each in faults(page))
