"""The blocks a report is made of, and how figures and days stand in them."""

import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops import wording
from ops.outcomes import years

Row = Mapping[str, Any]
Block = dict[str, Any]
Blocks = Iterator[Block]
NOTHING = "–"
# Levels of headings.
SECTION, PART, UNIT = 2, 3, 4


def heading(level: int, text: str) -> Block:
    """Begin a section."""
    return {"is": "heading", "level": level, "text": text}


def text(*paragraphs: str) -> Block:
    """Say something."""
    return {"is": "text", "paragraphs": list(paragraphs)}


def items(rows: Sequence[tuple[str, str]]) -> Block:
    """List things, each with its name before it or none."""
    return {"is": "list", "items": [{"term": term, "text": said} for term, said in rows]}


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: int
) -> Block:
    """Put rows beneath columns, the first of which names the row; so many after it are numbers."""
    return {
        "is": "table",
        "caption": caption,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "numeric": numeric,
    }


def paragraphs(said: str | None) -> list[str]:
    """Part what somebody typed where a line is left empty."""
    parts = (said or "").replace("\r\n", "\n").split("\n\n")
    return [" ".join(each.split()) for each in parts if each.strip()]


def days(starts_on: dt.date, ends_on: dt.date) -> str:
    """Write a period: 1 April 2022 to 20 November 2023."""
    first, last = (wording.short_day(each, month="%B") for each in (starts_on, ends_on))
    return first if starts_on == ends_on else f"{first} to {last}"


def span(starts_on: dt.date | None, ends_on: dt.date | None) -> str:
    """Write the period of a figure for a table; a year by its name."""
    if starts_on is None or ends_on is None:
        return "Not given"
    if financial := years.year_of(starts_on, ends_on):
        return f"Financial year {financial}"
    year = starts_on.year
    if (starts_on, ends_on) == (dt.date(year, 1, 1), dt.date(year, 12, 31)):
        return f"Calendar year {year}"
    return f"{wording.short_day(starts_on)} to {wording.short_day(ends_on)}"


class Sources:
    """The sources of reported figures, each with the number that tables name it by."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def number(self, source: str) -> str:
        """Give the number of a source, the next one to a new source."""
        return str(self.known.setdefault(source, len(self.known) + 1))


def shown(value: str | None) -> str:
    """Write a count, or that it is too small to be shown."""
    return "Not shown" if value is None else wording.number(value)


def amount(figure: Row | None, unit: str | None = None) -> str:
    """Write a figure in its unit, or that there is none."""
    if figure is None or figure["value"] is None:
        return NOTHING
    return wording.quantity(figure["value"], unit or figure["unit"], figure["qualifier"])


def is_some(value: Any) -> bool:
    """Tell whether a figure is known and is not nothing."""
    return value is not None and decimal.Decimal(value) != 0


def listed(names: Sequence[str], word: str = "and") -> str:
    """Write names in one line: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
