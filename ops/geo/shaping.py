"""What is made of shapes: rings around them, sums, differences, pieces, repaired outlines."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely import ops as lines
from shapely.geometry import LineString, MultiPolygon, Polygon

from ops.geo import shapes
from ops.geo.shapes import BadShape

# Wider than any cordon; a degree of ten kilometres is a district.
MOST_METRES = 10_000
# A ring of this many corners strays from the circle by less than a metre in three kilometres.
_QUARTER_CORNERS = 32
# Of these, each near all the others, a ring is drawn in a few seconds at most.
_MOST_TO_BUFFER = 1_500
_FEW = 100
# Full-resolution districts, before the sum of them is simplified.
MOST_TOGETHER = 200_000
# How far a corner may move to make an outline simple enough: from unseen to a house's width.
_COARSER_M = (0.5, 1, 2, 5, 10, 20)
# As many as are worked out in a second or so; a hand draws a few.
_MOST_CROSSINGS = 10_000
# Of edges that may cross, compared at once: a few megabytes of memory.
_PAIRS_AT_ONCE = 2_000_000
# The eighth decimal of a degree is a millimetre.
_GRID = 1e-8


@dataclasses.dataclass(frozen=True)
class Made:
    """What came of it: an outline or none, the pieces of a split one, and a sentence."""

    geometry: MultiPolygon | None
    said: str
    pieces: Sequence[MultiPolygon] = ()

    def measures(self) -> tuple[str, str]:
        """Give the area in square metres and the length of the edges in metres, as text."""
        whole = [*([self.geometry] if self.geometry else []), *self.pieces]
        plane = [shapes.in_metres(each) for each in whole]
        return f"{shapely.area(plane).sum():.1f}", f"{shapely.length(plane).sum():.1f}"


def buffer(shape: shapely.Geometry, metres: float) -> Made:
    """Draw a ring around a point, a line or an area."""
    _refuse_tangle(shape)
    # A fiftieth of the ring's width is not seen, and a track has a point a second.
    plane = shapely.simplify(shapes.in_metres(shape), metres / 50, preserve_topology=True)
    if shapely.get_num_coordinates(plane) > _MOST_TO_BUFFER:
        raise BadShape("The shape has too many corners to draw a ring around; simplify it first.")
    around = _around(plane, metres)
    return _made(shapes.in_degrees(around))


def _around(plane: shapely.Geometry, metres: float) -> shapely.Geometry:
    """Draw a ring; around many corners edge by edge, which does not take longer the wider it is."""
    if shapely.get_num_coordinates(plane) <= _FEW:
        return shapely.buffer(plane, metres, quad_segs=_QUARTER_CORNERS)
    edges = shapely.buffer(_edges([plane]), metres, quad_segs=_QUARTER_CORNERS)
    return shapely.union_all([plane, *edges])


def union(outlines: Sequence[MultiPolygon]) -> Made:
    """Make one of several."""
    _refuse_tangle(*outlines)
    return _made(shapely.union_all(list(outlines)))


def difference(outline: MultiPolygon, without: MultiPolygon) -> Made:
    """Cut one out of another."""
    _refuse_tangle(outline, without)
    left = shapely.difference(outline, without)
    if not polygons(left):
        return Made(None, "Nothing is left: the shape taken away covers all of it.")
    if shapely.equals(left, outline):
        return Made(outline, "The two do not overlap, so nothing was taken away.")
    return _made(left)


def split(outline: MultiPolygon, line: LineString) -> Made:
    """Cut an outline along a line."""
    _refuse_tangle(outline, line)
    parts = polygons(lines.split(outline, line))
    if len(parts) == len(outline.geoms):
        raise BadShape("The line does not cut the area in two; draw it from outside to outside.")
    pieces = [_made(part).geometry for part in parts]
    kept = [piece for piece in pieces if piece is not None]
    return Made(None, f"Cut into {len(kept)} pieces.", kept)


def repair(outline: MultiPolygon) -> Made:
    """Give what an outline that crosses itself encloses, or the outline where nothing is wrong."""
    if shapely.is_valid(outline):
        return Made(shapes.checked(outline), "There is nothing to repair.")
    _refuse_tangle(outline)
    fault = shapes.fault(outline)
    mended = shapely.make_valid(outline, method="structure", keep_collapsed=False)
    made = _made(mended)
    if made.geometry is None:
        raise BadShape("Nothing is left of the shape once repaired; draw it again.")
    count = len(made.geometry.geoms)
    parts = "one part" if count == 1 else f"{count} parts"
    return dataclasses.replace(
        made, said=f"{fault}. Repaired, it has {parts}: look at it before you save it."
    )


def measure(outline: MultiPolygon) -> Made:
    """Measure an outline as it is."""
    kept = shapes.checked(outline)
    return Made(kept, size(kept))


def size(outline: MultiPolygon) -> str:
    """Say how large an outline is."""
    plane = shapes.in_metres(outline)
    return f"{_area(shapely.area(plane))}, {_length(shapely.length(plane))} round."


def _area(square_metres: float) -> str:
    if square_metres < 10_000:
        return f"{square_metres:,.0f} m²"
    return f"{square_metres / 1e6:,.2f} km²"


def _length(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


def polygons(shape: shapely.Geometry) -> list[Polygon]:
    """List the areas of a shape; a line or a point that is left over is none."""
    return [
        part
        for collected in shapely.get_parts(shape)
        for part in shapely.get_parts(collected)
        if isinstance(part, Polygon) and not part.is_empty
    ]


def _refuse_tangle(*drawn: shapely.Geometry) -> None:
    """Refuse lines that cross so often that working them out would take minutes."""
    edges = _edges(drawn)
    tree, count = shapely.STRtree(edges), len(edges)
    # Neighbours touch, and where two areas share an edge so do its neighbours.
    left = 8 * count + _MOST_CROSSINGS
    step = max(1, _PAIRS_AT_ONCE // max(1, count))
    for start in range(0, count, step):
        left -= tree.query(edges[start : start + step], predicate="intersects").shape[1]
        if left < 0:
            raise BadShape("The lines cross in too many places; draw the shape more simply.")


def _edges(drawn: Sequence[shapely.Geometry]) -> Any:
    """Give every straight piece of these shapes as a line of its own."""
    parts = shapely.get_parts(shapely.get_parts(list(drawn)))
    outlines = [shapely.get_rings(part) if isinstance(part, Polygon) else [part] for part in parts]
    lines = [shapely.get_coordinates(ring) for rings in outlines for ring in rings]
    pairs = [np.stack([line[:-1], line[1:]], axis=1) for line in lines]
    return shapely.linestrings(np.concatenate(pairs))


def _made(shape: shapely.Geometry) -> Made:
    """Give a shape as an area may be: simple enough, on a grid of millimetres, checked."""
    simple, moved_m = _simple(MultiPolygon(polygons(shape)))
    parts = polygons(shapely.set_precision(simple, _GRID))
    if not parts:
        return Made(None, "The shape is too small to be kept.")
    outline = shapes.checked(MultiPolygon(parts))
    said = size(outline)
    if moved_m:
        said += f" It had more than {shapes.MOST_VERTICES:,} corners: simplified to {moved_m:g} m."
    return Made(outline, said)


def _simple(shape: MultiPolygon) -> tuple[shapely.Geometry, float]:
    """Leave out corners where there are too many, and say how far the edge may have moved."""
    if shapely.get_num_coordinates(shape) <= shapes.MOST_VERTICES:
        return shape, 0
    plane = shapes.in_metres(shape)
    for metres in _COARSER_M:
        fewer = shapely.simplify(plane, metres, preserve_topology=True)
        if shapely.get_num_coordinates(fewer) <= shapes.MOST_VERTICES:
            return shapes.in_degrees(fewer), metres
    raise BadShape(f"The shape has more than {shapes.MOST_VERTICES:,} corners; simplify it first.")
