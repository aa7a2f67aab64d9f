"""Spreadsheets in and out: rows of a CSV or XLSX file, and the empty file to fill in."""

import csv
import dataclasses
import io
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ops import tables
from ops.errors import Invalid
from ops.results.kinds.base import Kind
from ops.results.sheet_columns import Column, columns_of

# What a sheet of a filled-in file may be called, and the sheet of its codes.
RESULTS, CODES = "Results", "Codes"
LARGEST_FILE = 20 * 2**20
# How far down the list of codes is offered in a cell.
_ROWS = 1000


@dataclasses.dataclass(frozen=True)
class Line:
    """A row of a file: its number there, and its cells by the names of their columns."""

    number: int
    cells: dict[str, Any]


def read(file: Path) -> list[Line]:
    """Read the rows of a file; blank ones are left out."""
    if file.stat().st_size > LARGEST_FILE:
        raise Invalid(f"{file.name} is larger than {LARGEST_FILE // 2**20} MB; import it in parts.")
    rows = tables.rows(file, RESULTS)
    try:
        head = [str(name or "").strip() for name in next(rows)[1]]
    except StopIteration:
        raise Invalid("The file is empty; begin with `ops import template`.") from None
    while head and not head[-1]:
        head.pop()
    if not {"kind", "occurred_at"} & set(head):
        raise Invalid("The first line must name the columns; begin with `ops import template`.")
    if doubled := sorted({name for name in head if head.count(name) > 1}):
        raise Invalid(f"Two columns are called {doubled[0]!r}; each needs a name of its own.")
    lines = []
    for number, cells in rows:
        if any(cell not in (None, "") for cell in cells):
            beyond = [cell for cell in cells[len(head) :] if cell not in (None, "")]
            if beyond:
                raise Invalid(f"Line {number} has more cells than the first line has names.")
            lines.append(Line(number, dict(zip(head, cells, strict=False))))
    return lines


def csv_template(kind: Kind) -> str:
    """Give the first line of a CSV file for results of a kind."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(columns_of(kind.name))
    return written.getvalue()


def xlsx_template(kind: Kind) -> openpyxl.Workbook:
    """Make an empty workbook for results of a kind, its codes explained and offered."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = RESULTS
    codes = book.create_sheet(CODES)
    codes.append(["Column", "Code", "Meaning"])
    for number, (name, column) in enumerate(columns_of(kind.name).items(), 1):
        letter = get_column_letter(number)
        sheet[f"{letter}1"] = name
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = max(12, len(name) + 2)
        if column.is_text:
            # Kept as typed: a reference is no date, and a number keeps its first zero.
            sheet.column_dimensions[letter].number_format = "@"
        if column.codes:
            _offer(sheet, codes, letter, name, column)
        elif column.hint:
            codes.append([name, "", column.hint])
    sheet.freeze_panes = "A2"
    return book


def _offer(sheet: Any, codes: Any, letter: str, name: str, column: Column) -> None:
    first = codes.max_row + 1
    for code, label in column.codes.items():
        codes.append([name, code, label])
    if not column.is_many:
        choice = DataValidation("list", f"{CODES}!$B${first}:$B${codes.max_row}")
        choice.add(f"{letter}2:{letter}{_ROWS}")
        sheet.add_data_validation(choice)
