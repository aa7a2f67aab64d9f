"""Sends a file as it is read, or once it is whole; leaves nothing behind, whoever leaves.

What leaves is in the ledger before it leaves, part by part; what was cut short, too.
"""

import contextlib
import dataclasses
import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import flask
from werkzeug.utils import secure_filename

from ops import db, wording
from ops.access import guard
from ops.errors import Invalid, Missing, Unavailable
from ops.exports import asked, texts, workbook
from ops.exports.reading import Batch, Contents, Reading, reading
from ops.exports.tables import Table
from ops.exports.taken import Taken
from ops.ledger.consultation import asked as names_asked
from ops.ledger.consultation import hands_out, saw
from ops.ledger.disclosure import Disclosure
from ops.results import listing

# A file holds a thread of the server for as long as it is sent; the others are for people.
AT_ONCE = db.POOL_SIZE // 2
_PLACES = threading.BoundedSemaphore(AT_ONCE)
# A file that is made whole first lies on the disk; more than this is sent as it is read.
MOST_ON_DISK = 5_000_000
_BLOCK = 2**20
# A file to keep, whatever is in it.
FILE = "application/octet-stream"
# However slowly it is taken, it ends by this: what its reader might see first is long ago then.
MOST_S = 3600
# The head of a file, and its first rows.
_FIRST = 2
_OPEN_ALONE = "Not all of this is open: say who gets it, and what for."


def _nothing(_taken: Taken) -> Iterator[bytes]:
    return iter(())


# Arrow's library is a tenth of a worker's memory, and comes with the first file that needs it.
def _as_geopackage(taken: Taken, folder: Path) -> Path:
    from ops.exports import arrows

    return arrows.as_geopackage(taken, folder)


def _as_parquet(taken: Taken) -> Iterator[bytes]:
    from ops.exports import arrows

    return arrows.as_parquet(taken)


@dataclasses.dataclass(frozen=True)
class Form:
    """A format: what it is called, and who writes it: as it is read, or into a folder."""

    label: str
    stream: Callable[[Taken], Iterator[bytes]] = _nothing
    whole: Callable[[Taken, Path], Path] | None = None
    # How many records it holds at most, and whether it has one table alone.
    most: int | None = None
    is_one: bool = False


FORMS = {
    "csv": Form("CSV", texts.as_csv, is_one=True),
    "xlsx": Form(
        "Excel workbook (XLSX)",
        whole=workbook.as_workbook,
        most=workbook.MOST_ROWS,
    ),
    "geojson": Form("GeoJSON", texts.as_geojson),
    "gpkg": Form(
        "GeoPackage",
        whole=_as_geopackage,
        most=MOST_ON_DISK,
    ),
    "parquet": Form("Parquet", _as_parquet, is_one=True),
}


class _Sending:
    """What of a file has left."""

    def __init__(
        self, disclosure: Disclosure, contents: Contents, source: Reading, *, is_alone: bool
    ) -> None:
        self._disclosure, self._contents = disclosure, contents
        self._source, self._is_alone = source, is_alone
        self._sent = 0
        self._begun = time.monotonic()
        self.is_whole = False

    def told(self, table: Table) -> Iterator[Batch]:
        """Give the rows of a table, once the ledger has them."""
        for rows in self._source.batches(table):
            self._tell(table, ((row[0], row[1]) for row in rows))
            yield rows

    def lines(self, table: Table) -> Iterator[bytes]:
        """The same as lines of CSV."""
        for keys, part in self._source.lines(table):
            self._tell(table, keys)
            yield part

    def _tell(self, table: Table, keys: Iterable[tuple[Any, Any]]) -> None:
        # Rows of lists are told with the records that they are in, where these leave too.
        if table.is_list and not self._is_alone:
            return
        different = dict.fromkeys(keys)
        self._disclosure.of("result", different)
        self._sent += len(different)

    def through(self, blocks: Iterator[bytes], stack: contextlib.ExitStack) -> Iterator[bytes]:
        """Give the blocks of a file, and close what is open at its end, or where it breaks off."""
        with stack:
            for block in blocks:
                if time.monotonic() - self._begun > MOST_S:
                    raise TimeoutError("A file was taken too slowly, and is cut short.")
                yield block
            self.is_whole = True

    def end(self) -> None:
        """Write down that a file was cut short, if it was."""
        if not self.is_whole:
            self._disclosure.ended_early(
                self._contents.operations, self._sent, self._contents.records
            )


@dataclasses.dataclass(frozen=True)
class There:
    """What could be taken, and by which filters."""

    contents: Contents
    asked: dict[str, str]


def there_is(filters: dict[str, Any]) -> There:
    """Tell what there is to take."""
    wanted = dict(filters)
    with db.transaction():
        query, [_, key] = listing.listed(filters)
    found: Any = key.table
    with reading(guard.actor().id, query, found) as source:
        contents = source.contents()
    saw("operation", contents.operations)
    return There(contents, asked.in_words(wanted, contents.operations))


def send(name: str, filters: dict[str, Any]) -> flask.Response:
    """Answer with the results that a list asks for, as a file."""
    if name not in FORMS:
        raise Missing(f"Results are taken away as {', '.join(FORMS)}.")
    form, rows = FORMS[name], filters.pop("rows", None)
    handed = {each: filters.pop(each, None) for each in ("to_whom", "what_for")}
    wanted = dict(filters)
    # The request's own connection goes back before the file has one.
    with db.transaction():
        query, [_, key] = listing.listed(filters)
    found: Any = key.table
    with contextlib.ExitStack() as stack:
        _find_a_place(stack)
        source = stack.enter_context(reading(guard.actor().id, query, found))
        contents = source.contents()
        _check(form, contents, handed)
        if form.is_one or rows is not None:
            chosen = asked.one_table(wanted, rows, found)
        else:
            chosen = asked.each_table(contents, found, lists=form.whole is not None)
        sending = _Sending(_disclosure(handed), contents, source, is_alone=rows is not None)
        stack.callback(sending.end)
        taken = Taken(
            chosen,
            sending.told,
            sending.lines,
            contents.marking,
            contents.records,
            contents.as_at,
            guard.actor().name,
            asked.in_words(wanted, contents.operations),
            **handed,
        )
        blocks = _blocks(form, taken, stack)
        saw("operation", contents.operations)
        hands_out(handed["to_whom"], handed["what_for"])
        rest = stack.pop_all()
        response = flask.Response(
            sending.through(blocks, rest), content_type=FILE, headers=_headers(name, taken)
        )
        # What is not even begun to be sent is closed by the server.
        response.call_on_close(rest.close)
        return response


def _find_a_place(stack: contextlib.ExitStack) -> None:
    if not _PLACES.acquire(blocking=False):
        refusal = Unavailable("Others are taking files just now. Try again in a minute.")
        refusal.retry_after = 60
        raise refusal
    stack.callback(_PLACES.release)


def _check(form: Form, contents: Contents, handed: dict[str, Any]) -> None:
    if not contents.is_open and not all(handed.values()):
        missing = {name: [_OPEN_ALONE] for name, said in handed.items() if not said}
        raise Invalid(_OPEN_ALONE, missing)
    if form.most is not None and contents.records > form.most:
        raise Invalid(
            f"{form.label} holds at most {wording.number(form.most)} records, and these are"
            f" {wording.number(contents.records)}: narrow the list down, or take CSV or Parquet."
        )


def _disclosure(handed: dict[str, Any]) -> Disclosure:
    return Disclosure(
        db.session.get_bind(),
        actor=guard.actor().id,
        endpoint=flask.request.endpoint or "",
        asked=names_asked(),
        recipient=handed["to_whom"],
        reason=handed["what_for"],
    )


def _blocks(form: Form, taken: Taken, stack: contextlib.ExitStack) -> Iterator[bytes]:
    if form.whole is None:
        blocks = form.stream(taken)
        stack.callback(blocks.close)  # type: ignore[attr-defined]
        # What is wrong from the start is a refusal still, and not half a file.
        return itertools.chain(list(itertools.islice(blocks, _FIRST)), blocks)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ops-export-")))
    return _parts(form.whole(taken, folder))


def _parts(path: Path) -> Iterator[bytes]:
    """Read a file from the disk, a part at a time."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _headers(name: str, taken: Taken) -> dict[str, str]:
    day = f"{wording.local(taken.as_at):%Y-%m-%d}"
    file = secure_filename(f"{taken.marking} results {day}.{name}")
    return {
        "Content-Disposition": f'attachment; filename="{file}"',
        "X-Marking": taken.marking,
    }
