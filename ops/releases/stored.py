"""Snapshots and releases as they are fetched, each look noted."""

import uuid
from typing import Any

import orjson

from ops import db
from ops.errors import Missing
from ops.ledger.consultation import saw
from ops.releases import queries

# Stands for several operations: who may read of one of them may not know of the others.
SEVERAL = uuid.UUID(int=0)


def snapshot(snapshot_id: uuid.UUID) -> Any:
    """Fetch a snapshot that whoever asks may see, with its bytes and its hash."""
    found = db.session.execute(queries.content(snapshot_id)).first()
    if found is None:
        raise Missing("There is no such snapshot.")
    saw("snapshot", [found.id], found.subject_id or SEVERAL)
    saw("operation", orjson.loads(found.content)["operations"])
    return found


def release(release_id: uuid.UUID) -> dict[str, Any]:
    """Fetch a release that whoever asks may see, with its figures as they were published."""
    found = db.session.execute(queries.releases({"id": release_id})).first()
    if found is None:
        raise Missing("There is no such release.")
    saw("release", [found.id], found.operation or SEVERAL)
    figures = db.session.execute(queries.published(release_id)).mappings().all()
    told = dict(found._mapping)
    if told["revision"]:
        told["revision"] |= {"at": told["revision_at"], "by": told["revision_by"]}
    return {**told, "figures": figures}
