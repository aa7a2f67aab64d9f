"""Many deployments at once: all, or the good ones; the same list twice makes nothing twice."""

import dataclasses
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.errors import Conflict, OpsError
from ops.operations import deployments, planning, rules
from ops.operations.models import Deployment, Operation

# More than any week of action has in a day; the rest goes in another list.
MOST = 500


@dataclasses.dataclass
class Draft:
    """One deployment to make, from a line of a list; what is wrong with it, by column."""

    line: int
    content: dict[str, Any] = dataclasses.field(default_factory=dict)
    team: uuid.UUID | None = None
    errors: dict[str, str] = dataclasses.field(default_factory=dict)
    # The place that was found for it by its postcode or address.
    found: str | None = None
    # What became of it: added, there, or refused.
    outcome: str = "refused"
    id: uuid.UUID | None = None


def add(
    operation_id: uuid.UUID, drafts: Sequence[Draft], by: uuid.UUID, *, good_rows: bool, dry: bool
) -> None:
    """Make the deployments of these drafts, and write into each what became of it."""
    seen: Counter[str] = Counter()
    with db.transaction():
        operation = planning.to_change(operation_id)
        for draft in drafts:
            if not draft.errors:
                _add(operation, draft, by, seen)
        if dry or (not good_rows and any(draft.errors for draft in drafts)):
            raise db.Undone


def _add(operation: Operation, draft: Draft, by: uuid.UUID, seen: Counter[str]) -> None:
    mark = rules.hash_of({**draft.content, "team": draft.team}).hex()
    seen[mark] += 1
    # The same line of the same list is the same deployment, also when it is sent again.
    draft.id = uuid.uuid5(operation.id, f"{mark} {seen[mark]}")
    if db.session.get(Deployment, draft.id) is not None:
        draft.outcome = "there"
        return
    try:
        with db.session.begin_nested():
            deployments.place(operation, {**draft.content, "id": draft.id}, by)
            db.session.flush()
            if draft.team is not None:
                deployments.send(draft.id, {"team": draft.team}, by)
                db.session.flush()
    except OpsError as error:
        draft.errors = _by_column(error)
    except sa.exc.IntegrityError as error:
        # What may not be named is in the way.
        draft.errors = {"team": db.said(error)}
    else:
        draft.outcome = "added"


def _by_column(error: OpsError) -> dict[str, str]:
    if isinstance(error, Conflict):
        return {"team": error.sentence}
    said = {
        str(name): " ".join(map(str, text)) if isinstance(text, list) else str(text)
        for name, text in error.errors.items()
    }
    return said or {"": error.sentence}


def told(draft: Draft) -> Mapping[str, Any]:
    """Give a draft as the wire has it."""
    return {
        "line": draft.line,
        "id": draft.id,
        "name": draft.content.get("name"),
        "starts_at": draft.content.get("starts_at"),
        "ends_at": draft.content.get("ends_at"),
        "found": draft.found,
        "outcome": draft.outcome,
        "errors": draft.errors,
    }
