"""The record every kind of result shares; the kinds' own tables are in `kinds/`."""

import datetime as dt
import decimal
import uuid
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import WKBElement
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.geo.models import geometry, in_operation

STATUSES = {"recorded": "Recorded", "confirmed": "Confirmed", "struck": "Struck"}


class Result(Model):
    """Something that happened, logged once, under the operation that led it.

    Nothing is deleted: a correction is a new version with a reason, and a
    struck result stays. `content_hash` is the SHA-256 of what was first sent
    under this id: the same again is a replay, anything else a conflict.
    `district` is the code of the boundary (layer `district`) that holds the
    point, kept so that a total by district is one scan.
    """

    __tablename__ = "result"
    __table_args__ = (
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name="status_known"),
        sa.CheckConstraint("accuracy_m >= 0", name="accuracy_not_negative"),
        sa.CheckConstraint("confirmed_by <> recorded_by", name="four_eyes"),
        in_operation(),
        # For the rows of its kind and its credits, which carry what decides who may see them.
        sa.UniqueConstraint(
            "id", "operation_id", "audience_id", "recorded_by", name="uq_result_id_scope"
        ),
        sa.Index(None, "operation_id", "kind", "occurred_at", "id"),
        sa.Index(None, "occurred_at", "id"),
        sa.Index(None, "point", postgresql_using="gist"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID]
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    kind: Mapped[str]
    occurred_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    accuracy_m: Mapped[decimal.Decimal | None]
    district: Mapped[str | None]
    deployment_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("deployment.id"), index=True
    )
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="recorded")
    recorded_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    recorded_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    struck_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    struck_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    struck_reason: Mapped[str | None]
    content_hash: Mapped[bytes]
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Credit(Model):
    """A further operation that a result is credited to, in support of the one that led it.

    The lead's own credit is `result.operation_id`, so that a result always has
    exactly one; a total over any set of operations counts it once. A trigger
    fills in what is the result's own, for row-level security.
    """

    __tablename__ = "credit"
    __table_args__ = (
        sa.Index(None, "operation_id", "result_id"),
        sa.ForeignKeyConstraint(
            ["result_id", "lead_id", "audience_id", "recorded_by"],
            ["result.id", "result.operation_id", "result.audience_id", "result.recorded_by"],
            onupdate="CASCADE",
            name="fk_credit_scope_result",
        ),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), primary_key=True)
    lead_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    recorded_by: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())


class Measure(Model):
    """One version of a measure's definition; `ops.results.measures` compiles it.

    `definition` names the kind, the facets' values, what is summed and when a
    record counts. A changed definition is a new version; the old one stays.
    """

    __tablename__ = "measure"
    __table_args__ = (sa.UniqueConstraint("code", "version"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    version: Mapped[int]
    label: Mapped[str]
    four_p: Mapped[str]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
