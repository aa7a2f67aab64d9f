"""Areas as files for other programs: GeoJSON, KML, GPX and GeoPackage, each with its marking."""

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry import LineString, MultiLineString, MultiPolygon

from ops.geo import gdal
from ops.geo.models import AREA_PURPOSES
from ops.geo.shapes import SRID


@dataclasses.dataclass(frozen=True)
class Operation:
    """Whose areas they are."""

    name: str
    reference: str
    marking: str


def geojson(of: Operation, areas: Sequence[Any]) -> bytes:
    """Write GeoJSON (RFC 7946), which other programs may take further members from."""
    features = [
        {
            "type": "Feature",
            "id": str(area.id),
            "geometry": shapely.geometry.mapping(to_shape(area.geom)),
            "properties": dict(zip(_NAMES, _said(of, area), strict=True))
            | {"valid_from": area.valid_from, "valid_to": area.valid_to},
        }
        for area in areas
    ]
    whole = {"type": "FeatureCollection", "name": _title(of), "features": features}
    return orjson.dumps(whole)


def geopackage(of: Operation, areas: Sequence[Any]) -> bytes:
    """Write a GeoPackage with one layer."""
    return _written("GPKG", "areas.gpkg", "areas", "MultiPolygon", of, areas, _NAMES, _said)


def kml(of: Operation, areas: Sequence[Any]) -> bytes:
    """Write KML, a place for each area."""
    names = ("Name", "description", "purpose", "marking", "operation")
    return _written("LIBKML", "areas.kml", "areas", "MultiPolygon", of, areas, names, _described)


def gpx(of: Operation, areas: Sequence[Any]) -> bytes:
    """Write GPX: it knows no areas, so each is a track, and each ring of it a closed segment.

    A hole is a ring within a ring, which is how the track is read back.
    """
    names = ("name", "desc", "type")
    return _written(
        "GPX", "areas.gpx", "tracks", "MultiLineString", of, areas, names, _tracked, _rings
    )


# What each is called after the dot, and who writes it.
FORMATS: dict[str, Callable[[Operation, Sequence[Any]], bytes]] = {
    "geojson": geojson,
    "gpkg": geopackage,
    "gpx": gpx,
    "kml": kml,
}
_NAMES = ("name", "purpose", "marking", "operation")


def _said(of: Operation, area: Any) -> tuple[str, ...]:
    return area.name, area.purpose, of.marking, of.reference


def _described(of: Operation, area: Any) -> tuple[str, ...]:
    _name, *rest = _said(of, area)
    return area.name, f"{AREA_PURPOSES[area.purpose]}, {_title(of)}", *rest


def _tracked(of: Operation, area: Any) -> tuple[str, ...]:
    return area.name, f"{AREA_PURPOSES[area.purpose]}, {_title(of)}", area.purpose


def _title(of: Operation) -> str:
    return f"{of.marking} {of.reference} {of.name}"


def _rings(outline: MultiPolygon) -> MultiLineString:
    rings = [ring for part in outline.geoms for ring in (part.exterior, *part.interiors)]
    return MultiLineString([LineString(ring.coords) for ring in rings])


def _written(
    driver: str,
    file: str,
    layer: str,
    kind: str,
    of: Operation,
    areas: Sequence[Any],
    names: Sequence[str],
    say: Callable[[Operation, Any], tuple[str, ...]],
    draw: Callable[[Any], shapely.Geometry] = lambda outline: outline,
) -> bytes:
    """Have the library write a file, and give what is in it."""
    shapes = [shapely.to_wkb(draw(to_shape(area.geom))) for area in areas]
    rows = [say(of, area) for area in areas]
    columns = [np.array([row[n] for row in rows], dtype=object) for n in range(len(names))]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        gdal.library().raw.write(
            path,
            np.array(shapes, dtype=object),
            columns,
            list(names),
            layer=layer,
            driver=driver,
            geometry_type=kind,
            crs=f"EPSG:{SRID}",
        )
        return path.read_bytes()
