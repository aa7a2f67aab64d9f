"""The charts and the map of a report, from figures that are added up already."""

import decimal
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import shape

from ops import wording
from ops.geo.shapes import in_metres
from ops.reports import rules
from ops.reports.pictures import (
    BLUE,
    INK,
    QUIET,
    RULE,
    Picture,
    Shape,
    box,
    line,
    outline,
    picture,
    text,
)

# The width of a page's text, in units of about a quarter of a millimetre.
WIDTH = 680
_TOP, _BOTTOM, _LEFT, _HEIGHT = 26, 232, 48, 262
_STEPS = (1, 2, 5)
_LINES = 4
_NAMED = 12
_BAR, _ROW = 18, 46
_MAP_HEIGHT = 470
_KEY_WIDTH = 170
# From few to many, told apart in grey print too.
_SHADES = ("#e8f0f9", "#b9d2ec", "#79a9d9", "#3f7fc1", "#1b4f8c")
_NOT_SHOWN = "#f3f2f1"
_MARGIN = 8

Rows = Sequence[Mapping[str, Any]]


def months(label: str, unit: str, rows: Rows) -> Picture:
    """Draw a bar a month; `rows` say each month and its value, those with nothing too."""
    values = [decimal.Decimal(each["value"]) for each in rows]
    step = _step(max(values, default=decimal.Decimal(1)))
    top = step * max(1, math.ceil(max(values, default=decimal.Decimal(1)) / step))
    wide = (WIDTH - _LEFT) / max(len(rows), 1)
    shapes: list[Shape] = []
    for mark in range(int(top / step) + 1):
        y = _y(step * mark, top)
        shapes.append(line(_LEFT, y, WIDTH, y, INK if mark == 0 else RULE))
        shapes.append(text(_LEFT - 6, y + 4, wording.number(step * mark), "end", fill=QUIET))
    every = max(1, -(-len(rows) // _NAMED))
    for place, (each, value) in enumerate(zip(rows, values, strict=True)):
        x = round(_LEFT + wide * place, 1)
        high = _y(value, top)
        if value:
            shapes.append(
                box(round(x + wide * 0.15, 1), high, round(wide * 0.7, 1),
                    round(_BOTTOM - high, 1), BLUE)
            )  # fmt: skip
            shapes.append(text(round(x + wide / 2, 1), high - 5, wording.number(value), "middle"))
        if place % every == 0:
            name = wording.month(each["month"])
            short = f"{name[:3]} {name[-2:]}"
            shapes.append(text(round(x + wide / 2, 1), _BOTTOM + 18, short, "middle", fill=QUIET))
    told = ", ".join(
        f"{wording.month(each['month'])} {wording.quantity(each['value'], unit)}"
        for each in rows
        if decimal.Decimal(each["value"])
    )
    first, last = wording.month(rows[0]["month"]), wording.month(rows[-1]["month"])
    alt = f"Column chart of {label.lower()} by month, {first} to {last}: {told or 'nothing'}."
    return picture(alt, f"{label} by month", WIDTH, _HEIGHT, shapes)


def against_targets(rows: Rows) -> Picture:
    """Draw how far each target is met; a line marks the target itself."""
    wide = WIDTH - _LEFT
    shapes: list[Shape] = []
    told = []
    for place, each in enumerate(rows):
        y = 4 + place * _ROW
        share = decimal.Decimal(each["attainment"])
        scale = max(share, decimal.Decimal(1)) * decimal.Decimal("1.05")
        mark = round(float(wide / scale), 1)
        shapes += [
            text(0, y + 12, f"{each['label']}, {each['period']}"),
            box(0, y + 20, wide, _BAR, _NOT_SHOWN),
            box(0, y + 20, round(float(wide * share / scale), 1), _BAR, BLUE),
            line(mark, y + 16, mark, y + 24 + _BAR, INK, 3),
            text(WIDTH, y + 34, rules.whole_percent(share), "end"),
        ]
        told.append(
            f"{each['label']}, {each['period']}: {each['value']} of {each['target']},"
            f" {rules.whole_percent(share)}"
        )
    alt = f"Bar chart of how far each target is met. {'; '.join(told)}."
    caption = "How far targets are met; the upright line is the target"
    return picture(alt, caption, WIDTH, _ROW * len(rows) + 8, shapes)


def districts(label: str, rows: Rows) -> Picture | None:
    """Draw districts shaded by a count; `rows` give each its outline, and no value where hidden."""
    drawn: list[tuple[Mapping[str, Any], Any]] = [
        (each, in_metres(shape(each["geometry"]))) for each in rows if each["geometry"]
    ]
    drawn = [(each, where) for each, where in drawn if not where.is_empty]
    if not drawn:
        return None
    corners = [where.bounds for _, where in drawn]
    west, south = min(c[0] for c in corners), min(c[1] for c in corners)
    east, north = max(c[2] for c in corners), max(c[3] for c in corners)
    wide, high = WIDTH - _KEY_WIDTH - 2 * _MARGIN, _MAP_HEIGHT - 2 * _MARGIN
    scale = min(wide / (east - west), high / (north - south))

    def at(x: float, y: float) -> tuple[float, float]:
        return round(_MARGIN + (x - west) * scale, 1), round(_MARGIN + (north - y) * scale, 1)

    most = max((int(each["value"] or 0) for each, _ in drawn), default=0)
    shapes: list[Shape] = []
    labels: list[Shape] = []
    for each, where in drawn:
        for polygon in (p for p in shapely.get_parts(where) if p.geom_type == "Polygon"):
            ring = [at(x, y) for x, y in polygon.exterior.coords[:-1]]
            shapes.append(outline(ring, _shade(each["value"], most), QUIET))
        x, y = at(*where.representative_point().coords[0])
        dark = int(each["value"] or 0) > 0 and _darkness(int(each["value"]), most) >= 3
        ink = "#ffffff" if dark else INK
        labels.append(text(x, y - 2, each["name"], "middle", size=12, fill=ink))
        labels.append(text(x, y + 13, _value(each["value"]), "middle", size=12, fill=ink))
    height = round(_MARGIN * 2 + (north - south) * scale)
    told = "; ".join(f"{each['name']} {_value(each['value'])}" for each, _ in drawn)
    return picture(
        f"Map of the districts, shaded by {label.lower()}: {told}.",
        f"{label} by district. Darker is more; north is up.",
        WIDTH,
        max(height, 160),
        [*shapes, *labels, *_key(most, any(each["value"] is None for each, _ in drawn))],
    )


def _key(most: int, has_hidden: bool) -> Iterator[Shape]:
    x, y = WIDTH - _KEY_WIDTH + 20, 20
    entries = [(_NOT_SHOWN, "Not shown")] if has_hidden else []
    entries += [("#ffffff", "None")]
    low = 1
    for high in _edges(most):
        said = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        entries.append((_shade(str(high), most), said))
        low = high + 1
    for place, (fill, said) in enumerate(entries):
        top = y + place * 24
        yield outline([(x, top), (x + 22, top), (x + 22, top + 15), (x, top + 15)], fill, QUIET)
        yield text(x + 30, top + 12, said, size=12)


def _edges(most: int) -> list[int]:
    """Give the highest count of each shade."""
    parts = range(1, len(_SHADES) + 1)
    return sorted({math.ceil(most * part / len(_SHADES)) for part in parts} - {0})


def _darkness(value: int, most: int) -> int:
    """Give the shade of a count, the last of them for the most."""
    edges = _edges(most)
    above = len(edges) - 1 - next(place for place, edge in enumerate(edges) if value <= edge)
    return len(_SHADES) - 1 - above


def _shade(value: str | None, most: int) -> str:
    if value is None:
        return _NOT_SHOWN
    return _SHADES[_darkness(int(value), most)] if int(value) else "#ffffff"


def _value(value: str | None) -> str:
    return "not shown" if value is None else wording.number(value)


def _y(value: decimal.Decimal, top: decimal.Decimal) -> float:
    return round(_BOTTOM - float((_BOTTOM - _TOP) * value / top), 1)


def _step(most: decimal.Decimal) -> decimal.Decimal:
    """Give a round step that takes at most so many lines."""
    size = decimal.Decimal(1)
    while True:
        for step in _STEPS:
            if step * size * _LINES >= most:
                return step * size
        size *= 10
