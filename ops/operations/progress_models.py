"""How deployments went on, step by step."""

import datetime as dt
import uuid

import sqlalchemy as sa
from geoalchemy2 import WKBElement
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.geo.models import geometry
from ops.operations.clocks import Clocked
from ops.operations.deployment_codes import DEPLOYMENT_STATUSES


class DeploymentStep(Clocked, Model):
    """One step of a deployment: who took it, when they say it was, and when that came in."""

    __tablename__ = "deployment_step"
    __table_args__ = (
        sa.CheckConstraint(sa.column("status").in_(DEPLOYMENT_STATUSES), name="status_known"),
        sa.Index(None, "deployment_id", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    deployment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("deployment.id"))
    status: Mapped[str]
    # As they say it was; a phone without signal tells of it later.
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    received_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    content_hash: Mapped[bytes | None]
