"""Small counts by ethnicity, age or sex: hidden, so that nobody can work them out."""

import itertools
import types
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ops.outcomes import suppression
from ops.outcomes.suppression import THRESHOLD, families, hidden
from ops.results.definitions import Definition, Terms
from ops.results.figures import Figure, Part, Summary

COUNT = st.integers(0, 9)
COLUMNS = st.integers(1, 3)


def tables(most=6):
    """Make breakdowns: cells with one to three counts each."""
    return COLUMNS.flatmap(
        lambda width: st.lists(st.tuples(*[COUNT] * width), min_size=2, max_size=most)
    ).map(lambda rows: {str(number): row for number, row in enumerate(rows)})


def seen(table):
    """Give all that is shown of a breakdown: the cells that are not hidden, and the wholes."""
    held = hidden(table)
    shown = tuple((key, None if key in held else row) for key, row in table.items())
    return shown, tuple(map(sum, zip(*table.values(), strict=True)))


def tables_like(table):
    """List every breakdown with the same wholes and the same cells shown."""
    held = sorted(hidden(table))
    [column] = zip(*(table[key] for key in held), strict=True)
    for counts in itertools.product(range(sum(column) + 1), repeat=len(held)):
        if sum(counts) == sum(column):
            other = table | {key: (count,) for key, count in zip(held, counts, strict=True)}
            if seen(other) == seen(table):
                yield other


@given(tables())
def test_no_small_count_is_shown(table):
    for key in table.keys() - hidden(table):
        assert not any(0 < count < THRESHOLD for count in table[key])


@given(tables())
def test_what_is_hidden_is_never_one_cell_alone(table):
    assert len(hidden(table)) != 1


@given(tables())
def test_the_whole_less_what_is_shown_is_not_small_unless_all_is_hidden(table):
    held = hidden(table)
    for column in zip(*(table[key] for key in held), strict=True):
        assert not 0 < sum(column) < THRESHOLD or held == table.keys()


@given(tables())
def test_nothing_is_hidden_without_need(table):
    if not any(0 < count < THRESHOLD for row in table.values() for count in row):
        assert hidden(table) == frozenset()


@given(st.lists(COUNT, min_size=2, max_size=3))
def test_whoever_knows_the_rule_still_can_not_tell_a_small_count(counts):
    table = {str(number): (count,) for number, count in enumerate(counts)}

    for key in hidden(table):
        if 0 < table[key][0] < THRESHOLD:
            assert len({other[key] for other in tables_like(table)}) > 1


def test_a_small_count_takes_the_next_smallest_with_it():
    table = {"male": (20,), "female": (3,), "unknown": (6,), None: (0,)}

    assert hidden(table) == {"female", "unknown"}


def test_cells_that_are_alike_are_hidden_alike():
    # Else which of the two was chosen would tell that the small one is not before it.
    assert hidden({"a": (5,), "b": (5,), "c": (4,)}) == {"a", "b", "c"}


def test_a_nothing_protects_where_there_is_nothing_else():
    assert hidden({"a": (3,), "b": (0,), None: (0,)}) == {"a", "b", None}


def test_what_is_small_of_one_figure_is_hidden_of_the_others():
    # Charged and arrested are shown beside each other.
    assert hidden({"a": (30, 2), "b": (20, 9), "c": (40, 10)}) == {"a", "b"}


def test_what_is_linked_at_any_distance_is_one_family():
    found = families([("a", "b"), ("b", "c")], ["a", "b", "c", "d"])

    assert sorted(map(sorted, found)) == [["a", "b", "c"], ["d"]]


def definition(code, **where):
    asked = tuple((facet, codes) for facet, codes in sorted(where.items()))
    return Definition(
        code=code,
        version=1,
        label=code,
        four_p="pursue",
        unit="count",
        kind="arrest",
        terms=Terms(asked),
        around=Terms(asked),
    )


def summary(**counts):
    """Make a summary by sex: of each measure, how many men and women."""
    figures = {
        code: {
            sex: Figure(Decimal(count), Decimal(0), "exact", count)
            for sex, count in zip(("male", "female"), pair, strict=True)
        }
        for code, pair in counts.items()
    }
    wholes = {
        code: Figure(Decimal(sum(pair)), Decimal(0), "exact", sum(pair))
        for code, pair in counts.items()
    }
    parts = [
        Part(sex, None, {code: each[sex] for code, each in figures.items()})
        for sex in ("male", "female")
    ]
    return Summary(wholes, parts)


def test_a_part_is_not_worked_out_from_its_whole_and_the_other_parts():
    adults, children = (definition(code, age_group=(code,)) for code in ("adult", "child"))
    everybody = definition("all")

    held = suppression.of_summary(
        [everybody, adults, children],
        summary(all=(30, 22), adult=(28, 12), child=(2, 10)),
        "sex",
    )

    assert held["all"] == held["adult"] == held["child"] >= {"male"}


def test_a_breakdown_that_tells_of_nobody_hides_nothing():
    assert suppression.of_summary([definition("all")], summary(all=(1, 1)), "reason") == {}
    assert suppression.of_summary([definition("all")], summary(all=(1, 1)), None) == {}


def test_all_codes_are_listed_so_that_a_hidden_one_may_be_nothing():
    parts = suppression.every_part(definition("all"), summary(all=(3, 0)), "sex")

    assert [part.key for part in parts] == ["female", "male", "unknown", None]
    assert [int(part.figures["all"].value) for part in parts] == [0, 3, 0, 0]


def test_a_whole_and_its_parts_are_one_family():
    whole = types.SimpleNamespace(**vars(definition("all")) | {"where": (), "parts": ("men",)})

    found = families(suppression.links([whole]), ["all", "men", "all/men", "all/", "other"])

    assert sorted(map(sorted, found)) == [["all", "all/", "all/men", "men"], ["other"]]


def test_nothing_at_all_has_no_parts():
    assert suppression.every_part(definition("all"), summary(all=(0, 0)), "sex") == []
