"""What a record still lacks before it can be confirmed: in itself, and in those that it names."""

import uuid

from ops import db
from ops.results import queries
from ops.results.kinds.base import Detail, Kind


def missing(kind: Kind, detail: Detail) -> str | None:
    """Say what is missing, the record's own part first."""
    if own := kind.missing_to_confirm(detail):
        return own
    named = [value for value in detail.values() if isinstance(value, uuid.UUID)]
    if db.session.scalar(queries.any_struck(named)):
        return "It names a record that was struck; correct it first."
    elsewhere = kind.missing_elsewhere(detail)
    return None if elsewhere is None else db.session.scalar(elsewhere)
