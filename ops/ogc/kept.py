"""What was worked out for a reader, kept until anything is changed or the reader sees otherwise.

A mark says in which state the database is, and what the reader may see: it is asked anew at each
request, and what was kept under another is never given. Nothing that is kept goes to another
reader, and nothing that is given tells that something else was changed.
"""

import collections
import dataclasses
import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import flask

from ops import db
from ops.access import guard

Made = TypeVar("Made")

# What one worker keeps in memory, at most: a few thousand tiles.
MOST_BYTES = 64 * 2**20
# What is kept beside the content of each thing.
_OVERHEAD = 500
_MARK = "select snapshot, is_changed, rights from reader_mark(%(known)s)"
_NAME = "ogc_kept"
# Where the mark of a request stands, so that it is asked for once.
_MARKED = "ops.ogc_mark"


@dataclasses.dataclass(frozen=True)
class Mark:
    """A state of the database, as one reader sees it."""

    generation: int
    reader: Hashable
    rights: str


class Kept:
    """What one worker keeps: what was used last stays longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot: str | None = None
        self._generation = 0
        self._things: collections.OrderedDict[Hashable, tuple[Any, int]] = collections.OrderedDict()
        self._bytes = 0

    def mark(self) -> Mark | None:
        """Ask in which state the database is; none while this transaction itself changes it."""
        with self._lock:
            known, generation = self._snapshot, self._generation
        rows = db.run(_MARK, {"known": known})
        if not rows:
            return None
        found = rows[0]
        with self._lock:
            if self._snapshot == known:
                self._snapshot = found.snapshot
                self._generation += found.is_changed
                if found.is_changed:
                    self._things.clear()
                    self._bytes = 0
                generation = self._generation
            elif found.is_changed:
                # Somebody else looked meanwhile, and which of the two came later is not known.
                return None
        return Mark(generation, guard.actor().id, found.rights)

    def get(self, key: Hashable) -> Any:
        """Give what is kept under a key; nothing where there is none."""
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def put(self, key: Hashable, thing: Any, size: int) -> None:
        """Keep something, and let go of what was not used for longest."""
        size += _OVERHEAD
        if size > MOST_BYTES:
            return
        with self._lock:
            _, was = self._things.pop(key, (None, 0))
            self._things[key] = (thing, size)
            self._bytes += size - was
            while self._bytes > MOST_BYTES:
                _, (_, gone) = self._things.popitem(last=False)
                self._bytes -= gone


def init_app(app: flask.Flask) -> None:
    """Let this app keep things."""
    app.extensions[_NAME] = Kept()


def once(
    what: Hashable, make: Callable[[], Made], size: Callable[[Made], int] = lambda _made: 0
) -> Made:
    """Give what this reader was given for the same before, or make it."""
    kept: Kept = flask.current_app.extensions[_NAME]
    environ = flask.request.environ
    if _MARKED not in environ:
        environ[_MARKED] = kept.mark()
    mark: Mark | None = environ[_MARKED]
    if mark is None:
        return make()
    found: Made | None = kept.get((mark, what))
    if found is None:
        found = make()
        # What was asked may be long too, and a character takes up to four bytes.
        kept.put((mark, what), found, size(found) + 4 * len(repr(what)))
    return found
