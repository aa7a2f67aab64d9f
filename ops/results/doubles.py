"""Likely doubles of records, in words, for whoever logs or reads one."""

import functools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ops import db, wording
from ops.results import queries
from ops.results.kinds import KINDS

REASONS = {
    "custody_ref": "the same custody reference",
    "exhibit_ref": "the same exhibit reference",
    "line_id": "the same line",
    "line_name": "the same name of the line",
    "named": "somebody named both",
    "near": "the same kind within minutes and metres",
    "number": "the same phone number",
    "person_ref": "the same person on the same day",
    "premises_key": "the same premises",
    "reference": "the same reference",
    "seal": "the same seal",
    "subject_ref": "the same subject of the order",
    "target_ref": "the same target on the same day",
}


def remarks(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[str]]:
    """Say of records which others may be the same, as far as the reader sees them."""
    found: dict[uuid.UUID, list[str]] = {}
    for row in _open(ids):
        found.setdefault(row.id, []).append(_sentence(row))
    return found


def compared(result_id: uuid.UUID) -> Mapping[str, uuid.UUID]:
    """Give, for each remark on a likely double of a record, the pair to compare."""
    return {_sentence(row): row.double for row in _open([result_id])}


def _open(ids: Sequence[uuid.UUID]) -> Sequence[sa.Row[Any]]:
    return db.run(_written(), {"ids": list(ids)})


@functools.cache
def _written() -> str:
    return db.written(queries.open_doubles())


def _sentence(row: sa.Row[Any]) -> str:
    return (
        f"This may be logged twice: {KINDS[row.kind].label.lower()} of "
        f"{wording.moment(row.occurred_at)}, logged by {row.recorder} "
        f"({reasons(row.reasons)})."
    )


def reasons(codes: Sequence[str]) -> str:
    """Write why two records are taken for one."""
    return ", ".join(REASONS.get(code, code) for code in codes)


def add_remarks(records: Sequence[Any]) -> None:
    """Add to records what may be the same as each."""
    said = remarks([uuid.UUID(record["id"]) for record in records])
    for record in records:
        record["remarks"] = [*record["remarks"], *said.get(uuid.UUID(record["id"]), [])]
