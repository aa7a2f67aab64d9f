"""The decision log as it is read."""

import uuid

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from ops import db
from ops.access.models import Person
from ops.plans.models import Decision


def decisions(operation_id: uuid.UUID) -> db.Query:
    """List the decisions of an operation, the last written first."""
    return (
        _decisions()
        .where(Decision.operation_id == operation_id)
        .order_by(Decision.recorded_at.desc(), Decision.id.desc())
    )


def decision(decision_id: uuid.UUID) -> db.Query:
    """Show one entry."""
    return _decisions().where(Decision.id == decision_id).order_by(Decision.id)


def _decisions() -> db.Query:
    """Select entries, each with the one it corrects and those that correct it, as far as seen."""
    decider, recorder = orm.aliased(Person), orm.aliased(Person)
    earlier, later = orm.aliased(Decision), orm.aliased(Decision)
    pointed = sa.func.jsonb_build_object(
        "id", earlier.id, "decided_at", earlier.decided_at, "what", earlier.what
    )
    corrected = (
        sa.select(sa.func.array_agg(aggregate_order_by(later.id, later.recorded_at, later.id)))
        .where(later.corrects_id == Decision.id)
        .correlate(Decision)
        .scalar_subquery()
    )
    return (
        sa.select(
            Decision.id,
            Decision.operation_id.label("operation"),
            Decision.decided_at,
            decider.name.label("decided_by"),
            Decision.what,
            Decision.why,
            Decision.alternatives,
            Decision.recorded_at,
            recorder.name.label("recorded_by"),
            sa.case((earlier.id.is_not(None), pointed)).label("corrects"),
            sa.func.coalesce(corrected, sa.cast([], ARRAY(sa.Uuid()))).label("corrected_by"),
        )
        .join(decider, decider.id == Decision.decided_by)
        .join(recorder, recorder.id == Decision.recorded_by)
        .outerjoin(earlier, earlier.id == Decision.corrects_id)
    )
