"""Financial years: from 1 April to 31 March."""

import datetime as dt
import re

# Years beyond these are slips of the finger.
YEARS = range(1900, 2200)
# The first that anybody would ask for: weeks of action began to be counted then.
FIRST_YEAR = 2019

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


def year_of_day(day: dt.date) -> str:
    """Write the financial year that a day lies in."""
    first = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return f"{first}/{(first + 1) % 100:02}"


def known_years(today: dt.date) -> list[str]:
    """List the financial years that anybody would ask for, this one first."""
    this = int(year_of_day(today)[:4])
    return [f"{year}/{(year + 1) % 100:02}" for year in range(this, FIRST_YEAR - 1, -1)]
