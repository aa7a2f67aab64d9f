"""Vector tiles: one square of the web map, with the features in it, as the database writes them."""

import dataclasses
import functools
import hashlib
import math
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ops import db
from ops.geo.shapes import SRID
from ops.ogc.collections import Collection, Expression, Property

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
_ALL_CORNERS, _LEFT_OUT = 15, 0.25
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
    west, north = _degrees(z, x - BEYOND / UNITS, y - BEYOND / UNITS)
    east, south = _degrees(z, x + 1 + BEYOND / UNITS, y + 1 + BEYOND / UNITS)
    sides = {"west": west, "south": south, "east": east, "north": north}
    query = _query(collection, z)
    found = db.session.execute(query, {"z": z, "x": x, "y": y, **sides}).one()
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
    number, degrees = sa.Integer(), sa.Double[float]()
    square = sa.func.ST_TileEnvelope(*(sa.bindparam(name, type_=number) for name in "zxy"))
    sides = (sa.bindparam(name, type_=degrees) for name in ("west", "south", "east", "north"))
    box = sa.func.ST_MakeEnvelope(*sides, SRID)
    flat = sa.func.ST_Transform(_simplified(collection, z), WEB_MERCATOR)
    near = (
        sa.select(
            sa.func.ST_AsMVTGeom(flat, square, UNITS, BEYOND, True, type_=sa.Text).label("shape"),
            sa.cast(collection.key, sa.Text).label("id"),
            *(_attribute(each).label(name) for name, each in collection.properties.items()),
        )
        .select_from(collection.source)
        .where(*collection.where, collection.geometry.op("&&")(box))
        .order_by(collection.key)
        .limit(MOST)
        .subquery("near")
    )
    there = sa.select(near).where(near.c.shape.is_not(None)).subquery("there")
    operation = sa.cast(sa.null(), sa.Text) if collection.operation is None else there.c.operation
    texts = sa.ARRAY(sa.Text())
    tile = sa.func.ST_AsMVT(there.table_valued(), collection.id, UNITS, "shape", type_=_BYTES)
    return sa.select(
        tile.label("tile"),
        sa.func.array_agg(there.c.id, type_=texts).label("ids"),
        sa.func.array_agg(operation, type_=texts).label("operations"),
    )


_BYTES = sa.LargeBinary()


def _simplified(collection: Collection, z: int) -> Any:
    """Leave out the corners that nobody could see at this level."""
    if collection.is_of_points or z >= _ALL_CORNERS:
        return collection.geometry
    return sa.func.ST_Simplify(collection.geometry, 360 / 2**z / _PIXELS * _LEFT_OUT, True)


def _attribute(found: Property) -> Expression:
    """Give a property as tiles can hold it: a number, a text, true or false."""
    match found.type:
        case "number":
            return sa.cast(found.value, sa.Double)
        case "moment":
            # As GeoJSON has it.
            return sa.func.to_json(found.value, type_=JSONB).op("#>>")(sa.text("'{}'"))
        case "id" | "day":
            return sa.cast(found.value, sa.Text)
        case _:
            return found.value
