"""Reported beside recorded: each figure of others against ours, of the same time and scope."""

import collections
import decimal
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from ops import db
from ops.errors import Invalid
from ops.ledger.consultation import saw, saw_each
from ops.outcomes import reconciliation_queries as queries
from ops.outcomes import reconciliation_rules as rules
from ops.outcomes.readings import Reader, Reading, scope
from ops.outcomes.reconciliation_models import REASONS, UNSETTLED
from ops.outcomes.reconciliation_rules import Told
from ops.results import figures
from ops.results.counting import Scope
from ops.results.figures import Figure

# More than a page can show; a period or an operation narrows it.
MOST = 1_000


def reconcile(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Set each reported figure beside what is recorded, open differences first."""
    reader = Reader()
    sets = reader.sets_of(filters["operation"]) if "operation" in filters else []
    found = db.session.execute(queries.figures(filters, sets).limit(MOST + 1)).all()
    if len(found) > MOST:
        raise Invalid(f"More than {MOST:,} figures fit. Give a period or an operation.")
    saw_each("reported_figure", [(row.operation, row.id) for row in found])
    readings = {row.id: reader.read(row) for row in found}
    saw(
        "measure",
        {each.definition.code.split()[0] for each in readings.values() if each.definition},
    )
    given = _reasons([row.id for row in found])
    recorded = _recorded(found, readings, reader)
    told = [_told(row, readings[row.id], reader) for row in found]
    contradictions = rules.contradictions(told)
    items = [_item(row, readings[row.id], recorded, given[row.id], contradictions) for row in found]
    order = list(rules.STATUSES)
    items.sort(key=lambda item: order.index(item["status"]))
    counts = collections.Counter(item["status"] for item in items)
    return {
        "tolerance": str(rules.TOLERANCE),
        "counts": {status: counts[status] for status in order},
        "figures": items,
        "contradictions": [
            {
                "kind": each.kind,
                "figures": list(each.figures),
                "can_all_be_true": each.can_all_be_true,
                "sentence": each.sentence,
            }
            for each in contradictions
        ],
    }


def _recorded(
    found: Sequence[sa.Row[Any]], readings: Mapping[uuid.UUID, Reading], reader: Reader
) -> dict[tuple[uuid.UUID, bool], Figure]:
    """Add up what is recorded for each figure, as it was known then and as it is known now.

    Figures of the same operations, period and day are worked out in one statement.
    """
    asked: dict[Scope, dict[tuple[uuid.UUID, bool], Any]] = collections.defaultdict(dict)
    for row in found:
        reading = readings[row.id]
        if reading.because is None:
            operations = reader.operations(reading.whose)
            for now in (False, True):
                asked[scope(operations, row, is_late=now)][row.id, now] = reading.definition
    added: dict[tuple[uuid.UUID, bool], Figure] = {}
    for about, definitions in asked.items():
        unique = {each.code: each for each in definitions.values()}
        chosen = [unique[code] for code in sorted(unique)]
        summary = figures.add_up(chosen, about)
        added |= {key: summary.figures[each.code] for key, each in definitions.items()}
    return added


def _item(
    row: sa.Row[Any],
    reading: Reading,
    recorded: Mapping[tuple[uuid.UUID, bool], Figure],
    given: Sequence[Mapping[str, Any]],
    contradictions: Sequence[rules.Contradiction],
) -> dict[str, Any]:
    item = {
        "figure": row,
        "measure": None,
        "where": reading.where,
        "whose": {
            "operation": reading.whose.operation,
            "name": reading.whose.name,
            "organisation": reading.whose.organisation,
            "operation_kind": reading.whose.kinds,
            "theme": reading.whose.themes,
        },
        "mapping": reading.mapping and mapping(reading.mapping),
        "recorded": None,
        "recorded_now": None,
        "difference": None,
        "allowed": None,
        "because": reading.because,
        "status": "uncompared",
        "reasons": given,
        "contradictions": [
            number for number, each in enumerate(contradictions) if row.id in each.figures
        ],
    }
    measure = reading.measure
    if measure is None:
        return item
    names = ("code", "label", "unit", "version")
    item["measure"] = {name: getattr(measure, name) for name in names}
    if reading.because is not None:
        return item
    value = rules.in_unit(row.value, row.unit, measure.unit)
    then, now = recorded[row.id, False], recorded[row.id, True]
    item["recorded"] = _figure(then, _records(row, reading, measure.code))
    if now != then:
        item["recorded_now"] = _figure(now, _records(row, reading, measure.code, now=True))
    if value is None:
        sentence = f"It is reported in {row.unit} and recorded in {measure.unit}."
        return item | {"because": sentence}
    allowed, because = rules.because(value, measure.unit, row.qualifier, then.value)
    status = "agrees" if allowed else "open"
    if not allowed and rules.range_of(value, row.qualifier).holds(now.value):
        status, because = "late", "It agrees with what is known now: some was recorded later."
    elif not allowed and rules.range_of(value, row.qualifier).holds(then.value + then.provisional):
        because = f"{because} With what was still provisional it would agree."
    if status == "open" and given and given[0]["code"] not in UNSETTLED:
        status = "explained"
    return item | {
        "difference": format(then.value - value, "f"),
        "allowed": allowed,
        "because": because,
        "status": status,
    }


def _figure(found: Figure, records: str) -> dict[str, Any]:
    return {
        "value": format(found.value, "f"),
        "provisional": format(found.provisional, "f"),
        "qualifier": found.qualifier,
        "records": records,
    }


def _records(row: sa.Row[Any], reading: Reading, code: str, *, now: bool = False) -> str:
    """Give the address of the records behind a recorded figure."""
    whose = reading.whose
    path = f"/operations/{whose.operation}/results" if whose.operation else "/results"
    given: dict[str, Any] = {
        "measure": code,
        "operation_organisation": whose.organisation,
        "operation_kind": whose.kinds,
        "theme": whose.themes,
        "from": row.starts_on,
        "to": row.ends_on,
        "as_at": row.as_at,
        "late": "true" if now and row.as_at else None,
        **reading.where,
    }
    named = {name: value for name, value in given.items() if value}
    return f"/api/v1{path}?{urlencode(named, doseq=True)}"


def _told(row: sa.Row[Any], reading: Reading, reader: Reader) -> Told:
    """Give a figure as far as others can contradict it."""
    own = (row.measure, json.dumps(row.facets, sort_keys=True))
    value, unit, of = row.value, row.unit, ("theirs", *own)
    if (measure := reading.measure) is not None:
        wanted = rules.in_unit(row.value, row.unit, measure.unit)
        of = ("ours", measure.code, json.dumps(reading.where, sort_keys=True))
        if wanted is not None:
            value, unit = wanted, measure.unit
    operations = {str(each) for each in reader.operations(reading.whose)}
    whose = reading.whose.organisation or row.set_id or "nobody"
    return Told(
        id=row.id,
        of=of,
        unit=unit,
        value=decimal.Decimal(value),
        qualifier=row.qualifier,
        scope=frozenset(operations or {f"of {whose}"}),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        as_at=row.as_at,
    )


def _reasons(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    given: dict[uuid.UUID, list[dict[str, Any]]] = collections.defaultdict(list)
    for row in db.session.execute(queries.reasons(ids)):
        given[row.FigureReason.figure_id].append(reason(row.FigureReason, row.by))
    return given


def reason(said: Any, by: str) -> dict[str, Any]:
    """Write a reason, with who gave it and when."""
    return {
        "id": said.id,
        "code": said.code,
        "label": REASONS[said.code],
        "note": said.note,
        "by": by,
        "at": said.made_at,
    }


def mapping(row: sa.Row[Any]) -> dict[str, Any]:
    """Write what a publisher's measure is here, with who said so and when."""
    said = row.FigureMapping
    names = ("id", "measure", "facets", "code", "where", "note")
    return {
        **{name: getattr(said, name) for name in names},
        "operation": said.operation_id,
        "by": row.by,
        "at": said.made_at,
    }
