"""Days that follow from others."""

import calendar
import datetime as dt


def months_after(day: dt.date, months: int) -> dt.date:
    """Give the same day some months later, or the last of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
