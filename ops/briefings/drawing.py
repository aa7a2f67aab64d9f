"""Maps as vector drawings: on the National Grid, with north, a scale, and no picture fetched."""

import dataclasses
import html
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import shapely
from osbng.indexing import xy_to_bng
from shapely.geometry import box, shape

from ops.geo.shapes import in_metres

# The drawing's own units: the width of a page's text, a tenth of a millimetre each.
WIDTH = 1700
# How high a drawing is for its width.
_SHAPE = 0.676
# Nothing is drawn closer than this, so that a single door keeps its surroundings.
LEAST_M = 500
# Around what is drawn, as a part of it.
_MARGIN = 0.12
# A corner that moves an outline by less than this on paper is left out.
_FINEST = 1.5
# Marks nearer than this become one, with all their numbers.
_APART = 46
_GRIDS_M = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
_FEW_LINES = 7
_STYLES = {
    "target": 'fill="#1d5fa8" fill-opacity=".12" stroke="#1d5fa8" stroke-width="5"',
    "exclusion": 'fill="#942514" fill-opacity=".08" stroke="#942514" stroke-width="5"'
    ' stroke-dasharray="6 10"',
}
_OTHER = (
    'fill="#505a5f" fill-opacity=".08" stroke="#505a5f" stroke-width="5" stroke-dasharray="24 8"'
)
_SVG = (
    'xmlns="http://www.w3.org/2000/svg" font-size="30"'
    ' font-family="Liberation Sans, Arial, sans-serif"'
)
_GROUND = 'fill="none" stroke="#8796a5" stroke-width="3"'


@dataclasses.dataclass(frozen=True)
class Mark:
    """A numbered place, in metres of the National Grid."""

    number: int
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Outline:
    """A shape with its name, in metres of the National Grid."""

    id: str
    name: str
    purpose: str
    shape: Any


@dataclasses.dataclass(frozen=True)
class View:
    """What part of the grid is drawn, and how a metre becomes a unit of the drawing."""

    west: float
    south: float
    east: float
    north: float
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Give how high the drawing is, in its own units."""
        return round(self.width * _SHAPE)

    @property
    def scale(self) -> float:
        """Give the units of a metre."""
        return self.width / (self.east - self.west)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Place a point of the grid on the drawing, whose y grows downwards."""
        return (x - self.west) * self.scale, (self.north - y) * self.scale


def outlines(areas: Iterable[Mapping[str, Any]]) -> list[Outline]:
    """Put areas on the National Grid."""
    return [
        Outline(
            each["id"], each["name"], each.get("purpose", ""), in_metres(shape(each["geometry"]))
        )
        for each in areas
        if each["geometry"] and not shape(each["geometry"]).is_empty
    ]


def marks(deployments: Iterable[Mapping[str, Any]], areas: Sequence[Outline]) -> list[Mark]:
    """Put numbered deployments on the grid; one in an area stands in the middle of it."""
    within = {each.id: each.shape.representative_point() for each in areas}
    found = []
    for each in deployments:
        place = each["place"]
        at: Any = in_metres(shape(place["point"])) if place["point"] else within.get(place["id"])
        if at is not None:
            found.append(Mark(each["number"], at.x, at.y))
    return found


def view_of(areas: Sequence[Outline], points: Sequence[Mark], width: int = WIDTH) -> View | None:
    """Find the part of the grid that holds these; none where there is nothing to draw."""
    corners = [each.shape.bounds for each in areas]
    corners += [(each.x, each.y, each.x, each.y) for each in points]
    if not corners:
        return None
    west, south = min(c[0] for c in corners), min(c[1] for c in corners)
    east, north = max(c[2] for c in corners), max(c[3] for c in corners)
    wide = max((east - west) * (1 + 2 * _MARGIN), LEAST_M)
    high = max((north - south) * (1 + 2 * _MARGIN), LEAST_M * _SHAPE)
    wide = max(wide, high / _SHAPE)
    high = wide * _SHAPE
    x, y = (west + east) / 2, (south + north) / 2
    return View(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2, width)


def draw(
    view: View, areas: Sequence[Outline], points: Sequence[Mark], ground: Sequence[Outline] = ()
) -> str:
    """Draw a map as SVG."""
    frame = box(view.west, view.south, view.east, view.north)
    lines = [
        f'<svg {_SVG} viewBox="0 0 {view.width} {view.height}">',
        f'<rect width="{view.width}" height="{view.height}" fill="#ffffff"/>',
        *_grid(view),
    ]
    labels: list[str] = []
    for each, style in [
        *((each, _GROUND) for each in ground),
        *((each, _STYLES.get(each.purpose, _OTHER)) for each in areas),
    ]:
        seen = shapely.make_valid(each.shape).intersection(frame)
        if seen.is_empty:
            continue
        lines.append(f'<path d="{_path(each.shape, view, frame)}" {style}/>')
        middle = view.at(*seen.representative_point().coords[0])
        # The ground is named at its upper edge, out of the way of what is drawn on it.
        edge = ((seen.bounds[0] + seen.bounds[2]) / 2, seen.bounds[3])
        is_ground = style == _GROUND
        at = view.at(*edge) if is_ground else middle
        labels.append(_label(each.name, at, view, is_quiet=is_ground))
    lines += labels
    lines += _numbered(points, view)
    lines += [*_north(view), *_scale_bar(view)]
    lines.append(
        f'<rect x="2" y="2" width="{view.width - 4}" height="{view.height - 4}" fill="none"'
        ' stroke="#0b0c0c" stroke-width="4"/></svg>'
    )
    return "".join(lines)


def grid_reference(lon: float, lat: float) -> str:
    """Give the National Grid reference of a place, to ten metres."""
    at: Any = in_metres(shape({"type": "Point", "coordinates": (lon, lat)}))
    reference: str = xy_to_bng(at.x, at.y, "10m").bng_ref_formatted
    return reference


def _path(outline: Any, view: View, frame: Any) -> str:
    """Write an outline, with no finer corners than paper shows and nothing far outside."""
    wide = frame.buffer((view.east - view.west) * 0.05)
    near = shapely.make_valid(outline).intersection(wide).simplify(_FINEST / view.scale)
    parts = []
    for polygon in (p for p in shapely.get_parts(near) if p.geom_type == "Polygon"):
        for ring in (polygon.exterior, *polygon.interiors):
            steps = (view.at(x, y) for x, y in list(ring.coords)[:-1])
            parts.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in steps) + "Z")
    return "".join(parts)


def _grid(view: View) -> Iterator[str]:
    """Draw the lines of the National Grid, as many as one can follow."""
    step = next(
        (each for each in _GRIDS_M if (view.east - view.west) / each <= _FEW_LINES), _GRIDS_M[-1]
    )
    for x in range(math.ceil(view.west / step) * step, math.ceil(view.east), step):
        at = view.at(x, 0)[0]
        yield f'<path d="M{at:.0f} 0V{view.height}" stroke="#dfe3e6" stroke-width="2"/>'
    for y in range(math.ceil(view.south / step) * step, math.ceil(view.north), step):
        at = view.at(0, y)[1]
        yield f'<path d="M0 {at:.0f}H{view.width}" stroke="#dfe3e6" stroke-width="2"/>'
    told = f"{step:,} m" if step < _GRIDS_M[3] else f"{step // 1000} km"
    yield _text(f"Grid lines every {told}", 20, 40, "start", "#505a5f")


def _numbered(points: Sequence[Mark], view: View) -> Iterator[str]:
    """Draw each place with its numbers; those too near to tell apart share one."""
    heaps: list[tuple[float, float, list[int]]] = []
    for each in points:
        x, y = view.at(each.x, each.y)
        if not (0 <= x <= view.width and 0 <= y <= view.height):
            continue
        for at_x, at_y, numbers in heaps:
            if math.hypot(at_x - x, at_y - y) < _APART:
                numbers.append(each.number)
                break
        else:
            heaps.append((x, y, [each.number]))
    for x, y, numbers in heaps:
        told = _ranges(numbers)
        wide = max(48, 18 * len(told) + 22)
        yield (
            f'<rect x="{x - wide / 2:.0f}" y="{y - 24:.0f}" width="{wide}" height="48" rx="24"'
            ' fill="#0b0c0c" stroke="#ffffff" stroke-width="4"/>'
        )
        yield _text(told, x, y + 11, "middle", "#ffffff", is_bold=True)


def _ranges(numbers: Sequence[int]) -> str:
    """Write numbers shortly: 1–3, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs
    )


def _label(name: str, at: tuple[float, float], view: View, *, is_quiet: bool) -> str:
    x, y = at
    if is_quiet:
        return _text(name, x, y + 80, "middle", "#505a5f")
    wide = 17 * len(name) + 20
    # What would lie outside the frame is moved in.
    x = min(max(x, wide / 2 + 8), view.width - wide / 2 - 8)
    y = min(max(y - 48, 48), view.height - 48)
    back = f'<rect x="{x - wide / 2:.0f}" y="{y - 30:.0f}" width="{wide}" height="40"'
    return back + ' fill="#ffffff" fill-opacity=".85"/>' + _text(name, x, y, "middle", "#0b0c0c")


def _north(view: View) -> Iterator[str]:
    x = view.width - 60
    yield f'<path d="M{x} 90L{x - 22} 150L{x} 134L{x + 22} 150Z" fill="#0b0c0c"/>'
    yield _text("N", x, 80, "middle", "#0b0c0c", is_bold=True)


def _scale_bar(view: View) -> Iterator[str]:
    """Draw a length that reads well, a quarter of the width at most."""
    most = (view.east - view.west) / 4
    power = 10 ** math.floor(math.log10(most))
    length = next(power * each for each in (5, 2, 1) if power * each <= most)
    wide = length * view.scale
    told = f"{length:,.0f} m" if length < _GRIDS_M[3] else f"{length / 1000:,.0f} km"
    y = view.height - 40
    yield (
        f'<path d="M40 {y - 16}V{y}H{40 + wide:.0f}V{y - 16}" fill="none" stroke="#0b0c0c"'
        ' stroke-width="5"/>'
    )
    yield _text(told, 40 + wide / 2, y - 24, "middle", "#0b0c0c")


def _text(text: str, x: float, y: float, anchor: str, colour: str, *, is_bold: bool = False) -> str:
    weight = ' font-weight="bold"' if is_bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}"{weight}>'
        f"{html.escape(text)}</text>"
    )
