"""Nothing is in two places at once: the clash in a sentence, and turns for whoever reserves."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.errors import Conflict
from ops.operations import asset_queries
from ops.operations.asset_models import Asset, Reservation

TWO_PLACES = "ex_reservation_nothing_in_two_places"


def reserved_for(deployment_id: uuid.UUID) -> list[uuid.UUID]:
    """List what is reserved for a deployment."""
    return list(
        db.session.scalars(
            sa.select(Reservation.asset_id)
            .where(Reservation.deployment_id == deployment_id, Reservation.released_at.is_(None))
            .order_by(Reservation.id)
        )
    )


def check(asset_ids: Collection[uuid.UUID], during: Range[Any], but: uuid.UUID) -> None:
    """Name the clashes that whoever is planning may know of."""
    said = [
        f"{row.asset} is already reserved at that time"
        + (f": {row.deployment}." if row.is_told else " elsewhere.")
        for row in db.session.execute(asset_queries.clashes(asset_ids, during, but))
    ]
    if said:
        raise Conflict(" ".join(said), {"asset": said})


def take_turns(asset_ids: Collection[uuid.UUID]) -> None:
    """Wait for whoever else reserves these, as for people."""
    db.session.execute(
        sa.select(sa.func.count()).select_from(
            sa.select(Asset.id)
            .where(Asset.id.in_(asset_ids))
            .order_by(Asset.id)
            .with_for_update(key_share=True)
            .subquery()
        )
    )


def release(which: sa.ColumnElement[bool], now: dt.datetime) -> None:
    """Set free what was reserved, in the caller's transaction; that it was stays."""
    db.session.execute(
        sa.update(Reservation)
        .where(which, Reservation.released_at.is_(None))
        .values(released_at=now)
        .execution_options(synchronize_session=False)
    )
