"""Correcting a result: a new version with a reason; what it was stays in the ledger."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops import db
from ops.db import Model
from ops.errors import Invalid
from ops.geo.queries import WARDS
from ops.operations.models import Deployment, Operation
from ops.results import confirmations, logging, places, records, rules, writing
from ops.results.disposal_codes import DISPOSALS
from ops.results.kinds import KINDS
from ops.results.kinds.base import Detail, Kind
from ops.results.models import Result


def correct(
    result: Result, record: Mapping[str, Any], sent: Mapping[str, Any], by: uuid.UUID
) -> None:
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
    if result.recorded_by == by:
        rules.check_by_others(kind, before, after)
    said = kind.schema.load_fields
    changed = {name for name in said if before.get(name) != after.get(name)}
    if "occurred_at" in sent and occurred_at != result.occurred_at:
        changed.add("occurred_at")
    if changed - set(kind.afterwards) or kind.missing_to_confirm(after):
        rules.make_provisional(result)
        confirmations.withdraw(result.id, sent["reason"], now)
    _change_record(result, sent)
    db.session.flush()
    _change_detail(kind, result.id, after, now)
    db.session.flush()


def take_further(
    result: Result, record: Mapping[str, Any], sent: Mapping[str, Any], by: uuid.UUID
) -> None:
    """Add a step to what became of an arrest; the same again changes nothing."""
    kind = KINDS[result.kind]
    step: Detail = {"at": dt.datetime.now(dt.UTC), **sent}
    steps = logging.typed(kind, record)["disposals"]
    if any(each["code"] == step["code"] and each["at"] == step["at"] for each in steps):
        return
    added = _dumped(kind, {"disposals": [*steps, step]})
    reason = f"The next step: {DISPOSALS[step['code']].lower()}."
    db.give_reason(reason)
    correct(result, record, {"detail": added, "reason": reason}, by)


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
    logging.check(kind, loaded, is_at)
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
        changed["ward"] = db.session.scalar(places.district_of(point, at, WARDS))
        changed["square"] = db.session.scalar(sa.select(places.square_of(point)))
    # All of it at once, after all that was asked: it is one change in the ledger.
    for name, value in changed.items():
        setattr(result, name, value)
    result.bump()


def _deployment(operation_id: uuid.UUID, deployment_id: uuid.UUID | None) -> uuid.UUID | None:
    if deployment_id is not None:
        found = db.session.get(Deployment, deployment_id)
        if found is None or found.operation_id != operation_id:
            raise Invalid(rules.NO_DEPLOYMENT, {"deployment": [rules.NO_DEPLOYMENT]})
    return deployment_id


def _change_detail(kind: Kind, result_id: uuid.UUID, detail: Detail, now: dt.datetime) -> None:
    _assign(db.find(kind.model, result_id, "result"), detail)
    for name, model in kind.children.items():
        _change_rows(model, result_id, detail[name], now)


def _change_rows(
    model: type[Model], result_id: uuid.UUID, rows: Sequence[Detail], now: dt.datetime
) -> None:
    """Change the rows of a list in their places, so that the ledger shows what differs.

    A row that moves to another place has been known for as long as before.
    """
    table: Any = model
    there: Sequence[Any] = db.session.scalars(
        sa.select(model).where(table.result_id == result_id).order_by(table.position)
    ).all()
    is_dated = "recorded_at" in model.__table__.c
    known = [(_content(row), row.recorded_at) for row in there] if is_dated else []
    for position, row in enumerate(rows):
        if position < len(there):
            changed = _assign(there[position], row)
        else:
            changed = _assign(table(result_id=result_id, position=position), row)
            db.session.add(changed)
        if is_dated:
            content = _content(changed)
            changed.recorded_at = next((at for each, at in known if each == content), now)
    for surplus in there[len(rows) :]:
        db.session.delete(surplus)


def _assign(row: Any, values: Mapping[str, Any]) -> Any:
    for key, column in _writable(row):
        setattr(row, key, values.get(records.wire_name(column)))
    return row


def _content(row: Any) -> list[Any]:
    return [getattr(row, key) for key, _column in _writable(row)]


def _writable(row: Any) -> list[tuple[str, sa.Column[Any]]]:
    mapper = sa.inspect(type(row))
    columns = writing.writable(type(row))
    return [(mapper.get_property_by_column(column).key, column) for column in columns]
