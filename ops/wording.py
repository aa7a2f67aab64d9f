"""How days, times and quantities read to a person."""

import datetime as dt
import decimal
import re
import zoneinfo

LONDON = zoneinfo.ZoneInfo("Europe/London")

# What a browser's date and time field sends: no zone, so the officer's own.
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")

# Units that stand right behind a number; any other is a word of its own, with a plural.
_SIGNS = {"%": "%", "percent": "%"}
_PLURALS = {
    "kg": "kg",
    "g": "g",
    "mg": "mg",
    "ml": "ml",
    "people": "people",
    "EUR": "euros",
    "USD": "US dollars",
    "other_currency": "in another currency",
}
_QUALIFIERS = {
    "approx": "about",
    "more_than": "more than",
    "almost": "almost",
    "estimate": "an estimated",
    "at_least": "at least",
    "up_to": "up to",
    "less_than": "less than",
    "provisional": "provisionally",
    "provisional_more_than": "provisionally more than",
    "at_publication": "at publication",
}


def first_moment(day: dt.date) -> dt.datetime:
    """Give the moment a day begins in Europe/London; it may be 23 or 25 hours long."""
    return dt.datetime(day.year, day.month, day.day, tzinfo=LONDON)


def today() -> dt.date:
    """Give the day it is in Europe/London."""
    return dt.datetime.now(LONDON).date()


def local(moment: dt.datetime | str) -> dt.datetime:
    """Give a moment, or its text in JSON, by the clock of Europe/London."""
    if isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment)
    return moment.astimezone(LONDON)


def day(value: dt.date | str) -> str:
    """Write a day: Tuesday 10 October 2023."""
    return f"{_on(value):%A} {short_day(value, month='%B')}"


def short_day(value: dt.date | str, month: str = "%b") -> str:
    """Write a day for a table: 10 Oct 2023."""
    on = _on(value)
    return f"{on.day} {on:{month} %Y}"


def clock(value: dt.datetime | str) -> str:
    """Write a time of day: 05:42."""
    return f"{local(value):%H:%M}"


def moment(value: dt.datetime | str) -> str:
    """Write a day and a time: Tuesday 10 October 2023, 05:42."""
    return f"{day(value)}, {clock(value)}"


def short_moment(value: dt.datetime | str) -> str:
    """Write a day and a time for a table: 10 Oct 2023, 05:42."""
    return f"{short_day(value)}, {clock(value)}"


def file_size(size_bytes: int) -> str:
    """Write how large a file is: 240 kB, 1.2 MB."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1_000))} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def period(start: dt.datetime | str, end: dt.datetime | str | None) -> str:
    """Write from when to when; an end at midnight belongs to the day before."""
    first = local(start)
    if end is None:
        return f"From {day(first)}"
    last = local(end) - dt.timedelta(microseconds=1)
    if first.date() == last.date():
        return day(first)
    return f"{day(first)} to {day(last)}"


def window(start: dt.datetime | str, end: dt.datetime | str) -> str:
    """Write the hours of a deployment: 10 Oct 2023, 05:00 to 09:30."""
    until = clock(end) if local(start).date() == local(end).date() else short_moment(end)
    return f"{short_moment(start)} to {until}"


def month(text: str) -> str:
    """Write a month: 2023-10 is October 2023."""
    return f"{dt.date.fromisoformat(text + '-01'):%B %Y}"


def number(value: decimal.Decimal | float | str) -> str:
    """Write a number with its thousands apart, and no zeros that say nothing."""
    exact = decimal.Decimal(str(value))
    whole = exact == exact.to_integral_value()
    return f"{exact.quantize(decimal.Decimal(1)) if whole else exact.normalize():,f}"


def money(value: decimal.Decimal | float | str) -> str:
    """Write pounds, with pence only where there are any."""
    exact = decimal.Decimal(str(value))
    return f"£{exact:,.0f}" if exact == exact.to_integral_value() else f"£{exact:,.2f}"


def percent(fraction: decimal.Decimal | float | str) -> str:
    """Write a fraction as a percentage: 0.975 is 97.5%."""
    exact = (decimal.Decimal(str(fraction)) * 100).quantize(
        decimal.Decimal("0.1"), decimal.ROUND_HALF_UP
    )
    return f"{number(exact)}%"


def quantity(
    value: decimal.Decimal | float | str, unit: str = "count", qualifier: str | None = "exact"
) -> str:
    """Write a value with its unit and how sure it is: more than £10,000."""
    sure, amount, of = quantity_parts(value, unit, qualifier)
    return " ".join(part for part in (sure, amount, of) if part)


def quantity_parts(
    value: decimal.Decimal | float | str, unit: str = "count", qualifier: str | None = "exact"
) -> tuple[str, str, str]:
    """Write how sure a value is, the value, and its unit where that is a word of its own."""
    sure = _QUALIFIERS.get(qualifier or "", "")
    if unit == "GBP":
        return sure, money(value), ""
    if unit in {"count", ""}:
        return sure, number(value), ""
    if unit in _SIGNS:
        return sure, number(value) + _SIGNS[unit], ""
    return sure, number(value), _unit(unit, decimal.Decimal(str(value)))


def words(code: str) -> str:
    """Write a code that has no label of its own: `drug_class` is Drug class."""
    return code.replace("_", " ").capitalize()


def aware(text: str) -> str:
    """Give a time typed without a zone the zone of Europe/London; leave other text alone.

    A time that the clock never shows stays as it was typed, for whoever reads it to refuse.
    """
    if not _LOCAL.fullmatch(text):
        return text
    try:
        wall = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if never_comes(wall) else wall.replace(tzinfo=LONDON).isoformat()


def never_comes(wall: dt.datetime) -> str | None:
    """Say so of a time in the hour that the clock on the wall leaves out in spring."""
    there = wall.replace(tzinfo=LONDON).astimezone(dt.UTC)
    if there.astimezone(LONDON).replace(tzinfo=None) == wall:
        return None
    return (
        f"{wall:%H:%M} on {wall.day} {wall:%B %Y} never comes: the clocks go forward."
        " Choose another time."
    )


def typed(value: dt.datetime) -> str:
    """Write a time as a browser's date and time field wants it."""
    return f"{local(value):%Y-%m-%dT%H:%M}"


def _on(value: dt.date | str) -> dt.date:
    if isinstance(value, str):
        return local(value).date() if "T" in value else dt.date.fromisoformat(value)
    return local(value).date() if isinstance(value, dt.datetime) else value


def _unit(unit: str, value: decimal.Decimal) -> str:
    if unit in _PLURALS:
        return _PLURALS[unit]
    name = unit.replace("_", " ")
    return name if value == 1 or name.endswith("s") else f"{name}s"
