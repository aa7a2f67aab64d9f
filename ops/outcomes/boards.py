"""The programme's board: a financial year against its targets, by theme, beside another year."""

import dataclasses
import datetime as dt
import decimal
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.operations.models import THEMES
from ops.outcomes import rules, summaries, years
from ops.outcomes.summaries import Ask
from ops.wording import LONDON, first_moment

# What is no sum over a year has no even pace.
UNPACED = {"percent", "%", "ratio"}
TENTH = decimal.Decimal("0.1")
SAID = ("code", "label", "four_p", "unit", "value", "provisional", "qualifier", "records", "groups")


def of_year(
    ask: Ask, year: str, against: str | None, targets: Sequence[Mapping[str, Any]], now: dt.datetime
) -> dict[str, Any]:
    """Set each target of a year against what is recorded and what was reported."""
    starts_on, ends_on = _days(year)
    before = against or f"{starts_on.year - 1}/{starts_on.year % 100:02}"
    aimed = {target["measure"]: target["value"] for target in targets}
    by = summaries.of_many_by(_in(ask, year), ["month", "theme"], now)
    this = {each["code"]: each for each in by["month"]["measures"]}
    last = {each["code"]: each for each in summaries.of_many(_in(ask, before), now)["measures"]}
    parted = [each for each in by["theme"]["measures"] if _says_something(each)]
    return {
        "organisation": ask.organisation,
        "year": year,
        "before": before,
        "as_at": now,
        "share": share(starts_on, ends_on, now.astimezone(LONDON).date()),
        "rows": [
            _row(this[code], last.get(code), aimed[code], (starts_on, ends_on), now)
            for code in this
            if code in aimed
        ],
        "themes": [{"key": key, "label": label} for key, label in _themes(parted).items()],
        "measures": [{name: each[name] for name in SAID} for each in parted],
    }


def share(starts_on: dt.date, ends_on: dt.date, on: dt.date) -> decimal.Decimal:
    """Give the part of a period that is over at the end of a day."""
    days = decimal.Decimal((ends_on - starts_on).days + 1)
    gone = min(max(decimal.Decimal((on - starts_on).days + 1), decimal.Decimal(0)), days)
    return gone / days


def pace(
    value: decimal.Decimal, target: decimal.Decimal, over: decimal.Decimal
) -> tuple[decimal.Decimal, str]:
    """Give what an even year would have brought by now, and whether this is more or less."""
    expected = (target * over).quantize(TENTH, decimal.ROUND_HALF_UP)
    return expected, "ahead" if value > expected else "behind" if value < expected else "even"


def months(starts_on: dt.date, ends_on: dt.date) -> Iterator[str]:
    """List the months of a period as a breakdown by month names them."""
    for number in itertools.count(starts_on.year * 12 + starts_on.month - 1):
        year, month = divmod(number, 12)
        if dt.date(year, month + 1, 1) > ends_on:
            return
        yield f"{year}-{month + 1:02}"


def _days(year: str) -> tuple[dt.date, dt.date]:
    found = years.financial_year(year)
    if found is None:
        raise ValueError(year)
    return found


def _in(ask: Ask, year: str) -> Ask:
    """Ask the same of a year."""
    starts_on, ends_on = _days(year)
    after = first_moment(ends_on + dt.timedelta(days=1))
    return dataclasses.replace(ask, from_=first_moment(starts_on), to=after)


def _says_something(measure: Mapping[str, Any]) -> bool:
    return any(_number(measure[name]) for name in ("value", "provisional"))


def _themes(measures: Sequence[Mapping[str, Any]]) -> dict[str | None, str]:
    """Name the themes that anything is of, in their own order."""
    found = {each["key"]: each["label"] for m in measures for each in m.get("groups", ())}
    order = [*THEMES, None]
    return {key: found[key] for key in order if key in found}


def _row(
    this: Mapping[str, Any],
    last: Mapping[str, Any] | None,
    target: decimal.Decimal,
    period: tuple[dt.date, dt.date],
    now: dt.datetime,
) -> dict[str, Any]:
    told = _told(this["reported"], this["unit"])
    recorded = _number(this["value"])
    # What is recorded here comes first; a year before records is known from reports alone.
    basis = "reported" if told and not recorded else "recorded"
    value = decimal.Decimal(told["value"]) if told and basis == "reported" else recorded
    on = now.astimezone(LONDON).date()
    if told and basis == "reported" and told["as_at"]:
        on = min(on, _day(told["as_at"]))
    return {
        "measure": this["code"],
        "label": this["label"],
        "four_p": this["four_p"],
        "unit": this["unit"],
        "target": target,
        "basis": basis,
        "value": value,
        "attainment": None if value is None else rules.attainment(value, target),
        "recorded": {name: this[name] for name in ("value", "provisional", "qualifier", "records")},
        "reported": this["reported"] or [],
        "pace": _pace(value, target, period, on) if this["unit"] not in UNPACED else None,
        "months": _months(this, period),
        "last_year": None
        if last is None
        else {
            "value": last["value"],
            "qualifier": last["qualifier"],
            "target": last["target"],
            "attainment": last["attainment"],
            "reported": last["reported"] or [],
            "records": last["records"],
        },
    }


def _pace(
    value: decimal.Decimal | None,
    target: decimal.Decimal,
    period: tuple[dt.date, dt.date],
    on: dt.date,
) -> dict[str, Any] | None:
    over = share(*period, on)
    if value is None or not over:
        return None
    expected, word = pace(value, target, over)
    return {"expected": expected, "on": min(on, period[1]), "is": word}


def _months(this: Mapping[str, Any], period: tuple[dt.date, dt.date]) -> list[dict[str, Any]]:
    """Give every month of the year, also those without a record."""
    found = {each["key"]: each for each in this.get("groups", [])}
    return [
        {
            "month": month,
            "value": found[month]["value"] if month in found else "0",
            "records": found[month]["records"] if month in found else None,
        }
        for month in months(*period)
    ]


def _told(reported: Sequence[Mapping[str, Any]] | None, unit: str) -> Mapping[str, Any] | None:
    """Choose the latest figure that somebody reported of the whole."""
    whole = [each for each in reported or [] if not each["facets"] and each["unit"] == unit]
    return whole[0] if whole else None


def _number(value: str | None) -> decimal.Decimal | None:
    return None if value is None else decimal.Decimal(value)


def _day(value: str | dt.date) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
