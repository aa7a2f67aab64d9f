"""The newest results of an operation: its list as it is asked for all day, written once."""

import functools
import uuid
from typing import Any

import sqlalchemy as sa

from ops import api, db
from ops.results import records
from ops.results.counting import OPERATION
from ops.results.models import Credit, Result

_LIMIT: sa.BindParameter[int] = sa.bindparam("most", type_=sa.Integer())
_BEFORE: tuple[sa.BindParameter[Any], ...] = (
    sa.bindparam("before_at", type_=sa.DateTime(timezone=True)),
    sa.bindparam("before_id", type_=sa.Uuid()),
)


def page(
    operation_id: uuid.UUID, limit: int, cursor: str | None = None
) -> tuple[list[Any], dict[str, str]]:
    """Give a page of those that an operation led or supports, with the headers to the next."""
    values: dict[str, object] = {OPERATION.key: operation_id, _LIMIT.key: limit + 1}
    if cursor:
        before = api.read_cursor(cursor, len(_BEFORE))
        values |= {bound.key: value for bound, value in zip(_BEFORE, before, strict=True)}
    rows = db.run(_written(is_continued=bool(cursor)), values)
    return api.cut(rows, limit, len(_BEFORE))


@functools.cache
def _written(*, is_continued: bool) -> str:
    return db.written(_newest(is_continued=is_continued))


def _newest(*, is_continued: bool) -> db.Query:
    """Take a page of each of the two by an index before they are put together and written out."""
    stand = sa.select(*Result.__table__.columns).where(Result.struck_at.is_(None))
    led = stand.where(Result.operation_id == OPERATION)
    supported = stand.join(Credit, Credit.result_id == Result.id).where(
        Credit.operation_id == OPERATION,
        Credit.withdrawn_at.is_(None),
        Result.operation_id != OPERATION,
    )
    if is_continued:
        led, supported = (
            each.where(sa.tuple_(Result.occurred_at, Result.id) < sa.tuple_(*_BEFORE))
            for each in (led, supported)
        )
    newest = (Result.occurred_at.desc(), Result.id.desc())
    parts = [
        sa.select(each.order_by(*newest).limit(_LIMIT).subquery()) for each in (led, supported)
    ]
    found = sa.union_all(*parts).subquery("found")
    at = found.c
    return (
        sa.select(
            records.one(found).label("record"),
            at.operation_id,
            at.id,
            at.occurred_at.label("_key_0"),
            at.id.label("_key_1"),
        )
        .order_by(at.occurred_at.desc(), at.id.desc())
        .limit(_LIMIT)
    )
