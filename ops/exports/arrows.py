"""Records as Parquet and GeoPackage, by way of Arrow's columns."""

import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from pyarrow import parquet

from ops.exports.reading import KEYS
from ops.exports.tables import Column, Table
from ops.exports.taken import Taken
from ops.geo import gdal
from ops.geo.shapes import SRID

GEOMETRY = "geometry"
# More digits than any quantity may have.
EXACT = pa.decimal128(38, 9)
_TYPES = {
    "text": pa.string(),
    "whole": pa.int64(),
    "number": EXACT,
    "degrees": pa.float64(),
    "moment": pa.timestamp("us", tz="UTC"),
    "day": pa.date32(),
    "yes_no": pa.bool_(),
}
# A reader skips by groups of rows; so many are still little memory.
_BATCHES_A_GROUP = 10
# How GeoParquet says where the position is, for the programs that know it.
_GEO = {
    "version": "1.0.0",
    "primary_column": GEOMETRY,
    "columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": ["Point"]}},
}


def as_parquet(taken: Taken) -> Iterator[bytes]:
    """Write Parquet, a group of rows at a time; what the file is stands in its metadata."""
    [table] = taken.tables
    said = {"ops": orjson.dumps(taken.told()), "geo": orjson.dumps(_GEO)}
    schema = _schema(table, EXACT).with_metadata(said)
    sink = _Sink()
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        batches = (_batch(table, rows, schema) for rows in taken.batches(table))
        while group := list(itertools.islice(batches, _BATCHES_A_GROUP)):
            writer.write_table(pa.Table.from_batches(group, schema))
            yield sink.taken()
    yield sink.taken()


def as_geopackage(taken: Taken, folder: Path) -> Path:
    """Write a GeoPackage, a layer for each kind and a table for each list inside its records."""
    path = folder / "results.gpkg"
    for table in taken.tables:
        schema = _schema(table, pa.float64())
        batches = (_batch(table, rows, schema) for rows in taken.batches(table))
        place = {} if table.is_list else {"geometry_name": GEOMETRY, "geometry_type": "Point"}
        gdal.library().write_arrow(
            pa.RecordBatchReader.from_batches(schema, batches),
            path,
            layer=table.name,
            driver="GPKG",
            append=path.exists(),
            crs=f"EPSG:{SRID}",
            layer_metadata={"marking": taken.marking},
            dataset_metadata={name: str(text) for name, text in taken.about().items()},
            **place,
        )
    return path


class _Sink(io.RawIOBase):
    """What Parquet is written to, emptied as it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Tell the library that it may write here."""
        return True

    def write(self, part: Any) -> int:
        """Keep a part until it is sent."""
        self._parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        """Give what was written since."""
        found, self._parts = b"".join(self._parts), []
        return found


def _schema(table: Table, number: pa.DataType) -> pa.Schema:
    fields = [_field(column, number) for column in table.columns]
    return pa.schema(fields if table.is_list else [*fields, pa.field(GEOMETRY, pa.binary())])


def _field(column: Column, number: pa.DataType) -> pa.Field:
    kind = number if column.sort == "number" else _TYPES[column.sort]
    said = {"label": column.label, "unit": column.unit, "means": column.says}
    return pa.field(column.name, kind, metadata={n: text for n, text in said.items() if text})


def _batch(table: Table, rows: Sequence[Any], schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))[KEYS:]
    arrays = [
        _array(values, field.type)
        for values, field in zip(columns, itertools.islice(schema, len(columns)), strict=True)
    ]
    if not table.is_list:
        at = next(n for n, column in enumerate(table.columns) if column.name == "longitude")
        arrays.append(pa.array(_points(columns[at], columns[at + 1]), pa.binary()))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind == pa.float64():
        # GeoPackage knows no exact numbers.
        values = [None if each is None else float(each) for each in values]
    return pa.array(values, kind)


def _points(longitudes: Sequence[Any], latitudes: Sequence[Any]) -> Any:
    """Give the positions as WKB; none where there is none."""
    pairs = np.array([longitudes, latitudes], dtype=float).T
    points: Any = shapely.points(pairs)
    points[np.isnan(pairs[:, 0])] = None
    return shapely.to_wkb(points)
