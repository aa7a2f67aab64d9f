"""Vector tiles: one square of the web map, with the features in it, as the database writes them."""

import dataclasses
import functools
import hashlib
import math
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.geo.shapes import SRID
from ops.ledger import consultation
from ops.ogc import kept
from ops.ogc.asked import OfTile
from ops.ogc.collections import (
    ID,
    NUMBER,
    Collection,
    Expression,
    Outline,
    Property,
)

# The web map's own grid: at each level twice as many squares across.
GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
WEB_MERCATOR = 3857
DEEPEST = 22
# Corners of a tile's own grid, and how far beyond its edge shapes are drawn, so that no seam shows.
UNITS, BEYOND = 4096, 64
# More than anybody can tell apart in a square of 256 pixels; the first ones are drawn.
MOST = 20_000
# From here on, all corners are drawn; before that, without those within so much of a pixel.
_ALL_CORNERS, _LEFT_OUT = 15, 0.5
# From here on a tile is so small that straight in degrees is straight on the map, to a sixth of a
# pixel in its middle and exactly at its edges; to transform each corner would cost most of all.
_AS_GOOD_AS_FLAT = 10
_PIXELS = 256
_PACKED = "packed"
# Half the way round the equator in Web Mercator, in its metres.
_HALFWAY = 20_037_508.342789244
# Put on the tile's grid, two places come closer by so many of its units at most: the root of 2,
# and a bit.
_CLOSER = 1.5


@dataclasses.dataclass(frozen=True)
class Tile:
    """A tile, and which features are in it, as the log of looks keeps them."""

    content: bytes
    tag: str
    seen: bytes
    # Whether it holds as many as fit, so that there may be more.
    is_full: bool


def is_there(z: int, y: int, x: int) -> bool:
    """Tell whether the grid has such a square."""
    return z <= DEEPEST and x < 2**z and y < 2**z


def drawn(collection: Collection, z: int, y: int, x: int, asked: OfTile) -> Tile:
    """Draw a tile of what its reader sees."""
    edge = BEYOND / UNITS
    west, north = _degrees(z, x - edge, y - edge)
    east, south = _degrees(z, x + 1 + edge, y + 1 + edge)
    left, top = _degrees(z, x, y)
    right, bottom = _degrees(z, x + 1, y + 1)
    sides = {"west": west, "south": south, "east": east, "north": north}
    own = {"left": left, "bottom": bottom, "right": right, "top": top}
    metres = 2 * _HALFWAY / 2**z
    shift = {"shift_x": _HALFWAY - x * metres, "shift_y": y * metres - _HALFWAY}
    values = {"z": z, "x": x, "y": y, **sides, **own, **shift}
    for in_order in (False, True):
        statement = (
            _usual(collection, z, in_order=in_order)
            if asked.is_usual
            else _query(collection, z, asked, in_order=in_order)
        )
        row = kept.read(statement, values)
        # Of more than fit, the same have to be drawn each time.
        if row.many < MOST:
            break
    content = bytes(row.tile or b"")
    # Of what is in it: what is changed elsewhere, seen or not, leaves it as it was.
    tag = hashlib.sha256(content).hexdigest()[:32]
    return Tile(content, tag, bytes(row.seen or b""), row.many == MOST)


def _degrees(z: int, across: float, down: float) -> tuple[float, float]:
    """Give a place of the grid, in squares from its north-west corner, in degrees."""
    lon = across / 2**z * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down / 2**z))))
    return max(-180.0, min(180.0, lon)), lat


@functools.cache
def _usual(collection: Collection, z: int, *, in_order: bool) -> str:
    """Keep the statement of a level, for to build it takes longer than to run it."""
    asked = OfTile(collection.usual, tuple(collection.drawn_with), "")
    return db.written(_query(collection, z, asked, in_order=in_order))


def _query(collection: Collection, z: int, asked: OfTile, *, in_order: bool) -> db.Query:
    box = sa.func.ST_MakeEnvelope(*_doubles("west", "south", "east", "north"), SRID)
    near = (
        sa.select(
            _shape(collection, z, box).label("shape"),
            sa.cast(collection.key, sa.Text).label("id"),
            *(_attribute(collection.properties[name]).label(name) for name in asked.properties),
            consultation.packed(collection.operation, collection.key).label(_PACKED),
        )
        .select_from(collection.source)
        .where(*collection.where, *asked.conditions, collection.geometry.op("&&")(box))
        .order_by(collection.key if in_order else None)
        .limit(MOST)
        .subquery("near")
    )
    inside = sa.select(*(near.c[name] for name in ("shape", "id", *asked.properties)))
    drawn = inside.correlate(near).lateral("drawn")
    # What has no shape at this level is left out of a tile, so nobody has seen it.
    is_drawn = near.c.shape.is_not(None)
    tile = sa.select(
        sa.func.ST_AsMVT(
            drawn.table_valued(), collection.id, UNITS, "shape", type_=sa.LargeBinary()
        ).label("tile"),
        sa.func.string_agg(near.c[_PACKED], b"").filter(is_drawn).label("seen"),
        sa.func.count().label("many"),
    )
    return kept.marked(tile.select_from(sa.join(near, drawn, sa.true())))


def _doubles(*names: str) -> list[sa.BindParameter[float]]:
    return [sa.bindparam(name, type_=sa.Double) for name in names]


def _shape(collection: Collection, z: int, box: Expression) -> Expression:
    """Give a shape on the tile's grid: valid, and cut off behind the tile's edge."""
    square = sa.func.ST_TileEnvelope(*(sa.bindparam(name, type_=sa.Integer) for name in "zxy"))
    if collection.outline:
        return _kept_shape(collection.outline, z, collection.geometry, box, square)
    shape = collection.geometry
    if not collection.is_of_points:
        shape = _simplified(shape, z, 360 / 2**z)
    if z < _AS_GOOD_AS_FLAT:
        return _valid(sa.func.ST_Transform(shape, WEB_MERCATOR), square)
    flat = sa.func.ST_MakeEnvelope(*_doubles("left", "bottom", "right", "top"), SRID)
    return _valid(shape, flat)


def _kept_shape(
    outline: Outline, z: int, geometry: Expression, box: Expression, square: Expression
) -> Expression:
    """Give a shape from what is kept of it.

    To make it valid takes longest. One that stays valid wherever its corners go on the grid, and
    that no edge cuts, only needs to be put there.
    """
    unit = 2 * _HALFWAY / 2**z / UNITS
    # Each box as a subquery, which is worked out once and not for each row.
    stays_valid = sa.and_(
        outline.clearance > _CLOSER * unit,
        geometry.op("@")(sa.select(box).scalar_subquery()),
    )
    on_grid = sa.func.ST_TransScale(
        outline.drawn, *_doubles("shift_x", "shift_y"), 1 / unit, -1 / unit
    )
    made_valid = _valid(
        _simplified(outline.drawn, z, unit * UNITS), sa.select(square).scalar_subquery()
    )
    return sa.case(
        (stays_valid, sa.func.ST_SnapToGrid(on_grid, 1, type_=sa.Text)), else_=made_valid
    )


def _valid(shape: Expression, within: Expression) -> Expression:
    return sa.func.ST_AsMVTGeom(shape, within, UNITS, BEYOND, True, type_=sa.Text)


def _simplified(shape: Any, z: int, width: float) -> Any:
    """Leave out the corners that nobody could see in a tile so wide."""
    if z >= _ALL_CORNERS:
        return shape
    return sa.func.ST_Simplify(shape, width / _PIXELS * _LEFT_OUT, True)


def _attribute(found: Property) -> Expression:
    """Give a property as tiles hold it; what is no number, text or truth becomes its text there."""
    if found.type in (NUMBER, ID):
        return sa.cast(found.value, sa.Double if found.type == NUMBER else sa.Text)
    return found.value
