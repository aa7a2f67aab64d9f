"""Places out of a gazetteer's file: CSV or GeoPackage, whatever its columns are called."""

import contextlib
import csv
import dataclasses
import io
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely

from ops.encodings import encoding_of
from ops.errors import Invalid
from ops.geo import files, gdal, shapes
from ops.geo.shapes import BadShape

# The open names of the whole country are about 1 GB as a GeoPackage.
LARGEST_FILE = 4 * 2**30
LONGEST_NAME = 200
# Rows read at once: few enough for memory, enough that reading them one after another is fast.
_AT_ONCE = 20_000
_DELIMITERS = ",;\t"
# What publishers call a column, the surest first.
_COLUMNS = {
    "code": ("code", "id", "uprn", "usrn", "gss_code", "reference"),
    "name": ("name", "name1", "address", "place", "title", "postcode"),
    "kind": ("kind", "local_type", "type", "category"),
    "postcode": ("postcode", "post_code", "pcds", "postcode_district"),
    "lon": ("lon", "longitude", "lng", "long"),
    "lat": ("lat", "latitude"),
    "easting": ("easting", "eastings", "geometry_x", "x_coordinate", "oseast1m", "x"),
    "northing": ("northing", "northings", "geometry_y", "y_coordinate", "osnrth1m", "y"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclasses.dataclass(frozen=True)
class Row:
    """A place as the file has it, in longitude and latitude."""

    code: str
    name: str
    kind: str | None
    postcode: str | None
    lon: float
    lat: float
    bbox: tuple[float, float, float, float] | None = None


@dataclasses.dataclass(frozen=True)
class BadRow:
    """Where a row is wrong, and how."""

    said: str


def read(path: Path) -> Iterator[Row | BadRow]:
    """Give a file's places one by one; it may be larger than the memory."""
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid(f"The file is larger than {LARGEST_FILE // 2**30} GB; import it in parts.")
    with path.open("rb") as file:
        is_geopackage = file.read(len(files.GEOPACKAGE)) == files.GEOPACKAGE
    return _of_geopackage(path) if is_geopackage else _of_csv(path)


def _of_csv(path: Path) -> Iterator[Row | BadRow]:
    with path.open("rb") as file:
        encoding = encoding_of(file)
        if encoding is None:
            raise Invalid(f"{path.name} is no text that can be read; save it as CSV in UTF-8.")
        text = io.TextIOWrapper(file, encoding, newline="")
        first = text.readline()
        if "\0" in first:
            raise Invalid(f"{path.name} is neither CSV nor a GeoPackage.")
        text.seek(0)
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            names = next(reader, [])
            columns = _columns(names)
            for cells in reader:
                if not any(cell.strip() for cell in cells):
                    continue
                line = f"Line {reader.line_num}"
                if len(cells) != len(names):
                    yield BadRow(f"{line}: it has {len(cells)} cells, and {len(names)} columns.")
                    continue
                said = {key: cells[at].strip() for key, at in columns.items()}
                yield _row(line, said, {key: names[at] for key, at in columns.items()})
        except csv.Error as error:
            raise Invalid(f"Line {reader.line_num} can't be read: {error}.") from error


def _columns(names: Sequence[str]) -> dict[str, int]:
    """Find which column is which; refuse a file that names no place."""
    plain = [name.strip().lower() for name in names]
    found = {
        key: plain.index(known)
        for key, spellings in _COLUMNS.items()
        for known in [next((each for each in spellings if each in plain), None)]
        if known is not None
    }
    if "name" not in found:
        raise Invalid("The first line must name the columns, and one of them must be name.")
    if not ({"lon", "lat"} <= found.keys() or {"easting", "northing"} <= found.keys()):
        raise Invalid("The file needs the columns lon and lat, or easting and northing.")
    return found


def _row(line: str, said: Mapping[str, str], called: Mapping[str, str]) -> Row | BadRow:
    name = said["name"]
    if not name:
        return BadRow(f"{line}, column {called['name']}: fill in a name.")
    if len(name) > LONGEST_NAME or _CONTROL.search(name):
        return BadRow(f"{line}, column {called['name']}: this is no name of a place.")
    for key in ("code", "kind", "postcode"):
        if _CONTROL.search(said.get(key, "")):
            return BadRow(f"{line}, column {called[key]}: leave out the control characters.")
    pair = ("lon", "lat") if {"lon", "lat"} <= said.keys() else ("easting", "northing")
    numbers = []
    for key in pair:
        try:
            numbers.append(float(said[key].replace(",", "")))
        except ValueError:
            shown = f"“{said[key][:30]}” is no number" if said[key] else "fill this in"
            return BadRow(f"{line}, column {called[key]}: {shown}.")
    try:
        lon, lat = _placed(*numbers, is_metres=pair[0] == "easting")
    except BadShape as error:
        return BadRow(f"{line}, columns {called[pair[0]]} and {called[pair[1]]}: {error}")
    code = said.get("code") or f"{name} {lon:.5f} {lat:.5f}"
    return Row(code, name, said.get("kind") or None, postcode(said.get("postcode")), lon, lat)


def _placed(x: float, y: float, *, is_metres: bool) -> tuple[float, float]:
    """Put a position in degrees, and refuse one that is elsewhere."""
    if not (math.isfinite(x) and math.isfinite(y)):
        raise BadShape("this is no place.")
    point = shapely.Point(x, y)
    if is_metres:
        x, y = shapely.get_coordinates(shapes.in_degrees(point))[0].round(8).tolist()
    if not shapely.intersects_xy(shapes.UNITED_KINGDOM, x, y):
        raise BadShape("this lies outside the United Kingdom.")
    return x, y


def postcode(text: str | None) -> str | None:
    """Write a postcode in capitals without blanks, as it is compared."""
    return "".join((text or "").upper().split()) or None


def _of_geopackage(path: Path) -> Iterator[Row | BadRow]:
    with contextlib.ExitStack() as stack:
        dataset = stack.enter_context(files.opened(path, LARGEST_FILE))
        stack.enter_context(warnings.catch_warnings())
        try:
            layers = gdal.layers(dataset)
            if len(layers) != 1:
                raise Invalid(f"The file holds {len(layers)} layers; save the one with the places.")
            number = 0
            while True:
                meta, _, geometry, columns = gdal.library().raw.read(
                    dataset, force_2d=True, skip_features=number, max_features=_AT_ONCE
                )
                if geometry is None or not len(geometry):
                    break
                yield from _of_part(meta, geometry, columns, number)
                number += len(geometry)
        except gdal.unreadable() as error:
            raise Invalid(f"The file can't be read: {error}") from error


def _of_part(meta: Any, geometry: Any, columns: Any, before: int) -> Iterator[Row | BadRow]:
    found = files.in_degrees(shapely.from_wkb(geometry, on_invalid="ignore"), meta["crs"])
    plain = [name.lower() for name in meta["fields"]]
    wanted = {
        key: next((plain.index(each) for each in _COLUMNS[key] if each in plain), None)
        for key in ("code", "name", "kind", "postcode")
    }
    if wanted["name"] is None:
        raise Invalid("The file has no field name; rename the one that names the places.")
    called = {key: meta["fields"][at] for key, at in wanted.items() if at is not None} | _SHAPE
    for number, shape in enumerate(found):
        line = f"Row {before + number + 1}"
        said = {
            key: files.text(columns[at][number]) for key, at in wanted.items() if at is not None
        }
        if shape is None or shapely.is_empty(shape):
            yield BadRow(f"{line}: it has no shape.")
            continue
        # Of a street or a village: somewhere on it, and the box that holds it.
        lon, lat = shapely.get_coordinates(shapely.point_on_surface(shape))[0].round(8).tolist()
        row = _row(line, said | {"lon": str(lon), "lat": str(lat)}, called)
        if isinstance(row, Row):
            box = shapely.bounds(shape).tolist()
            row = dataclasses.replace(row, bbox=(box[0], box[1], box[2], box[3]))
        yield row


_SHAPE = {"lon": "shape", "lat": "shape"}
