"""What a seal is made of: how a row of the ledger is hashed, and in what order.

Only functions that come with PostgreSQL itself are used, for those in our own schema belong to
the owner, who is the one that a seal is a proof against.
"""

import dataclasses
import datetime as dt
import hashlib
import uuid
from typing import Any

import orjson

# What the very first link is tied to.
GENESIS = bytes(32)

# Every column that stays as it was written; of the content its digest alone, so that a lawful
# erasure leaves the chain whole.
_KEPT = {
    "change": "actor, operation_id, object, object_id",
    "log_entry": "actor, act, endpoint, to_jsonb(operations), count",
}
_CONTENT = {
    "change": "convert_to(jsonb_build_array(before, after, reason)::text, 'UTF8')",
    "log_entry": "convert_to(jsonb_build_array(seen, asked, recipient, reason)::text"
    " || coalesce(packed_kind, ''), 'UTF8') || coalesce(packed, '')",
}
SOURCES = tuple(_KEPT)


def rows_of(source: str) -> str:
    """Write the statement that gives each row of a table with its hash and its state."""
    return (
        f"select '{source}' as source, id, at, txid, "  # noqa: S608 - our own names
        f"sha256(convert_to(jsonb_build_array('{source}', id, txid,"
        " (extract(epoch from at) * 1000000)::bigint,"
        f" {_KEPT[source]}, encode(content_digest, 'hex'))::text, 'UTF8')) as hash, "
        "case when salt is null then null else content_digest ="
        f" sha256(uuid_send(salt) || {_CONTENT[source]}) end as is_whole"
        f" from {source}"
    )


ROWS = " union all ".join(f"({rows_of(source)})" for source in SOURCES)


def link(previous: bytes, row_hash: bytes) -> bytes:
    """Tie a row to all before it."""
    return hashlib.sha256(previous + row_hash).digest()


@dataclasses.dataclass(frozen=True, kw_only=True)
class SealFacts:
    """What a seal says beside its hash."""

    id: uuid.UUID
    at: dt.datetime
    first_position: int
    last_position: int
    horizon: int
    next_txid: int
    cluster: int

    def hash(self, last_link: bytes) -> bytes:
        """Close a seal: over its last link and over what it says of itself."""
        return link(last_link, orjson.dumps(self.told()))

    def told(self) -> dict[str, Any]:
        """Write the facts in the one way that is hashed and exported."""
        facts = dataclasses.asdict(self)
        return {**facts, "id": str(self.id), "at": self.at.astimezone(dt.UTC).isoformat()}
