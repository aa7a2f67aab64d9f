"""Writes the decision log: entries are added, and nothing else."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from ops import db
from ops.errors import Conflict, Invalid
from ops.operations.models import Operation
from ops.plans.models import Decision

SAME = ("operation_id", "what", "why", "alternatives", "corrects_id")


def write(
    operation_id: uuid.UUID, content: Mapping[str, Any], by: uuid.UUID, now: dt.datetime
) -> tuple[uuid.UUID, bool]:
    """Add an entry; tell its id, and whether it is new. Whoever calls commits.

    The same content under the same id again is the same entry; other content is refused.
    """
    db.find(Operation, operation_id, "operation")
    entry = Decision(
        id=content.get("id") or db.new_id(),
        operation_id=operation_id,
        decided_at=content.get("decided_at") or now,
        decided_by=content.get("decided_by") or by,
        what=content["what"],
        why=content["why"],
        alternatives=content.get("alternatives"),
        corrects_id=content.get("corrects"),
        recorded_by=by,
    )
    there = db.session.get(Decision, entry.id)
    if there is not None:
        if any(getattr(there, name) != getattr(entry, name) for name in SAME):
            raise Conflict("There is already an entry with this id, and it is not the same.")
        return entry.id, False
    _check_corrects(entry)
    db.session.add(entry)
    db.session.flush()
    return entry.id, True


def _check_corrects(entry: Decision) -> None:
    """Refuse to correct what is not in this log, or is not seen in it."""
    if entry.corrects_id is None:
        return
    earlier = db.session.get(Decision, entry.corrects_id)
    if earlier is None or earlier.operation_id != entry.operation_id:
        said = "There is no such entry in this log; choose one of it."
        raise Invalid(said, {"corrects": [said]})
