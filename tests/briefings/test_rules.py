"""A changed plan meets what somebody wrote, and what they wrote stays."""

import pytest

from ops.briefings import differences
from ops.briefings.pack import blocks, copy_line
from ops.briefings.rules import merged


@pytest.mark.parametrize(
    ("text", "was", "now", "then"),
    [
        ("A\nB", "A\nB", "A\nC", "A\nC"),
        ("A\nmine\nB", "A\nB", "A\nC", "A\nmine\nC"),
        ("mine alone", "A\nB", "A\nC", "mine alone\nC"),
        ("A\nB, and more", "A\nB", "A\nC", "A\nC\nB, and more"),
        ("A\nmine", "A\nB", "A\nB", "A\nmine"),
        ("A\nC\nmine", "A", "A\nC", "A\nC\nmine"),
        ("", "A", "A\nB", "B"),
    ],
)
def test_only_the_lines_of_the_plan_change_with_it(text, was, now, then):
    assert merged(text, was, now) == then


def test_each_word_that_differs_is_named_and_no_other():
    parts = differences.words("Meet at 05:00 at the yard.", "Meet at 06:00 at the new yard.")

    assert [(part["act"], part["text"].strip()) for part in parts if part["act"] != "same"] == [
        ("removed", "05:00"),
        ("added", "06:00"),
        ("added", "new"),
    ]


def test_what_is_typed_is_read_by_its_lines():
    read = list(blocks("# Yard\nMeet **here**.\n- one\n- two\n\n<b>no</b>"))

    assert [each["kind"] for each in read] == ["heading", "paragraph", "list", "paragraph"]
    assert read[1]["words"] == [(False, "Meet "), (True, "here"), (False, ".")]
    assert read[3]["words"] == [(False, "<b>no</b>")]


@pytest.mark.parametrize(
    ("number", "said"),
    [(3, "Copy 3 of 12, for A. Lead"), (13, "Copy 13 (12 planned), for A. Lead")],
)
def test_a_copy_says_which_it_is_and_for_whom(number, said):
    assert copy_line({"number": number, "recipient": "A. Lead"}, 12) == said
