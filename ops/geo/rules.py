"""What may be done with places."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any

from geoalchemy2 import WKBElement

from ops.errors import Conflict, Invalid, Missing, Refused
from ops.geo.models import OVER, Area

# "D open", "Category D", "Open": what a prison without a wall is called.
_OPEN = re.compile(r"\b(open|d)\b", re.IGNORECASE)
_CLOSED = re.compile(r"\b(closed|[abc])\b", re.IGNORECASE)


def is_closed_prison(kind: str, category: str | None) -> bool:
    """Tell whether a site is a closed prison; one of which no category is known counts as one.

    Drones may not fly within 400 m of a closed prison (SI 2023/1101); an open one has no such ring.
    """
    said = category or ""
    return kind == "prison" and (not _OPEN.search(said) or bool(_CLOSED.search(said)))


def check_open(status: str | None) -> None:
    """Refuse to change the areas of an operation that is over, or that is not there."""
    if status is None:
        raise Missing("There is no such operation.")
    if status in OVER:
        raise Refused(f"This operation is {status}, so its areas stay as they are.")


def check_replay(kept: bytes | None, sent: bytes) -> None:
    """Refuse other content under an id that is there already."""
    if kept != sent:
        raise Conflict("There is already an area with this id, and it is not the same.")


def check_own(named: uuid.UUID | None, own: uuid.UUID, field: str) -> None:
    """Refuse a body that names another thing than its address does."""
    if named not in (None, own):
        raise Invalid("Some of what was sent is not right.", {field: ["Not the one addressed."]})


def redraw(area: Area, content: Mapping[str, Any]) -> None:
    """Give an area other content, all of it."""
    for name in CONTENT:
        setattr(area, name, content[name])


def hash_of(operation_id: uuid.UUID, content: Mapping[str, Any]) -> bytes:
    """Give what tells one area's content from another's, however it was written."""
    digest = hashlib.sha256(operation_id.bytes)
    for name in CONTENT:
        digest.update(f"\0{name}\0".encode() + _plain(content[name]))
    return digest.digest()


CONTENT = ("name", "purpose", "valid_from", "valid_to", "geom")


def _plain(value: object) -> bytes:
    if isinstance(value, WKBElement):
        return bytes(value.data)
    if isinstance(value, dt.datetime):
        value = value.astimezone(dt.UTC).isoformat()
    return str(value).encode()
