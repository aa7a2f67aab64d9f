"""Features as text that the database wrote, page by page; and how many, and where they lie."""

import functools
import operator
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.ledger import consultation
from ops.ogc import crs, kept
from ops.ogc.collections import ID, OPERATION, Collection, Property

Condition = sa.ColumnElement[bool]


def page(
    collection: Collection, conditions: Sequence[Condition], uri: str, *, is_first: bool
) -> db.Query:
    """Give one page in one row: the features' text, what the log keeps of them, if more follow.

    `limit` says how many, and `after` behind which id where it is not the first page.
    """
    kept_of_it = consultation.packed(collection.operation, collection.key).label("packed")
    chosen = _chosen(collection, conditions).add_columns(kept_of_it)
    if not is_first:
        chosen = chosen.where(collection.key > sa.bindparam("after", type_=sa.Uuid))
    limit = sa.bindparam("limit", type_=sa.Integer)
    number = sa.func.row_number().over(order_by=collection.key).label("number")
    row = chosen.add_columns(number).order_by(collection.key).limit(limit + 1).subquery("row").c
    fits = row.number <= limit
    features = sa.func.string_agg(feature(collection, row, uri), sa.literal_column("','", sa.Text))
    joined = (
        sa.func.coalesce(features.filter(fits), "").label("features"),
        sa.func.string_agg(row.packed, b"").filter(fits).label("seen"),
    )
    return kept.marked(sa.select(*joined, sa.func.count().label("many")))


@functools.cache
def usual_page(collection: Collection, uri: str, *, is_first: bool) -> str:
    """Keep the statement of a page of all; building it is a third of the work."""
    return db.written(page(collection, collection.usual, uri, is_first=is_first))


def one(collection: Collection, feature_id: uuid.UUID, uri: str) -> db.Query:
    """Give one feature as text, and its operation."""
    row = _chosen(collection, [collection.key == feature_id]).subquery("row").c
    return sa.select(
        row.id, row.of_operation, feature(collection, row, uri).label("feature")
    ).order_by(row.id)


def count(collection: Collection, conditions: Sequence[Condition]) -> sa.Select[int]:
    """Count the features that are meant, as far as they are seen."""
    return (
        sa.select(sa.func.count())
        .select_from(collection.source)
        .where(*collection.where, *conditions)
    )


def extent(collection: Collection) -> db.Query:
    """Give the box around what is seen of a collection, and its first and last time."""
    box = sa.func.ST_Extent(collection.geometry)
    sides = (sa.func.ST_XMin(box), sa.func.ST_YMin(box), sa.func.ST_XMax(box), sa.func.ST_YMax(box))
    times: Sequence[sa.ColumnElement[Any]] = (
        (sa.func.min(collection.begins), sa.func.max(collection.ends))
        if collection.begins is not None
        else (sa.null(), sa.null())
    )
    return (
        sa.select(*(side.label(name) for side, name in zip(sides, _SIDES, strict=True)))
        .add_columns(*(time.label(name) for time, name in zip(times, _TIMES, strict=True)))
        .select_from(collection.source)
        .where(*collection.where, *collection.usual)
    )


_SIDES, _TIMES = ("west", "south", "east", "north"), ("begins", "ends")


def feature(collection: Collection, row: Any, uri: str) -> sa.ColumnElement[str]:
    """Write one feature as text; a geometry that became an object on the way would cost most."""
    properties: list[Any] = []
    for name, found in collection.properties.items():
        properties += [f'{"," if properties else ""}"{name}":', _json(row[f"of_{name}"], found)]
    return _concat(
        '{"type":"Feature","id":"',
        row.id,
        '","geometry":',
        crs.written(row.shape, uri),
        ',"properties":{',
        *properties,
        "}}",
    )


def _concat(*parts: Any) -> sa.ColumnElement[str]:
    """Join texts, however many: no function of the database takes more than a hundred."""
    starts = range(0, len(parts), _MOST_ARGUMENTS)
    each = [sa.func.concat(*parts[n : n + _MOST_ARGUMENTS], type_=sa.Text) for n in starts]
    return functools.reduce(operator.add, each)


_MOST_ARGUMENTS = 100


def _json(value: Any, found: Property) -> sa.ColumnElement[str]:
    is_id = found.type == ID
    written = sa.func.concat('"', value, '"') if is_id else sa.cast(sa.func.to_json(value), sa.Text)
    return sa.case((value.is_(None), "null"), else_=written)


def _chosen(collection: Collection, conditions: Sequence[Condition]) -> db.Query:
    # Ids as text once, since the feature, the log and the next page want them so.
    properties = {
        name: sa.cast(found.value, sa.Text) if found.type == ID else found.value
        for name, found in collection.properties.items()
    }
    # By which the log goes; of what belongs to none, it is empty.
    properties.setdefault(OPERATION, sa.cast(sa.null(), sa.Text))
    return (
        sa.select(
            sa.cast(collection.key, sa.Text).label("id"),
            collection.geometry.label("shape"),
            *(value.label(f"of_{name}") for name, value in properties.items()),
        )
        .select_from(collection.source)
        .where(*collection.where, *conditions)
    )
