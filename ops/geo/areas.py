"""Keep an operation's areas."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql

from ops import db
from ops.geo import queries, rules
from ops.geo.models import Area


def add(
    operation_id: uuid.UUID,
    content: Mapping[str, Any],
    by: uuid.UUID,
    area_id: uuid.UUID | None = None,
) -> tuple[uuid.UUID, bool]:
    """Add an area; tell its id, and whether it is new.

    The same content under the same id again is the same area, also when both
    arrive at once; other content is refused.
    """
    sent = rules.hash_of(operation_id, content)
    area_id = area_id or db.new_id()
    values = {
        **content,
        "id": area_id,
        "operation_id": operation_id,
        "created_by": by,
        "content_hash": sent,
        "version": 1,
    }
    insert = postgresql.insert(Area).values(values).on_conflict_do_nothing(index_elements=[Area.id])
    with db.transaction():
        kept = db.session.get(Area, area_id)
        if kept is None:
            rules.check_open(db.session.scalar(queries.lock_operation(operation_id)))
            if db.session.scalar(insert.returning(Area.id)) is not None:
                return area_id, True
            kept = db.session.get(Area, area_id)
        # One that this person doesn't see is never the same.
        rules.check_replay(None if kept is None else kept.content_hash, sent)
    return area_id, False


def to_change(area_id: uuid.UUID) -> Area:
    """Find an area that may still be changed, in the caller's transaction."""
    area = db.find(Area, area_id, "area")
    rules.check_open(db.session.scalar(queries.lock_operation(area.operation_id)))
    return area
