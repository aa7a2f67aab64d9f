"""What it adds up to: the body of an outcome summary, for one operation or for many."""

import dataclasses
import datetime as dt
import decimal
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ops import db
from ops.errors import Invalid, Missing
from ops.ledger.consultation import saw
from ops.outcomes import aims, rules
from ops.results import figures, measures
from ops.results.counting import Scope
from ops.results.kinds.base import FOUR_PS
from ops.results.models import Measure

# How a group is called whose records say nothing of what they are grouped by.
NONE_OF_THEM = {"area": "Outside the areas", "deployment": "No deployment"}
PENCE = decimal.Decimal("0.01")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ask:
    """What a summary is asked for: of when, known when, by what, and of which operations."""

    from_: dt.datetime | None = None
    to: dt.datetime | None = None
    as_at: dt.datetime | None = None
    by: str | None = None
    four_p: str | None = None
    operation: Sequence[uuid.UUID] = ()
    kind: str | None = None
    theme: str | None = None
    organisation: str | None = None


def of_operation(operation_id: uuid.UUID, ask: Ask, now: dt.datetime) -> dict[str, Any]:
    """Add up one operation, in two statements."""
    row = db.session.execute(aims.of_operation(), {"operation": operation_id}).first()
    if row is None:
        raise Missing("There is no such operation.")
    records = f"/api/v1/operations/{operation_id}/results"
    saw("operation", [operation_id])
    return {
        "operation": {"id": row.id, "name": row.name, "reference": row.reference},
        **_body(row.measures, [operation_id], ask, now, records),
    }


def of_many(ask: Ask, now: dt.datetime) -> dict[str, Any]:
    """Add up many operations, each result once whatever it is credited to; in two statements."""
    part = ask.kind or ask.theme
    is_one = len(set(ask.operation)) == 1 and not (part or ask.organisation)
    row = db.session.execute(
        aims.of_many(),
        {
            "chosen": list(ask.operation) or None,
            "kind": ask.kind,
            "theme": ask.theme,
            "organisation": ask.organisation,
            # A target is for the whole of an operation or organisation, never for a part of it.
            "operation": ask.operation[0] if is_one else None,
            "whole": None if part or ask.operation else ask.organisation,
        },
    ).one()
    if ask.organisation and row.organisation is None:
        sentence = "There is no organisation with this code."
        raise Invalid(sentence, {"organisation": [sentence]})
    if row.known < len(set(ask.operation)):
        raise Missing("There is no such operation.")
    saw("operation", row.operations)
    narrowed = bool(part or ask.operation or ask.organisation)
    return {
        "operations": len(row.operations),
        **_body(row.measures, row.operations if narrowed else None, ask, now, "/api/v1/results"),
    }


def _body(
    found: Sequence[Mapping[str, Any]],
    operations: Sequence[uuid.UUID] | None,
    ask: Ask,
    now: dt.datetime,
    records: str,
) -> dict[str, Any]:
    """Set the figures against targets and against what others reported, measure by measure."""
    against = {each["code"]: each for each in found}
    definitions = sorted(
        (each for each in map(_definition, found) if each and ask.four_p in (None, each.four_p)),
        key=lambda each: (list(FOUR_PS).index(each.four_p), each.label),
    )
    scope = Scope(operations, ask.from_, ask.to, ask.as_at)
    summary = figures.add_up(definitions, scope, ask.by)
    # A cold figure: the measures that were added up, never every record behind them.
    saw("measure", [each.code for each in definitions])
    return {
        "as_at": _moment(ask.as_at or now),
        "from": ask.from_ and _moment(ask.from_),
        "to": ask.to and _moment(ask.to),
        "by": ask.by,
        "definition": max((each.version for each in definitions), default=1),
        "measures": [
            _measure(each, against[each.code], summary, ask, records) for each in definitions
        ],
    }


def _definition(found: Mapping[str, Any]) -> measures.Definition | None:
    names = ("code", "version", "label", "four_p", "unit", "definition")
    return measures.read(Measure(**{name: found[name] for name in names}))


def _measure(
    definition: measures.Definition,
    against: Mapping[str, Any],
    summary: figures.Summary,
    ask: Ask,
    records: str,
) -> dict[str, Any]:
    figure = summary.figures[definition.code]
    targets = against["targets"]
    is_operation = ask.organisation is None
    target = rules.target_for(targets, ask.from_, ask.to, is_operation=is_operation)
    reported = [
        {
            **each,
            "attainment": rules.attainment(
                decimal.Decimal(each["value"]), rules.target_of(each, targets, target)
            )
            if not each["facets"] and each["unit"] == definition.unit
            else None,
        }
        for each in against["reported"]
        if rules.is_told_of(each, ask.from_, ask.to, ask.as_at)
    ]
    body = {
        "code": definition.code,
        "label": definition.label,
        "four_p": definition.four_p,
        "unit": definition.unit,
        "definition": definition.version,
        **_shown(figure, definition.unit),
        "reported": reported or None,
        "target": target if target is None else _written(target, definition.unit),
        "attainment": rules.attainment(figure.value, target),
        "records": f"{records}?{_query(definition.code, ask)}",
    }
    if ask.by is None:
        return body
    parts = [(part, part.figures.get(definition.code)) for part in summary.parts]
    return body | {
        "groups": [
            {
                "key": part.key,
                "label": part.label or part.key or NONE_OF_THEM.get(ask.by, "Not recorded"),
                **_shown(figure, definition.unit),
                "records": f"{records}?{_query(definition.code, ask, by=ask.by, key=part.key)}",
            }
            for part, figure in parts
            if figure is not None and (figure.records or figure.provisional)
        ]
    }


def _shown(figure: figures.Figure, unit: str) -> dict[str, str]:
    return {
        "value": _written(figure.value, unit),
        "provisional": _written(figure.provisional, unit),
        "qualifier": figure.qualifier,
    }


def _written(value: decimal.Decimal, unit: str) -> str:
    """Write a value in full: pounds with their pence, anything else as it is."""
    if unit == "GBP" and value == value.quantize(PENCE):
        return format(value.quantize(PENCE), "f")
    return format(value, "f")


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _query(measure: str, ask: Ask, **group: str | None) -> str:
    """Write what narrows the list of records to those behind a figure."""
    moments = {"from": ask.from_, "to": ask.to, "as_at": ask.as_at}
    given: dict[str, object] = {
        "measure": measure,
        "operation": ask.operation,
        "operation_kind": ask.kind,
        "theme": ask.theme,
        "operation_organisation": ask.organisation,
        **{name: at and _moment(at) for name, at in moments.items()},
    }
    named = {name: value for name, value in given.items() if value}
    return urlencode(named | {n: v for n, v in group.items() if v is not None}, doseq=True)
