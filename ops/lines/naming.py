"""Say which line a closure closed, where its record gives a name alone."""

import uuid

from ops import db
from ops.access import guard
from ops.errors import Missing, Refused
from ops.results import logging, rules
from ops.results.kinds.lines import DealLine, LineClosure
from ops.results.models import Result


def name(closure_id: uuid.UUID, line_id: uuid.UUID | None) -> tuple[uuid.UUID, bool]:
    """Tie a closure to a line, or to a new one of its name; tell which, and whether it is new.

    What was confirmed stays so: the same line is meant as before. Whoever calls commits.
    """
    result = db.session.get(Result, closure_id, with_for_update=True)
    closure = db.session.get(LineClosure, closure_id)
    if result is None or closure is None:
        raise Missing("There is no such closure.")
    is_own = result.recorded_by == guard.actor().id and result.status == "recorded"
    guard.require("log" if is_own else "confirm", result.operation_id)
    rules.check_standing(result, "given a line")
    if closure.line_id is not None:
        raise Refused("This closure names its line already; correct it if it is another.")
    is_new = line_id is None
    named = _made(closure, result) if line_id is None else _found(line_id)
    result.bump()
    db.session.flush()
    closure.line_id = named
    return named, is_new


def _found(line_id: uuid.UUID) -> uuid.UUID:
    db.find(DealLine, line_id, "line")
    rules.check_standing(db.find(Result, line_id, "line"), "closed")
    return line_id


def _made(closure: LineClosure, result: Result) -> uuid.UUID:
    if closure.line_name is None:
        raise Refused("This closure has no name to make a line of; correct it first.")
    detail = {"name": closure.line_name}
    sent = {"kind": "line", "occurred_at": result.occurred_at, "detail": detail}
    [logged] = logging.log([logging.prepare(result.operation_id, sent)], guard.actor().id)
    if logged.refusal is not None:
        raise logged.refusal
    return uuid.UUID((logged.record or {})["id"])
