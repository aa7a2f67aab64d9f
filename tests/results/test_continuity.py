"""Continuity: whoever follows an exhibit finds every gap, and none where there is none."""

import dataclasses
import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.results.continuity import MOVES, Step, follow

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
HOLDERS = ("PC 1", "DC 2", "Store 3", "Lab 4")


def at(minutes):
    return NOON + dt.timedelta(minutes=minutes)


def whole(moves):
    """Make an unbroken way: seized, sealed, and handed on from each holder to the next."""
    steps = [Step("seized", at(0), None, "PC 1"), Step("sealed", at(1), "PC 1", None, "S1")]
    holder, is_at_lab = "PC 1", False
    for number, (kind, to) in enumerate(moves):
        step = {"transferred": "transferred", "stored": "stored"}.get(kind)
        if step is None:
            step, is_at_lab = ("lab_in" if is_at_lab else "lab_out"), not is_at_lab
        steps.append(Step(step, at(10 + number * 10), holder, to))
        holder = to
        if kind == "opened":
            seal = f"S{number + 2}"
            steps.append(Step("unsealed", at(11 + number * 10), holder))
            steps.append(Step("resealed", at(12 + number * 10), holder, None, seal))
    return steps, holder


moves = st.lists(
    st.tuples(
        st.sampled_from(["transferred", "stored", "lab", "opened"]), st.sampled_from(HOLDERS)
    ),
    max_size=8,
)


@given(moves)
def test_a_way_without_gaps_has_none_and_ends_with_its_last_holder(made):
    steps, holder = whole(made)

    custody = follow(steps, NOON)

    assert custody.gaps == ()
    assert custody.holder == holder


@given(moves, st.randoms())
def test_the_order_of_writing_makes_no_difference(made, random):
    steps, _ = whole(made)
    shuffled = list(steps)
    random.shuffle(shuffled)

    assert follow(shuffled, NOON) == follow(steps, NOON)


@given(moves, st.data())
def test_a_move_that_nobody_wrote_is_a_gap(made, data):
    steps, _ = whole([*made, ("transferred", "DC 2"), ("stored", "Store 3")])
    # Taken out where the holder changes, so that the next step does not fit.
    telling = [
        number
        for number, (step, after) in enumerate(itertools.pairwise(steps))
        if step.step in MOVES
        and step.from_holder != step.to_holder
        and after.from_holder is not None
        and after.step in MOVES
    ]
    number = data.draw(st.sampled_from(telling or [0]))

    custody = follow([*steps[:number], *steps[number + 1 :]], NOON)

    assert custody.gaps


@given(moves, st.data())
def test_another_hand_than_the_last_holder_is_a_gap(made, data):
    steps, _ = whole([*made, ("transferred", "DC 2")])
    movable = [number for number, step in enumerate(steps) if step.step in MOVES]
    number = data.draw(st.sampled_from(movable))
    steps[number] = dataclasses.replace(steps[number], from_holder="Somebody")

    assert any("Somebody gave it" in gap for gap in follow(steps, NOON).gaps)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Begin with who seized it"),
        ([Step("stored", at(0), "PC 1", "Store")], "who seized it"),
        ([Step("seized", at(-1), None, "PC 1")], "is before it was seized"),
        (
            [Step("seized", at(0), None, "PC 1"), Step("seized", at(1), None, "PC 2")],
            "seized already",
        ),
        (
            [Step("seized", at(0), None, "PC 1"), Step("transferred", at(1), None, "PC 2")],
            "does not say who gave it",
        ),
        (
            [Step("seized", at(0), None, "PC 1"), Step("stored", at(1), "PC 1", None)],
            "does not say who had it from then on",
        ),
        (
            [Step("seized", at(0), None, "PC 1"), Step("lab_in", at(1), "PC 1", "Store")],
            "nobody wrote when it went there",
        ),
        (
            [
                Step("seized", at(0), None, "PC 1"),
                Step("sealed", at(1), None, None, "S1"),
                Step("unsealed", at(2)),
                Step("stored", at(3), "PC 1", "Store"),
            ],
            "nobody sealed it again",
        ),
        (
            [
                Step("seized", at(0), None, "PC 1"),
                Step("sealed", at(1), None, None, "S1"),
                Step("sealed", at(2), None, None, "S2"),
            ],
            "nobody broke it",
        ),
        (
            [
                Step("seized", at(0), None, "PC 1"),
                Step("sealed", at(1), None, None, "S1"),
                Step("stored", at(2), "PC 1", "Store", "S9"),
            ],
            "it has the seal S9, but had S1 before",
        ),
        (
            [Step("seized", at(0), None, "PC 1"), Step("unsealed", at(1), "PC 1")],
            "there was no seal on it",
        ),
        (
            [
                Step("seized", at(0), None, "PC 1"),
                Step("destroyed", at(1), "PC 1"),
                Step("stored", at(2), "PC 1", "Store"),
            ],
            "comes after its end",
        ),
    ],
)
def test_each_gap_has_its_sentence(steps, words):
    assert any(words in gap for gap in follow(steps, NOON).gaps)


def test_what_is_destroyed_is_with_nobody():
    custody = follow([Step("seized", at(0), None, "PC 1"), Step("destroyed", at(1), "PC 1")], NOON)

    assert (custody.holder, custody.ended, custody.gaps) == (None, "destroyed", ())
