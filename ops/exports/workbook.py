"""Records as an XLSX workbook: about it, what its columns mean, and a sheet for each table."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

from ops.exports.reading import KEYS
from ops.exports.tables import FORMULA, Table
from ops.exports.taken import Taken
from ops.wording import LONDON

ABOUT, DEFINITIONS = "About", "Definitions"
# What a sheet holds at most, without the line of names.
MOST_ROWS = 2**20 - 1
_FORMATS = {
    "head": {"bold": True, "text_wrap": True, "valign": "top"},
    # Text that looks like a formula stays text also when somebody edits the cell.
    "dangerous": {"quote_prefix": True},
    "moment": {"num_format": "dd/mm/yyyy hh:mm:ss"},
    "day": {"num_format": "dd/mm/yyyy"},
    "number": {"num_format": "#,##0.######"},
    "wrap": {"text_wrap": True, "valign": "top"},
    "marking": {"bold": True, "font_size": 14},
}
_WIDTHS = {"text": 18, "moment": 19, "day": 12}


def as_workbook(taken: Taken, folder: Path) -> Path:
    """Write a workbook row by row, so that no more than one row is in memory."""
    path = folder / "results.xlsx"
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "tmpdir": str(folder),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    with contextlib.closing(book):
        formats = {name: book.add_format(said) for name, said in _FORMATS.items()}
        book.set_properties({"title": f"{taken.marking}: results", "status": taken.marking})
        _about(_sheet(book, ABOUT, taken.marking), taken, formats)
        _definitions(_sheet(book, DEFINITIONS, taken.marking), taken, formats)
        for table in taken.tables:
            _rows(_sheet(book, table.name, taken.marking), table, taken, formats)
    return path


def _sheet(book: Any, name: str, marking: str) -> Any:
    """Add a sheet whose printed pages bear the marking above and below."""
    sheet = book.add_worksheet(name)
    sheet.set_header(f"&C&B{marking}")
    sheet.set_footer(f"&C&B{marking}&R&P / &N")
    sheet.set_landscape()
    return sheet


def _about(sheet: Any, taken: Taken, formats: dict[str, Any]) -> None:
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, taken.marking, formats["marking"])
    lines = taken.about() | {"Times": "Shown by the clock of Europe/London"}
    for number, (name, text) in enumerate(lines.items(), 2):
        sheet.write_string(number, 0, name, formats["head"])
        _text(sheet, number, 1, text, formats)


def _definitions(sheet: Any, taken: Taken, formats: dict[str, Any]) -> None:
    sheet.fit_to_pages(1, 0)
    for number, width in enumerate((22, 24, 34, 10, 10, 90)):
        sheet.set_column(number, number, width)
    for number, name in enumerate(("Sheet", "Column", "Label", "Sort", "Unit", "What it means")):
        sheet.write_string(0, number, name, formats["head"])
    sheet.freeze_panes(1, 0)
    for line, cells in enumerate(taken.definitions(), 1):
        for number, text in enumerate(cells):
            sheet.write_string(line, number, text, formats["wrap"])


def _rows(sheet: Any, table: Table, taken: Taken, formats: dict[str, Any]) -> None:
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, _WIDTHS.get(column.sort, 12))
        unit = f" ({column.unit})" if column.unit else ""
        sheet.write_string(0, number, f"{column.label}{unit}", formats["head"])
    sheet.freeze_panes(1, 0)
    writers = [(number, _WRITERS[each.sort]) for number, each in enumerate(table.columns)]
    lines = itertools.count(1)
    for rows in taken.batches(table):
        for row, line in zip(rows, lines, strict=False):
            for number, write in writers:
                if (value := row[KEYS + number]) is not None:
                    write(sheet, line, number, value, formats)
    sheet.autofilter(0, 0, max(next(lines) - 1, 1), len(table.columns) - 1)


def _text(sheet: Any, line: int, number: int, value: str, formats: dict[str, Any]) -> None:
    is_dangerous = value[:1] in FORMULA
    sheet.write_string(line, number, value, formats["dangerous"] if is_dangerous else None)


def _moment(
    sheet: Any, line: int, number: int, value: dt.datetime, formats: dict[str, Any]
) -> None:
    # A spreadsheet knows no zones.
    there = value.astimezone(LONDON).replace(tzinfo=None)
    sheet.write_datetime(line, number, there, formats["moment"])


def _day(sheet: Any, line: int, number: int, value: dt.date, formats: dict[str, Any]) -> None:
    sheet.write_datetime(line, number, value, formats["day"])


def _number(sheet: Any, line: int, number: int, value: Any, formats: dict[str, Any]) -> None:
    sheet.write_number(line, number, value, formats["number"])


def _plain(sheet: Any, line: int, number: int, value: Any, _formats: dict[str, Any]) -> None:
    sheet.write_number(line, number, value)


def _yes_no(sheet: Any, line: int, number: int, value: bool, _formats: dict[str, Any]) -> None:
    sheet.write_boolean(line, number, value)


_WRITERS: dict[str, Callable[..., None]] = {
    "text": _text,
    "moment": _moment,
    "day": _day,
    "number": _number,
    "whole": _plain,
    "degrees": _plain,
    "yes_no": _yes_no,
}
