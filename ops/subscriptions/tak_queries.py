"""What a TAK server is fed of an operation, as whoever switched it on sees it."""

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, distinct_on

from ops import db
from ops.access.models import Person
from ops.geo.models import Area
from ops.ledger.models import Change
from ops.operations.models import Operation
from ops.results.models import Result
from ops.subscriptions.tak_models import TakFeed, TakObject

# While one is planned nobody is out, and once it is closed nobody needs it.
ON_AIR = ("approved", "live")
# A picture of more is none.
MOST_RESULTS = 1000
MOST_AREAS = 500
# A metre, and the digits of one, in degrees.
_METRE, _DIGITS = 0.00001, 6


def feeds() -> db.Query:
    """List the operations that are fed, or of which something is shown still."""
    shown = sa.select(TakObject.operation_id).where(TakObject.gone_at.is_(None)).distinct()
    return (
        sa.select(
            Operation.id,
            TakFeed.kinds,
            TakFeed.with_areas,
            TakFeed.switched_by,
            sa.and_(
                sa.func.coalesce(TakFeed.is_on, sa.false()), Person.disabled_at.is_(None)
            ).label("is_on"),
        )
        .outerjoin(TakFeed, TakFeed.operation_id == Operation.id)
        .outerjoin(Person, Person.id == TakFeed.switched_by)
        .where(sa.or_(TakFeed.is_on, Operation.id.in_(shown)))
        .order_by(Operation.id)
    )


def operation(operation_id: uuid.UUID, markings: Collection[str]) -> db.Query:
    """Give an operation that may be fed in the name of whom the transaction acts for."""
    roles: Any = sa.func.actor_roles(Operation.id, type_=ARRAY(sa.Text()))
    return sa.select(Operation.marking).where(
        Operation.id == operation_id,
        Operation.visibility != "covert",
        Operation.marking.in_(markings),
        Operation.status.in_(ON_AIR),
        roles.overlap(sa.cast(["admin", "lead"], ARRAY(sa.Text()))),
    )


def areas(operation_id: uuid.UUID) -> db.Query:
    """List the areas that hold now, each with its shape to the metre."""
    shape = sa.func.ST_Multi(sa.func.ST_SimplifyPreserveTopology(Area.geom, _METRE))
    return (
        sa.select(Area.id, Area.name, _json(shape))
        .where(
            Area.operation_id == operation_id,
            sa.or_(Area.valid_from.is_(None), Area.valid_from <= sa.func.now()),
            sa.or_(Area.valid_to.is_(None), Area.valid_to > sa.func.now()),
        )
        .order_by(Area.id)
        .limit(MOST_AREAS)
    )


def results(operation_id: uuid.UUID, kinds: Collection[str]) -> db.Query:
    """List the latest results of some kinds that have a point and stand."""
    return (
        sa.select(Result.id, Result.kind, Result.accuracy_m, _json(Result.point))
        .where(
            Result.operation_id == operation_id,
            Result.kind.in_(kinds),
            Result.status != "struck",
            Result.point.is_not(None),
        )
        .order_by(Result.occurred_at.desc(), Result.id.desc())
        .limit(MOST_RESULTS)
    )


def _json(shape: Any) -> sa.Label[Any]:
    return sa.cast(sa.func.ST_AsGeoJSON(shape, _DIGITS), JSONB).label("geometry")


def shown(operation_id: uuid.UUID) -> db.Query:
    """List what the server was sent of an operation and is not stale there yet."""
    return (
        sa.select(TakObject.__table__)
        .where(TakObject.operation_id == operation_id)
        .order_by(TakObject.uid)
    )


def written(object_ids: Collection[uuid.UUID]) -> db.Query:
    """Give for each record the last change of it, by which the feed orders them."""
    return (
        sa.select(Change.object_id, Change.txid, Change.id)
        .ext(distinct_on(Change.object_id))
        .where(Change.object_id.in_(object_ids), Change.object.in_(("area", "result")))
        .order_by(Change.object_id, Change.txid.desc(), Change.id.desc())
    )
