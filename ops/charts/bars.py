"""Bars: upright ones over time, lying ones beside their names; several series are stacked."""

from collections.abc import Iterator, Sequence
from typing import Any

from ops.charts.data import Chart, Mark, Number
from ops.charts.scales import Scale, compact, scale

# In units of the drawing; the text in it is 12 high, and a phone shows 360 of them as they are.
WIDTH = 360
_LEFT, _RIGHT, _TOP = 44, 8, 12
_PLOT = 130
_UNDER = 22
_SMALL = 56
# About so wide is a letter.
_LETTER = 6.4
# The least between two names.
_BETWEEN = 6
# A figure that is hidden is drawn at one height, whatever it is.
_HIDDEN = 8
_LINE, _BAR, _GAP = 15, 14, 11


def columns(chart: Chart, *, is_small: bool = False) -> dict[str, Any]:
    """Draw upright bars, each category a column."""
    plot = _SMALL if is_small else _PLOT
    bottom = _TOP + plot
    width = WIDTH - _LEFT - _RIGHT
    on = scale(_reach(chart), lines=2 if is_small else 4)
    each = width / max(len(chart.categories), 1)
    thick = min(each * 0.72, 40.0)
    bars = []
    for number, _ in enumerate(chart.categories):
        left = _LEFT + each * number + (each - thick) / 2
        for style, mark, low, high in _stacked(chart, number):
            if mark.is_hidden:
                low_y = _y(0, on, bottom, plot)
                bars.append(_bar(style, left, low_y - _HIDDEN, thick, _HIDDEN, mark))
            elif low != high:
                top, under = _y(high, on, bottom, plot), _y(low, on, bottom, plot)
                bars.append(_bar(style, left, top, thick, max(under - top, 1.0), mark))
    return {
        "width": WIDTH,
        "height": bottom + _UNDER,
        "left": _LEFT,
        "right": WIDTH - _RIGHT,
        "top": _TOP,
        "bottom": bottom,
        "rows": [
            {"y": _y(at, on, bottom, plot), "text": compact(at), "is_zero": at == 0}
            for at in on.lines
        ],
        "columns": _named(chart.names, each),
        "bars": bars,
        "hits": _hits(chart, each, plot),
        "plot": {"left": _LEFT, "column": each, "top": _TOP, "bottom": bottom},
        "target": chart.target
        and chart.target.value is not None
        and _y(chart.target.value, on, bottom, plot),
    }


def rows(chart: Chart) -> dict[str, Any]:
    """Draw lying bars, each under the name of its category, with its figure behind it."""
    texts = [_total_text(chart, number) for number, _ in enumerate(chart.categories)]
    room = max((len(text) for text in texts), default=0) * _LETTER + 8
    width = max(WIDTH - room, WIDTH / 3)
    on = scale(_reach(chart))
    high_each = _LINE + _BAR + _GAP
    bars, names = [], []
    for number, name in enumerate(chart.categories):
        top = number * high_each + _LINE
        end = _x(0, on, width)
        for style, mark, low, high in _stacked(chart, number):
            left, right = _x(low, on, width), _x(high, on, width)
            if mark.is_hidden:
                bars.append(_bar(style, left, top, _HIDDEN, _BAR, mark))
                right = left + _HIDDEN
            elif low != high:
                bars.append(_bar(style, left, top, max(right - left, 1.0), _BAR, mark))
            end = max(end, right)
        names.append(
            {
                "y": top - 4,
                "text": shortened(name, int(WIDTH / _LETTER)),
                "value_x": round(min(end + 5, WIDTH - room + 5), 1),
                "value_y": top + 11,
                "value": texts[number],
            }
        )
    return {
        "width": WIDTH,
        "height": max(len(chart.categories) * high_each, 1),
        "zero": _x(0, on, width),
        "names": names,
        "bars": bars,
    }


def shortened(text: str, letters: int) -> str:
    """Cut a text that has no room, and say so; the table has all of it."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _reach(chart: Chart) -> Iterator[Number | None]:
    for number, _ in enumerate(chart.categories):
        for _, mark, low, high in _stacked(chart, number):
            if not mark.is_hidden:
                yield low
                yield high
    yield chart.target.value if chart.target else None


def _stacked(chart: Chart, number: int) -> Iterator[tuple[str, Mark, float, float]]:
    """Lay the marks of one category on each other: what is less than nothing goes down."""
    up = down = 0.0
    for style, series in zip(chart.styles, chart.series, strict=True):
        mark = series.marks[number]
        value = float(mark.value or 0)
        if value < 0:
            yield style, mark, down + value, down
            down += value
        else:
            yield style, mark, up, up + value
            up += value


def _total_text(chart: Chart, number: int) -> str:
    marks = [each.marks[number] for each in chart.series]
    if len(marks) == 1:
        return marks[0].text
    known = [mark.value for mark in marks if mark.value is not None]
    return compact(sum(map(float, known))) if known else ""


def _bar(style: str, x: float, y: float, width: float, height: float, mark: Mark) -> dict[str, Any]:
    return {
        "style": "hidden" if mark.is_hidden else style,
        "x": round(x, 1),
        "y": round(y, 1),
        "width": round(width, 1),
        "height": round(height, 1),
        "href": mark.href,
        "text": mark.text,
    }


def _hits(chart: Chart, each: float, plot: float) -> list[dict[str, Any]]:
    """Give the whole column of a single figure as where it can be pressed: a low bar is thin."""
    if len(chart.series) != 1:
        return []
    return [
        {"x": round(_LEFT + each * n, 1), "y": _TOP, "width": round(each, 1), "height": plot,
         "href": mark.href, "text": f"{name}: {mark.text}"}
        for n, (name, mark) in enumerate(zip(chart.categories, chart.series[0].marks, strict=True))
        if mark.href
    ]  # fmt: skip


def _named(names: Sequence[str], each: float) -> list[dict[str, Any]]:
    """Name as many columns as there is room for, the first among them."""
    longest = max(map(len, names), default=0) * _LETTER
    every = max(1, -(-int(longest + _BETWEEN) // max(int(each), 1)))
    at = [round(_LEFT + each * (number + 0.5), 1) for number, _ in enumerate(names)]
    return [
        {"x": x, "text": name}
        for x, name in list(zip(at, names, strict=True))[::every]
        # One that would be cut off at the edge is left out.
        if x + len(name) * _LETTER / 2 <= WIDTH
    ]


def _y(value: Number, on: Scale, bottom: float, plot: float) -> float:
    return round(bottom - plot * on.share(value), 1)


def _x(value: Number, on: Scale, width: float) -> float:
    return round(width * on.share(value), 1)
