"""Results of each kind, written straight into the tables."""

import uuid
from decimal import Decimal

import sqlalchemy as sa

from ops import db
from ops.geo.queries import WARDS, part
from ops.results import places
from ops.results.kinds.arrests import Arrest, Disposal
from ops.results.kinds.lines import LineClosure
from ops.results.kinds.seizures import Seizure
from ops.results.kinds.warrants import Warrant
from ops.results.models import Credit, Result
from tests.factories import NOON


def record(operation, kind, detail, shared=(), **fields):
    """Log a result of a kind, credited to further operations; give its id."""
    result = Result(
        id=uuid.uuid4(),
        **{
            "operation_id": operation.id,
            "kind": kind,
            "occurred_at": NOON,
            "recorded_at": NOON,
            "recorded_by": operation.created_by,
            "content_hash": b"",
        }
        | fields,
    )
    if result.point is not None:
        point = sa.literal(result.point, Result.point.type)
        on = sa.literal(result.occurred_at.date())
        result.ward, result.square = part(WARDS, point, on), places.square_of(point)
    with db.transaction():
        db.session.add(result)
        db.session.flush()
        db.session.add(_of(result, detail))
        db.session.add_all(Credit(result_id=result.id, operation_id=other.id) for other in shared)
    return result.id


def _of(result, row):
    row.result_id = result.id
    return row


def arrest(operation, shared=(), sex="male", disposals=(), **fields):
    """Log an arrest."""
    detail = Arrest(
        reason="supply_class_a",
        sex=sex,
        age_band="18-24",
        necessity=[],
        disposal_codes=sorted(set(disposals)),
    )
    made = record(operation, "arrest", detail, shared, **fields)
    result = db.find(Result, made, "result")
    with db.transaction():
        db.session.add_all(
            _of(result, Disposal(position=number, code=code, at=NOON))
            for number, code in enumerate(disposals)
        )
    return made


def warrant(operation, executed=True, **fields):
    """Log a warrant."""
    detail = Warrant(
        power="pace_8",
        premises="specific",
        several_entries=False,
        executed=executed,
        outcome_codes=[],
    )
    return record(operation, "warrant", detail, **fields)


def cash(operation, pounds, shared=(), qualifier="exact", **fields):
    """Log a seizure of cash."""
    detail = Seizure(
        category="cash",
        quantity=Decimal(pounds),
        unit="GBP",
        currency="GBP",
        value=Decimal(pounds),
        value_qualifier=qualifier,
        qualifier=qualifier,
        basis_codes=[],
    )
    return record(operation, "seizure", detail, shared, **fields)


def closure(operation, type_="type_2", shared=(), **fields):
    """Log the closure of a line."""
    detail = LineClosure(type=type_, line_name="A line", closed_on=NOON.date())
    return record(operation, "line_closure", detail, shared, **fields)
