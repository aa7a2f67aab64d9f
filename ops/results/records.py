"""A result as it goes over the wire, written by the database: the record and its kind's detail."""

import functools
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ops.access.models import Person
from ops.db import Model
from ops.geo.fields import DIGITS
from ops.operations.models import Operation
from ops.results.kinds import KINDS
from ops.results.kinds.base import SCOPE, Kind
from ops.results.models import Credit

# What a row is found by, which its record says already.
KEYS = {"result_id", "position", *SCOPE}
_NONE: sa.ColumnElement[Any] = sa.literal_column("'[]'::json")
_NOWHERE: sa.ColumnElement[Any] = sa.literal_column("'{}'::text[]")


def wire_name(column: sa.Column[Any]) -> str:
    """Give what a kind's column is called on the wire."""
    return str(column.name).removesuffix("_id")


@functools.cache
def columns_of(model: type[Model]) -> Mapping[str, sa.Column[Any]]:
    """Give the columns of a kind's table by their name on the wire."""
    columns = sa.inspect(model).columns
    return {wire_name(column): column for column in columns if column.name not in KEYS}


def record(
    results: sa.FromClause, written: Mapping[str, sa.FromClause] | None = None
) -> list[sa.ColumnElement[Any]]:
    """Give the columns of a result as it goes over the wire.

    The detail is read from the kinds' tables, or from `written`: what the
    running statement wrote, which it can't see in the tables yet.
    """
    at = results.c
    operation = orm.aliased(Operation)
    period = sa.select(operation).where(operation.id == at.operation_id).correlate(results)
    return [
        at.id,
        at.operation_id.label("operation"),
        at.kind,
        _moment(at.occurred_at).label("occurred_at"),
        sa.cast(sa.func.ST_AsGeoJSON(at.point, DIGITS), sa.JSON).label("position"),
        sa.cast(at.accuracy_m, sa.Text).label("accuracy_m"),
        at.district,
        at.deployment_id.label("deployment"),
        at.note,
        _detail(results, written or {}).label("detail"),
        at.status,
        _moment(at.recorded_at).label("recorded_at"),
        _person(results, at.recorded_by).label("recorded_by"),
        _moment(at.confirmed_at).label("confirmed_at"),
        _person(results, at.confirmed_by).label("confirmed_by"),
        _moment(at.struck_at).label("struck_at"),
        _person(results, at.struck_by).label("struck_by"),
        at.struck_reason,
        _credits(results, (written or {}).get(Credit.__tablename__)).label("credits"),
        _of(
            period,
            sa.or_(at.occurred_at < operation.starts_at, at.occurred_at >= operation.ends_at),
        ).label("outside_period"),
        sa.or_(at.was_closed, _of(period, at.recorded_at >= operation.ends_at)).label("late"),
        _moment(at.claimed_at).label("claimed_at"),
        at.clock_offset_s,
        at.version,
    ]


def one(
    results: sa.FromClause,
    written: Mapping[str, sa.FromClause] | None = None,
    *more: sa.ColumnElement[Any],
) -> sa.ScalarSelect[str]:
    """Write a result of the enclosing query, and more about it, as JSON text."""
    row = sa.select(*record(results, written), *more).correlate(results).subquery("whole_record")
    text = sa.cast(sa.func.row_to_json(row.table_valued()), sa.Text)
    return sa.select(text).correlate(results).scalar_subquery()


def _detail(results: sa.FromClause, written: Mapping[str, sa.FromClause]) -> sa.ColumnElement[Any]:
    """Read the detail from the table of the result's own kind, and from no other."""
    details = {
        name: _detail_of(kind, results, written)
        for name, kind in KINDS.items()
        if not written or kind.model.__tablename__ in written
    }
    return sa.case(details, value=results.c.kind)


def _detail_of(
    kind: Kind, results: sa.FromClause, written: Mapping[str, sa.FromClause]
) -> sa.ScalarSelect[Any]:
    source = written.get(kind.model.__tablename__, kind.model.__table__)
    own = [_value(source, column) for column in _shown(kind.model)]
    rows = [_rows(child, source, written).label(name) for name, child in kind.children.items()]
    row = (
        sa.select(*own, *rows)
        .where(source.c.result_id == results.c.id)
        .correlate(results)
        .subquery("own_detail")
    )
    stripped = sa.func.json_strip_nulls(sa.func.row_to_json(row.table_valued()))
    return sa.select(stripped).correlate(results).scalar_subquery()


def _rows(
    child: type[Model], owner: sa.FromClause, written: Mapping[str, sa.FromClause]
) -> sa.ScalarSelect[Any]:
    """Write the rows of a list inside the detail, in their order."""
    source = written.get(child.__tablename__, child.__table__)
    columns = [_value(source, column) for column in _shown(child)]
    written_out = sa.func.json_build_object(
        *(part for column in columns for part in (column.name, column.element))
    )
    ordered = sa.func.json_agg(aggregate_order_by(written_out, source.c.position))
    return (
        sa.select(sa.func.coalesce(ordered, _NONE))
        .where(source.c.result_id == owner.c.result_id)
        .correlate(owner)
        .scalar_subquery()
    )


def _shown(model: type[Model]) -> list[sa.Column[Any]]:
    return [c for c in columns_of(model).values() if c.info.get("wire", True)]


def names_a_person(column: sa.ColumnElement[Any]) -> bool:
    """Tell whether a column says who did something."""
    return any(key.target_fullname == "person.id" for key in column.foreign_keys)


def _value(source: sa.FromClause, column: sa.Column[Any]) -> sa.Label[Any]:
    value: sa.ColumnElement[Any] = source.c[column.name]
    if names_a_person(column):
        value = sa.select(Person.name).where(Person.id == value).scalar_subquery()
    elif isinstance(column.type, Geometry):
        value = sa.cast(sa.func.ST_AsGeoJSON(value, DIGITS), sa.JSON)
    elif isinstance(column.type, sa.Numeric):
        value = sa.cast(value, sa.Text)
    elif isinstance(column.type, sa.DateTime):
        value = _moment(value)
    return value.label(wire_name(column))


def _moment(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Write a time in UTC, whatever the zone of the session."""
    text = sa.func.to_json(sa.func.timezone("UTC", column)).op("#>>")(_NOWHERE)
    return sa.cast(text, sa.Text) + "+00:00"


def _person(results: sa.FromClause, column: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    person = orm.aliased(Person)
    named = sa.func.json_build_object("id", person.id, "name", person.name)
    return sa.select(named).where(person.id == column).correlate(results).scalar_subquery()


def _credits(results: sa.FromClause, written: sa.FromClause | None) -> sa.ScalarSelect[Any]:
    credit = Credit.__table__ if written is None else written
    supported = credit.c.operation_id
    return (
        sa.select(
            sa.func.coalesce(sa.func.json_agg(aggregate_order_by(supported, supported)), _NONE)
        )
        .where(credit.c.result_id == results.c.id, credit.c.withdrawn_at.is_(None))
        .correlate(results)
        .scalar_subquery()
    )


def _of(query: sa.Select[Any], value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    found = query.with_only_columns(value).scalar_subquery()
    return sa.func.coalesce(found, sa.false())
