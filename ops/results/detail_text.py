"""A record's detail in words, for a person to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops import wording
from ops.results.kinds.base import Kind
from ops.results.log_fields import Asked, labels


def lines(kind: Kind, detail: Mapping[str, Any]) -> list[tuple[str, Sequence[str]]]:
    """Give what is known of a record: each field's label, and a line or more."""
    detail = _with_unit(detail)
    said: list[tuple[str, Sequence[str]]] = []
    for name, field in labels(kind).items():
        if found := [text for text in texts(field, detail.get(name)) if text]:
            said.append((field.words.label, found))
    return said


def headline(kind: Kind, detail: Mapping[str, Any]) -> str:
    """Say in a few words what a record is about, for a list."""
    words = dict(lines(kind, detail))
    wanted = [labels(kind)[name].words.label for name in _HEADLINES.get(kind.name, ())]
    return ", ".join(words[label][0] for label in wanted if label in words)


# The fields of each kind that tell one record from another at a glance.
_HEADLINES: dict[str, Sequence[str]] = {
    "warrant": ("power", "reference"),
    "arrest": ("reason", "custody_ref"),
    "seizure": ("category", "drug", "weapon", "vehicle", "counterfeit", "quantity"),
    "line": ("name",),
    "line_closure": ("line_name",),
}


def texts(field: Asked, value: Any) -> Iterator[str]:
    """Write a value, a line each where there are several."""
    if value is None:
        return
    if field.sort == "rows":
        for row in value:
            cells = (
                f"{column.words.label}: {', '.join(texts(column, row.get(column.name)))}"
                for column in field.columns
                if row.get(column.name) not in (None, [], "")
            )
            yield "; ".join(cells)
    elif isinstance(value, list):
        for part in value:
            yield field.options.get(part, str(part))
    else:
        yield _text(field, value)


def _text(field: Asked, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    match field.sort:
        case "code":
            return field.options.get(str(value), str(value))
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
    if detail.get("quantity") is None:
        return detail
    unit, qualifier = detail.get("unit") or "count", detail.get("qualifier")
    written = wording.quantity(detail["quantity"], unit, qualifier)
    shown = {"quantity": written, "unit": None, "qualifier": None}
    if detail.get("value") is not None:
        shown["value"] = wording.money(detail["value"])
    return {**detail, **shown}
