"""What it adds up to: the body of an outcome summary, for one operation or for many."""

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from ops import db
from ops.errors import Invalid, Missing
from ops.ledger.consultation import saw
from ops.outcomes import aims, suppression
from ops.outcomes.measured import Ask, Told, moment, needed
from ops.results import figures, measures
from ops.results.counting import Scope, last_day
from ops.results.definitions import Definition, Derived
from ops.results.kinds.base import FOUR_PS
from ops.results.models import Measure

# What makes a version of a measure.
SAID = ("code", "version", "label", "four_p", "unit", "definition")
DAYS = ("valid_from", "valid_to")


def of_operation(operation_id: uuid.UUID, ask: Ask, now: dt.datetime) -> dict[str, Any]:
    """Add up one operation, in two statements."""
    row = db.session.execute(
        aims.of_operation(), {"operation": operation_id, "day": _day(ask, now)}
    ).first()
    if row is None:
        raise Missing("There is no such operation.")
    records = f"/api/v1/operations/{operation_id}/results"
    saw("operation", [operation_id])
    return {
        "operation": {"id": row.id, "name": row.name, "reference": row.reference},
        **_body(row.measures, [operation_id], ask, now, records),
    }


def of_operation_by(
    operation_id: uuid.UUID, ask: Ask, several: Sequence[str], now: dt.datetime
) -> dict[str, dict[str, Any]]:
    """Add up one operation, broken down in several ways at once; still in two statements."""
    row = db.session.execute(
        aims.of_operation(), {"operation": operation_id, "day": _day(ask, now)}
    ).first()
    if row is None:
        raise Missing("There is no such operation.")
    saw("operation", [operation_id])
    records = f"/api/v1/operations/{operation_id}/results"
    return _bodies(row.measures, [operation_id], ask, several, now, records)


def of_many_by(ask: Ask, several: Sequence[str], now: dt.datetime) -> dict[str, dict[str, Any]]:
    """Add up many operations, broken down in several ways at once."""
    row = fitting(ask, now)
    saw("operation", row.operations)
    of = None if len(row.operations) == row.seen else row.operations
    return _bodies(row.measures, of, ask, several, now, "/api/v1/results", row.kept or ())


def of_many(ask: Ask, now: dt.datetime) -> dict[str, Any]:
    """Add up many operations, each result once whatever it is credited to; in two statements."""
    row = fitting(ask, now)
    saw("operation", row.operations)
    return {
        "operations": len(row.operations),
        **_body(
            row.measures,
            # Of all that one sees, the programme's figures are kept added up.
            None if len(row.operations) == row.seen else row.operations,
            ask,
            now,
            "/api/v1/results",
            row.kept or (),
        ),
    }


def of_measures(
    found: Sequence[Mapping[str, Any]], operations: Sequence[uuid.UUID], ask: Ask, now: dt.datetime
) -> dict[str, Any]:
    """Add up these operations by these measures, which need not be those in force."""
    return _body(found, operations, ask, now, "/api/v1/results")


def fitting(ask: Ask, now: dt.datetime) -> sa.Row[Any]:
    """Find the operations that are asked for, and all that their figures are set against."""
    part = ask.kind or ask.theme or ask.within
    is_one = len(set(ask.operation)) == 1 and not (part or ask.organisation)
    row = db.session.execute(
        aims.of_many(),
        {
            "day": _day(ask, now),
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
    return row


def _body(
    found: Sequence[Mapping[str, Any]],
    operations: Sequence[uuid.UUID] | None,
    ask: Ask,
    now: dt.datetime,
    records: str,
    kept: Sequence[str] = (),
) -> dict[str, Any]:
    """Set the figures against targets and against what others reported, measure by measure."""
    [body] = _bodies(found, operations, ask, [ask.by], now, records, kept).values()
    return body


def _bodies(
    found: Sequence[Mapping[str, Any]],
    operations: Sequence[uuid.UUID] | None,
    ask: Ask,
    several: Sequence[str | None],
    now: dt.datetime,
    records: str,
    kept: Sequence[str] = (),
) -> dict[str, dict[str, Any]]:
    """Say the same figures broken down in several ways, by the name of each."""
    against = {each["code"]: each for each in found}
    known = {code: read for code, each in against.items() if (read := _read(_said(each)))}
    _check_known(ask.measure, known)
    chosen = sorted(
        (
            each
            for each in known.values()
            if ask.four_p in (None, each.four_p) and (not ask.measure or each.code in ask.measure)
        ),
        key=lambda each: (list(FOUR_PS).index(each.four_p), each.label),
    )
    scope = Scope(
        operations,
        ask.from_,
        ask.to,
        ask.as_at,
        late=ask.late,
        period_ends_at=ask.period_ends_at,
        within=ask.within,
    )
    added_up = needed(chosen, known)
    # A cold figure: the measures that were added up, never every record behind them.
    saw("measure", [each.code for each in chosen])
    bodies = {}
    for by, part in figures.add_up_by(added_up, scope, several, kept).items():
        asked = dataclasses.replace(ask, by=by)
        hidden = suppression.of_summary(added_up, part, by)
        told = Told(asked, records, known, against, part, hidden)
        bodies[by] = {
            "as_at": moment(ask.as_at or now),
            "from": ask.from_ and moment(ask.from_),
            "to": ask.to and moment(ask.to),
            **({"late": True} if ask.late else {}),
            **({"within": str(ask.within)} if ask.within else {}),
            "by": by,
            "definition": max((each.version for each in chosen), default=1),
            "measures": [told.measure(each) for each in chosen],
        }
    return bodies


def _check_known(asked: Sequence[str], known: Mapping[str, Any]) -> None:
    """Refuse a measure that nobody defined, rather than show nothing of it."""
    if unknown := sorted(set(asked) - known.keys()):
        sentence = f"There is no measure called {', '.join(unknown)}."
        raise Invalid(sentence, {"measure": [sentence]})


def _said(found: Mapping[str, Any]) -> bytes:
    """Write what a definition says, which is the same from one request to the next."""
    return orjson.dumps({name: found.get(name) for name in (*SAID, *DAYS)})


@functools.lru_cache(maxsize=2048)
def _read(said: bytes) -> Definition | Derived | None:
    """Read a definition that the database wrote as JSON."""
    found = orjson.loads(said)
    days = {name: dt.date.fromisoformat(found[name]) for name in DAYS if found[name]}
    return measures.read(Measure(**{name: found[name] for name in SAID}, **days))


def _day(ask: Ask, now: dt.datetime) -> dt.date:
    """Give the day whose definitions hold: the last of the period that is asked about."""
    return last_day(ask.to or ask.as_at or now)
