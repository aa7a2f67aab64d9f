"""Correcting a result: a new version with a reason; what it was stays in the ledger."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.db import Model
from ops.errors import Invalid
from ops.operations.models import Deployment, Operation
from ops.results import logging, places, records, rules, writing
from ops.results.kinds import KINDS
from ops.results.kinds.base import Detail, Kind
from ops.results.models import Result


def correct(result: Result, record: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Change what was sent, and what follows from it; whoever calls commits."""
    kind = KINDS[result.kind]
    now = dt.datetime.now(dt.UTC)
    occurred_at = sent.get("occurred_at", result.occurred_at)
    rules.check_occurred(occurred_at, now)
    operation = db.find(Operation, result.operation_id, "operation")
    if "occurred_at" in sent and (refusal := rules.too_early(occurred_at, operation.starts_at)):
        raise refusal
    before = logging.typed(kind, record)
    after = _corrected(kind, before, sent.get("detail", {}), result.occurred_at, occurred_at)
    said = kind.schema.load_fields
    changed = {name for name in said if before.get(name) != after.get(name)}
    if "occurred_at" in sent and occurred_at != result.occurred_at:
        changed.add("occurred_at")
    if changed - set(kind.afterwards) or kind.missing_to_confirm(after):
        rules.make_provisional(result)
    _change_record(result, sent)
    db.session.flush()
    _change_detail(kind, result.id, after)
    db.session.flush()


def bump(result: Result) -> None:
    """Make a new version, also where only rows beside the record change."""
    orm.attributes.flag_modified(result, "note")


def _corrected(
    kind: Kind, before: Detail, sent: Mapping[str, Any], was_at: dt.datetime, is_at: dt.datetime
) -> Detail:
    """Put what was sent in place of what was; what followed from the rest follows anew."""
    kept = _typed_in(kind, before, was_at)
    try:
        loaded = kind.schema.load({**_dumped(kind, kept), **sent})
    except ma.ValidationError as error:
        errors = {"detail": error.normalized_messages()}
        raise Invalid("Some of what was sent is not right.", errors) from error
    return kind.complete(loaded, is_at)


def _typed_in(kind: Kind, detail: Detail, at: dt.datetime) -> Detail:
    """Leave out what the rest would give anyway: nobody typed it, or it makes no difference."""
    kept = {name: value for name, value in detail.items() if name in kind.schema.load_fields}
    for name, field in kind.schema.load_fields.items():
        if not field.required and name in kept:
            without = {key: value for key, value in kept.items() if key != name}
            stands = not kind.schema.validate(_dumped(kind, without))
            if stands and kind.complete(without, at).get(name) == detail[name]:
                kept = without
    for name in kind.children.keys() & kept:
        rows = [{k: v for k, v in row.items() if v != at} for row in kept[name]]
        if kind.complete(kept | {name: rows}, at)[name] == detail[name]:
            kept = kept | {name: rows}
    return kept


def _dumped(kind: Kind, detail: Detail) -> dict[str, Any]:
    dumped: dict[str, Any] = kind.schema.dump(detail)
    return {name: value for name, value in dumped.items() if name in kind.schema.load_fields}


def _change_record(result: Result, sent: Mapping[str, Any]) -> None:
    changed = {name: sent[name] for name in ("occurred_at", "accuracy_m", "note") if name in sent}
    if "deployment" in sent:
        changed["deployment_id"] = _deployment(result.operation_id, sent["deployment"])
    if "position" in sent:
        changed["point"] = sent["position"]
    if changed.keys() & {"point", "occurred_at"}:
        point = sa.literal(changed.get("point", result.point), Result.point.type)
        at = sa.literal(changed.get("occurred_at", result.occurred_at), Result.occurred_at.type)
        changed["district"] = db.session.scalar(places.district_of(point, at))
    # All of it at once, after all that was asked: it is one change in the ledger.
    for name, value in changed.items():
        setattr(result, name, value)
    bump(result)


def _deployment(operation_id: uuid.UUID, deployment_id: uuid.UUID | None) -> uuid.UUID | None:
    if deployment_id is not None:
        found = db.session.get(Deployment, deployment_id)
        if found is None or found.operation_id != operation_id:
            raise Invalid(rules.NO_DEPLOYMENT, {"deployment": [rules.NO_DEPLOYMENT]})
    return deployment_id


def _change_detail(kind: Kind, result_id: uuid.UUID, detail: Detail) -> None:
    _assign(db.find(kind.model, result_id, "result"), detail)
    for name, model in kind.children.items():
        _change_rows(model, result_id, detail[name])


def _change_rows(model: type[Model], result_id: uuid.UUID, rows: Sequence[Detail]) -> None:
    """Change the rows of a list in their places, so that the ledger shows what differs."""
    table: Any = model
    there = db.session.scalars(
        sa.select(model).where(table.result_id == result_id).order_by(table.position)
    ).all()
    for position, row in enumerate(rows):
        if position < len(there):
            _assign(there[position], row)
        else:
            db.session.add(_assign(table(result_id=result_id, position=position), row))
    for surplus in there[len(rows) :]:
        db.session.delete(surplus)


def _assign(row: Model, values: Mapping[str, Any]) -> Model:
    mapper = sa.inspect(type(row))
    for column in writing.writable(type(row)):
        key = mapper.get_property_by_column(column).key
        setattr(row, key, values.get(records.wire_name(column)))
    return row
