"""Outlines out of files: GeoJSON, GeoPackage, zipped Shapefile, known by their content."""

import contextlib
import dataclasses
import lzma
import re
import sqlite3
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyproj
import shapely

from ops.errors import Invalid
from ops.geo import gdal, shapes

# The full-resolution districts of the whole country are about 150 MB.
LARGEST_FILE = 500 * 2**20
MOST_ROWS = 100_000
_FORMATS = "GeoJSON, GeoPackage or zipped Shapefile"
GEOPACKAGE = b"SQLite format 3\0"
ZIP = b"PK\x03\x04"
BLANKS = b"\xef\xbb\xbf \t\r\n"
_DRIVERS = {"GeoJSON", "GPKG", "ESRI Shapefile"}
# What is raised of an archive that somebody damaged, by accident or not.
DAMAGED = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    zlib.error,
)
# What a Shapefile is made of, as far as it matters here.
_SHAPEFILE_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
# How publishers name a code and its name, the surest first; the statistics office writes LAD23CD.
_CODES = (r"(area|gss|geo)?_?code", r"[a-z]{2,8}\d\d_?cd", r".*_code", r"id")
NAMES = (r"(area|gss|geo)?_?name", r"[a-z]{2,8}\d\d_?nm", r".*_name", r"label")


@dataclasses.dataclass(frozen=True)
class Outlines:
    """What a file holds: rows of fields and their shapes, in longitude and latitude."""

    fields: Sequence[str]
    columns: Sequence[Sequence[Any]]
    shapes: Sequence[shapely.Geometry | None]

    def column(self, name: str) -> list[str]:
        """Give one field of every row as text; empty where there is none."""
        if name not in self.fields:
            raise Invalid(f"The file has no field {name}; it has {', '.join(self.fields)}.")
        return [text(value) for value in self.columns[self.fields.index(name)]]

    def code_field(self) -> str:
        """Guess which field tells the rows apart."""
        return self._guess(_CODES, "--code-field", self._tells_apart)

    def name_field(self) -> str:
        """Guess which field names the rows."""
        return self._guess(NAMES, "--name-field", lambda _name: True)

    def _tells_apart(self, name: str) -> bool:
        values = self.column(name)
        return len(set(values)) == len(values)

    def _guess(self, patterns: Sequence[str], option: str, fits: Callable[[str], bool]) -> str:
        for pattern in patterns:
            for name in self.fields:
                if re.fullmatch(pattern, name, re.IGNORECASE) and fits(name):
                    return name
        raise Invalid(
            f"Say with {option} which field it is; the file has {', '.join(self.fields) or 'none'}."
        )


def read(path: Path, source_layer: str | None = None) -> Outlines:
    """Read a file's outlines, whatever its coordinate system."""
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise Invalid(f"The file is larger than {LARGEST_FILE // 2**20} MB; simplify it first.")
    with opened(path) as dataset:
        return _outlines(dataset, source_layer)


@contextlib.contextmanager
def opened(path: Path, most: int | None = None) -> Iterator[Path]:
    """Give what the library may open, after a look at what it is."""
    with _named(path, most or LARGEST_FILE) as dataset, warnings.catch_warnings():
        # What the library finds odd is either refused here or of no consequence.
        warnings.simplefilter("ignore", RuntimeWarning)
        yield dataset


@contextlib.contextmanager
def _named(path: Path, most: int) -> Iterator[Path]:
    with path.open("rb") as file:
        start = file.read(4096)
    with tempfile.TemporaryDirectory() as folder:
        # By a name of ours: the library would read a meaning into an ending or a sign of theirs.
        outlines = Path(folder) / "outlines"
        if start.startswith(ZIP):
            yield _unpacked(path, outlines, most)
            return
        if start.startswith(GEOPACKAGE):
            _refuse_views(path)
            named = outlines.with_suffix(".gpkg")
        elif start.lstrip(BLANKS).startswith(b"{"):
            named = outlines.with_suffix(".geojson")
        else:
            raise Invalid(f"This is no {_FORMATS}.")
        named.symlink_to(path.absolute())
        yield named


def _refuse_views(path: Path) -> None:
    """Refuse a GeoPackage that computes what it shows: nobody knows for how long."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as file:
            views = file.execute("select 1 from sqlite_master where type = 'view'").fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise Invalid("The GeoPackage can't be read; save it again.") from error
    if views:
        raise Invalid("The GeoPackage holds a view; save it again with its tables alone.")


def _unpacked(path: Path, outlines: Path, most: int) -> Path:
    """Unpack the one Shapefile of an archive, never more than is allowed."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [
                entry
                for entry in archive.infolist()
                if PurePosixPath(entry.filename).suffix.lower() in _SHAPEFILE_PARTS
                and not PurePosixPath(entry.filename).name.startswith(".")
            ]
            found = [part for part in parts if part.filename.lower().endswith(".shp")]
            if len(found) != 1:
                raise Invalid(
                    f"The archive holds {len(found)} Shapefiles; zip one alone, with its .shp, "
                    ".shx, .dbf and .prj."
                )
            stem = PurePosixPath(found[0].filename).with_suffix("")
            left = most
            for part in parts:
                name = PurePosixPath(part.filename)
                if name.with_suffix("") != stem:
                    continue
                # Its own name may lead out of the folder.
                target = outlines.with_suffix(name.suffix.lower())
                with archive.open(part) as packed, target.open("wb") as unpacked:
                    left -= copied(packed, unpacked, left, most)
    except DAMAGED as error:
        raise Invalid("The archive is damaged or locked; zip the Shapefile again.") from error
    return outlines.with_suffix(".shp")


def copied(packed: Any, unpacked: Any, left: int, most: int) -> int:
    """Copy, and count; what an archive says of its size is not to be trusted."""
    total = 0
    while chunk := packed.read(2**20):
        total += len(chunk)
        if total > left:
            raise Invalid(f"The archive unpacks to more than {most // 2**20} MB.")
        unpacked.write(chunk)
    return total


def _outlines(dataset: Path, source_layer: str | None) -> Outlines:
    try:
        driver = gdal.library().read_info(dataset, layer=0)["driver"]
        if driver not in _DRIVERS:
            raise Invalid(f"This is a file for {driver}, and no {_FORMATS}.")
        layers = gdal.layers(dataset)
        if source_layer is None and len(layers) != 1:
            raise Invalid(
                f"The file holds {len(layers)} layers; choose one with --from: {', '.join(layers)}."
            )
        if source_layer is not None and source_layer not in layers:
            raise Invalid(f"The file has no layer {source_layer}; it has {', '.join(layers)}.")
        meta, _, geometry, columns = gdal.library().raw.read(
            dataset, layer=source_layer, force_2d=True, max_features=MOST_ROWS + 1
        )
    except gdal.unreadable() as error:
        raise Invalid(f"The file can't be read: {error}") from error
    if geometry is None or not len(geometry):
        raise Invalid("The file holds no shapes.")
    if len(geometry) > MOST_ROWS:
        raise Invalid(f"The file has more than {MOST_ROWS:,} rows; import a part of it.")
    found = shapely.from_wkb(geometry, on_invalid="ignore")
    return Outlines(list(meta["fields"]), columns, in_degrees(found, meta["crs"]))


def in_degrees(found: Any, crs: str | None) -> list[shapely.Geometry | None]:
    """Put shapes in longitude and latitude."""
    if crs is None:
        raise Invalid("The file does not say its coordinate system; add the .prj, or save it anew.")
    try:
        system = pyproj.CRS.from_user_input(crs)
        to_degrees = pyproj.Transformer.from_crs(system, shapes.SRID, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        # As of another planet's.
        raise Invalid("The file's coordinate system is none that leads to degrees here.") from error
    if system != pyproj.CRS.from_epsg(shapes.SRID):
        found = shapely.transform(
            found,
            to_degrees.transform,  # type: ignore[arg-type]  # the stubs know only interleaved=True
            interleaved=False,
        )
    return list(found)


def text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
