"""What there is to copy of an operation, as far as whoever asks sees it."""

import uuid
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.access.queries import below
from ops.operations.asset_models import Asset, Reservation
from ops.operations.models import Assignment, Deployment
from ops.outcomes.models import Target
from ops.results import measures

# Kept by a room above this one; here it matters only whether it is erased.
_RETENTION = sa.table("retention", sa.column("object_id", sa.Uuid), sa.column("erased_at"))
# Lines are results; whoever does not see one copies a deployment without it.
_LINE = sa.table("deal_line", sa.column("result_id", sa.Uuid))


def parts(model: Any, operation_id: uuid.UUID) -> sa.Select[Any]:
    """List the parts of one sort that belong to an operation, in the order they were made."""
    return sa.select(model).where(model.operation_id == operation_id).order_by(model.id)


def targets(operation_id: uuid.UUID) -> db.Query:
    """List the targets of an operation; tell whether their measure still counts."""
    in_force = sa.select(measures.current().subquery().c.code)
    return (
        sa.select(Target, Target.measure.in_(in_force).label("counts"))
        .where(Target.operation_id == operation_id)
        .order_by(Target.id)
    )


def deployments(operation_id: uuid.UUID) -> db.Query:
    """List the deployments of an operation, each with the line it is about where that is seen."""
    line = sa.select(_LINE.c.result_id).where(_LINE.c.result_id == Deployment.line_id)
    return (
        sa.select(
            Deployment,
            line.scalar_subquery().label("line"),
            sa.func.lower(Deployment.during).label("starts_at"),
            sa.func.upper(Deployment.during).label("ends_at"),
        )
        .where(Deployment.operation_id == operation_id)
        .order_by(sa.func.lower(Deployment.during), Deployment.id)
    )


def assignments(operation_id: uuid.UUID) -> db.Query:
    """List who is on the deployments of an operation."""
    return (
        sa.select(
            Assignment.deployment_id,
            Assignment.person_id,
            Assignment.team_id,
            Person.name,
            Person.disabled_at,
        )
        .join(Deployment, Deployment.id == Assignment.deployment_id)
        .join(Person, Person.id == Assignment.person_id)
        .where(Deployment.operation_id == operation_id, Assignment.released_at.is_(None))
        .order_by(Person.name, Assignment.id)
    )


def reservations(operation_id: uuid.UUID) -> db.Query:
    """List what is reserved for the deployments of an operation."""
    return (
        sa.select(
            Reservation.deployment_id,
            Reservation.asset_id,
            Reservation.kind,
            Reservation.cells,
            Asset.name,
            Asset.withdrawn_at,
        )
        .join(Asset, Asset.id == Reservation.asset_id)
        .where(Reservation.operation_id == operation_id, Reservation.released_at.is_(None))
        .order_by(Asset.name, Reservation.id)
    )


def is_of(organisation_id: uuid.UUID, code: str) -> sa.Select[bool]:
    """Tell whether an organisation is the one with this code, or a part of it."""
    return sa.select(sa.literal(organisation_id).in_(below(code)))


def is_erased(operation_id: uuid.UUID) -> sa.Select[bool]:
    """Tell whether the content of an operation is gone under the retention rules."""
    gone = _RETENTION.c.object_id == operation_id, _RETENTION.c.erased_at.is_not(None)
    return sa.select(sa.exists().select_from(_RETENTION).where(*gone))
