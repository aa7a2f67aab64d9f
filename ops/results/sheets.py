"""Spreadsheets in and out: rows of a CSV or XLSX file, and the empty file to fill in."""

import csv
import dataclasses
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from ops.errors import Invalid
from ops.results.kinds.base import Kind
from ops.results.sheet_columns import Column, columns_of

# What a sheet of a filled-in file may be called, and the sheet of its codes.
RESULTS, CODES = "Results", "Codes"
DELIMITERS = ",;\t"
LARGEST_FILE = 20 * 2**20
LARGEST_UNPACKED = 200 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 300
# A file is what it begins with, whatever it is called.
_ZIP = b"PK\x03\x04"
# What the library says of a workbook that somebody broke, by accident or not.
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)
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
    with file.open("rb") as opened:
        is_workbook = opened.read(len(_ZIP)) == _ZIP
    rows = _xlsx(file) if is_workbook else _csv(file)
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


def _csv(file: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    text = _decoded(file)
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Invalid(f"Line {reader.line_num} can't be read: {error}.") from error


def _decoded(file: Path) -> str:
    """Read text as UTF-8 or UTF-16, or else as spreadsheet programs on Windows save it."""
    raw = file.read_bytes()
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid(f"{file.name} is no text that can be read; save it as CSV in UTF-8.")


def _xlsx(file: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        _refuse_bomb(file)
        yield from _rows(file)
    except _DAMAGED as error:
        raise Invalid(f"{file.name} is no workbook; save it as XLSX or CSV.") from error


def _refuse_bomb(file: Path) -> None:
    """Refuse what unpacks to more than a sheet of results can be.

    The archive's own word is good enough: nothing is unpacked beyond the size it names.
    """
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise Invalid(f"{file.name} unpacks to too much; save the sheet of results alone.")


def _rows(file: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    with file.open("rb") as one, file.open("rb") as other:
        # Twice: a formula's value is in the one, and in the other that it is a formula.
        books = [
            openpyxl.load_workbook(opened, read_only=True, data_only=both)
            for opened, both in ((one, True), (other, False))
        ]
        sheets = [
            book[RESULTS] if RESULTS in book.sheetnames else book.worksheets[0] for book in books
        ]
        # A cell far away would have everything before it made up; one more tells that there is one.
        ranges = [
            sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True)
            for sheet in sheets
        ]
        for number, (values, formulas) in enumerate(zip(*ranges, strict=True), 1):
            if number > MOST_ROWS or values[-1] is not None:
                raise Invalid(
                    f"{file.name} has more than {MOST_ROWS:,} lines or {MOST_COLUMNS} columns; "
                    "import it in parts."
                )
            for place, (value, formula) in enumerate(zip(values, formulas, strict=True), 1):
                if value is None and isinstance(formula, str) and formula.startswith("="):
                    raise Invalid(
                        f"Cell {get_column_letter(place)}{number} is a formula without a value; "
                        "open the file in a spreadsheet program and save it again."
                    )
            if number == 1 or any(value is not None for value in values):
                yield number, [v.strip() if isinstance(v, str) else v for v in values]
