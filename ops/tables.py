"""Rows of a spreadsheet that somebody saved: CSV in the letters of their computer, or XLSX."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from ops.encodings import encoding_of
from ops.errors import Invalid

DELIMITERS = ",;\t"
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


def rows(file: Path, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Give the rows of a file with their numbers; of a workbook, of the sheet with this name."""
    with file.open("rb") as opened:
        is_workbook = opened.read(len(_ZIP)) == _ZIP
    return _xlsx(file, name) if is_workbook else _csv(file)


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
    with file.open("rb") as opened:
        encoding = encoding_of(opened)
        if encoding is not None:
            return opened.read().decode(encoding)
    raise Invalid(f"{file.name} is no text that can be read; save it as CSV in UTF-8.")


def _xlsx(file: Path, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        _refuse_bomb(file)
        yield from _rows(file, name)
    except _DAMAGED as error:
        raise Invalid(f"{file.name} is no workbook; save it as XLSX or CSV.") from error


def _refuse_bomb(file: Path) -> None:
    """Refuse what unpacks to more than a sheet can be.

    The archive's own word is good enough: nothing is unpacked beyond the size it names.
    """
    with zipfile.ZipFile(file) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
            raise Invalid(f"{file.name} unpacks to too much; save the one sheet alone.")


def _rows(file: Path, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    with file.open("rb") as one, file.open("rb") as other:
        # Twice: a formula's value is in the one, and in the other that it is a formula.
        books = [
            openpyxl.load_workbook(opened, read_only=True, data_only=both)
            for opened, both in ((one, True), (other, False))
        ]
        sheets = [book[name] if name in book.sheetnames else book.worksheets[0] for book in books]
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
