"""Shapes as the API, its tools and its forms read them: GeoJSON, and what somebody typed."""

import math
import random
from typing import Any

import orjson
import shapely
from shapely.errors import GEOSException

from ops.geo import drawings, shape_schemas, shapes, shaping, typed
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar

TOOLS = {
    "buffer": (shape_schemas.BufferSchema(), ("geometry", "metres")),
    "difference": (shape_schemas.DifferenceSchema(), ("geometry", "without")),
    "split": (shape_schemas.SplitSchema(), ("geometry", "line")),
    "repair": (shape_schemas.OutlineSchema(), ("geometry",)),
    "measure": (shape_schemas.OutlineSchema(), ("geometry",)),
    "union": (shape_schemas.UnionSchema(), ("geometries",)),
}
READERS = {
    "area": lambda text: shapes.area(orjson.loads(text)),
    "line": lambda text: shapes.line(orjson.loads(text)),
    "point": lambda text: shapes.point(orjson.loads(text), in_uk=True),
    "typed": lambda text: typed.geometry(text.decode()),
    "pasted": lambda text: drawings.read_text(text.decode()),
    "position": lambda text: typed.position(text.decode()),
}
_POSITIONS = (
    *("-2.2458, 53.4920", "53.49 -2.24", "SJ 8398 9812", "SJ83989812", "383980 398120", "SJ 83 98"),
    *(
        "SJ8398NE",
        "sj 8 9",
        "TV 0 0",
        "HP 99999 99999",
        "-2.24;53.48",
        "0 0",
        "-180 -90",
        "1e5 1e5",
    ),
)


def position(r: random.Random) -> Any:
    """Draw a corner, mostly one in Manchester."""
    if r.random() < 0.97:
        # On a coarse grid, so that corners and edges meet.
        return [-2.3 + r.randrange(20) / 100, 53.4 + r.randrange(20) / 100]
    return [odd.number(r) for _ in range(r.choice((0, 1, 2, 2, 2, 3, 4)))]


def ring(r: random.Random) -> list[Any]:
    """Draw a ring: around a place, or from corner to corner so that it crosses itself."""
    if r.random() < 0.6:
        turns = sorted(r.uniform(0, math.tau) for _ in range(r.choice((3, 4, 6, 40))))
        around = [(-2.2 + math.cos(t) / 50, 53.5 + math.sin(t) / 60) for t in turns]
        return [[round(lon, 6), round(lat, 6)] for lon, lat in [*around, around[0]]]
    corners = [position(r) for _ in range(r.choice((0, 2, 3, 3, 4, 4, 5, 8, 8, 12, 30)))]
    return corners + corners[:1] * (r.random() < 0.8)


def geometry(r: random.Random) -> dict[str, Any]:
    """Draw a geometry of any kind, and sometimes another's coordinates."""
    kinds = {
        "Point": lambda: position(r),
        "LineString": lambda: ring(r),
        "Polygon": lambda: [ring(r) for _ in range(r.choice((0, 1, 1, 1, 2, 3)))],
        "MultiPolygon": lambda: [[ring(r)] for _ in range(r.choice((0, 1, 2, 5)))],
        "MultiLineString": lambda: [ring(r)],
        "GeometryCollection": list,
    }
    kind = r.choice(("Polygon", "Polygon", "Polygon", "MultiPolygon", *kinds))
    other = kind if r.random() < 0.95 else r.choice(list(kinds))
    return {"type": kind, "coordinates": kinds[other]()}


def collection(r: random.Random) -> Any:
    """Draw what a map program saves."""
    features = [
        {"type": "Feature", "geometry": geometry(r), "properties": {"name": odd.text(r)}}
        for _ in range(r.choice((0, 1, 1, 3)))
    ]
    return {"type": "FeatureCollection", "features": features}


def make(r: random.Random) -> bytes:
    """Draw which reader, and a shape for it."""
    verb = r.choice((*TOOLS, *READERS, "area", "area"))
    if verb in TOOLS:
        sent: Any = {}
        for name in TOOLS[verb][1]:
            sent[name] = r.uniform(-1, 500) if name == "metres" else geometry(r)
        if verb == "union":
            sent = {"geometries": [geometry(r) for _ in range(r.choice((0, 1, 2, 3)))]}
        if verb == "split" and r.random() < 0.8:
            sent["line"] = {"type": "LineString", "coordinates": [position(r), position(r)]}
    elif verb in ("typed", "pasted", "position") and r.random() < 0.6:
        lines = [r.choice((*_POSITIONS, odd.text(r))) for _ in range(r.choice((1, 2, 3, 4, 9)))]
        text = r.choice(("\n", ";", "\n\n")).join(lines)
        return verb.encode() + b"\n" + odd.mutated(r, text.encode("utf-8", "replace"), 0.3)
    else:
        sent = collection(r) if verb in ("typed", "pasted") else geometry(r)
    body = odd.json_text(odd.maybe_bent(r, sent))
    return verb.encode() + b"\n" + odd.mutated(r, body, 0.1)


def take(content: bytes) -> bool:
    """Have it read as its first line says; the wire refuses what is no JSON before that."""
    verb, _, body = content.partition(b"\n")
    try:
        if verb.decode() in READERS:
            READERS[verb.decode()](body)
        else:
            schema, names = TOOLS[verb.decode()]
            sent = schema.load(orjson.loads(body))
            made = getattr(shaping, verb.decode())(*(sent[name] for name in names))
            made.measures()
            if made.geometry is not None:
                assert shapely.is_valid(made.geometry), "made a shape that is not valid"
    except (*REFUSALS, GEOSException, orjson.JSONDecodeError, UnicodeDecodeError):
        return False
    return True


GRAMMAR = Grammar(make, take)
