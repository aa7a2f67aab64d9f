"""A return as the file that is sent: one line under the body's own headings."""

import csv
import decimal
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import xlsxwriter

from ops.exports.tables import FORMULA
from ops.exports.texts import safe

Return = Mapping[str, Any]


def as_csv(filled: Return) -> bytes:
    """Write the headings and one line, as a program reads them."""
    text = io.StringIO()
    write = csv.writer(text)
    write.writerow([safe(row["name"]) for row in filled["rows"]])
    # Of a figure the bare number, of a fact what is safe in a spreadsheet.
    write.writerow(
        [row["value"] if row["measure"] else safe(row["value"]) for row in filled["rows"]]
    )
    return text.getvalue().encode()


def as_xlsx(filled: Return) -> bytes:
    """Write the return, what is missing from it, and which measure filled which column."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    dangerous = book.add_format({"quote_prefix": True})
    book.set_properties({"title": f"{filled['marking']}: {filled['name']}"})
    for name, lines in _sheets(filled):
        sheet = book.add_worksheet(name)
        sheet.set_header(f"&C&B{filled['marking']}")
        sheet.set_footer(f"&C&B{filled['marking']}&R&P / &N")
        sheet.set_column(0, len(lines[0]) - 1, 24)
        sheet.freeze_panes(1, 0)
        for place, cells in enumerate(lines):
            for number, cell in enumerate(cells):
                if isinstance(cell, decimal.Decimal):
                    sheet.write_number(place, number, cell)
                elif cell:
                    style = bold if not place else dangerous if cell[:1] in FORMULA else None
                    sheet.write_string(place, number, cell, style)
    book.close()
    return written.getvalue()


FORMS: dict[str, Callable[[Return], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


def _sheets(filled: Return) -> Iterator[tuple[str, list[list[Any]]]]:
    rows = filled["rows"]
    yield (
        "Return",
        [
            [row["name"] for row in rows],
            [
                decimal.Decimal(row["value"]) if row["measure"] and row["value"] else row["value"]
                for row in rows
            ],
        ],
    )
    yield "Missing", [["Column", "What is missing"], *map(list, missing(filled))]
    about = [
        ["Column", "Measure", "Unit"],
        *([row["name"], row["measure"], row["unit"]] for row in rows if row["measure"]),
    ]
    about.append(["", "", ""])
    about.append([f"{filled['name']}, version {filled['version']}", filled["recipient"], ""])
    yield "Definitions", about


def missing(filled: Return) -> Iterator[tuple[str, str]]:
    """Say what is missing, column by column; what is missing of all comes first."""
    for each in filled["gaps"]:
        yield "All", each["says"]
    for row in filled["rows"]:
        for each in row["gaps"]:
            yield row["name"], each["says"]
