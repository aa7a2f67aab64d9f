"""The 4P plan as it is read: one statement a list, whatever its length."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Organisation, Person
from ops.geo.models import OVER
from ops.operations.models import Operation, Phase
from ops.plans.models import PlanAction

# So long before its day an action or its review waits for somebody.
AHEAD = dt.timedelta(days=14)
# What comes first: the day it is due, or the day it is looked at again.
NEXT: Any = sa.func.least(PlanAction.due_on, PlanAction.review_on, type_=sa.Date())


def actions(operation_id: uuid.UUID, filters: Mapping[str, Any], today: dt.date) -> db.Query:
    """List the actions of an operation, the first due first."""
    query = _actions(today).where(PlanAction.operation_id == operation_id)
    for name in ("four_p", "status"):
        if name in filters:
            query = query.where(PlanAction.__table__.c[name] == filters[name])
    if "phase" in filters:
        query = query.where(PlanAction.phase_id == filters["phase"])
    return query.order_by(PlanAction.due_on, PlanAction.id)


def action(action_id: uuid.UUID, today: dt.date) -> db.Query:
    """Show one action."""
    return _actions(today).where(PlanAction.id == action_id).order_by(PlanAction.id)


def due(filters: Mapping[str, Any], today: dt.date) -> db.Query:
    """List open actions that are due or to be reviewed soon, or should have been."""
    query = (
        _actions(today)
        .add_columns(NEXT.label("next_on"))
        .where(
            PlanAction.status == "open",
            today + AHEAD >= NEXT,
            Operation.status.not_in(OVER),
        )
        .order_by(NEXT, PlanAction.id)
    )
    if "operation" in filters:
        query = query.where(PlanAction.operation_id == filters["operation"])
    if filters.get("overdue", False):
        query = query.where(today > NEXT)
    return query


def _actions(today: dt.date) -> db.Query:
    partner = orm.aliased(Organisation)
    is_open = PlanAction.status == "open"
    return (
        sa.select(
            PlanAction.id,
            PlanAction.operation_id.label("operation"),
            Operation.name.label("operation_name"),
            PlanAction.four_p,
            PlanAction.what,
            _code_and_name(Organisation).label("organisation"),
            sa.case(
                (
                    Person.id.is_not(None),
                    sa.func.jsonb_build_object("id", Person.id, "name", Person.name),
                )
            ).label("person"),
            sa.case((partner.id.is_not(None), _code_and_name(partner))).label("partner"),
            sa.case(
                (
                    Phase.id.is_not(None),
                    sa.func.jsonb_build_object("id", Phase.id, "kind", Phase.kind),
                )
            ).label("phase"),
            PlanAction.due_on,
            PlanAction.review_on,
            PlanAction.status,
            PlanAction.reason,
            sa.and_(is_open, PlanAction.due_on < today).label("is_overdue"),
            sa.and_(is_open, PlanAction.review_on <= today).label("review_is_due"),
            PlanAction.version,
        )
        .join(Operation, Operation.id == PlanAction.operation_id)
        .join(Organisation, Organisation.id == PlanAction.organisation_id)
        .outerjoin(Person, Person.id == PlanAction.person_id)
        .outerjoin(partner, partner.id == PlanAction.partner_id)
        .outerjoin(Phase, Phase.id == PlanAction.phase_id)
    )


def _code_and_name(organisation: Any) -> sa.Function[Any]:
    return sa.func.jsonb_build_object("code", organisation.code, "name", organisation.name)
