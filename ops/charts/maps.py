"""Small maps: outlines for the ground, and on them dots as large as what they stand for, or cells.

Everything comes in metres of the British National Grid, so that a kilometre is one everywhere.
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any

from ops.charts.data import Mark
from ops.charts.scales import compact

WIDTH = 360
_TALLEST = 420
_MARGIN = 10
# The largest dot, and the smallest that can still be seen and pressed.
_MOST, _LEAST = 18.0, 3.0
# So many shades can be told apart, each with its own hatching.
SHADES = 5
# So many shapes have room for their figure; of more, the table has it.
_LABELLED = 30

Ring = Sequence[tuple[float, float]]


@dataclasses.dataclass(frozen=True)
class Place:
    """A figure at a point, or in a shape of some rings."""

    label: str
    mark: Mark
    at: tuple[float, float]
    rings: Sequence[Ring] = ()


@dataclasses.dataclass(frozen=True)
class _View:
    """How metres become units of the drawing: north is up."""

    west: float
    north: float
    scale: float
    height: float

    def xy(self, point: tuple[float, float]) -> tuple[float, float]:
        x = _MARGIN + (point[0] - self.west) * self.scale
        y = _MARGIN + (self.north - point[1]) * self.scale
        return round(x, 1), round(y, 1)

    def path(self, rings: Iterable[Ring]) -> str:
        """Write rings as the path of an SVG."""
        return " ".join(
            "M" + " L".join(f"{x} {y}" for x, y in map(self.xy, ring)) + " Z" for ring in rings
        )


def dots(
    ground: Sequence[Sequence[Ring]], places: Sequence[Place], marked: Ring = ()
) -> dict[str, Any]:
    """Draw a dot for each place, its area as large as the figure; the smallest lie on top."""
    rings = [marked] if marked else [ring for shape in ground for ring in shape]
    view = _fit(rings, [place.at for place in places])
    most = max((abs(float(each.mark.value or 0)) for each in places), default=0.0)
    found = []
    for each in sorted(places, key=lambda place: -abs(float(place.mark.value or 0))):
        value = float(each.mark.value or 0)
        if not value and not each.mark.is_hidden:
            continue
        x, y = view.xy(each.at)
        radius = (
            _LEAST if each.mark.is_hidden else max(_LEAST, _MOST * math.sqrt(abs(value) / most))
        )
        found.append(
            {
                "x": x,
                "y": y,
                "r": round(radius, 1),
                "style": "hidden" if each.mark.is_hidden else "less" if value < 0 else "1",
                "href": each.mark.href,
                "text": f"{each.label}: {each.mark.text}",
            }
        )
    return _drawn(view, ground, marked) | {"dots": found, "cells": []}


def cells(
    ground: Sequence[Sequence[Ring]], places: Sequence[Place], marked: Ring = ()
) -> dict[str, Any]:
    """Shade each place by its figure, in steps that have their own hatching."""
    view = _fit([marked, *(ring for each in places for ring in each.rings)], [], ground)
    steps = shades([float(each.mark.value) for each in places if each.mark.value])
    return _drawn(view, ground, marked) | {
        "dots": [],
        "cells": [
            {
                "path": view.path(each.rings),
                "style": "hidden"
                if each.mark.is_hidden
                else str(shade(each.mark.value or 0, steps)),
                "href": each.mark.href,
                "text": f"{each.label}: {each.mark.text}",
                "at": view.xy(each.at),
                "figure": _figure(each.mark) if len(places) <= _LABELLED else "",
            }
            for each in places
        ],
        "steps": [
            {"style": str(number), "from": low, "to": high}
            for number, (low, high) in enumerate(steps, 1)
        ],
    }


def _figure(mark: Mark) -> str:
    if mark.is_hidden:
        return "×"
    return "" if mark.value is None else compact(mark.value)


def shades(values: Sequence[float]) -> list[tuple[float, float]]:
    """Part the values into so many steps of about as many places each; equal ones stay together."""
    ordered = sorted(values)
    steps: list[tuple[float, float]] = []
    first = 0
    for number in range(1, SHADES + 1):
        last = round(len(ordered) * number / SHADES) - 1
        while 0 <= last < len(ordered) - 1 and ordered[last + 1] == ordered[last]:
            last += 1
        if last >= first:
            steps.append((ordered[first], ordered[last]))
            first = last + 1
    return steps


def shade(value: float | Any, steps: Sequence[tuple[float, float]]) -> int:
    """Give the number of the step that a value is in; nothing is in none."""
    return next((n for n, (_, high) in enumerate(steps, 1) if 0 < float(value) <= high), 0)


def _drawn(view: _View, ground: Sequence[Sequence[Ring]], marked: Ring) -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": view.height,
        "ground": [view.path(shape) for shape in ground],
        "marked": view.path([marked]) if marked else "",
        # Where on the ground a place of the drawing is, for whoever marks one there.
        "plot": {
            "west": view.west - _MARGIN / view.scale,
            "north": view.north + _MARGIN / view.scale,
            "scale": view.scale,
        },
    }


def _fit(
    rings: Sequence[Ring],
    points: Sequence[tuple[float, float]],
    ground: Sequence[Sequence[Ring]] = (),
) -> _View:
    """Choose the view that shows everything; without anything, any will do."""
    every = [*points, *(point for ring in rings for point in ring)] or [
        point for shape in ground for ring in shape for point in ring
    ]
    if not every:
        return _View(0.0, 0.0, 1.0, 2.0 * _MARGIN)
    xs, ys = [x for x, _ in every], [y for _, y in every]
    wide, high = max(max(xs) - min(xs), 1.0), max(max(ys) - min(ys), 1.0)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (_TALLEST - 2 * _MARGIN) / high)
    return _View(min(xs), max(ys), scale, round(high * scale + 2 * _MARGIN, 1))
