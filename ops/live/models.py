"""Tables of what an operation shows while it is live."""

import datetime as dt
import decimal
import uuid

import sqlalchemy as sa
from geoalchemy2 import WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.geo.models import geometry
from ops.operations.clocks import Clocked


class CheckIn(Clocked, Model):
    """Where somebody who is deployed says that they are, and when; seen by them and who leads.

    `at` is the time they give, `received_at` when it came here. `content_hash` is as a result's.
    Whoever needs assistance says so also where they have no position.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        sa.CheckConstraint("accuracy_m >= 0", name="accuracy_not_negative"),
        sa.CheckConstraint("point is not null or needs_assistance", name="somewhere"),
        sa.Index("ix_check_in_operation_id_person_id_at", "operation_id", "person_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    deployment_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("deployment.id", deferrable=True, initially="DEFERRED"), index=True
    )
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    received_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    needs_assistance: Mapped[bool] = mapped_column(server_default=sa.false())
    accuracy_m: Mapped[decimal.Decimal | None]
    note: Mapped[str | None]
    content_hash: Mapped[bytes]
