"""Tables that people import: results, counts, reported figures, places, as CSV and as XLSX."""

import csv
import datetime as dt
import io
import random
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

from ops.evaluation import counts_file
from ops.geo import gazetteer_file
from ops.outcomes import published_file
from ops.results import sheets
from ops.results.importing import SCHEMA
from ops.results.kinds import KINDS
from ops.results.sheet_columns import columns_of, kind_of, payload
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar

_MOMENT = re.compile(rb"20\d\d-\d\d-\d\dT[\d:]+Z")
TODAY = dt.date(2026, 11, 30)
HEADS = {
    "results": ["kind", "occurred_at", "note"],
    "counts": list(counts_file.COLUMNS),
    "places": ["code", "name", "kind", "postcode", "lon", "lat"],
    "on_grid": ["name", "easting", "northing"],
    "addresses": ["address", "name", "postcode", "kind", "start"],
}
CELLS = (
    *("arrest", "seizure", "2026-11-02 12:00", "02/11/2026 12:00", "supply_class_a", "cash", "12"),
    *("1,000.50", "-2.24", "53.48", "383980", "398120", "2023-10", "2026-12", "M1 1AA", "yes"),
    *("Harpurhey", "burglary", "a|b", "x;y", "£5"),
)


def cell(r: random.Random) -> str:
    """Draw a cell, mostly of the sort that somebody types."""
    return r.choice(CELLS) if r.random() < 0.8 else r.choice((odd.text(r), str(odd.number(r))))


def rows(r: random.Random, what: str) -> list[list[str]]:
    """Draw a head and some lines."""
    head = list(HEADS[what])
    if what == "results":
        known = list(columns_of(r.choice(list(KINDS))))
        head = list(dict.fromkeys([*head, *r.sample(known, min(len(known), 4))]))
    lines = [[cell(r) for _ in head] for _ in range(r.choice((0, 1, 1, 2, 5)))]
    for line in lines:
        if what == "results" and r.random() < 0.8:
            line[:2] = [r.choice(list(KINDS)), "2026-11-02 12:00"]
        if what == "counts" and r.random() < 0.8:
            line[:] = ["Harpurhey", "burglary", "2023-10", str(r.randint(0, 99))]
        if r.random() < 0.05:
            line.append(cell(r))
    if r.random() < 0.15:
        head[r.randrange(len(head))] = r.choice((odd.text(r), head[0]))
    return [head, *lines]


def csv_of(r: random.Random, lines: list[list[str]]) -> bytes:
    """Write them as one of the spreadsheet programs does."""
    text = io.StringIO()
    csv.writer(
        text, delimiter=r.choice(",,,;\t"), lineterminator=r.choice(("\n", "\r\n"))
    ).writerows(lines)
    encoding = r.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32"))
    return text.getvalue().encode(encoding, "replace")


def xlsx_of(r: random.Random, lines: list[list[str]]) -> bytes:
    """Write a workbook, and damage one of its parts."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Results")
    for line in lines:
        sheet.append([openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", each)[:99] for each in line])
    whole = io.BytesIO()
    book.save(whole)
    damaged = io.BytesIO()
    with zipfile.ZipFile(whole) as read, zipfile.ZipFile(damaged, "w") as write:
        hit = r.choice(read.namelist())
        for name in read.namelist():
            # Without the hour at which it was made: the same bytes each time.
            content = _MOMENT.sub(b"2026-11-30T00:00:00Z", read.read(name))
            write.writestr(
                zipfile.ZipInfo(name), odd.mutated(r, content, 0.9) if name == hit else content
            )
    return damaged.getvalue()


def published(r: random.Random) -> bytes:
    """Draw a file of published figures."""
    figure = {"measure": "arrests", "value": r.choice(("39", 39, 1.5)), "unit": "count",
              "qualifier": "exact", "start": "2023-10-09", "drug": "cannabis"}  # fmt: skip
    one = {"id": "week", "operation": "Another", "publisher": "Force", "measures": [figure],
           "start": "2023-10-09", "end": "2023-10-15"}  # fmt: skip
    return odd.json_text(odd.maybe_bent(r, {"result_sets": [one] * r.choice((1, 1, 2))}))


def make(r: random.Random) -> bytes:
    """Draw which import, and a file for it."""
    what = r.choice(("results", "results", "counts", "places", "on_grid", "published"))
    if what == "published":
        body = published(r)
    elif what == "results" and r.random() < 0.01:
        body = xlsx_of(r, rows(r, what))
    else:
        body = csv_of(r, rows(r, what))
    return what.encode() + b"\n" + odd.mutated(r, body, 0.3)


def take(content: bytes) -> bool:
    """Have it read as the import does, up to what the database is asked."""
    what, _, body = content.partition(b"\n")
    try:
        return READERS[what.decode()](body)
    except (*REFUSALS, UnicodeDecodeError):
        return False


def _filed(body: bytes, read: Any) -> Any:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(body)
        file.flush()
        return read(Path(file.name))


def _results(body: bytes) -> bool:
    right = True
    for line in _filed(body, sheets.read):
        kind = kind_of(line.cells)
        if kind is None:
            right = False
            continue
        try:
            SCHEMA.load(payload(kind, line.cells))
        except REFUSALS:
            right = False
    return right


def _counts(body: bytes) -> bool:
    return not counts_file.read(body.decode(), TODAY).bad_rows


def _places(body: bytes) -> bool:
    read = _filed(body, lambda path: list(gazetteer_file.read(path)))
    return all(isinstance(each, gazetteer_file.Row) for each in read)


READERS = {
    "results": _results,
    "counts": _counts,
    "places": _places,
    "on_grid": _places,
    "published": lambda body: bool(published_file.read(body.decode())),
}
GRAMMAR = Grammar(make, take)
