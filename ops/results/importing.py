"""Results from a spreadsheet: all of them or, on request, the good ones; each once."""

import collections
import dataclasses
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import marshmallow as ma

from ops import db
from ops.errors import OpsError
from ops.operations.models import Operation
from ops.results import batch, logging, sheets
from ops.results.kinds import KINDS
from ops.results.logging import Item
from ops.results.schemas import ResultSchema
from ops.results.sheet_columns import kind_of, name_in_columns, payload
from ops.results.sheets import Line

SCHEMA = ResultSchema()


@dataclasses.dataclass
class Report:
    """What an import did: how many rows it read, and what became of them."""

    read: int = 0
    added: int = 0
    there: int = 0
    # One a bad cell or row, by line and column.
    refused: list[str] = dataclasses.field(default_factory=list)
    bad_rows: int = 0


def load(file: Path, operation: Operation, recorded_by: uuid.UUID, *, good_rows: bool) -> Report:
    """Log the results of a file; with bad rows only what is right, and only on request."""
    lines = sheets.read(file)
    report = Report(read=len(lines))
    ready: list[tuple[Line, Item]] = []
    seen: collections.Counter[str] = collections.Counter()
    for line in lines:
        try:
            ready.append((line, _item(operation, line, seen)))
        except (ma.ValidationError, OpsError) as error:
            _refuse(report, line, error)
    with db.transaction():
        _log(report, ready, recorded_by)
        if report.bad_rows and not good_rows:
            report.added = 0
            raise db.Undone
    return report


def _item(operation: Operation, line: Line, seen: collections.Counter[str]) -> Item:
    kind = kind_of(line.cells)
    if kind is None:
        raise ma.ValidationError({"kind": [f"Write one of {', '.join(KINDS)}."]})
    sent: dict[str, Any] = SCHEMA.load(payload(kind, line.cells))
    mark = logging.content_hash(operation.id, sent)
    seen[mark] += 1
    # The same row in the same file is the same result, also when it is imported again.
    key = uuid.uuid5(operation.id, f"{kind.name} {mark} {seen[mark]}")
    return logging.prepare(operation.id, {"id": key} | sent)


def _log(report: Report, ready: Sequence[tuple[Line, Item]], recorded_by: uuid.UUID) -> None:
    items = [item for _line, item in ready]
    for (line, _item), logged in zip(ready, batch.log_items(items, recorded_by), strict=True):
        if logged.refusal is not None:
            _refuse(report, line, logged.refusal)
        elif logged.outcome == "created":
            report.added += 1
        else:
            report.there += 1


def _refuse(report: Report, line: Line, error: ma.ValidationError | OpsError) -> None:
    report.bad_rows += 1
    errors = error.errors if isinstance(error, OpsError) else error.normalized_messages()
    for path, sentence in _sentences(errors):
        column = name_in_columns(path)
        place = f"line {line.number}, column {column}" if column else f"line {line.number}"
        report.refused.append(f"{place}: {sentence}")
    if not errors:
        report.refused.append(f"line {line.number}: {error}")


def _sentences(
    errors: Any, path: Sequence[str | int] = ()
) -> Iterator[tuple[list[str | int], str]]:
    if isinstance(errors, dict):
        for name, part in errors.items():
            yield from _sentences(part, [*path, name])
    else:
        said = errors if isinstance(errors, list) else [errors]
        yield list(path), " ".join(_plain(str(each)) for each in said)


def _plain(sentence: str) -> str:
    if sentence == ma.fields.Field.default_error_messages["required"]:
        return "Fill this in."
    return sentence
