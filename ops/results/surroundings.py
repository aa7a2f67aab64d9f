"""What lies around and in a seizure, for its page and its form."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ops import db
from ops.ledger.consultation import saw
from ops.results import exhibits, queries
from ops.results.detail_text import headline
from ops.results.kinds import KINDS
from ops.results.kinds.seizures import Seizure

SEIZURE = Seizure.__tablename__
# What fits in one choice; whatever lies further back is found by its own page.
MOST = 50


def contents(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give what lies right inside a seizure: id, words, status."""
    rows = db.session.execute(exhibits.contents(uuid.UUID(record["id"])).limit(MOST)).all()
    return _told([row.id for row in rows], record["operation"])


def inside(operation_id: uuid.UUID, parent: str) -> dict[str, list[str]]:
    """Fill in what is known of something that was found in a seizure."""
    found = _sent(parent)
    if found is None or found.operation_id != operation_id:
        return {}
    known = {"detail.parent": [parent]}
    if found.category == "package":
        known["detail.found_in"] = ["inside_package"]
    if found.exhibit_ref:
        known["detail.exhibit_ref"] = [exhibits.suggestion(operation_id, found.exhibit_ref)]
    return known


def _sent(seizure_id: str) -> Seizure | None:
    try:
        return db.session.get(Seizure, uuid.UUID(seizure_id))
    except ValueError:
        return None


def _told(ids: Sequence[uuid.UUID], operation_id: str) -> list[Mapping[str, Any]]:
    if not ids:
        return []
    found = [orjson.loads(row.record) for row in db.session.execute(queries.whole(ids))]
    saw("result", [each["id"] for each in found], operation_id)
    by_id = {each["id"]: each for each in found}
    return [
        {
            "id": str(each),
            "name": headline(KINDS[SEIZURE], by_id[str(each)]["detail"]),
            "status": by_id[str(each)]["status"],
        }
        for each in ids
        if str(each) in by_id
    ]
