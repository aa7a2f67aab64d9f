"""What is due, how a record stands, and what was decided about it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Person
from ops.operations.models import Operation
from ops.results.models import Result
from ops.retention.models import Retention, RetentionGroup, RetentionHold, Review

DUE_KEYS: list[db.Key] = [Retention.review_on, Retention.object_id]


def groups(today: dt.date) -> db.Query:
    """List the groups that hold on a day."""
    return (
        sa.select(*RetentionGroup.__table__.columns)
        .where(
            RetentionGroup.valid_from <= today,
            sa.or_(RetentionGroup.valid_to.is_(None), RetentionGroup.valid_to > today),
        )
        .order_by(RetentionGroup.code)
    )


def due(filters: Mapping[str, Any]) -> db.Query:
    """List what is to be reviewed by a day, the longest due first."""
    query = (
        sa.select(
            Retention.object_id.label("id"),
            Retention.object,
            Retention.group_code.label("group"),
            Retention.review_on,
            sa.func.jsonb_build_object(
                "id", Operation.id, "name", Operation.name, "reference", Operation.reference
            ).label("operation"),
            Operation.id.label("operation_id"),
            Result.kind,
            Result.occurred_at,
            _is_held(Retention.object, Retention.object_id, Retention.operation_id),
            _decided(Retention.object_id, Review.decision).label("decision"),
        )
        .join(Operation, Operation.id == Retention.operation_id)
        .outerjoin(Result, Result.id == Retention.object_id)
        .where(Retention.review_on <= filters["before"])
        .order_by(Retention.review_on, Retention.object_id)
    )
    if "operation" in filters:
        query = query.where(Retention.operation_id == filters["operation"])
    if "group" in filters:
        query = query.where(Retention.group_code == filters["group"])
    return query


def state(object_: str, object_id: uuid.UUID, operation_id: uuid.UUID) -> db.Query:
    """Tell how a record stands: by its own row, or else by its operation's."""
    own, whole, by = orm.aliased(Retention), orm.aliased(Retention), orm.aliased(Person)
    return (
        sa.select(
            sa.literal(object_).label("object"),
            sa.literal(object_id).label("id"),
            Operation.id.label("operation"),
            Operation.status,
            sa.func.coalesce(own.group_code, whole.group_code).label("group"),
            sa.case((own.object_id.is_not(None), own.review_on), else_=whole.review_on).label(
                "review_on"
            ),
            sa.func.coalesce(own.erased_at, whole.erased_at).label("erased_at"),
            by.name.label("erased_by"),
            _is_held(sa.literal(object_), sa.literal(object_id), Operation.id),
            _decided(sa.literal(object_id), Review.decision).label("decision"),
            _decided(sa.literal(object_id), Review.decided_by).label("decided_by"),
        )
        .select_from(Operation)
        .outerjoin(own, own.object_id == object_id)
        .outerjoin(whole, whole.object_id == Operation.id)
        .outerjoin(by, by.id == sa.func.coalesce(own.erased_by, whole.erased_by))
        .where(Operation.id == operation_id)
        .order_by(Operation.id)
    )


def reviews(object_id: uuid.UUID) -> db.Query:
    """List what was decided about a record, the latest first."""
    return (
        sa.select(
            *Review.__table__.columns,
            Review.group_code.label("group"),
            _named(Person).label("by"),
        )
        .join(Person, Person.id == Review.decided_by)
        .where(Review.object_id == object_id)
        .order_by(Review.at.desc(), Review.id.desc())
    )


def holds(object_: str, object_id: uuid.UUID, operation_id: uuid.UUID) -> db.Query:
    """List what stands against erasing a record: of an operation, what holds any of it."""
    return (
        sa.select(*RetentionHold.__table__.columns, _named(Person).label("by"))
        .join(Person, Person.id == RetentionHold.placed_by)
        .where(_holds(sa.literal(object_), sa.literal(object_id), sa.literal(operation_id)))
        .order_by(RetentionHold.at.desc(), RetentionHold.id.desc())
    )


def erased(object_: str, object_id: uuid.UUID, token: str | None) -> db.Query:
    """Erase a record, or without the right token say what would go."""
    return sa.select(sa.func.erase_record(object_, object_id, token, type_=sa.JSON))


def _holds(object_: Any, object_id: Any, operation_id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        RetentionHold.lifted_at.is_(None),
        RetentionHold.operation_id == operation_id,
        sa.or_(
            object_ == "operation",
            RetentionHold.object_id == object_id,
            RetentionHold.object_id == operation_id,
        ),
    )


def _is_held(object_: Any, object_id: Any, operation_id: Any) -> sa.Label[bool]:
    return sa.exists().where(_holds(object_, object_id, operation_id)).label("is_held")


def _decided(object_id: Any, column: Any) -> sa.ScalarSelect[Any]:
    """Give something of the latest decision."""
    return (
        sa.select(column)
        .where(Review.object_id == object_id)
        .order_by(Review.at.desc(), Review.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _named(person: type[Person]) -> sa.ColumnElement[Any]:
    return sa.func.jsonb_build_object("id", person.id, "name", person.name)
