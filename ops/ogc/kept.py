"""What was worked out for a reader, kept until anything is changed or the reader sees otherwise.

A mark says in which state the database is, and what the reader may see: it is asked anew at each
request, and what was kept under another is never given. Nothing that is kept goes to another
reader, and nothing that is given tells that something else was changed.

Where something has to be read anyway, the mark comes with it: of the same state, and without
another way to the database and back.
"""

import collections
import dataclasses
import functools
import threading
import uuid
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, TypeVar

import flask
import sqlalchemy as sa

from ops import db
from ops.access import guard

Made = TypeVar("Made")

# What one worker keeps in memory, at most: a few thousand tiles.
MOST_BYTES = 64 * 2**20
# What is kept beside the content of each thing.
_OVERHEAD = 500
_MARK = ("snapshot", "is_changed", "rights")
_NAME = "ogc_kept"
# Where the mark of a request stands, so that it is asked for once.
_MARKED = "ops.ogc_mark"


class Known(NamedTuple):
    """The state of the database that was seen last, as the database and as we call it."""

    snapshot: str | None
    generation: int


@dataclasses.dataclass(frozen=True)
class Mark:
    """A state of the database, as one reader sees it."""

    generation: int
    reader: uuid.UUID
    rights: str


class Kept:
    """What one worker keeps: what was used last stays longest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = Known(None, 0)
        self._things: collections.OrderedDict[Hashable, tuple[Any, int]] = collections.OrderedDict()
        self._bytes = 0

    def known(self) -> Known:
        """Give the state that a mark is asked for with."""
        with self._lock:
            return self._known

    def mark(self, known: Known, found: sa.Row[Any]) -> Mark | None:
        """Take what the database said; there is none while the transaction itself changes it."""
        if found.snapshot is None:
            return None
        generation = known.generation
        with self._lock:
            if self._known == known:
                generation += found.is_changed
                self._known = Known(found.snapshot, generation)
                if found.is_changed:
                    self._things.clear()
                    self._bytes = 0
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


def marked(query: db.Query) -> db.Query:
    """Let the one row of a statement bring the mark with it; for `read`."""
    found = query.subquery("found")
    mark = sa.func.reader_mark(sa.bindparam("known", type_=sa.Text)).table_valued(*_MARK)
    # There is none where the transaction has changed something itself.
    return sa.select(*found.c, *mark.c).select_from(sa.outerjoin(found, mark, sa.true()))


def read(statement: db.Query | str, values: Mapping[str, object]) -> sa.Row[Any]:
    """Read the row of a `marked` statement, which may be written, and take its mark."""
    kept = _kept()
    known = kept.known()
    values = {**values, "known": known.snapshot}
    if isinstance(statement, str):
        [row] = db.run(statement, values, is_binary=True)
    else:
        row = db.session.execute(statement, values).one()
    flask.request.environ[_MARKED] = kept.mark(known, row)
    return row


def once(
    what: Hashable,
    make: Callable[[], Made],
    size: Callable[[Made], int] = lambda _made: 0,
    *,
    is_read: bool = False,
) -> Made:
    """Give what this reader was given for the same before, or make it.

    What is made by `read` has its mark from there.
    """
    kept, environ = _kept(), flask.request.environ
    key = (guard.actor().id, what)
    under, found = kept.get(key) or (None, None)
    if _MARKED not in environ and not (is_read and found is None):
        read(_asked(), {})
    if found is not None and under == environ[_MARKED]:
        made: Made = found
        return made
    made = make()
    if (mark := environ[_MARKED]) is not None:
        # What was asked may be long too, and a character takes up to four bytes.
        kept.put(key, (mark, made), size(made) + 4 * len(repr(what)))
    return made


@functools.cache
def _asked() -> str:
    return db.written(marked(sa.select(sa.true().label("is_there"))))


def _kept() -> Kept:
    kept: Kept = flask.current_app.extensions[_NAME]
    return kept
