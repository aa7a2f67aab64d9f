"""Logging results: exactly once, however often one is sent, in one statement."""

import copy
import dataclasses
import datetime as dt
import decimal
import functools
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
import orjson
import sqlalchemy as sa
from geoalchemy2 import WKBElement

from ops import db
from ops.db import Model
from ops.errors import Invalid, OpsError
from ops.operations import clocks
from ops.results import queries, records, rules, writing
from ops.results.kinds import KINDS
from ops.results.kinds.base import Detail, Kind
from ops.results.models import Result


@dataclasses.dataclass(frozen=True)
class Item:
    """A result ready to be written."""

    id: uuid.UUID
    kind: Kind
    occurred_at: dt.datetime
    # What the statement reads.
    row: Mapping[str, Any]
    remarks: Sequence[str]


@dataclasses.dataclass(frozen=True)
class Logged:
    """What became of an item: its record as it stands, or the refusal, or what it waits for."""

    outcome: str
    record: Mapping[str, Any] | None = None
    refusal: OpsError | None = None
    waits_for: Sequence[uuid.UUID] = ()


def prepare(
    operation_id: uuid.UUID,
    sent: Mapping[str, Any],
    recorded_at: dt.datetime | None = None,
    fast: dt.timedelta | None = None,
) -> Item:
    """Make a checked result ready: its id, what follows from it, and the mark of its content.

    `fast` is by how much the clock of whoever sends it is.
    """
    kind = KINDS[sent["kind"]]
    claimed, now = sent["occurred_at"], dt.datetime.now(dt.UTC)
    occurred_at = claimed if fast is None else clocks.happened(claimed, fast, now)
    rules.check_occurred(occurred_at, now)
    rules.check_by_others(kind, {}, sent["detail"])
    check(kind, sent["detail"], occurred_at)
    detail = kind.complete(sent["detail"], occurred_at)
    result_id = sent.get("id") or db.new_id()
    row = {
        "id": result_id,
        "operation_id": operation_id,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
        "clock_offset_s": None if fast is None else round(fast.total_seconds()),
        "claimed_at": None if claimed == occurred_at else claimed,
        "point": sent["position"].desc if sent.get("position") else None,
        "accuracy_m": sent.get("accuracy_m"),
        "deployment_id": sent.get("deployment"),
        "note": sent.get("note"),
        "content_hash": content_hash(operation_id, sent),
        "credits": sorted({str(each) for each in sent.get("credits") or []}),
        "detail": columns(kind, detail),
    }
    return Item(result_id, kind, occurred_at, row, _remarks(kind, detail))


def check(kind: Kind, detail: Detail, occurred_at: dt.datetime) -> None:
    """Refuse what a kind's detail can't be at that time; what is wrong is said by field."""
    try:
        kind.check(detail, occurred_at)
    except ma.ValidationError as error:
        errors = {"detail": error.normalized_messages()}
        raise Invalid("Some of what was sent is not right.", errors) from error


def log(items: Sequence[Item], recorded_by: uuid.UUID) -> list[Logged]:
    """Write results of one kind, under ids that differ; whoever calls commits."""
    logged = _write(items, recorded_by)
    # Somebody else wrote the same id meanwhile: it was not there when the statement began.
    if waited := [item for item in items if item.id not in logged]:
        # Where it still can't be read, it is a record that this person doesn't see.
        taken = {item.id: Logged("conflict", refusal=rules.other_content()) for item in waited}
        logged = logged | taken | _write(waited, recorded_by)
    return [logged[item.id] for item in items]


def _write(items: Sequence[Item], recorded_by: uuid.UUID) -> dict[uuid.UUID, Logged]:
    rows = [{"number": number, **item.row} for number, item in enumerate(items)]
    parameters = {"items": orjson.dumps(rows, default=str).decode(), "recorded_by": recorded_by}
    said = db.run(_written(items[0].kind.name), parameters)
    judged = {item.id: _judge(item, row) for item, row in zip(items, said, strict=True)}
    replayed = [key for key, each in judged.items() if each and each.outcome == "replayed"]
    judged |= _replayed(replayed)
    return {key: each for key, each in judged.items() if each is not None}


@functools.cache
def _written(kind_name: str) -> str:
    """Write the statement of a kind down once; to build it takes longer than to run it."""
    return db.written(writing.statement(kind_name))


def again(operation_id: uuid.UUID, sent: Mapping[str, Any]) -> Logged | None:
    """Answer what was logged before with its record, though it would be refused by now."""
    query = sa.select(Result.id).where(
        Result.id == sent.get("id"),
        Result.content_hash == bytes.fromhex(content_hash(operation_id, sent)),
    )
    there = db.session.scalars(query.order_by(Result.id)).all()
    return next(iter(_replayed(there).values()), None)


def _replayed(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Logged]:
    if not ids:
        return {}
    return {
        row.id: Logged("replayed", remarked(orjson.loads(row.record)))
        for row in db.session.execute(queries.whole(ids))
    }


def _judge(item: Item, said: sa.Row[Any]) -> Logged | None:
    """Tell what became of an item; nothing yet, where another request was writing its id."""
    if said.record is not None:
        record = orjson.loads(said.record)
        remarks = [*item.remarks, *clocks.remarks(record)]
        return Logged("created", record | {"remarks": remarks})
    if said.is_same is not None:
        if said.is_same:
            return Logged("replayed")
        return Logged("conflict", refusal=rules.other_content())
    refusal = rules.refusal(
        status=said.status,
        starts_at=said.starts_at,
        occurred_at=item.occurred_at,
        is_deployment_known=said.is_deployment_known,
    )
    return None if refusal is None else Logged("refused", refusal=refusal)


def remarked(record: dict[str, Any]) -> dict[str, Any]:
    """Add what a reader of a record should know."""
    kind = KINDS[record["kind"]]
    detail = typed(kind, record)
    is_confirmed = record["status"] == "confirmed"
    said = kind.remarks(detail) if is_confirmed else _remarks(kind, detail)
    return remarked_elsewhere(record | {"remarks": [*said, *clocks.remarks(record)]})


def _remarks(kind: Kind, detail: Detail) -> Sequence[str]:
    """Say what a reader should know, and ask about what nobody has confirmed yet."""
    doubts = (f"{doubt.sentence} {doubt.question}" for doubt in kind.doubts(detail))
    return [*kind.remarks(detail), *doubts]


def remarked_elsewhere(record: Mapping[str, Any]) -> dict[str, Any]:
    """Add what other records give a reader to know."""
    kind = KINDS[record["kind"]]
    asked = kind.remarks_elsewhere(typed(kind, record))
    said = [] if asked is None else db.session.scalars(asked).all()
    return {**record, "remarks": [*record["remarks"], *said]}


def typed(kind: Kind, record: Mapping[str, Any]) -> Detail:
    """Read a record's detail back from the wire, and judge it no more.

    A list of codes or a limit may have changed since: what was right when it
    was logged can always be read.
    """
    occurred_at = dt.datetime.fromisoformat(record["occurred_at"])
    detail: Detail = _reader(kind.schema).load(record["detail"])
    return kind.complete(detail, occurred_at)


@functools.cache
def _reader(schema: ma.Schema) -> ma.Schema:
    """Give a schema's types without what they check."""
    fields = {name: _unchecked(field) for name, field in schema.load_fields.items()}
    return ma.Schema.from_dict(fields)(unknown=ma.EXCLUDE)


def _unchecked(field: ma.fields.Field[Any]) -> ma.fields.Field[Any]:
    bare = copy.copy(field)
    bare.validators, bare.required, bare.allow_none = [], False, True
    if isinstance(bare, ma.fields.List):
        bare.inner = _unchecked(bare.inner)
    if isinstance(bare, ma.fields.Nested):
        return ma.fields.Nested(_reader(bare.schema))
    return bare


def columns(kind: Kind, detail: Detail) -> dict[str, Any]:
    """Give a detail as its tables have it: columns by their names, and rows with their numbers."""
    rows = {
        name: [
            {"position": position, **_named(child, row)}
            for position, row in enumerate(detail[name])
        ]
        for name, child in kind.children.items()
    }
    return _named(kind.model, detail) | rows


def _named(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    return {str(c.name): values.get(name) for name, c in records.columns_of(model).items()}


def content_hash(operation_id: uuid.UUID, sent: Mapping[str, Any]) -> str:
    """Mark the content as it was sent, however it was written; the id is no part of it."""
    content = {name: value for name, value in sent.items() if name not in {"id", "position"}}
    position = sent.get("position")
    content |= {"operation": operation_id, "position": position and position.desc}
    canonical = orjson.dumps(_canonical(content), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def _canonical(value: Any) -> Any:
    """Write values one way; what says nothing is left out, so that a new field changes no mark."""
    match value:
        case Mapping():
            parts = {name: _canonical(part) for name, part in value.items()}
            return {name: part for name, part in parts.items() if part not in (None, [], {})}
        case list() | tuple():
            return [_canonical(part) for part in value]
        case decimal.Decimal():
            return format(value.normalize(), "f")
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date() | uuid.UUID() | WKBElement():
            return str(value)
        case _:
            return value
