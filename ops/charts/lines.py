"""Lines over time; a gap in the figures breaks the line."""

from collections.abc import Iterator, Sequence
from typing import Any

from ops.charts.data import Chart, Mark
from ops.charts.scales import compact, scale

# The size of the drawing in its own units; what is around it leaves room for words.
WIDTH, HEIGHT = 400, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 392, 24, 218
# So many columns named below can be told apart on a phone.
_NAMED = 6


def lines(chart: Chart) -> dict[str, Any]:
    """Draw each series as a line of its own dash, with a dot at each figure."""
    on = scale(mark.value for each in chart.series for mark in each.marks)
    count = max(len(chart.categories), 1)
    width = (_RIGHT - _LEFT) / count
    columns = [round(_LEFT + width * (n + 0.5), 1) for n, _ in enumerate(chart.categories)]

    def y(value: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * on.share(value), 1)

    def points(marks: Sequence[Mark]) -> Iterator[list[dict[str, Any]]]:
        run: list[dict[str, Any]] = []
        for x, name, mark in zip(columns, chart.categories, marks, strict=True):
            if mark.value is None:
                yield run
                run = []
            else:
                at = {"x": x, "y": y(float(mark.value))}
                run.append(at | {"href": mark.href, "text": f"{name}: {mark.text}"})
        yield run

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": _LEFT,
        "right": _RIGHT,
        "top": _TOP,
        "bottom": _BOTTOM,
        "rows": [{"y": y(at), "text": compact(at), "is_zero": at == 0} for at in on.lines],
        "columns": [
            {"x": x, "text": name}
            for x, name in list(zip(columns, chart.names, strict=True))[
                :: max(1, -(-count // _NAMED))
            ]
        ],
        "spans": [
            {
                "label": each.label,
                "x": round(_LEFT + width * each.first, 1),
                "width": round(width * (each.last - each.first + 1), 1),
            }
            for each in chart.spans
        ],
        "lines": [
            {
                "label": each.label,
                "style": style,
                "runs": [
                    {"points": " ".join(f"{at['x']},{at['y']}" for at in run), "dots": run}
                    for run in points(each.marks)
                    if run
                ],
            }
            for style, each in zip(chart.styles, chart.series, strict=True)
        ],
    }
