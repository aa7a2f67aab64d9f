"""Guided plans as they are read: what is said, and what the tasks look at."""

import uuid

import sqlalchemy as sa

from ops import db
from ops.access.models import Person
from ops.operations.models import Deployment, Operation, Phase
from ops.outcomes.models import Target
from ops.plans.models import ExitCriterion, NationalWeek, PlanAction

# What is compared is kept by a room beside this one; here it matters only whether something is.
COMPARISON = sa.table("comparison", sa.column("operation_id"), sa.column("is_withdrawn"))


def national_weeks() -> db.Query:
    """List the national weeks, the latest first."""
    return sa.select(NationalWeek).order_by(NationalWeek.starts_on.desc(), NationalWeek.id.desc())


def targets(operation_id: uuid.UUID) -> db.Query:
    """List the periods that an operation has targets for."""
    return (
        sa.select(Target.starts_on, Target.ends_on)
        .where(Target.operation_id == operation_id)
        .distinct()
        .order_by(Target.starts_on, Target.ends_on)
    )


def counts(operation_id: uuid.UUID) -> db.Query:
    """Count what stands elsewhere: training, the four Ps that have actions, comparisons."""
    of_deployment = (
        Deployment.operation_id == operation_id,
        Deployment.kind == "training",
        Deployment.status != "cancelled",
    )
    planned = PlanAction.operation_id == operation_id, PlanAction.status != "dropped"
    compared = COMPARISON.c.operation_id == operation_id, ~COMPARISON.c.is_withdrawn
    return sa.select(
        sa.select(sa.func.count()).select_from(Deployment).where(*of_deployment)
        .scalar_subquery().label("trainings"),
        sa.select(sa.func.array_agg(PlanAction.four_p.distinct())).where(*planned)
        .scalar_subquery().label("four_ps"),
        sa.select(sa.func.count()).select_from(COMPARISON).where(*compared)
        .scalar_subquery().label("comparisons"),
    )  # fmt: skip


def phases(operation_id: uuid.UUID) -> db.Query:
    """List an operation's phases, each with how many criteria and partners' actions it has."""
    criteria = sa.select(sa.func.count()).where(ExitCriterion.phase_id == Phase.id)
    actions = sa.select(sa.func.count()).where(
        PlanAction.phase_id == Phase.id,
        PlanAction.status != "dropped",
        sa.or_(
            PlanAction.partner_id.is_not(None),
            PlanAction.organisation_id != Operation.organisation_id,
        ),
    )
    return (
        sa.select(
            Phase.kind,
            Phase.aim,
            criteria.correlate(Phase).scalar_subquery().label("criteria"),
            actions.correlate(Phase, Operation).scalar_subquery().label("actions"),
        )
        .join(Operation, Operation.id == Phase.operation_id)
        .where(Phase.operation_id == operation_id)
        .order_by(Phase.starts_at, Phase.id)
    )


def criteria(operation_id: uuid.UUID) -> db.Query:
    """List what must hold before each phase is left, in the order it was written."""
    return (
        _criteria()
        .where(ExitCriterion.operation_id == operation_id)
        .order_by(ExitCriterion.created_at, ExitCriterion.id)
    )


def criterion(criterion_id: uuid.UUID) -> db.Query:
    """Show one criterion."""
    return _criteria().where(ExitCriterion.id == criterion_id).order_by(ExitCriterion.id)


def _criteria() -> db.Query:
    return sa.select(
        ExitCriterion.id,
        ExitCriterion.operation_id.label("operation"),
        ExitCriterion.phase_id.label("phase"),
        ExitCriterion.text,
        ExitCriterion.is_met,
        Person.name.label("judged_by"),
        ExitCriterion.judged_at,
        ExitCriterion.note,
        ExitCriterion.version,
    ).outerjoin(Person, Person.id == ExitCriterion.judged_by)
