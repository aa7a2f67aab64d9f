"""What goes with people: vehicles, dogs, equipment, and the custody suites that wait for them."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

ASSET_KINDS = {
    "vehicle": "Vehicle",
    "dog": "Dog",
    "equipment": "Equipment",
    "custody_suite": "Custody suite",
}
# Many deployments share its cells; anything else is in one place at a time.
SHARED = "custody_suite"


class Asset(Model):
    """A vehicle, a dog, a piece of equipment or a custody suite of an organisation."""

    __tablename__ = "asset"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(ASSET_KINDS), name="kind_known"),
        sa.CheckConstraint(
            "(kind = 'custody_suite') = (cells is not null)", name="cells_of_custody_suite"
        ),
        sa.CheckConstraint("cells between 1 and 1000", name="cells_sane"),
        sa.UniqueConstraint("organisation_id", "kind", "name"),
        # For a reservation, which copies the kind.
        sa.UniqueConstraint("id", "kind"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    kind: Mapped[str]
    # Its call sign, registration or name.
    name: Mapped[str]
    note: Mapped[str | None]
    cells: Mapped[int | None]
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class Reservation(Model):
    """Something set aside for a deployment, for the deployment's own window, as an assignment is.

    The foreign key copies the window and moves it, and the exclusion constraint keeps a thing
    from being in two places. A released reservation stays, as history.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["deployment_id", "during"],
            ["deployment.id", "deployment.during"],
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["asset_id", "kind"], ["asset.id", "asset.kind"]),
        sa.CheckConstraint(
            "(kind = 'custody_suite') = (cells is not null)", name="cells_of_custody_suite"
        ),
        sa.CheckConstraint("cells between 1 and 1000", name="cells_sane"),
        ExcludeConstraint(
            ("asset_id", "="),
            ("apart", "="),
            ("during", "&&"),
            where=sa.text("released_at is null and kind <> 'custody_suite'"),
            using="gist",
            name="ex_reservation_nothing_in_two_places",
        ),
        sa.Index(
            "uq_reservation_deployment_id_asset_id",
            "deployment_id",
            "asset_id",
            unique=True,
            postgresql_where=sa.text("released_at is null"),
        ),
        sa.Index(None, "asset_id", "during", postgresql_using="gist"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    deployment_id: Mapped[uuid.UUID]
    during: Mapped[Range[Any]] = mapped_column(TSTZRANGE)
    asset_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    # How many cells of a custody suite the deployment may need.
    cells: Mapped[int | None]
    released_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    # As an assignment's.
    apart: Mapped[uuid.UUID] = mapped_column(server_default=str(uuid.UUID(int=0)))
