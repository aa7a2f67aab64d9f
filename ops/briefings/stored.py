"""Briefings as they are fetched, each look noted."""

import uuid
from typing import Any

import orjson

from ops import db
from ops.access import guard
from ops.briefings import differences, queries
from ops.briefings.models import SECTIONS, Briefing
from ops.errors import Missing
from ops.ledger.consultation import saw

NONE = "There is no such briefing."


def briefing(operation_id: uuid.UUID, version: int) -> dict[str, Any]:
    """Fetch a version that whoever asks may see: what was issued, as it was issued."""
    found = db.session.execute(queries.briefing(operation_id, version)).mappings().one_or_none()
    if found is None:
        raise Missing(NONE)
    saw("briefing", [found["id"]], operation_id)
    told = dict(found)
    told["sections"] = {name: told.pop(name) for name in SECTIONS}
    told["copies"] = 0
    if content := told.pop("content"):
        told |= {name: orjson.loads(content)[name] for name in ("sections", "plan", "copies")}
    told["read_at"] = db.session.scalar(queries.reading(found["id"], guard.actor().id))
    return told


def to_change(action: str, operation_id: uuid.UUID, version: int) -> Briefing:
    """Fetch a version to change it, one at a time."""
    query = queries.briefing(operation_id, version).with_only_columns(Briefing.id)
    key = db.session.scalar(query.order_by(None))
    found = key and db.session.get(Briefing, key, with_for_update=True, populate_existing=True)
    if not found:
        raise Missing(NONE)
    guard.require(action, operation_id)
    return found


def since_read(told: dict[str, Any]) -> dict[str, Any]:
    """Say what changed since the version that whoever asks read last; nothing without one."""
    before = db.session.execute(
        queries.read_before(told["operation"], told["version"], guard.actor().id)
    ).one_or_none()
    if before is None:
        return {"since": None, "sections": [], "deployments": [], "other": []}
    was = orjson.loads(before.content)
    return {
        "since": before.version,
        "sections": differences.sections(was["sections"], told["sections"]),
        "deployments": differences.deployments(was["plan"], told["plan"]),
        "other": differences.others(was["plan"], told["plan"]),
    }
