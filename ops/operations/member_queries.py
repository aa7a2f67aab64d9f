"""Who belongs to an operation, and who was told that somebody opened one."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import TIMESTAMP

from ops.access.member_models import Alert, Membership
from ops.access.models import Organisation, Person
from ops.access.queries import below
from ops.operations.models import Operation

_MOMENT = TIMESTAMP(timezone=True)


def members(operation_id: uuid.UUID) -> sa.Select[Any]:
    """List who belongs to an operation, and who did, the latest first."""
    return _memberships().where(Membership.operation_id == operation_id)


def member(membership_id: uuid.UUID) -> sa.Select[Any]:
    """Show one membership."""
    return _memberships().where(Membership.id == membership_id)


def leads(operation_id: uuid.UUID, but: uuid.UUID) -> sa.Select[int]:
    """Count who else leads an operation, now and without an end."""
    return sa.select(sa.func.count()).where(
        Membership.operation_id == operation_id,
        Membership.id != but,
        Membership.role == "lead",
        Membership.is_break_glass.is_(False),
        Membership.revoked_at.is_(None),
        Membership.during.contains(sa.func.now()),
        sa.func.upper_inf(Membership.during),
    )


def strangers(operation: Operation, person_ids: Sequence[uuid.UUID]) -> sa.Select[uuid.UUID, bool]:
    """Find who of these people does not see an operation; tell who is of its organisation."""
    code = (
        sa.select(Organisation.code)
        .where(Organisation.id == operation.organisation_id)
        .scalar_subquery()
    )
    is_of_it = Person.organisation_id.in_(below(code))
    query = (
        sa.select(Person.id, is_of_it.label("is_of_it"))
        .where(
            Person.id.in_(person_ids),
            ~sa.exists().where(
                Membership.operation_id == operation.id,
                Membership.person_id == Person.id,
                Membership.revoked_at.is_(None),
                Membership.is_break_glass.is_(False),
                sa.or_(
                    Membership.during.contains(sa.func.now()), sa.func.upper_inf(Membership.during)
                ),
            ),
        )
        .order_by(Person.id)
    )
    return query.where(sa.not_(is_of_it)) if operation.visibility == "open" else query


def alerts(person_id: uuid.UUID) -> sa.Select[Any]:
    """List what somebody was told, the latest first."""
    who = orm.aliased(Person)
    return (
        sa.select(
            Alert.id,
            Alert.at,
            Alert.seen_at,
            Alert.kind,
            Alert.reference,
            Alert.said,
            Alert.reason,
            sa.case(
                (who.id.is_not(None), sa.func.jsonb_build_object("id", who.id, "name", who.name))
            ).label("person"),
        )
        .outerjoin(who, who.id == Alert.opened_by)
        .where(Alert.person_id == person_id)
        .order_by(Alert.at.desc(), Alert.id.desc())
    )


def _memberships() -> sa.Select[Any]:
    person, by = orm.aliased(Person), orm.aliased(Person)
    is_now = sa.and_(
        Membership.revoked_at.is_(None),
        sa.or_(
            sa.func.upper_inf(Membership.during),
            sa.func.upper(Membership.during, type_=_MOMENT) > sa.func.now(),
        ),
    )
    return (
        sa.select(
            Membership.id,
            sa.func.jsonb_build_object("id", person.id, "name", person.name).label("person"),
            Organisation.code.label("organisation"),
            Membership.role,
            sa.func.lower(Membership.during, type_=_MOMENT).label("from_"),
            sa.func.upper(Membership.during, type_=_MOMENT).label("to"),
            sa.func.jsonb_build_object("id", by.id, "name", by.name).label("granted_by"),
            Membership.reason,
            Membership.is_break_glass,
            Membership.revoked_at,
            is_now.label("stands"),
        )
        .join(person, person.id == Membership.person_id)
        .join(by, by.id == Membership.granted_by)
        .join(Organisation, Organisation.id == person.organisation_id)
        .order_by(is_now.desc(), person.name, Membership.granted_at.desc(), Membership.id)
    )
