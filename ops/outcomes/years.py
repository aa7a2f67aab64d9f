"""Financial years: from 1 April to 31 March."""

import datetime as dt
import re

# Years beyond these are slips of the finger.
YEARS = range(1900, 2200)

_YEAR = re.compile(r"(\d{4})/(\d\d)")


def financial_year(text: str) -> tuple[dt.date, dt.date] | None:
    """Read `2023/24`: 1 April 2023 to 31 March 2024, both inclusive."""
    match = _YEAR.fullmatch(text)
    if match is None:
        return None
    year = int(match[1])
    if (year + 1) % 100 != int(match[2]) or year not in YEARS:
        return None
    return dt.date(year, 4, 1), dt.date(year + 1, 3, 31)


def year_of(starts_on: dt.date, ends_on: dt.date) -> str | None:
    """Write a period as a financial year, if it is one."""
    text = f"{starts_on.year}/{(starts_on.year + 1) % 100:02}"
    return text if financial_year(text) == (starts_on, ends_on) else None
