"""Where bars, lines and dots lie: whatever is to be drawn, it stays on the drawing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops import charts
from ops.charts import HIDDEN, NO_MARK, Chart, Mark, Place, Series
from ops.charts.bars import shortened
from ops.charts.maps import shade, shades
from ops.charts.scales import compact, scale

VALUES = st.one_of(
    st.none(), st.integers(-(10**13), 10**13), st.decimals(-(10**6), 10**6, places=2)
)
LISTS = st.lists(st.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=40)


def chart(*series, names=None, **more):
    count = len(series[0])
    return Chart(
        id="c",
        title="Title",
        description="Described",
        of="Day",
        categories=names or [f"Category {number}" for number in range(count)],
        series=[
            Series(
                f"Series {number}",
                [
                    each
                    if isinstance(each, Mark)
                    else NO_MARK
                    if each is None
                    else Mark(each, str(each), "/r")
                    for each in values
                ],
            )
            for number, values in enumerate(series)
        ],
        **more,
    )


def boxes(drawn):
    return [(each["x"], each["y"], each["width"], each["height"]) for each in drawn["bars"]]


@given(values=st.lists(VALUES, max_size=20))
def test_a_scale_holds_every_value_and_nothing(values):
    known = [float(each) for each in values if each is not None]

    on = scale(values)

    assert on.lowest <= min([0, *known]) * (1 - 1e-9) + 1e-9
    assert on.highest >= max([0, *known]) * (1 - 1e-9) - 1e-9
    assert 2 <= len(on.lines) <= 7


@given(rows=LISTS)
def test_every_bar_lies_on_the_drawing(rows):
    width = min(map(len, rows))
    found = chart(*([row[number] for row in rows] for number in range(width)))

    for drawn in (charts.columns(found), charts.columns(found, is_small=True), charts.rows(found)):
        for x, y, wide, high in boxes(drawn):
            assert x >= -0.2
            assert y >= -0.2
            assert wide >= 0
            assert high >= 0
            assert x + wide <= drawn["width"] + 0.2
            assert y + high <= drawn["height"] + 1.2


def test_a_bar_is_as_long_as_its_value():
    drawn = charts.columns(chart([1, 2, 4]))

    one, two, four = (each["height"] for each in drawn["bars"])

    assert two == pytest.approx(one * 2, abs=0.2)
    assert four == pytest.approx(one * 4, abs=0.2)
    assert {each["y"] + each["height"] for each in drawn["bars"]} == {drawn["bottom"]}


def test_series_stack_and_what_is_less_than_nothing_goes_down():
    drawn = charts.columns(chart([2, -1], [3, -2]))

    first, above, down, further = drawn["bars"]
    [zero] = [row["y"] for row in drawn["rows"] if row["is_zero"]]
    assert above["y"] + above["height"] == pytest.approx(first["y"], abs=0.2)
    assert first["y"] + first["height"] == pytest.approx(zero, abs=0.2)
    assert down["y"] == pytest.approx(zero, abs=0.2)
    assert further["y"] == pytest.approx(down["y"] + down["height"], abs=0.2)


def test_stacked_series_differ_in_more_than_colour():
    found = chart(*([1] for _ in range(6)))

    assert len(set(found.styles)) == 6


@pytest.mark.parametrize("draw", [charts.columns, charts.rows])
def test_nothing_is_no_bar_and_a_hidden_figure_tells_no_size(draw):
    drawn = draw(chart([0, None, HIDDEN, 1000]))

    hidden, most = drawn["bars"]
    assert hidden["style"] == "hidden"
    assert hidden["href"] == ""
    assert most["style"] == "1"
    alone = draw(chart([0, None, HIDDEN, 2]))["bars"][0]
    assert (alone["width"], alone["height"]) == (hidden["width"], hidden["height"])


def test_what_has_no_records_can_not_be_pressed():
    drawn = charts.columns(chart([1, HIDDEN, None, Mark(0, "0")]))

    assert [each["text"] for each in drawn["hits"]] == ["Category 0: 1"]


def test_a_chart_of_nothing_draws_nothing():
    assert not chart([None, None]).has_marks
    assert charts.columns(chart([]))["bars"] == []
    assert charts.rows(chart([]))["bars"] == []
    assert charts.lines(chart([]))["lines"] == [{"label": "Series 0", "style": "1", "runs": []}]


def test_long_names_are_cut_where_there_is_no_room_and_thinned_below_columns():
    name = "A name that is far longer than any phone is wide, and then some more of it"

    [row] = charts.rows(chart([1], names=[name]))["names"]

    assert row["text"].endswith("…")
    assert name.startswith(row["text"][:-1].rstrip())
    assert shortened("Short", 10) == "Short"
    named = charts.columns(chart(range(31), names=[f"{n} Oct" for n in range(31)]))["columns"]
    assert named[0]["text"] == "0 Oct"
    assert len(named) < 10


def test_a_gap_breaks_a_line_and_one_figure_is_a_dot():
    [line] = charts.lines(chart([1, None, 3, 4]))["lines"]

    assert [len(run["dots"]) for run in line["runs"]] == [1, 2]


def test_a_dot_has_an_area_as_large_as_its_figure():
    places = [Place(str(n), Mark(n, str(n)), (n * 1000.0, 0.0)) for n in (0, 25, 100)]

    drawn = charts.dots([], places)

    big, small = drawn["dots"]
    assert big["r"] == pytest.approx(small["r"] * 2, abs=0.1)


def test_a_map_keeps_its_shape_with_north_up():
    square = [(0.0, 0.0), (0.0, 1000.0), (1000.0, 1000.0), (1000.0, 0.0)]

    drawn = charts.dots([[square]], [Place("North", Mark(1, "1"), (500.0, 1000.0))])

    assert drawn["height"] == pytest.approx(drawn["width"], abs=0.2)
    assert drawn["dots"][0]["y"] < drawn["height"] / 2
    assert charts.dots([], [])["dots"] == []


def test_equal_values_have_one_shade_and_nothing_has_none():
    steps = shades([1, 1, 1, 1, 5, 9])

    assert shade(0, steps) == 0
    assert {shade(1, steps)} == {1}
    assert shade(9, steps) > shade(5, steps) > shade(1, steps)
    assert shades([]) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (5000, "5,000"), (10_000, "10k"), (1_500_000, "1.5m"), (-20_000, "-20k"),
     (0.25, "0.25"), (3e12, "3tn")],
)  # fmt: skip
def test_large_numbers_are_short_at_the_edge(value, text):
    assert compact(value) == text
