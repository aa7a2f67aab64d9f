"""Keep an organisation's vehicles, dogs, equipment and custody suites, and reserve them."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from ops import db
from ops.access import guard
from ops.errors import Invalid, Missing, Refused
from ops.operations import clashes, deployments, progress
from ops.operations.asset_models import SHARED, Asset, Reservation
from ops.operations.clashes import THINGS


def add(content: Mapping[str, Any]) -> uuid.UUID:
    """Add something that one's own organisation has."""
    _check_cells(content["kind"], content.get("cells"))
    with db.transaction():
        asset = Asset(id=db.new_id(), organisation_id=guard.actor().organisation_id, **content)
        db.session.add(asset)
    return asset.id


def change(asset_id: uuid.UUID, content: Mapping[str, Any], now: dt.datetime) -> None:
    """Change what it is called, or take it out of use; what it did stays."""
    with db.transaction():
        asset = db.find(Asset, asset_id, "vehicle, dog or equipment")
        if asset.organisation_id != guard.actor().organisation_id:
            raise Missing("There is no such vehicle, dog or equipment.")
        values = dict(content)
        if "withdrawn" in values:
            asset.withdrawn_at = (asset.withdrawn_at or now) if values.pop("withdrawn") else None
        if "cells" in values:
            _check_cells(asset.kind, values["cells"])
        for name, value in values.items():
            setattr(asset, name, value)


def reserve(deployment_id: uuid.UUID, content: Mapping[str, Any]) -> None:
    """Set something aside for a deployment; nothing can be in two places at once."""
    asset_id = content["asset"]
    with clashes.named(deployment_id) as claim, db.transaction():
        deployment = deployments.to_change(deployment_id)
        progress.check_not_over(deployment)
        claim.of(THINGS, [asset_id], deployment.during)
        asset = db.session.get(Asset, asset_id, populate_existing=True)
        if asset is None or asset.withdrawn_at is not None:
            said = "There is no such vehicle, dog, equipment or custody suite."
            raise Invalid(said, {"asset": [said]})
        _check_cells(asset.kind, content.get("cells"))
        if asset_id in clashes.at(THINGS, deployment_id):
            raise Refused(f"{asset.name} is reserved for this deployment already.")
        claim.check()
        db.session.add(
            Reservation(
                operation_id=deployment.operation_id,
                deployment_id=deployment_id,
                during=deployment.during,
                asset_id=asset_id,
                kind=asset.kind,
                cells=content.get("cells"),
            )
        )


def release(reservation_id: uuid.UUID, now: dt.datetime) -> None:
    """Set free what was reserved; that it was stays."""
    with db.transaction():
        reservation = db.find(Reservation, reservation_id, "reservation")
        deployments.to_change(reservation.deployment_id)
        clashes.release(THINGS, Reservation.id == reservation_id, now)


def _check_cells(kind: str, cells: int | None) -> None:
    """Refuse a custody suite without cells, and cells of anything else."""
    said = None
    if kind == SHARED and cells is None:
        said = "Say how many cells."
    elif kind != SHARED and cells is not None:
        said = "Only a custody suite has cells; leave them out."
    if said:
        raise Invalid(said, {"cells": [said]})
