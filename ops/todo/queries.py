"""Counts what waits in each list, for whoever asks and for others, in one statement."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from ops import db
from ops.todo.lists import Waiting

ROLES: Any = ARRAY(sa.Text())


def counts(lists: Mapping[str, Waiting], roles: Mapping[str, Collection[str]]) -> db.Query:
    """Count the entries of each list that the asker sees, and those they may act on.

    `roles` are those that may shorten a list.
    """
    counted = sa.union_all(
        *(_counted(name, each, roles[name]) for name, each in lists.items())
    ).subquery("counted")
    return sa.select(counted).order_by(counted.c.name)


def _counted(name: str, each: Waiting, roles: Collection[str]) -> sa.Select[*tuple[Any, ...]]:
    entries = each.query.order_by(None).subquery()
    first: Any = entries.c[each.first]
    is_late = sa.false() if each.overdue_before is None else first < each.overdue_before
    if isinstance(first.type, sa.DateTime):
        first = sa.cast(sa.func.timezone("Europe/London", first), sa.Date())
    key = _key([entries.c[column] for column in each.operations])
    # What somebody may do is asked once for the same operations, not once an entry.
    groups = (
        sa.select(
            key.label("operations"),
            sa.func.count().label("number"),
            sa.func.count().filter(is_late).label("overdue"),
            sa.func.min(first, type_=sa.Date()).label("first"),
        )
        .group_by(key)
        .subquery()
    )
    may = _may(groups.c.operations, roles) if each.operations else sa.literal(bool(roles))
    judged = sa.select(groups, may.label("may")).subquery()
    return sa.select(
        sa.literal(name).label("name"),
        _total(judged.c.number).label("number"),
        _total(sa.case((judged.c.may, judged.c.number))).label("mine"),
        _total(sa.case((judged.c.may, judged.c.overdue))).label("overdue"),
        sa.func.min(sa.case((judged.c.may, judged.c.first)), type_=sa.Date()).label("first"),
        sa.func.jsonb_agg(judged.c.operations, type_=sa.JSON()).label("seen"),
    )


def _key(columns: Sequence[sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    if not columns:
        return sa.literal([], ARRAY(sa.Uuid()))
    return columns[0] if isinstance(columns[0].type, sa.ARRAY) else array(columns)


def _total(number: Any) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.coalesce(sa.func.sum(number), 0), sa.Integer())


def _may(operations: Any, roles: Collection[str]) -> sa.ColumnElement[bool]:
    """Tell whether the asker has one of these roles in each of these operations."""
    each = sa.func.unnest(operations).column_valued("each")
    theirs: Any = sa.func.actor_roles(each, type_=ROLES)
    has_one = theirs.overlap(sa.cast(sorted(roles), ROLES))
    return sa.select(sa.func.bool_and(has_one, type_=sa.Boolean())).scalar_subquery()
