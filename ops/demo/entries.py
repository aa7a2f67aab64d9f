"""One record of the demonstration, and what became of it."""

import dataclasses
from typing import Any

Payload = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Entry:
    """A record as it would be sent to the API, for the operation with this reference."""

    reference: str
    payload: Payload
    # Why it was struck, or whether it was confirmed since.
    struck: str | None = None
    is_confirmed: bool = False
    # What somebody else made of a disruption that was claimed.
    assessed: Payload | None = None
