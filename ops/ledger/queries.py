"""The log of looks as whoever asks may read it, and the history of a record."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ops import db
from ops.access.models import Person
from ops.ledger.models import Change

# The view decides who reads which entry, and what of it; not one of its columns tells more.
READABLE = sa.table(
    "readable_log",
    sa.column("id", sa.Uuid),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor", sa.Uuid),
    sa.column("act", sa.Text),
    sa.column("endpoint", sa.Text),
    sa.column("asked", ARRAY(sa.Text)),
    sa.column("recipient", sa.Text),
    sa.column("reason", sa.Text),
    sa.column("seen", JSONB),
    sa.column("count", sa.Integer),
)
ENTRY_KEYS: list[db.Key] = [READABLE.c.at, READABLE.c.id]


def entries(filters: Mapping[str, Any]) -> db.Query:
    """List who looked at what, the newest first."""
    log = READABLE.c
    query = (
        sa.select(*log, Person.name.label("actor_name"))
        .select_from(READABLE)
        .outerjoin(Person, Person.id == log.actor)
        .order_by(log.at.desc(), log.id.desc())
    )
    for name in ("actor", "act"):
        if name in filters:
            query = query.where(log[name] == filters[name])
    if "operation" in filters:
        query = query.where(_touches(filters["operation"]))
    if "from_" in filters:
        query = query.where(log.at >= filters["from_"])
    if "to" in filters:
        query = query.where(log.at < filters["to"])
    return query


def _touches(operation_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Tell whether an entry is about an operation, by what the reader may know of it."""
    itself = [{"kind": "operation", "ids": [str(operation_id)]}]
    return READABLE.c.seen.contains([{"operation": str(operation_id)}]) | READABLE.c.seen.contains(
        itself
    )


def history(kind: str, record_id: uuid.UUID) -> db.Query:
    """List what was done to a record, the newest first."""
    return (
        sa.select(
            Change.id,
            Change.at,
            Change.before,
            Change.after,
            Change.reason,
            Person.name.label("person_name"),
        )
        .outerjoin(Person, Person.id == Change.actor)
        .where(Change.object_id == record_id, Change.object == kind)
        .order_by(Change.id.desc())
    )
