"""The file of monthly counts: its columns, and all that can be wrong with a row."""

import csv
import dataclasses
import datetime as dt
import io
import re
from collections.abc import Mapping

from ops.errors import Invalid

COLUMNS = ("area", "category", "month", "count")
TEMPLATE = ",".join(COLUMNS)
# Ten areas of twenty categories over forty years; a file beyond it is another file.
MOST_ROWS = 100_000
LONGEST = 200
# No area has so many a month; a number like that is a sum, or a slip.
MOST = 1_000_000
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?")
_YEARS = range(1900, 2200)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Key = tuple[str, str, dt.date]


@dataclasses.dataclass
class Counts:
    """What a file says, month by month, and which of its rows can't be taken."""

    read: int = 0
    counts: dict[Key, int] = dataclasses.field(default_factory=dict)
    refused: list[dict[str, str]] = dataclasses.field(default_factory=list)
    bad_rows: int = 0


def read(text: str, obtained_on: dt.date) -> Counts:
    """Read a file; each cell that is wrong is told by line and column."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    found = Counts()
    first_seen: dict[Key, int] = {}
    try:
        _check_columns(reader)
        for row in reader:
            found.read += 1
            if found.read > MOST_ROWS:
                raise Invalid(f"Give at most {MOST_ROWS:,} rows in one file.")
            line = reader.line_num
            wrong = _wrong(row, obtained_on)
            if not wrong:
                area, category, month, count = (row[name].strip() for name in COLUMNS)
                key = (area, category, dt.date.fromisoformat(f"{month[:7]}-01"))
                if key in first_seen:
                    wrong = {"month": f"Line {first_seen[key]} has this area, category and month."}
                else:
                    first_seen[key] = line
                    found.counts[key] = int(count)
            found.bad_rows += bool(wrong)
            found.refused += [
                {"line": str(line), "column": column, "why": why} for column, why in wrong.items()
            ]
    except csv.Error as error:
        raise Invalid(f"This is no CSV file: line {reader.line_num}: {error}.") from error
    if not found.read:
        raise Invalid("This file has no rows.", {"content": [f"The columns are {TEMPLATE}."]})
    return found


def _check_columns(reader: "csv.DictReader[str]") -> None:
    named = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in COLUMNS if name not in named]
    unknown = [name for name in named if name not in COLUMNS]
    if missing or unknown or len(named) != len(COLUMNS):
        said = f"There is no column {missing[0]!r}." if missing else "It has a column too many."
        raise Invalid(said, {"content": [f"{said} The columns are {TEMPLATE}."]})
    reader.fieldnames = named


def _wrong(row: Mapping[str | None, str | None], obtained_on: dt.date) -> dict[str, str]:
    """Say by column what is wrong with a row."""
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if None in row or None in row.values():
        return {"": "It has more or fewer cells than the first line has columns."}
    wrong = {}
    for name in ("area", "category"):
        if not cells[name]:
            wrong[name] = "Fill this in."
        elif len(cells[name]) > LONGEST or _CONTROL.search(cells[name]):
            wrong[name] = f"Give at most {LONGEST} characters, none of them a control character."
    month = _month(cells["month"])
    if month is None:
        wrong["month"] = "Write a month such as 2023-10."
    elif month >= obtained_on.replace(day=1):
        wrong["month"] = "This month was not over when the file was obtained."
    if not (cells["count"].isascii() and cells["count"].isdecimal()):
        wrong["count"] = "Write a whole number, such as 12, and 0 where there were none."
    elif len(cells["count"]) > len(str(MOST)) or int(cells["count"]) > MOST:
        wrong["count"] = f"Give at most {MOST:,}."
    return wrong


def _month(text: str) -> dt.date | None:
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS or not 1 <= int(found[2]) <= 12:
        return None
    return dt.date(int(found[1]), int(found[2]), 1)
