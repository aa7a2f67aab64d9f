"""Records as CSV and GeoJSON: text that is written as it is read, and never kept."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from ops.exports.tables import Table
from ops.exports.taken import Taken

# What a spreadsheet program takes for the beginning of a formula, also in the wide letters
# that it narrows as it reads.
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
# The two columns that a row begins with, for the ledger.
KEYS = 2


def as_csv(taken: Taken) -> Iterator[bytes]:
    """Write CSV (RFC 4180) in UTF-8: one table, its first line the names of the columns.

    Nothing stands above that line, or programs would not read it. So the marking
    is a column, and stays with each row wherever that is copied to.
    """
    [table] = taken.tables
    text = io.StringIO()
    write = csv.writer(text)
    write.writerow([column.name for column in table.columns])
    for rows in taken.batches(table):
        write.writerows(zip(*_cells(table, rows), strict=True))
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


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


def _cells(table: Table, rows: Sequence[Any]) -> list[Sequence[Any]]:
    columns = list(zip(*rows, strict=True))[KEYS:]
    return [
        _column(column.sort, values) for column, values in zip(table.columns, columns, strict=True)
    ]


def _column(sort: str, values: Sequence[Any]) -> Sequence[Any]:
    match sort:
        case "text":
            return [safe(each) for each in values]
        case "moment" | "day":
            return [each and each.isoformat() for each in values]
        case "yes_no":
            return [None if each is None else "true" if each else "false" for each in values]
        case "number":
            return [plain(each) for each in values]
        case _:
            return values


def _number(value: Any) -> Any:
    """Write an exact number as the API does: as text, which no reader rounds."""
    return plain(value)
