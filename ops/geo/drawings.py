"""Shapes drawn elsewhere: GeoJSON, KML, KMZ, GPX, GeoPackage, zipped Shapefile, or typed."""

import contextlib
import dataclasses
import io
import re
import tempfile
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import orjson
import shapely
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from shapely.geometry import LineString, MultiPolygon, Point

from ops.errors import Invalid
from ops.geo import files, gdal, shapes, shaping, typed
from ops.geo.models import AREA_PURPOSES
from ops.geo.shapes import BadShape

# As many as an operation has areas, and more than anybody looks through.
MOST_SHAPES = 500
# A walk of a day at a point a second, twice.
MOST_POINTS = 200_000
# What an archive of the largest upload may unpack to.
MOST_UNPACKED = 50 * 2**20
# Folders within folders; the library follows each by calling itself.
_DEEPEST = 100
_FORMATS = "GeoJSON, KML, GPX, GeoPackage or zipped Shapefile"
_GPX_LAYERS = ("tracks", "routes", "waypoints")
_DRIVERS = {"GPKG", "ESRI Shapefile", "KML", "LIBKML", "GPX"}
_WGS84 = re.compile(r".*(CRS84|EPSG:+4326|OGC:+1\.3:+CRS84)", re.IGNORECASE)
# Longitude and latitude never have more digits before the point than this.
_LARGEST_DEGREE = 360


@dataclasses.dataclass(frozen=True)
class Refusal:
    """A shape that was not taken, why, and what it would be repaired; the others are not lost."""

    name: str
    said: str
    repaired: MultiPolygon | None = None


@dataclasses.dataclass
class Found:
    """What a file holds: shapes with their names and purposes, and what was refused."""

    shapes: list[tuple[shapely.Geometry, dict[str, str]]] = dataclasses.field(default_factory=list)
    refused: list[Refusal] = dataclasses.field(default_factory=list)

    def said(self) -> str:
        """Say how many shapes there are."""
        words = f"{len(self.shapes)} shape{'' if len(self.shapes) == 1 else 's'} read"
        return f"{words}, {len(self.refused)} refused." if self.refused else f"{words}."


# A row of a file: what it is called, what it is for, and its shape or why it has none.
Row = tuple[str, str, shapely.Geometry | BadShape | None]


def read_text(text: str) -> Found:
    """Read what was pasted: GeoJSON, KML, GPX, or a position a line."""
    if text.lstrip()[:1] in ("{", "<"):
        return read(text.encode())
    return _checked([("Pasted", "", typed.shape(text))])


def read(content: bytes) -> Found:
    """Read a file, known by what is in it."""
    start = content[:4096].lstrip(files.BLANKS)
    if not start:
        raise Invalid(f"The file is empty; send {_FORMATS}.")
    if start.startswith(b"{"):
        return _checked(_geojson(content))
    if content.startswith(files.ZIP) and (inner := _kml_of(content)) is not None:
        content = inner
        start = inner[:4096].lstrip(files.BLANKS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent"
        if start.startswith(b"<"):
            path = path.with_suffix(f".{_look_through(content)}")
        elif not content.startswith((files.ZIP, files.GEOPACKAGE)):
            raise Invalid(f"This is no {_FORMATS}.")
        path.write_bytes(content)
        return _checked(_rows(path))


def _checked(rows: Iterable[Row]) -> Found:
    """Check each shape by itself: a bad one does not lose the others."""
    found = Found()
    for number, (name, purpose, shape) in enumerate(rows, start=1):
        if number > MOST_SHAPES:
            raise Invalid(f"The file has more than {MOST_SHAPES} shapes; import a part of it.")
        title = name[:120] or f"Shape {number}"
        try:
            kept = _fit(shape)
        except BadShape as error:
            found.refused.append(Refusal(title, str(error), _repaired(shape)))
            continue
        said = {"purpose": purpose} if purpose in AREA_PURPOSES else {}
        found.shapes.append((kept, {"name": title, **said}))
    if not (found.shapes or found.refused):
        raise Invalid("The file holds no shapes.")
    return found


def _fit(shape: shapely.Geometry | BadShape | None) -> shapely.Geometry:
    """Give a shape as the editor takes it: a point, a line or an area, checked."""
    if isinstance(shape, BadShape):
        raise shape
    if shape is None or shapely.is_empty(shape):
        raise BadShape("It has no shape.")
    if not _is_finite(shape):
        raise BadShape("It lies outside the United Kingdom; check the file's coordinate system.")
    parts = shapely.get_parts(shape) if isinstance(shape, shapely.MultiLineString) else [shape]
    if len(parts) == 1 and isinstance(parts[0], LineString | Point):
        shapes.check_in_uk(parts[0])
        if isinstance(parts[0], LineString):
            return shapes.line(shapely.geometry.mapping(parts[0]))
        return parts[0]
    if areas := shaping.polygons(shape):
        outline = MultiPolygon(areas)
        if (count := shapely.get_num_coordinates(outline)) > shapes.MOST_VERTICES:
            raise BadShape(
                f"It has {count:,} corners; the most is {shapes.MOST_VERTICES:,}. Simplify it."
            )
        return shapes.checked(outline)
    raise BadShape("It is neither a point, nor one line, nor an outline; draw one of these.")


def _is_finite(shape: shapely.Geometry) -> bool:
    """Tell whether each corner is somewhere; one that is not may hide within finite bounds."""
    return bool(np.isfinite(shapely.get_coordinates(shape)).all())


def _repaired(shape: shapely.Geometry | BadShape | None) -> MultiPolygon | None:
    """Offer what an outline that crosses itself would be, where that could be saved."""
    if not isinstance(shape, shapely.Geometry) or not (areas := shaping.polygons(shape)):
        return None
    outline = MultiPolygon(areas)
    if shapely.is_valid(outline) or shapely.get_num_coordinates(outline) > shapes.MOST_VERTICES:
        return None
    try:
        return shaping.repair(outline).geometry
    except (BadShape, shapely.errors.GEOSException):
        return None


def _geojson(content: bytes) -> Iterator[Row]:
    """Give the features of GeoJSON, which is in longitude and latitude alone."""
    try:
        sent = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise Invalid(
            "This looks like GeoJSON, but it can't be read. Check that all of it is there."
        ) from None
    _check_crs(sent.get("crs"))
    features = sent.get("features") if sent.get("type") == "FeatureCollection" else [sent]
    if not isinstance(features, list):
        raise Invalid("This FeatureCollection has no list of features.")
    for feature in features:
        if not isinstance(feature, Mapping):
            yield "", "", BadShape("It is no GeoJSON Feature.")
            continue
        is_feature = feature.get("type") == "Feature"
        said = feature.get("properties") if is_feature else None
        said = said if isinstance(said, Mapping) else {}
        geometry = feature.get("geometry") if is_feature else feature
        yield _name(said), files.text(said.get("purpose")), _from_geojson(geometry)


def _check_crs(crs: object) -> None:
    """Refuse the old way of saying another coordinate system, unless it says the usual one."""
    named = crs.get("properties") if isinstance(crs, Mapping) else None
    name = named.get("name") if isinstance(named, Mapping) else None
    if crs is not None and not (isinstance(name, str) and _WGS84.fullmatch(name)):
        raise Invalid(
            f"This GeoJSON is in {str(name)[:60] if name else 'another coordinate system'};"
            " save it in longitude and latitude (WGS 84)."
        )


def _from_geojson(geometry: object) -> shapely.Geometry | BadShape | None:
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    try:
        if kind == "Point":
            return shapes.point(geometry)
        if kind == "LineString":
            return shapes.line(geometry)
        return shapes.outline(geometry)
    except BadShape as error:
        return _on_grid(geometry) or error


def _on_grid(geometry: object) -> BadShape | None:
    """Tell somebody who sent metres that degrees are wanted."""
    first = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    while isinstance(first, list) and first and isinstance(first[0], list):
        first = first[0]
    if (
        isinstance(first, list)
        and first
        and isinstance(first[0], int | float)
        and abs(first[0]) > _LARGEST_DEGREE
    ):
        return BadShape(
            "These look like eastings and northings; save it in longitude and latitude (WGS 84)."
        )
    return None


def _name(said: Mapping[str, Any]) -> str:
    for pattern in (*files.NAMES, "title", "id"):
        for key, value in said.items():
            if re.fullmatch(pattern, str(key), re.IGNORECASE) and isinstance(value, str | int):
                return files.text(value)
    return ""


def _kml_of(content: bytes) -> bytes | None:
    """Give the KML of a KMZ; none of another archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inner = [e for e in archive.infolist() if e.filename.lower().endswith(".kml")]
            if not inner:
                return None
            unpacked = io.BytesIO()
            with archive.open(inner[0]) as packed:
                files.copied(packed, unpacked, MOST_UNPACKED, MOST_UNPACKED)
    except files.DAMAGED as error:
        raise Invalid("The archive is damaged or locked; zip the file again.") from error
    return unpacked.getvalue()


def _look_through(content: bytes) -> str:
    """Read XML once for what must not be in it; tell whether it is KML or GPX."""
    kind, points, depth = "", 0, 0
    try:
        for event, element in ElementTree.iterparse(
            io.BytesIO(content), events=("start", "end"), forbid_dtd=True
        ):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                kind, depth = kind or tag.lower(), depth + 1
                if depth > _DEEPEST:
                    raise Invalid("The file is nested too deeply; save it anew.")
                continue
            depth -= 1
            if tag == "NetworkLink":
                raise Invalid(
                    "This KML links to another place, which is never asked; save the shapes"
                    " themselves as KML."
                )
            points += tag in ("trkpt", "rtept", "wpt")
            points += len((element.text or "").split()) if tag == "coordinates" else 0
            element.clear()
            if points > MOST_POINTS:
                raise Invalid(
                    f"The file has more than {MOST_POINTS:,} points; simplify it, or send a part."
                )
    except DefusedXmlException:
        raise Invalid(
            "This file declares entities, which no map needs and which can be a trap; save it anew."
        ) from None
    except (ParseError, LookupError, ValueError):
        raise Invalid(
            "This looks like KML or GPX, but it can't be read. Check that all of it is there."
        ) from None
    if kind not in ("kml", "gpx"):
        raise Invalid(f"This is no {_FORMATS}.")
    return kind


def _rows(path: Path) -> Iterator[Row]:
    """Give the rows of every layer of a file that the library reads."""
    with contextlib.ExitStack() as stack:
        # What the libraries find odd is either refused here or of no consequence.
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore", RuntimeWarning)
        dataset = path
        if path.suffix not in (".kml", ".gpx"):
            dataset = stack.enter_context(files.opened(path, MOST_UNPACKED))
        try:
            if gdal.library().read_info(dataset, layer=0)["driver"] not in _DRIVERS:
                raise Invalid(f"This is no {_FORMATS}.")
            names = gdal.layers(dataset)
            is_gpx = path.suffix == ".gpx"
            for layer in _GPX_LAYERS if is_gpx else names:
                meta, _, geometry, columns = gdal.library().raw.read(
                    dataset, layer=layer, force_2d=True, max_features=MOST_SHAPES + 1
                )
                yield from _of_layer(meta, geometry, columns, is_gpx=is_gpx)
        except gdal.unreadable() as error:
            raise Invalid("The file can't be read; save it again, and look at it there.") from error


def _of_layer(meta: Any, geometry: Any, columns: Any, *, is_gpx: bool) -> Iterator[Row]:
    if geometry is None or not len(geometry):
        return
    found = files.in_degrees(shapely.from_wkb(geometry, on_invalid="ignore"), meta["crs"])
    for number, shape in enumerate(found):
        said = {name: column[number] for name, column in zip(meta["fields"], columns, strict=True)}
        purpose = files.text(said.get("type") if is_gpx else said.get("purpose"))
        yield _name(said), purpose, _area_of_track(shape) if is_gpx else shape


def _area_of_track(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """Take a track of closed rings for an area: a ring within a ring is a hole."""
    if not isinstance(shape, shapely.MultiLineString | LineString) or not _is_finite(shape):
        return shape
    rings = shapely.get_parts(shape)
    if not all(ring.is_closed and len(ring.coords) > 3 for ring in rings):
        return shape
    area = shapely.build_area(shape)
    return area if shaping.polygons(area) else shape
