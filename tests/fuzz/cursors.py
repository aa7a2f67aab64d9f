"""Places in lists and feeds, which clients send back: ours, and ours with something changed."""

import base64
import random

from ops import api
from ops.ledger import feed
from ops.phone import changed
from tests.fuzz import odd
from tests.fuzz.grammar import REFUSALS, Grammar

READERS = {
    "page": lambda text: api.read_cursor(text, 2),
    "feed": feed.read,
    "phone": changed.read,
}
_ID = "019a0000-0000-7000-8000-000000000001"


def place(r: random.Random) -> list[str]:
    """Draw a place in the feed."""
    first = r.randint(1, 10**6)
    since = f"{first}:{first + r.randint(-1, 9)}:{r.choice(('', str(first + 1)))}"
    until = r.choice(("", f"{first}:{first + 20}:"))
    last = (str(first + 3), _ID) if r.random() < 0.5 else ("", "")
    return [str(r.randint(1, 2**63)), str(r.randint(0, 2**31)), since, until, *last]


def text(r: random.Random, kind: str) -> str:
    """Draw a cursor of a kind, as it stands in an address."""
    if kind == "page":
        values = [r.choice(("2026-11-02T12:00:00+00:00", odd.text(r))), r.choice((_ID, "x"))]
    elif kind == "feed":
        values = place(r)
    else:
        marks = [r.choice(("", "ab")) for _ in range(r.randint(0, 3))]
        held = ",".join(_ID.replace("-", "") + mark for mark in marks)
        values = [text(r, "feed"), r.choice(("2026-11-02", odd.text(r))), held]
    whole = odd.json_text(odd.maybe_bent(r, values))
    written = base64.urlsafe_b64encode(odd.mutated(r, whole, 0.2)).rstrip(b"=")
    return odd.mutated(r, written, 0.2).decode("utf-8", "replace")


def make(r: random.Random) -> bytes:
    """Draw a reader and a cursor for it."""
    kind = r.choice(list(READERS))
    return f"{kind}\n{text(r, kind)}".encode("utf-8", "surrogatepass")


def take(content: bytes) -> bool:
    """Have it read."""
    kind, _, sent = content.decode("utf-8", "replace").partition("\n")
    try:
        READERS[kind](sent)
    except REFUSALS:
        return False
    return True


GRAMMAR = Grammar(make, take)
