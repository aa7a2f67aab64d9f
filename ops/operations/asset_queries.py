"""Vehicles, dogs, equipment and custody suites as they are read, and who has them when."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import db
from ops.access.models import Organisation
from ops.operations.asset_models import SHARED, Asset, Reservation


def assets(filters: Mapping[str, Any]) -> db.Query:
    """List what can be reserved, by kind and name."""
    query = (
        sa.select(
            Asset.id,
            Asset.kind,
            Asset.name,
            Asset.note,
            Asset.cells,
            Asset.withdrawn_at,
            Organisation.code.label("organisation"),
        )
        .join(Organisation, Organisation.id == Asset.organisation_id)
        .order_by(Asset.kind, Asset.name, Asset.id)
    )
    if "id" in filters:
        query = query.where(Asset.id == filters["id"])
    elif not filters.get("withdrawn", False):
        query = query.where(Asset.withdrawn_at.is_(None))
    if "kind" in filters:
        query = query.where(Asset.kind == filters["kind"])
    if "organisation" in filters:
        query = query.where(Organisation.code == filters["organisation"])
    return query


def reservations(deployment_id: uuid.UUID) -> db.Query:
    """List what is reserved for a deployment, and what was."""
    return (
        sa.select(
            Reservation.id,
            Reservation.asset_id.label("asset"),
            Asset.name,
            Reservation.kind,
            Reservation.cells,
            Reservation.released_at,
        )
        .join(Asset, Asset.id == Reservation.asset_id)
        .where(Reservation.deployment_id == deployment_id)
        .order_by(Asset.kind, Asset.name, Reservation.id)
    )


def demand(suites: Collection[uuid.UUID], during: Range[Any]) -> db.Query:
    """List the cells that deployments plan for in a window, as far as whoever asks sees them."""
    return (
        sa.select(
            Asset.id,
            Asset.name,
            Asset.cells.label("capacity"),
            Reservation.cells,
            sa.func.lower(Reservation.during).label("starts_at"),
            sa.func.upper(Reservation.during).label("ends_at"),
        )
        .join(Reservation, Reservation.asset_id == Asset.id)
        .where(
            Asset.id.in_(suites),
            Asset.kind == SHARED,
            Reservation.released_at.is_(None),
            Reservation.during.overlaps(during),
        )
        .order_by(Asset.name, Reservation.id)
    )
