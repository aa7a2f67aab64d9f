"""Vector tiles: one square of the web map, with the features in it, as the database writes them."""

import dataclasses
import functools
import hashlib
import math
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.geo.shapes import SRID
from ops.ogc.collections import NUMBER, Collection, Expression, Property

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


@dataclasses.dataclass(frozen=True)
class Tile:
    """A tile, and which features are in it."""

    content: bytes
    tag: str
    # Pairs of an operation and an id.
    seen: tuple[tuple[str | None, str], ...]


def is_there(z: int, y: int, x: int) -> bool:
    """Tell whether the grid has such a square."""
    return z <= DEEPEST and x < 2**z and y < 2**z


def drawn(collection: Collection, z: int, y: int, x: int) -> Tile:
    """Draw a tile of what its reader sees."""
    edge = BEYOND / UNITS
    west, north = _degrees(z, x - edge, y - edge)
    east, south = _degrees(z, x + 1 + edge, y + 1 + edge)
    left, top = _degrees(z, x, y)
    right, bottom = _degrees(z, x + 1, y + 1)
    sides = {"west": west, "south": south, "east": east, "north": north}
    own = {"left": left, "bottom": bottom, "right": right, "top": top}
    query = _query(collection, z)
    found = db.session.execute(query, {"z": z, "x": x, "y": y, **sides, **own}).one()
    content = bytes(found.tile or b"")
    seen = tuple(zip(found.operations or (), found.ids or (), strict=True))
    # Of what is in it: what is changed elsewhere, seen or not, leaves it as it was.
    return Tile(content, hashlib.sha256(content).hexdigest()[:32], seen)


def _degrees(z: int, across: float, down: float) -> tuple[float, float]:
    """Give a place of the grid, in squares from its north-west corner, in degrees."""
    lon = across / 2**z * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down / 2**z))))
    return max(-180.0, min(180.0, lon)), lat


@functools.cache
def _query(collection: Collection, z: int) -> db.Query:
    """Write the statement of a level; kept, for to build it takes about as long as to run it."""
    square = sa.func.ST_TileEnvelope(*(sa.bindparam(name, type_=sa.Integer) for name in "zxy"))
    box = sa.func.ST_MakeEnvelope(*_sides("west", "south", "east", "north"), SRID)
    shape, within = _simplified(collection, z), square
    if z < _AS_GOOD_AS_FLAT:
        shape = sa.func.ST_Transform(shape, WEB_MERCATOR)
    else:
        within = sa.func.ST_MakeEnvelope(*_sides("left", "bottom", "right", "top"), SRID)
    near = (
        sa.select(
            sa.func.ST_AsMVTGeom(shape, within, UNITS, BEYOND, True, type_=sa.Text).label("shape"),
            collection.key.label("id"),
            *(_attribute(each).label(name) for name, each in collection.properties.items()),
        )
        .select_from(collection.source)
        .where(*collection.where, collection.geometry.op("&&")(box))
        .order_by(collection.key)
        .limit(MOST)
        .subquery("near")
    )
    there = sa.select(near).where(near.c.shape.is_not(None)).subquery("there")
    operation = sa.null() if collection.operation is None else there.c.operation
    tile = sa.func.ST_AsMVT(there.table_valued(), collection.id, UNITS, "shape", type_=_BYTES)
    return sa.select(
        tile.label("tile"),
        sa.func.array_agg(sa.cast(there.c.id, sa.Text), type_=_AS_IT_COMES).label("ids"),
        sa.func.array_agg(sa.cast(operation, sa.Text), type_=_AS_IT_COMES).label("operations"),
    )


# The driver makes lists of arrays by itself, and SQLAlchemy need not go through each again.
_BYTES, _AS_IT_COMES = sa.LargeBinary(), sa.types.NullType()


def _sides(*names: str) -> list[sa.BindParameter[float]]:
    return [sa.bindparam(name, type_=sa.Double) for name in names]


def _simplified(collection: Collection, z: int) -> Any:
    """Leave out the corners that nobody could see at this level."""
    if collection.is_of_points or z >= _ALL_CORNERS:
        return collection.geometry
    return sa.func.ST_Simplify(collection.geometry, 360 / 2**z / _PIXELS * _LEFT_OUT, True)


def _attribute(found: Property) -> Expression:
    """Give a property as tiles hold it; what is no number, text or truth becomes its text there."""
    return sa.cast(found.value, sa.Double) if found.type == NUMBER else found.value
