"""A board's figures as marks, charts and rows of a table, each with the way to its records."""

import decimal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ops import wording
from ops.charts import HIDDEN, NO_MARK, Chart, Mark, Series
from ops.outcomes.figure_text import page

Measure = Mapping[str, Any]
STANDINGS = {
    "ahead": ("Ahead", "govuk-tag--green"),
    "even": ("Level", "govuk-tag--blue"),
    "behind": ("Behind", "govuk-tag--red"),
}
_NAMES: Mapping[str, Callable[[str], str]] = {
    "day": lambda day: f"{wording.day(day)[:3]} {wording.short_day(day)}",
    "month": wording.month,
}
_SHORT: Mapping[str, Callable[[str], str]] = {
    "day": lambda day: wording.short_day(day).rsplit(" ", 1)[0],
    "month": lambda month: f"{wording.month(month)[:3]} {month[2:4]}",
    "hour": lambda hour: hour,
}
# So many charts of one kind are looked at; the table has all.
MOST_CHARTS = 3
# So many columns of figures fit on a page of paper.
MOST_COLUMNS = 12


def says_something(measure: Measure) -> bool:
    """Tell whether a measure has anything to show: a figure, one that waits, or a target."""
    figures = (measure["value"], measure["provisional"])
    return measure["target"] is not None or any(map(_is_some, figures))


def row(measure: Measure) -> dict[str, Any]:
    """Write a measure as a row: now, what waits, the target, what was expected, the standing."""
    unit, expected, other = measure["unit"], measure["expected"], measure["against"]
    now = mark(measure, unit)
    provisional = measure["provisional"]
    return {
        "code": measure["code"],
        "label": measure["label"],
        "four_p": measure["four_p"],
        "now": now,
        "provisional": Mark(
            decimal.Decimal(provisional),
            wording.quantity(provisional, unit),
            f"{now.href}&provisional=true",
        )
        if _is_some(provisional)
        else None,
        "target": "" if measure["target"] is None else wording.quantity(measure["target"], unit),
        "attainment": measure["attainment"] and wording.percent(measure["attainment"]),
        "expected": expected and wording.quantity(expected["value"], unit),
        "standing": STANDINGS[expected["is"]] if expected else None,
        "made_of": [
            mark(measure[name], "count") for name in ("numerator", "denominator") if name in measure
        ],
        "other": other and mark(other, unit),
        "change": other and signed(other["change"], unit),
    }


def mark(figure: Mapping[str, Any], unit: str) -> Mark:
    """Write a figure, or one of its parts; a hidden one says so and leads nowhere."""
    if figure.get("suppressed"):
        return HIDDEN
    if figure["value"] is None:
        return NO_MARK
    qualifier = figure.get("qualifier") or "exact"
    text = wording.quantity(figure["value"], unit, qualifier)
    return Mark(decimal.Decimal(figure["value"]), text, page(figure["records"] or ""))


def marks(measure: Measure, breakdown: Mapping[str, Any]) -> list[Mark]:
    """Give the figure of a measure in each group of a breakdown; nothing is a nought."""
    found = {each["key"]: each for each in measure["groups"][breakdown["by"]]}
    unit = measure["unit"]
    if not found:
        return [NO_MARK for _ in breakdown["groups"]]
    return [
        mark(found[group["key"]], unit)
        if group["key"] in found
        else Mark(decimal.Decimal(0), wording.quantity("0", unit))
        for group in breakdown["groups"]
    ]


def names(breakdown: Mapping[str, Any]) -> list[str]:
    """Name the groups of a breakdown."""
    name = _NAMES.get(breakdown["by"])
    return [
        name(group["key"]) if name and group["key"] else group["label"] or "Not recorded"
        for group in breakdown["groups"]
    ]


def short_names(breakdown: Mapping[str, Any]) -> list[str]:
    """Name them where there is little room; none where there is no shorter name."""
    short = _SHORT.get(breakdown["by"])
    return [short(group["key"]) for group in breakdown["groups"]] if short else []


def charts(
    measures: Sequence[Measure], breakdown: Mapping[str, Any], most: int | None = None
) -> list[Chart]:
    """Give a chart a measure, of those that have anything in a breakdown."""
    by, label = breakdown["by"], breakdown["label"]
    categories = names(breakdown)
    found = [each for each in measures if each["groups"][by]]
    return [
        Chart(
            id=f"{by}-{each['code']}",
            title=f"{each['label']}: {mark(each, each['unit']).text}",
            description=described(each["label"], label, categories, marks(each, breakdown)),
            of=label,
            categories=categories,
            short=short_names(breakdown),
            series=[Series(each["label"], marks(each, breakdown))],
        )
        for each in found[:most]
    ]


def telling(measures: Sequence[Measure], by: str) -> list[Measure]:
    """Put first what a breakdown tells most of: aimed at, all of it in a group, in many groups."""

    def order(measure: Measure) -> tuple[bool, bool, int]:
        some = [each["key"] for each in measure["groups"][by] if _is_some(each["value"])]
        return measure["target"] is None, None in some, -len(some)

    return sorted(measures, key=order)


def described(label: str, of: str, categories: Sequence[str], found: Sequence[Mark]) -> str:
    """Say in a sentence what a chart shows: how many groups, the most, what is hidden."""
    known = [(m.value, name, m.text) for name, m in zip(categories, found, strict=True) if m.value]
    said = f"{label} by {of.lower()}, {len(categories)} in all."
    if known:
        _, name, text = max(known, key=lambda each: (each[0], each[1]))
        said += f" The most is {text}: {name}."
    if any(each.is_hidden for each in found):
        said += " Small counts are hidden."
    return said


def matrix(measures: Sequence[Measure], breakdown: Mapping[str, Any]) -> dict[str, Any]:
    """Give every measure that has anything against every group, as tables that fit on paper.

    Of more months than one table holds, those in which there is nothing are left out.
    """
    found = [each for each in measures if each["groups"][breakdown["by"]]]
    head, rows = names(breakdown), [marks(each, breakdown) for each in found]
    columns = list(range(len(head)))
    is_long = breakdown["by"] == "month" and len(head) > MOST_COLUMNS
    if is_long:
        columns = [n for n in columns if any(row[n].href or row[n].is_hidden for row in rows)]
    return {
        "by": breakdown["by"],
        "label": breakdown["label"],
        "is_shortened": len(columns) < len(head),
        "rows": [
            {"label": each["label"], "marks": row, "whole": mark(each, each["unit"])}
            for each, row in zip(found, rows, strict=True)
        ],
        "tables": [
            [{"at": n, "name": head[n]} for n in columns[first : first + MOST_COLUMNS]]
            for first in range(0, max(len(columns), 1), MOST_COLUMNS)
        ],
    }


def signed(value: str | None, unit: str) -> str:
    """Write a difference with its sign."""
    if value is None:
        return ""
    number = decimal.Decimal(value)
    sign = "+" if number > 0 else "−" if number < 0 else "±"
    return sign + wording.quantity(abs(number), unit)


def _is_some(value: str | None) -> bool:
    return value is not None and decimal.Decimal(value) != 0
