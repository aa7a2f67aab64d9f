"""The columns of a spreadsheet of results: one a field of the wire, lists laid out flat."""

import dataclasses
import datetime as dt
import decimal
import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import marshmallow as ma
from openpyxl.utils.datetime import from_excel

from ops.results.fields import Code, Codes
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.schemas import ResultSchema
from ops.wording import LONDON, first_moment

# What a record of any kind has; a point is two columns.
_COMMON = ("id", "kind", "occurred_at", "accuracy_m", "deployment", "note")
_POINT = ("longitude", "latitude")
_SEPARATOR = re.compile(r"\s*[;|]\s*")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_YES_NO = {"yes": True, "y": True, "true": True, "1": True} | {
    "no": False,
    "n": False,
    "false": False,
    "0": False,
}
# Spreadsheets count days: from 1954 to 2118, so that no year is taken for one.
_SERIAL = range(20_000, 80_000)


class BadCell(ValueError):
    """A cell that can't be read; its text is the sentence for a person."""


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: how a cell is read, and what helps to fill it in."""

    read: Callable[[Any], Any]
    hint: str = ""
    codes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    is_many: bool = False
    is_text: bool = False


@functools.cache
def columns_of(kind_name: str) -> Mapping[str, Column]:
    """List the columns for results of a kind, in the order of the template."""
    common = {name: _column(ResultSchema().fields[name]) for name in _COMMON}
    point = {name: Column(_number, "Degrees, such as -2.2441 or 53.4936") for name in _POINT}
    detail = dict(_columns(KINDS[kind_name].schema))
    return {"kind": common.pop("kind"), "occurred_at": common.pop("occurred_at"), **point} | (
        detail | common
    )


def kind_of(cells: Mapping[str, Any]) -> Kind | None:
    """Tell which kind a row is; one that does not say has the only kind with such columns."""
    if said := str(cells.get("kind") or "").strip().casefold():
        found = [kind for kind in KINDS.values() if said in {kind.name, kind.label.casefold()}]
    else:
        names = {_first(name) for name in cells if name}
        found = [kind for kind in KINDS.values() if names <= columns_of(kind.name).keys()]
    return found[0] if len(found) == 1 else None


def name_in_columns(names: Sequence[str | int]) -> str:
    """Give the column of what is wrong: the second row of a list has its number in it."""
    if list(names[:1]) == ["detail"]:
        names = names[1:]
    if list(names[:1]) == ["position"]:
        return _POINT[0]
    named = [str(n) if isinstance(n, str) else str(n + 1) for n in names if n not in ("_schema", 0)]
    return ".".join(named)


def payload(kind: Kind, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Give a row as the API would take it; a blank cell says nothing.

    What is wrong comes together: a `ValidationError` with the names of the columns.
    """
    columns = columns_of(kind.name)
    wrong: dict[str, list[str]] = {}
    sent: dict[str, Any] = {}
    for name, cell in cells.items():
        column = columns.get(_first(name))
        if cell in (None, "") or not name:
            continue
        if column is None:
            wrong[name] = [f"This is no column for {kind.label.lower()} results; leave it blank."]
            continue
        try:
            _put(sent, name, column.read(cell))
        except BadCell as error:
            wrong[name] = [str(error)]
    if wrong:
        raise ma.ValidationError(wrong)
    return _nested(sent | {"kind": kind.name})


def _first(name: str) -> str:
    """Give the column of the first row of a list, which stands for all: `list.2.x` is `list.x`."""
    return re.sub(r"\.\d+\.", ".", name)


def _put(sent: dict[str, Any], name: str, value: Any) -> None:
    *path, leaf = name.split(".")
    if not path:
        sent[name] = value
        return
    number = int(path[1]) if len(path) > 1 else 1
    sent.setdefault(path[0], {}).setdefault(number, {})[leaf] = value


def _nested(sent: dict[str, Any]) -> dict[str, Any]:
    detail = {
        name: [rows[n] for n in sorted(rows)] if isinstance(rows, dict) else rows
        for name, rows in sent.items()
        if name not in (*_COMMON, *_POINT)
    }
    body = {name: sent[name] for name in _COMMON if name in sent} | {"detail": detail}
    if any(name in sent for name in _POINT):
        pair = [float(sent[name]) if name in sent else None for name in _POINT]
        body["position"] = {"type": "Point", "coordinates": pair}
    return body


def _columns(schema: ma.Schema) -> Iterator[tuple[str, Column]]:
    for name, field in schema.load_fields.items():
        if isinstance(field, ma.fields.List) and isinstance(field.inner, ma.fields.Nested):
            for inner, column in _columns(field.inner.schema):
                yield f"{name}.{inner}", column
        else:
            yield name, _column(field)


def _column(field: ma.fields.Field) -> Column:
    match field:
        case Codes():
            codes = _labels(field.codes)
            return Column(
                lambda cell: [_code(codes, part) for part in _parts(cell)],
                "Several with ; between them",
                codes,
                is_many=True,
            )
        case Code():
            codes = _labels(field.codes)
            return Column(lambda cell: _code(codes, _text(cell)), codes=codes)
        case ma.fields.List():
            return Column(_parts, "Several with ; between them", is_text=True)
        case ma.fields.Boolean():
            return Column(_yes_or_no, "yes or no")
        case ma.fields.Date():
            return Column(_day, "A day, such as 10/10/2023")
        case ma.fields.DateTime():
            return Column(_moment, "A day and a time, such as 10/10/2023 05:42")
        case ma.fields.Decimal():
            return Column(_number, "A number")
        case _:
            return Column(_text, is_text=True)


def _labels(codes: Mapping[str, object]) -> dict[str, str]:
    return {code: str(getattr(entry, "label", entry)) for code, entry in codes.items()}


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _parts(cell: Any) -> list[str]:
    return [part for part in _SEPARATOR.split(_text(cell)) if part]


def _code(codes: Mapping[str, str], text: str) -> str:
    """Take a code, or its label however it is written."""
    if text in codes:
        return text
    for code, label in codes.items():
        if text.casefold() in {code.casefold(), label.casefold()}:
            return code
    raise BadCell(f"There is no code {text!r} here; the template lists those there are.")


def _yes_or_no(cell: Any) -> bool:
    try:
        return _YES_NO[_text(cell).casefold()]
    except KeyError:
        raise BadCell("Write yes or no.") from None


def _number(cell: Any) -> str:
    # A spreadsheet's numbers are exact to 15 digits, and no further.
    text = format(cell, ".15g") if isinstance(cell, float) else _text(cell)
    bare = text.replace("£", "").replace(",", "").replace(" ", "")
    try:
        number = decimal.Decimal(bare)
    except decimal.InvalidOperation:
        raise BadCell(f"{text!r} is no number.") from None
    return str(number)


def _day(cell: Any) -> str:
    return _local(cell).date().isoformat()


def _moment(cell: Any) -> str:
    return _local(cell).isoformat()


def _local(cell: Any) -> dt.datetime:
    """Read a day or a time; without a zone by the clock of Europe/London, the day first."""
    try:
        found = _read(cell)
    except ValueError:
        raise BadCell(f"{_text(cell)!r} is no day; write it as 10/10/2023.") from None
    return found if found.tzinfo else found.replace(tzinfo=LONDON)


def _read(cell: Any) -> dt.datetime:
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, dt.date):
        return first_moment(cell)
    if isinstance(cell, int | float) and int(cell) in _SERIAL:
        found: dt.datetime = from_excel(cell)
        return found
    if match := _BRITISH.fullmatch(_text(cell)):
        day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=LONDON)
    return dt.datetime.fromisoformat(_text(cell))
