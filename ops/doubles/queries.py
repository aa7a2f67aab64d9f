"""Pairs of records that may be one thing."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from ops import db
from ops.access.models import Person
from ops.results.models import LikelyDouble, Result

KEYS: list[db.Key] = [LikelyDouble.found_at, LikelyDouble.id]


def pairs(filters: Mapping[str, Any]) -> db.Query:
    """List pairs, the oldest first: those that wait for a decision, or those decided."""
    first, second = orm.aliased(Result), orm.aliased(Result)
    query = (
        sa.select(
            LikelyDouble.id,
            LikelyDouble.result_id,
            LikelyDouble.other_id,
            LikelyDouble.reasons,
            LikelyDouble.found_at,
            LikelyDouble.decision,
            LikelyDouble.kept_id.label("kept"),
            LikelyDouble.decided_at,
            LikelyDouble.why.label("reason"),
            _may_stay(LikelyDouble.result_id, LikelyDouble.other_id).label("result_may_stay"),
            _may_stay(LikelyDouble.other_id, LikelyDouble.result_id).label("other_may_stay"),
            Person.id.label("person_id"),
            Person.name.label("person_name"),
            first.kind,
            first.operation_id,
            second.operation_id.label("other_operation_id"),
        )
        .join(first, first.id == LikelyDouble.result_id)
        .join(second, second.id == LikelyDouble.other_id)
        .outerjoin(Person, Person.id == LikelyDouble.decided_by)
        .order_by(*KEYS)
    )
    if "id" in filters:
        return query.where(LikelyDouble.id == filters["id"])
    if filters.get("decided", False):
        query = query.where(LikelyDouble.decision.is_not(None))
    else:
        standing = (first.status != "struck", second.status != "struck")
        query = query.where(LikelyDouble.decision.is_(None), *standing)
    if "kind" in filters:
        query = query.where(first.kind == filters["kind"])
    if "operation" in filters:
        query = query.where(
            sa.or_(
                first.operation_id == filters["operation"],
                second.operation_id == filters["operation"],
            )
        )
    return query


def pair_of(one: uuid.UUID, other: uuid.UUID) -> sa.Select[LikelyDouble]:
    """Find the pair of two records."""
    first, second = sorted((one, other))
    return sa.select(LikelyDouble).where(
        LikelyDouble.result_id == first, LikelyDouble.other_id == second
    )


def may_stay(kept: uuid.UUID, gone: uuid.UUID) -> sa.Select[bool]:
    """Tell whether no fewer people see a record than another, so that it can stay for both."""
    return sa.select(_may_stay(kept, gone))


def _may_stay(kept: Any, gone: Any) -> sa.ColumnElement[bool]:
    return sa.func.may_stay(kept, gone, type_=sa.Boolean())
