"""The one statement that logs results of a kind: the record, its detail, its credits, the reply."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from ops.db import Model
from ops.geo.models import OVER
from ops.geo.queries import DISTRICTS, WARDS
from ops.operations.models import Deployment, Operation
from ops.results import places, records, rules
from ops.results.kinds import KINDS
from ops.results.kinds.base import SCOPE
from ops.results.models import Credit, Result

ITEMS: sa.BindParameter[str] = sa.bindparam("items", type_=sa.Text())
RECORDED_BY = sa.bindparam("recorded_by", type_=sa.Uuid())
_ITEM: dict[str, sa.types.TypeEngine[Any]] = {
    "number": sa.Integer(),
    "id": sa.Uuid(),
    "operation_id": sa.Uuid(),
    "occurred_at": sa.DateTime(timezone=True),
    "recorded_at": sa.DateTime(timezone=True),
    "clock_offset_s": sa.BigInteger(),
    "claimed_at": sa.DateTime(timezone=True),
    "point": sa.Text(),
    "accuracy_m": sa.Numeric(),
    "deployment_id": sa.Uuid(),
    "note": sa.Text(),
    "content_hash": sa.Text(),
    "credits": JSONB(),
    "detail": JSONB(),
}


def writable(model: type[Model]) -> list[sa.Column[Any]]:
    """Give the columns that a detail fills, and no trigger or default does."""
    return [c for c in records.columns_of(model).values() if c.server_default is None]


def statement(kind_name: str) -> sa.Select[Any]:
    """Build the statement: every item that may be written and whose id is free is, at once.

    It says of each item what is needed to judge it. What a running statement
    writes it can't read from the tables, so the reply is made of what it returns.
    """
    kind = KINDS[kind_name]
    item = _items()
    new = _results(item, kind_name)
    detail = _filled(kind.model, item, new)
    children = {
        model.__tablename__: _filled(model, item, new, rows=name)
        for name, model in kind.children.items()
    }
    credited = _credited(item, new)
    written = {kind.model.__tablename__: detail, Credit.__tablename__: credited, **children}
    operation, there = Operation.__table__.alias(), Result.__table__.alias("there")
    return (
        sa.select(
            item.c.number,
            operation.c.status,
            operation.c.starts_at,
            _is_deployment_known(item).label("is_deployment_known"),
            (there.c.content_hash == _hash(item)).label("is_same"),
            sa.case(
                (new.c.id.is_not(None), records.one(new, written, *places.relations(new)))
            ).label("record"),
        )
        .select_from(item)
        .outerjoin(operation, operation.c.id == item.c.operation_id)
        .outerjoin(there, there.c.id == item.c.id)
        .outerjoin(new, new.c.id == item.c.id)
        .order_by(item.c.number)
        # Also those whose rows are not in the reply must be written.
        .add_cte(detail, credited, *children.values())
    )


def _items() -> sa.CTE:
    function = sa.func.jsonb_to_recordset(sa.cast(ITEMS, JSONB))
    columns: list[Any] = [sa.column(name, type_) for name, type_ in _ITEM.items()]
    sent = sa.select(function.table_valued(*columns).render_derived("sent", with_types=True))
    # The limit leaves nothing out. It says that they are few: the database would think of
    # a hundred, and read all operations to find those of one item. In a query of its own it is
    # worked out last, or the database would plan anew each time by how many there are.
    many = sa.select(sa.func.jsonb_array_length(sa.cast(ITEMS, JSONB))).scalar_subquery()
    return sent.limit(many).cte("item")


def _results(item: sa.CTE, kind: str) -> sa.CTE:
    point = sa.cast(item.c.point, Result.point.type)
    district, ward = (
        places.district_of(point, item.c.occurred_at, layer).correlate(item).scalar_subquery()
        for layer in (DISTRICTS, WARDS)
    )
    values = {
        Result.id: item.c.id,
        Result.operation_id: Operation.id,
        Result.audience_id: Operation.audience_id,
        Result.kind: sa.literal(kind),
        Result.occurred_at: item.c.occurred_at,
        Result.point: point,
        Result.accuracy_m: item.c.accuracy_m,
        Result.district: district,
        Result.ward: ward,
        Result.square: places.square_of(point),
        Result.deployment_id: item.c.deployment_id,
        Result.note: item.c.note,
        Result.recorded_at: sa.func.coalesce(item.c.recorded_at, sa.func.now()),
        Result.recorded_by: RECORDED_BY,
        Result.clock_offset_s: item.c.clock_offset_s,
        Result.claimed_at: item.c.claimed_at,
        Result.was_closed: Operation.status.in_(OVER),
        Result.content_hash: _hash(item),
    }
    allowed = (
        sa.select(*values.values())
        .join(Operation, Operation.id == item.c.operation_id)
        .where(
            Operation.status.in_(rules.LOGGABLE),
            item.c.occurred_at >= Operation.starts_at - rules.EARLIEST,
            _is_deployment_known(item),
        )
    )
    return (
        insert(Result)
        .from_select(list(values), allowed, include_defaults=False)
        .on_conflict_do_nothing(index_elements=[Result.id])
        .returning(*Result.__table__.c)
        .cte("new")
    )


def _filled(model: type[Model], item: sa.CTE, new: sa.CTE, rows: str | None = None) -> sa.CTE:
    """Fill a table of the kind from the detail, or from the `rows` of a list inside it."""
    table = model.__tablename__
    names = [column.name for column in writable(model)]
    source: sa.ColumnElement[Any] = item.c.detail
    populate = sa.func.jsonb_populate_record
    if rows is not None:
        names.append("position")
        source, populate = item.c.detail[rows], sa.func.jsonb_populate_recordset
    given = populate(sa.literal_column(f"null::{table}"), source).table_valued(*names, name="given")
    # What is known since when: with the record itself, since then.
    same = [*SCOPE, *({"recorded_at"} & set(model.__table__.c.keys()))]
    chosen = (
        sa.select(new.c.id, *(new.c[name] for name in same), *(given.c[name] for name in names))
        .select_from(new)
        .join(item, item.c.id == new.c.id)
        .join(given, sa.true())
    )
    return (
        insert(model)
        .from_select(["result_id", *same, *names], chosen, include_defaults=False)
        .returning(*model.__table__.c)
        .cte(f"new_{table}")
    )


def _credited(item: sa.CTE, new: sa.CTE) -> sa.CTE:
    supported = sa.func.jsonb_array_elements_text(item.c.credits).table_valued(
        "value", name="given"
    )
    operation_id = sa.cast(supported.c.value, sa.Uuid)
    chosen = (
        sa.select(new.c.id, operation_id, *(new.c[name] for name in (*SCOPE, "recorded_at")))
        .select_from(new)
        .join(item, item.c.id == new.c.id)
        .join(supported, operation_id != new.c.operation_id)
    )
    return (
        insert(Credit)
        .from_select(
            ["result_id", "operation_id", "lead_id", *SCOPE[1:], "credited_at"],
            chosen,
            include_defaults=False,
        )
        .returning(*Credit.__table__.c)
        .cte("credited")
    )


def _is_deployment_known(item: sa.CTE) -> sa.ColumnElement[bool]:
    known = (
        sa.exists()
        .where(
            Deployment.id == item.c.deployment_id, Deployment.operation_id == item.c.operation_id
        )
        .correlate(item)
    )
    return sa.or_(item.c.deployment_id.is_(None), known)


def _hash(item: sa.CTE) -> sa.ColumnElement[bytes]:
    return sa.func.decode(item.c.content_hash, "hex")
