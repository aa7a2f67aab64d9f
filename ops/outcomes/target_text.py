"""The history of a target in words."""

import uuid
from typing import Any

from ops import db, wording
from ops.ledger import queries
from ops.ledger.history import Act, Words, acts

_FIELDS = {
    "value": "Target",
    "measure": "Measure",
    "starts_on": "First day",
    "ends_on": "Last day",
}


def history(target_id: uuid.UUID) -> list[Act]:
    """Tell what became of a target, the newest first."""
    changes = db.session.execute(queries.history("target", target_id)).all()
    return acts(changes, Words(added="Set", fields=_FIELDS, write=_write))


def _write(name: str, value: Any) -> str:
    if name == "value":
        return wording.number(value)
    return wording.words(value) if name == "measure" else wording.short_day(value)
