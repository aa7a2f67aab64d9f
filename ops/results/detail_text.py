"""A record's detail in words, for a person to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shapely.geometry import shape

from ops import wording
from ops.geo.shapes import area_km2
from ops.results.kinds.base import Kind
from ops.results.log_fields import Asked, labels
from ops.results.words import QUESTIONS

# Numbers of things, and how sure each is.
_SURE = {"number": "qualifier", "addresses": "addresses_qualifier"}


def lines(kind: Kind, detail: Mapping[str, Any]) -> list[tuple[str, Sequence[str]]]:
    """Give what is known of a record: each field's label, and a line or more."""
    detail = _with_unit(detail)
    said: list[tuple[str, Sequence[str]]] = []
    for name, field in labels(kind).items():
        # What names another record is a link, not an id.
        if field.sort == "record":
            continue
        if found := [text for text in texts(field, detail.get(name)) if text]:
            said.append((field.words.label, found))
    return said


def headline(kind: Kind, detail: Mapping[str, Any]) -> str:
    """Say in a few words what a record is about, for a list."""
    words = dict(lines(kind, detail))
    names = QUESTIONS[kind.name].headline if kind.name in QUESTIONS else ()
    wanted = [labels(kind)[name].words.label for name in names]
    return ", ".join(words[label][0] for label in wanted if label in words)


def texts(field: Asked, value: Any) -> Iterator[str]:
    """Write a value, a line each where there are several."""
    if value is None:
        return
    if field.sort == "rows":
        is_count = any((each.name, each.sort) == ("number", "number") for each in field.columns)
        yield from (_count(field, row) if is_count else _row(field, row) for row in value)
    elif isinstance(value, list):
        for part in value:
            yield field.options.get(part, str(part))
    else:
        yield _text(field, value)


def _row(field: Asked, row: Mapping[str, Any]) -> str:
    cells = (
        f"{column.words.label}: {', '.join(texts(column, row.get(column.name)))}"
        for column in field.columns
        if row.get(column.name) not in (None, [], "")
    )
    return "; ".join(cells)


def _count(field: Asked, row: Mapping[str, Any]) -> str:
    """Write a count: Cells: 5, or Visitors and Vehicles: more than 70."""
    what = (
        " and ".join(texts(column, row.get(column.name)))
        for column in field.columns
        if column.name not in {"number", "qualifier"}
    )
    said = ", ".join(part for part in what if part)
    if row.get("number") is None:
        return said
    return f"{said}: {wording.quantity(row['number'], qualifier=row.get('qualifier'))}"


def _text(field: Asked, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    match field.sort:
        case "code":
            return field.options.get(str(value), str(value))
        case "outline":
            return f"{wording.number(round(area_km2(shape(value)), 2))} km², on the map"
        case "record":
            return "another record"
        case "moment":
            return wording.moment(value)
        case "day":
            return wording.day(value)
        case "number" if not str(value).replace(".", "", 1).isdigit():
            return str(value)  # written out already, with its unit
        case "number":
            return wording.number(value)
        case _:
            return str(value)


def _with_unit(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write a quantity together with its unit and how sure it is."""
    for name, sure in _SURE.items():
        if detail.get(name) is not None:
            written = wording.quantity(detail[name], qualifier=detail.get(sure))
            detail = {**detail, name: written, sure: None}
    if detail.get("quantity") is None:
        return detail
    unit, qualifier = detail.get("unit") or "count", detail.get("qualifier")
    written = wording.quantity(detail["quantity"], unit, qualifier)
    shown = {"quantity": written, "unit": None, "qualifier": None}
    if detail.get("value") is not None:
        shown["value"] = wording.money(detail["value"])
    return {**detail, **shown}
