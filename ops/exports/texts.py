"""Records as CSV and GeoJSON: text that is written as it is read, and never kept."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from ops.exports.reading import KEYS
from ops.exports.tables import FORMULA
from ops.exports.taken import Taken


def as_csv(taken: Taken) -> Iterator[bytes]:
    """Write CSV in UTF-8, as the database writes it: the first line is the names of the columns.

    Nothing stands above that line, or programs would not read it. So the marking
    is a column, and stays with each row wherever that is copied to.
    """
    [table] = taken.tables
    yield ",".join(column.name for column in table.columns).encode() + b"\n"
    yield from taken.lines(table)


def as_geojson(taken: Taken) -> Iterator[bytes]:
    """Write GeoJSON (RFC 7946), a feature a record; one without a position has no geometry."""
    head = orjson.dumps({"type": "FeatureCollection", **taken.told()})
    yield head[:-1] + b',"features":[\n'
    between = b""
    for table in taken.tables:
        names = [column.name for column in table.columns]
        # Rows of a list lie nowhere by themselves.
        at = None if table.is_list else KEYS + names.index("longitude")
        for rows in taken.batches(table):
            features = [
                orjson.dumps(
                    {
                        "type": "Feature",
                        "id": row[1],
                        "geometry": _point(row, at),
                        "properties": dict(zip(names, row[KEYS:], strict=True)),
                    },
                    default=_number,
                )
                for row in rows
            ]
            yield between + b",\n".join(features)
            between = b",\n"
    yield b"\n]}\n"


def _point(row: Sequence[Any], at: int | None) -> dict[str, Any] | None:
    if at is None or row[at] is None:
        return None
    return {"type": "Point", "coordinates": [row[at], row[at + 1]]}


def safe(text: str | None) -> str | None:
    """Keep a spreadsheet program from taking text for a formula; a number is never text here."""
    return f"'{text}" if text and text[0] in FORMULA else text


def plain(number: Any) -> str | None:
    """Write an exact number with all its digits, and never as 0E-8."""
    return None if number is None else f"{number:f}"


def _number(value: Any) -> Any:
    """Write an exact number as the API does: as text, which no reader rounds."""
    return plain(value)
