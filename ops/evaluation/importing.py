"""Monthly counts from a file: each file once, and a corrected one as the next version."""

import dataclasses
import datetime as dt
import hashlib
import uuid
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.errors import Invalid
from ops.evaluation import counts_file, queries
from ops.evaluation.counts_file import Counts
from ops.evaluation.models import CountFile, MonthlyCount

# More than anybody reads at once; the file itself says the rest.
_SHOWN = 50


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sent:
    """A file, and what is said of where it came from."""

    source: str
    publisher: str
    obtained_on: dt.date
    file_name: str
    content: str
    good_rows: bool = False


def load(operation_id: uuid.UUID, sent: Sent, by: uuid.UUID | None) -> tuple[CountFile, bool]:
    """Keep a file's counts, or with bad rows only what is right, and only on request.

    Gives the file as it is kept, and whether it is new: the same file again adds nothing.
    The caller's transaction decides.
    """
    mark = hashlib.sha256(sent.content.encode()).digest()
    versions = db.session.scalars(queries.versions(operation_id, sent.source)).all()
    for before in versions:
        if before.sha256 == mark:
            return before, False
    counts = counts_file.read(sent.content, sent.obtained_on)
    if counts.bad_rows and not sent.good_rows:
        raise Invalid(
            f"Nothing was imported: {_rows(counts.bad_rows)} of {counts.read} can’t be taken."
            " Mend them, or import the rest.",
            {place(each): [each["why"]] for each in counts.refused[:_SHOWN]},
        )
    if not counts.counts:
        raise Invalid("No row of this file can be taken, so nothing was imported.")
    return _keep(operation_id, sent, counts, mark, 1 + len(versions), by), True


def _keep(
    operation_id: uuid.UUID,
    sent: Sent,
    counts: Counts,
    mark: bytes,
    version: int,
    by: uuid.UUID | None,
) -> CountFile:
    standing = {
        (row.area, row.category, row.month): row
        for row in db.session.scalars(queries.current(operation_id, sent.source))
    }
    added = {key: count for key, count in counts.counts.items() if key not in standing}
    changed = {
        key: count
        for key, count in counts.counts.items()
        if key in standing and standing[key].count != count
    }
    file = CountFile(
        id=db.new_id(),
        operation_id=operation_id,
        source=sent.source,
        publisher=sent.publisher,
        obtained_on=sent.obtained_on,
        file_name=sent.file_name,
        sha256=mark,
        version=version,
        rows_read=counts.read,
        rows_added=len(added),
        rows_changed=len(changed),
        rows_there=len(counts.counts) - len(added) - len(changed),
        refused=counts.refused,
        imported_by=by,
    )
    db.session.add(file)
    db.session.flush()
    # What stood goes first: of each month one count stands.
    replaced = [standing[key].id for key in changed]
    if replaced:
        db.session.execute(
            sa.update(MonthlyCount)
            .where(MonthlyCount.id.in_(replaced))
            .values(replaced_by_id=file.id)
            .execution_options(synchronize_session=False)
        )
    new = [_row(operation_id, sent.source, file.id, *each) for each in (added | changed).items()]
    if new:
        db.session.execute(sa.insert(MonthlyCount), new)
    return file


def _row(
    operation_id: uuid.UUID, source: str, file_id: uuid.UUID, key: counts_file.Key, count: int
) -> dict[str, Any]:
    area, category, month = key
    return {
        "id": db.new_id(),
        "operation_id": operation_id,
        "file_id": file_id,
        "source": source,
        "area": area,
        "category": category,
        "month": month,
        "count": count,
    }


def told(file: CountFile) -> dict[str, Any]:
    """Say what an import did, with what it says otherwise than the version before."""
    found = db.session.execute(queries.changes(file.id).limit(_SHOWN)).all()
    return {
        **{name: getattr(file, name) for name in _TOLD},
        "sha256": file.sha256.hex(),
        "rows_refused": len({each["line"] for each in file.refused}),
        "changes": [{**row._mapping, "month": f"{row.month:%Y-%m}"} for row in found],
    }


_TOLD = (
    "id",
    "source",
    "publisher",
    "obtained_on",
    "file_name",
    "version",
    "rows_read",
    "rows_added",
    "rows_changed",
    "rows_there",
    "refused",
    "imported_at",
)


def place(refused: dict[str, str]) -> str:
    """Say where a cell of the file is."""
    column = f", {refused['column']}" if refused["column"] else ""
    return f"line {refused['line']}{column}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
