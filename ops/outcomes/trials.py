"""A definition that is not kept yet: its figure and its records, as if it were."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ops import api
from ops.ledger.consultation import saw, saw_each
from ops.outcomes import defining, measure_rules, summaries
from ops.outcomes.measure_text import words
from ops.outcomes.summaries import Ask
from ops.results import measures, queries
from ops.results.models import Measure

# No measure that is kept has such a code.
CODE = "(this measure)"


def run(
    sent: Mapping[str, Any], scope: Mapping[str, Any], limit: int, now: dt.datetime
) -> dict[str, Any]:
    """Work out a definition over some operations, and list the newest records behind it."""
    others = defining.in_force()
    definition = defining.checked(sent, CODE, others)
    trial = {
        "code": CODE,
        "version": 0,
        "label": "This measure",
        "four_p": "pursue",
        "unit": measure_rules.unit_of(definition, others.units) or "",
        "definition": definition,
        "targets": [],
        "reported": [],
    }
    ask = Ask(**scope)
    row = summaries.fitting(ask, now)
    saw("operation", row.operations)
    needed = _needed(definition, others.definitions)
    found = [trial, *(each for each in row.measures if each["code"] in needed)]
    summary = summaries.of_measures(found, row.operations, ask, now)
    [figure] = [each for each in summary["measures"] if each["code"] == CODE]
    return {
        "words": words(definition, others.labels),
        "operations": len(row.operations),
        "figure": figure,
        "records": _records(trial, row.operations, ask, limit) if "kind" in definition else [],
    }


def _needed(definition: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """List the measures that a definition is worked out from, however far."""
    found, ahead = set[str](), [member for _, member in measure_rules.members(definition)]
    while ahead:
        code = ahead.pop()
        if code not in found:
            found.add(code)
            ahead += [member for _, member in measure_rules.members(others.get(code, {}))]
    return found


def _records(
    trial: Mapping[str, Any], operations: Sequence[uuid.UUID], ask: Ask, limit: int
) -> list[Any]:
    columns = ("code", "version", "label", "four_p", "unit", "definition")
    definition = measures.read(Measure(**{name: trial[name] for name in columns}))
    if not isinstance(definition, measures.Definition):
        return []
    times = {"from_": ask.from_, "to": ask.to, "as_at": ask.as_at, "late": ask.late}
    filters = {name: value for name, value in times.items() if value}
    query, keys = queries.results(filters | {"operation": operations}, {}, definition)
    found, _ = api.page(query, keys, limit=limit, descending=True)
    saw_each("result", [(row.operation_id, row.id) for row in found])
    return [orjson.Fragment(row.record) for row in found]
