"""The board of an operation: its figures, what they are set against, and what waits."""

import dataclasses
import datetime as dt
import decimal
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.boards import queries, rules
from ops.boards.rules import Span
from ops.errors import Invalid, Missing
from ops.operations.progress import Patience
from ops.outcomes import summaries
from ops.outcomes.measured import moment
from ops.outcomes.summaries import Ask
from ops.results.grouping import groupings
from ops.wording import LONDON

SAID = ("code", "label", "four_p", "unit", "definition", "value", "provisional", "qualifier",
        "records", "target", "attainment", "reported")  # fmt: skip
# Enough for a percentage with one decimal.
PLACES = decimal.Decimal("0.0001")


@dataclasses.dataclass(frozen=True)
class Waits:
    """From when on things are late, as the settings have it."""

    check_back_days: tuple[int, ...]
    patience: Patience

    def count(
        self, operation_id: uuid.UUID, now: dt.datetime
    ) -> tuple[Mapping[str, queries.Late], Mapping[str, int]]:
        """Count what waits of an operation."""
        asked = {"operation": operation_id, "now": now, "today": now.astimezone(LONDON).date()}
        statement = queries.waiting(self.check_back_days, self.patience)
        rows = db.session.connection().exec_driver_sql(statement, asked)
        return queries.late(self.check_back_days, self.patience), {r.name: r.number for r in rows}


@dataclasses.dataclass(frozen=True)
class Against:
    """What a board is set beside: another operation, another time, or both."""

    operation: uuid.UUID | None = None
    from_: dt.datetime | None = None
    to: dt.datetime | None = None


def of_operation(
    operation_id: uuid.UUID,
    ask: Ask,
    against: Against | None,
    waits: Waits,
    now: dt.datetime,
) -> dict[str, Any]:
    """Set the figures of an operation against targets, pace, and what it is compared with."""
    found = _head(operation_id)
    span = Span.of(Span(ask.from_, ask.to), Span(found.starts_at, found.ends_at))
    beside = rules.breakdowns(found.kind, span, now)
    bodies = summaries.of_operation_by(operation_id, dataclasses.replace(ask, by=None), beside, now)
    more = rules.ALONE.get(found.kind, ())
    for by in dict.fromkeys([*more, *([ask.by] if ask.by else [])]):
        if by not in bodies:
            asked = dataclasses.replace(ask, by=by)
            bodies[by] = summaries.of_operation(operation_id, asked, now)
    compared = _compared(operation_id, ask, against, now) if against else None
    body = next(iter(bodies.values()))
    late, counted = waits.count(operation_id, now)
    share = span.share(now)
    return {
        "operation": {
            name: getattr(found, name)
            for name in ("id", "name", "reference", "kind", "status", "marking")
        },
        **{name: body[name] for name in ("as_at", "from", "to")},
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "share": None if share is None else share.quantize(PLACES, decimal.ROUND_HALF_UP),
        "breakdowns": [_breakdown(by, bodies[by], span, now) for by in bodies],
        "measures": _measures(bodies, compared, span, now),
        "against": compared and compared[0],
        "phases": [_phase(operation_id, each, ask, now) for each in found.phases or ()],
        "unreported": {
            "number": counted[queries.UNREPORTED],
            "records": f"/api/v1/nil-returns/missing?operation={operation_id}",
        },
        "late": [
            {
                "name": name,
                "title": each.title,
                "number": counted[name],
                "records": f"/api/v1{each.address}operation={operation_id}",
            }
            for name, each in late.items()
        ],
    }


def _head(operation_id: uuid.UUID) -> sa.Row[Any]:
    found = db.session.execute(queries.head(operation_id)).first()
    if found is None:
        raise Missing("There is no such operation.")
    return found


def _measures(
    bodies: Mapping[str, Mapping[str, Any]],
    compared: tuple[dict[str, Any], Mapping[str, Any]] | None,
    span: Span,
    now: dt.datetime,
) -> list[dict[str, Any]]:
    groups = {
        by: {each["code"]: each.get("groups", []) for each in body["measures"]}
        for by, body in bodies.items()
    }
    others = compared[1] if compared else {}
    said = []
    for each in next(iter(bodies.values()))["measures"]:
        other = others.get(each["code"])
        said.append(
            {name: each[name] for name in SAID}
            | {name: each[name] for name in ("numerator", "denominator") if name in each}
            | {
                "expected": rules.expected(each, span, now),
                "groups": {by: found[each["code"]] for by, found in groups.items()},
                "against": other
                and {
                    name: other[name]
                    for name in ("value", "provisional", "qualifier", "records", "target")
                }
                | {"change": rules.change(each["value"], other["value"])},
            }
        )
    return said


def _compared(
    operation_id: uuid.UUID, ask: Ask, against: Against, now: dt.datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Add up what a board is set beside, by the same measures."""
    other = against.operation or operation_id
    starts_at, ends_at = against.from_, against.to
    if other == operation_id and starts_at is None and ends_at is None:
        raise Invalid(
            "Choose another operation or another period to compare with.",
            {"against": ["Choose another operation or another period."]},
        )
    found = _head(other)
    asked = dataclasses.replace(ask, by=None, from_=starts_at, to=ends_at)
    body = summaries.of_operation(other, asked, now)
    head = {
        "operation": {"id": found.id, "name": found.name, "reference": found.reference},
        "starts_at": starts_at or found.starts_at,
        "ends_at": ends_at or found.ends_at,
    }
    return head, {each["code"]: each for each in body["measures"]}


def _phase(
    operation_id: uuid.UUID, phase: Mapping[str, Any], ask: Ask, now: dt.datetime
) -> dict[str, Any]:
    """Add up what was done in a phase."""
    starts_at = dt.datetime.fromisoformat(phase["starts_at"])
    ends_at = phase["ends_at"] and dt.datetime.fromisoformat(phase["ends_at"])
    asked = dataclasses.replace(ask, by=None, from_=starts_at, to=ends_at)
    body = summaries.of_operation(operation_id, asked, now)
    return {
        "kind": phase["kind"],
        "starts_at": moment(starts_at),
        "ends_at": ends_at and moment(ends_at),
        "measures": {
            each["code"]: {name: each[name] for name in ("value", "qualifier", "records")}
            for each in body["measures"]
        },
    }


def _breakdown(by: str, body: Mapping[str, Any], span: Span, now: dt.datetime) -> dict[str, Any]:
    """Name the groups that a breakdown has, of whatever measure."""
    found: dict[str | None, str] = {}
    for each in body["measures"]:
        for group in each.get("groups", ()):
            found.setdefault(group["key"], group["label"])
    keys: Sequence[str | None]
    if by in {"day", "month"}:
        keys = span.keys(now, [key for key in found if key])
    else:
        keys = sorted(found, key=lambda key: (key is None, found[key]))
    return {
        "by": by,
        "label": groupings()[by],
        "groups": [{"key": key, "label": found.get(key) or key} for key in keys],
    }
