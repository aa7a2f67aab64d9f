"""The steps of deployments, and those that are overdue."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.operations.models import Assignment, Deployment, Operation, Team
from ops.operations.progress import Patience
from ops.operations.progress_models import DeploymentStep

# What is planned only is not awaited yet, and what is over is awaited no more.
AWAITED = ("approved", "live")
STARTS: Any = sa.func.lower(Deployment.during, type_=sa.DateTime(timezone=True))
ENDS: Any = sa.func.upper(Deployment.during, type_=sa.DateTime(timezone=True))


def steps(deployment_id: uuid.UUID) -> db.Query:
    """List the steps of a deployment, as they were taken."""
    return (
        sa.select(
            DeploymentStep.id,
            DeploymentStep.status,
            DeploymentStep.at,
            DeploymentStep.received_at,
            DeploymentStep.claimed_at,
            DeploymentStep.clock_offset_s,
            DeploymentStep.point,
            Person.name.label("by"),
        )
        .join(Person, Person.id == DeploymentStep.made_by)
        .where(DeploymentStep.deployment_id == deployment_id)
        .order_by(DeploymentStep.at, DeploymentStep.id)
    )


def due_at(patience: Patience) -> Any:
    """Give when the next step of a deployment is due, by the status it has."""
    return sa.case(
        (Deployment.status == "planned", STARTS - patience.acknowledged_before),
        (Deployment.status == "started", ENDS + patience.finished_within),
        else_=STARTS + patience.started_within,
    )


def is_overdue(now: dt.datetime, patience: Patience) -> sa.ColumnElement[bool]:
    """Tell whether a deployment waits for a step that should have been taken."""
    return sa.and_(Deployment.status.not_in(("finished", "cancelled")), due_at(patience) < now)


def missing_step(now: dt.datetime, patience: Patience) -> Any:
    """Give the step that is overdue: of one that has not even begun, that it should have."""
    has_to_start = STARTS + patience.started_within < now
    return sa.case(
        (Deployment.status == "started", "finished"),
        (has_to_start, "started"),
        else_="acknowledged",
    )


def overdue(
    now: dt.datetime, patience: Patience, filters: Mapping[str, Any] | None = None
) -> db.Query:
    """List the deployments that wait for a step, the longest overdue first."""
    teams = sa.func.array_agg(sa.distinct(Team.name))
    on_it = (
        sa.select(sa.func.coalesce(teams, sa.cast(sa.literal("{}"), sa.ARRAY(sa.Text))))
        .join(Assignment, Assignment.team_id == Team.id)
        .where(Assignment.deployment_id == Deployment.id, Assignment.released_at.is_(None))
        .correlate(Deployment)
        .scalar_subquery()
    )
    due = due_at(patience)
    query = (
        sa.select(
            Deployment.id,
            Deployment.name,
            Deployment.kind,
            Deployment.status,
            Deployment.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            STARTS.label("starts_at"),
            ENDS.label("ends_at"),
            sa.type_coerce(due, sa.DateTime(timezone=True)).label("due_at"),
            missing_step(now, patience).label("missing"),
            on_it.label("teams"),
        )
        .join(Operation, Operation.id == Deployment.operation_id)
        .where(Operation.status.in_(AWAITED), is_overdue(now, patience))
        .order_by(due, Deployment.id)
    )
    if filters and "operation" in filters:
        query = query.where(Deployment.operation_id == filters["operation"])
    return query
