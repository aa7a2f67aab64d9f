"""How a record of any kind is written down: found out from the kinds themselves."""

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import marshmallow as ma

from ops.results.fields import Code, Codes
from ops.results.kinds import KINDS
from ops.results.kinds.base import Kind
from ops.results.kinds.tallies import Count, Tallied
from tests.factories import NOON
from tests.outcomes.generator import RECORDS, Record

# Facets that are worked out of what is written: the field, and what gives each of their codes.
WRITTEN: Mapping[tuple[str, str], Any] = {
    ("arrest", "age_group"): lambda code: {"age_band": {"child": "10-17"}.get(code, "25-34")},
    # What is confirmed says who was charged, and when.
    ("line_closure", "type"): lambda code: (
        {"type": code}
        | ({"custody_ref": "C{number}", "charged_on": "{day}"} if code == "type_1" else {})
    ),
    ("arrest", "disposal"): lambda code: {"disposals": [{"code": code}]},
    ("warrant", "executed"): lambda code: {"executed": code == "yes"},
    ("seizure", "opened"): lambda code: {"opened": code == "opened"},
    # What names the prison says so.
    ("search", "at_prison"): lambda _code: {},
    ("search", "search_outcome"): lambda code: {"outcomes": [{"outcome": code}]},
}
# A number that nothing has of itself.
PROBE = Decimal(7)
# What every record of a kind says where the figures leave it open.
PLAINEST: Mapping[str, Mapping[str, Any]] = {
    "arrest": {"reason": "other"},
    "line_closure": {"line_name": "Line {number}", "deactivated_on": "{day}", "type": "type_2"},
    "line": {"name": "Line {number}"},
    "seizure": {"category": "other"},
    "warrant": {"power": "mda_23", "entry": "forced"},
    "engagement": {"activity": "other"},
    "premises_closure": {"closure": "emptied_and_closed", "premises_name": "Unit {number}"},
    "partner_action": {"action": "other"},
    "order_breach": {"order_type": "cbo"},
}


def ways(kind_name: str) -> list[frozenset[str]]:
    """List which totals one unit in a record of a kind can add to at once."""
    kind = KINDS[kind_name]
    found = [told for _, told in _tallies(kind)]
    if not found:
        found = [frozenset({name}) for name in kind.quantities]
    keyed = (frozenset({RECORDS, f"distinct {key}"}) for key in kind.keys)
    return [frozenset({RECORDS}), *keyed, *found]


def detail(record: Record, number: int, day: str) -> dict[str, Any]:
    """Write the detail of a record."""
    kind = KINDS[record.kind]
    said = _plainest(kind) | {
        name: value
        for facet, code in record.codes.items()
        for name, value in _written(kind, facet, code).items()
    }
    written = {
        name: text.format(number=number, day=day) if isinstance(text, str) else text
        for name, text in said.items()
    }
    whole = _joined(written, _amount(kind, record, number))
    return _without_more(kind, whole, record.adds)


def _plainest(kind: Kind) -> dict[str, Any]:
    """Fill in what a kind requires."""
    required = {
        name: _first(field)
        for name, field in kind.schema.load_fields.items()
        if field.required and isinstance(field, Code | Codes)
    }
    return required | dict(PLAINEST.get(kind.name, {}))


def _first(field: Any) -> Any:
    code = next(iter(field.codes))
    return [code] if isinstance(field, Codes) else code


def _written(kind: Kind, facet: str, code: str) -> dict[str, Any]:
    """Say what is written down so that a record has a code."""
    if write := WRITTEN.get((kind.name, facet)):
        return dict(write(code))
    value: Any = kind.facets[facet].value
    for name in (getattr(value, "key", None), getattr(value, "name", None), facet):
        if name in kind.schema.load_fields:
            field = kind.schema.load_fields[name]
            return {name: [code] if isinstance(field, Codes) else code}
    raise LookupError(f"Nothing that is written gives {kind.name} the {facet} {code}.")


def _amount(kind: Kind, record: Record, number: int) -> dict[str, Any]:
    """Say what is written down so that a record adds so much to these totals."""
    first = record.again or min(record.adds)
    if first == RECORDS:
        return {}
    if first.startswith("distinct "):
        key: Any = kind.keys[first.removeprefix("distinct ")].value
        names = [column.key for column in _columns(key) if column.key in kind.schema.load_fields]
        return {names[0]: f"No. {number}"}
    for written, told in _tallies(kind):
        if told == record.adds:
            [(name, row)] = written.items()
            if row is not None:
                amount = {"number": str(record.amount), "qualifier": record.qualifier}
                return {name: [row | amount]}
            sure = {f"{name}_qualifier", "qualifier"} & kind.schema.load_fields.keys()
            return {name: str(record.amount), max(sure, key=len): record.qualifier}
    return _measured(kind, first, record)


def _measured(kind: Kind, name: str, record: Record) -> dict[str, Any]:
    """Write so much of a unit, or what something that is no money is worth by a basis."""
    amount, unit = str(record.amount), kind.quantities[name].unit
    said = {"qualifier": record.qualifier}
    is_valued = "valuations" in kind.schema.load_fields and unit == "GBP"
    if is_valued and record.codes.get("category") != "cash":
        basis = name.removeprefix("value_") if name != "value" else "street"
        return {"valuations": [said | {"basis": basis, "value": amount}]}
    [field] = {"quantity", "number"} & kind.schema.load_fields.keys()
    return said | {field: amount, "unit": unit}


def _without_more(kind: Kind, detail: dict[str, Any], adds: frozenset[str]) -> dict[str, Any]:
    """Say of what a record counts by itself, such as the one session it was, that it is none."""
    for more in sorted(_numbers(kind, detail).keys() - adds):
        for rows, told in _tallies(kind):
            [(name, row)] = rows.items()
            if told == {more} and row is not None and adds != {RECORDS}:
                detail = {**detail, name: [*detail.get(name, []), row | {"number": "0"}]}
                break
    return detail


def _joined(written: Mapping[str, Any], amount: Mapping[str, Any]) -> dict[str, Any]:
    """Put an amount into rows that the codes began, or beside them."""
    joined = dict(written)
    for name, value in amount.items():
        there = joined.get(name)
        both = isinstance(value, list) and isinstance(there, list)
        joined[name] = [{**there[0], **value[0]}] if both and there else value
    return joined


def _tallies(kind: Kind) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Try every count and every row of one unit, and say which totals each adds to."""
    for name, field in kind.schema.load_fields.items():
        match field:
            case Count():
                told = _told(kind, {name: str(PROBE)})
                if told:
                    yield {name: None}, told
            case ma.fields.List(inner=ma.fields.Nested() as nested) if (
                "number" in nested.schema.load_fields
            ):
                for row in _rows(nested.schema):
                    told = _told(kind, {name: [row | {"number": str(PROBE)}]})
                    if told:
                        yield {name: row}, told


def _told(kind: Kind, said: Mapping[str, Any]) -> frozenset[str]:
    numbers = _numbers(kind, _plainest(kind) | said)
    return frozenset(name for name, number in numbers.items() if number == str(PROBE))


def _numbers(kind: Kind, detail: Mapping[str, Any]) -> Mapping[str, str]:
    """Give the totals that a kind keeps beside its record, if it keeps any."""
    if not issubclass(kind.model, Tallied):
        return {}
    numbers: Mapping[str, str] = kind.complete(kind.schema.load(detail), NOON)["numbers"]
    return numbers


def _rows(schema: ma.Schema) -> Iterator[dict[str, Any]]:
    choices: list[list[dict[str, Any]]] = []
    for name, field in schema.load_fields.items():
        if name == "qualifier":
            continue
        if isinstance(field, Codes):
            some = itertools.chain(
                ([code] for code in field.codes), map(list, itertools.combinations(field.codes, 2))
            )
            choices.append([{name: codes} for codes in some])
        elif isinstance(field, Code):
            blank = [] if field.required else [{}]
            choices.append([*blank, *({name: code} for code in field.codes)])
    for parts in itertools.product(*choices):
        yield {name: value for part in parts for name, value in part.items()}


def _columns(expression: Any) -> Iterator[Any]:
    for element in expression.get_children() if hasattr(expression, "get_children") else ():
        yield from _columns(element)
    if getattr(expression, "table", None) is not None:
        yield expression
