"""Find places by what somebody typed, whatever it is."""

import re
from collections.abc import Mapping
from typing import Any

import shapely

from ops import db
from ops.geo import place_queries, typed
from ops.geo.models import SITE_KINDS
from ops.geo.shapes import UNITED_KINGDOM

# An area and a district, perhaps with a part or all of what follows: M3, M3 1, M3 1AB.
_POSTCODE = re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]?\s*(\d([A-Za-z]{2})?)?")
_DIGITS = 6

Place = Mapping[str, Any]


def find(q: str, limit: int, near: tuple[float, float] | None = None) -> list[Place]:
    """List places, the best first: a position, then a postcode, then names."""
    found = _position(q)
    if _POSTCODE.fullmatch(q):
        start = "".join(q.upper().split())
        found += _rows(place_queries.at_postcode(start, limit, near))
    return found[:limit] or _named(q, limit, near)


def _named(q: str, limit: int, near: tuple[float, float] | None) -> list[Place]:
    """List what is called so: first what begins so, and what is less like only where it is few."""
    found: list[Place] = []
    for number, likeness in enumerate((place_queries.LIKENESS[0], *place_queries.LIKENESS)):
        db.session.execute(place_queries.go_by(likeness))
        found = _rows(place_queries.named(q, limit, near, begun=number == 0))
        if len(found) == limit:
            break
    return found


def _position(q: str) -> list[Place]:
    """Read a grid reference or a position, where one was typed and lies in the country."""
    here = typed.position(q)
    if here is None or not UNITED_KINGDOM.covers(here.point):
        return []
    is_grid = here.square is not None or abs(float(re.split(r"[\s,]+", q.strip())[0])) > 180
    name = " ".join(q.upper().split())
    return [
        {
            "source": "grid" if is_grid else "position",
            "id": name,
            "name": name,
            "text": "Grid reference" if is_grid else "Longitude and latitude",
            "point": _point(here.point.x, here.point.y),
            "bbox": None if here.square is None else _box(shapely.bounds(here.square).tolist()),
        }
    ]


def _rows(query: db.Query) -> list[Place]:
    return [
        {
            "source": place_queries.SOURCES[row.rank],
            "id": str(row.id),
            "name": row.name,
            "text": _text(row),
            "point": _point(row.lon, row.lat),
            "bbox": None if row.XMin is None else _box([row.XMin, row.YMin, row.XMax, row.YMax]),
        }
        for row in db.session.execute(query)
    ]


def _text(row: Any) -> str:
    """Say what a place is, and where somebody heard of it."""
    if row.site_kind:
        return ", ".join(filter(None, (SITE_KINDS[row.site_kind], row.address)))
    if row.layer:
        return row.layer.replace("_", " ").capitalize()
    return ", ".join(filter(None, (row.place_kind, _spaced(row.postcode), row.source)))


def _spaced(postcode: str | None) -> str | None:
    """Write a whole postcode as people do."""
    if postcode and len(postcode) > 4:
        return f"{postcode[:-3]} {postcode[-3:]}"
    return postcode


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [round(lon, _DIGITS), round(lat, _DIGITS)]}


def _box(sides: list[float]) -> list[float]:
    return [round(side, _DIGITS) for side in sides]
