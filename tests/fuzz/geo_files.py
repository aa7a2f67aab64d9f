"""GeoPackages, Shapefiles and archives, damaged where their parts say how long they are."""

import functools
import io
import random
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from ops.geo import drawings, files
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar
from tests.fuzz.xml_files import kml

SHAPES = [shapely.box(-2.26, 53.48, -2.24, 53.49), shapely.box(-2.24, 53.48, -2.22, 53.49)]
METHODS = (zipfile.ZIP_DEFLATED,) * 2 + (zipfile.ZIP_STORED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2)
NAMES = ("a.shp", "a.SHX", "../a.dbf", "/etc/a.prj", "a/b/a.shp", "__MACOSX/._a.shp", "é.shp")


@functools.cache
def right() -> Mapping[str, bytes]:
    """Have the library write a file of each format, once."""
    found = {}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # It writes down when it wrote.
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2026-11-30T00:00:00.000Z"})
        for name, driver in (("a.gpkg", "GPKG"), ("a.shp", "ESRI Shapefile")):
            pyogrio.raw.write(
                Path(folder) / name,
                shapely.to_wkb(SHAPES),
                [np.array(["One", "Two"], dtype=object)],
                ["name"],
                geometry_type="Polygon",
                crs="EPSG:4326",
                driver=driver,
            )
        for path in sorted(Path(folder).iterdir()):
            found[path.name] = path.read_bytes()
    return found


def _geopackage(r: random.Random) -> bytes:
    """Damage a GeoPackage: its header, the pages of its tables, the shapes in them."""
    whole = bytearray(right()["a.gpkg"])
    for _ in range(r.choice((0, 1, 1, 3, 10))):
        # The first hundred bytes say how all of it is read; the rest is mostly empty pages.
        at = r.choice((r.randrange(16, 100), r.randrange(100, 4096), r.randrange(len(whole))))
        whole[at : at + 1] = r.choice((bytes([r.randrange(256)]), b"\x00", b"\xff"))
    if r.random() < 0.4:
        at = whole.find(b"GP\x00") + r.randrange(60)
        whole[at : at + 4] = r.choice(odd.BYTES)[:4].ljust(4, b"\x00")
    if r.random() < 0.1:
        del whole[r.randrange(16, len(whole)) :]
    return bytes(whole)


def _archive(r: random.Random) -> bytes:
    """Zip a Shapefile with a part damaged, missing, twice or under an odd name; or a KMZ."""
    parts = {name: content for name, content in right().items() if not name.endswith("gpkg")}
    if r.random() < 0.2:
        parts = {"doc.kml": kml(r).encode("utf-8", "replace")}
    hit = r.choice(list(parts))
    parts[hit] = odd.mutated(r, parts[hit], 0.8)
    if r.random() < 0.15:
        parts.pop(r.choice(list(parts)))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in parts.items():
            method = r.choice(METHODS)
            # Without the hour at which it is packed: the same bytes each time.
            archive.writestr(zipfile.ZipInfo(name), content, method)
            if r.random() < 0.05:
                archive.writestr(zipfile.ZipInfo(r.choice(NAMES)), content, method)
    return odd.mutated(r, packed.getvalue(), 0.5)


def make(r: random.Random) -> bytes:
    """Draw which reader, and a file."""
    reader = r.choice(("drawings", "drawings", "boundaries"))
    made = (_geopackage if r.random() < 0.4 else _archive)(r)
    return reader.encode() + b"\n" + made


def take(content: bytes) -> bool:
    """Have it read as an upload, or as a file of boundaries is."""
    reader, _, body = content.partition(b"\n")
    try:
        if reader == b"drawings":
            return bool(drawings.read(body).shapes)
        with tempfile.NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            return bool(files.read(Path(file.name)).shapes)
    except REFUSALS:
        return False


GRAMMAR = Grammar(make, take)
