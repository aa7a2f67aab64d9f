"""A line for each area, month by month, as numbers for an SVG; a gap breaks the line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# The size of the drawing in its own units; what is around it leaves room for words.
WIDTH, HEIGHT = 480, 250
LEFT, RIGHT, TOP, BOTTOM = 40, 470, 24, 218
_STEPS = (1, 2, 5)
# So many lines across, and so many months named below, can be told apart on a phone.
_LINES = 4
_NAMED = 6


def drawn(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the drawing of a comparison consists of."""
    series = comparison["series"]
    months = [each["month"] for each in series[0]["months"]]
    known = [m["count"] for each in series for m in each["months"] if m["count"] is not None]
    step = _step(max(known, default=1))
    top = step * max(1, -(-max(known, default=1) // step))
    columns = {month: _column(number, len(months)) for number, month in enumerate(months)}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": RIGHT,
        "top": TOP,
        "bottom": BOTTOM,
        "rows": [{"value": value, "y": _row(value, top)} for value in range(0, top + 1, step)],
        "columns": [
            {"month": month, "x": columns[month]}
            for month in months[:: max(1, -(-len(months) // _NAMED))]
        ],
        "spans": [
            _span("Baseline", comparison["baseline"], columns, len(months)),
            *(_span(each["label"], each, columns, len(months)) for each in comparison["periods"]),
        ],
        "lines": [
            {
                "area": each["area"],
                "style": _style(comparison, each["area"]),
                "runs": list(_runs(each["months"], columns, top)),
            }
            for each in series
        ],
    }


def _style(comparison: Mapping[str, Any], area: str) -> str:
    if area == comparison["target_area"]:
        return "target"
    if area == comparison["displacement_area"]:
        return "displacement"
    return f"comparison-{comparison['comparison_areas'].index(area) % 3 + 1}"


def _runs(
    months: Sequence[Mapping[str, Any]], columns: Mapping[str, float], top: int
) -> Iterator[dict[str, Any]]:
    """Give each stretch of months without a gap as the points of a line."""
    run: list[tuple[float, float]] = []
    for each in [*months, {"month": "", "count": None}]:
        if each["count"] is not None:
            run.append((columns[each["month"]], _row(each["count"], top)))
        elif run:
            yield {"points": " ".join(f"{x},{y}" for x, y in run), "dots": run}
            run = []


def _span(
    label: str, span: Mapping[str, str], columns: Mapping[str, float], count: int
) -> dict[str, Any]:
    half = (RIGHT - LEFT) / max(count, 1) / 2
    start, end = columns[span["from"]] - half, columns[span["to"]] + half
    return {"label": label, "x": round(start, 1), "width": round(end - start, 1)}


def _column(number: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (number + 0.5) / count, 1)


def _row(value: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / top, 1)


def _step(most: int) -> int:
    """Give a round step that takes at most so many lines."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size * _LINES >= most:
                return step * size
        size *= 10
