"""The record every kind of result shares; the kinds' own tables are in `kinds/`."""

import datetime as dt
import decimal
import uuid
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import WKBElement
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.geo.models import geometry, in_operation
from ops.operations.clocks import Clocked
from ops.results.kinds.base import Scoped

# What somebody says of two records that may be one thing.
DECISIONS = {"same": "The same thing", "different": "Two things"}
STATUSES = {"recorded": "Recorded", "confirmed": "Confirmed", "struck": "Struck"}
# What somebody did who confirmed a result.
HOW = {"checked": "Checked", "counted": "Counted", "weighed": "Weighed", "tested": "Tested"}


class Result(Clocked, Model):
    """Something that happened, logged once, under the operation that led it.

    Nothing is deleted: a correction is a new version with a reason, and a
    struck result stays. `content_hash` is the SHA-256 of what was first sent
    under this id: the same again is a replay, anything else a conflict.
    `district` and `ward` are the codes of the boundaries that hold the point,
    and `square` is the number of its square of the National Grid, kept so that
    a total by any of them is one scan. `confirmed_at` and
    `confirmed_by` are the first of its confirmations that stand.
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
        # The newest of an operation, whichever kind they are.
        sa.Index(None, "operation_id", "occurred_at", "id"),
        sa.Index(None, "occurred_at", "id"),
        sa.Index(None, "point", "occurred_at", postgresql_using="gist"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID]
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    kind: Mapped[str]
    occurred_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    point: Mapped[WKBElement | None] = mapped_column(geometry("POINT"))
    accuracy_m: Mapped[decimal.Decimal | None]
    district: Mapped[str | None]
    ward: Mapped[str | None]
    square: Mapped[int | None]
    deployment_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("deployment.id"), index=True
    )
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="recorded")
    recorded_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    recorded_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    # The operation was closed already when this came.
    was_closed: Mapped[bool] = mapped_column(server_default=sa.false())
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    struck_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    struck_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    struck_reason: Mapped[str | None]
    content_hash: Mapped[bytes]
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}

    def bump(self) -> None:
        """Make a new version, also where only rows beside the record change."""
        orm.attributes.flag_modified(self, "note")


class Confirmation(Scoped, Model):
    """That somebody other than who recorded a result confirmed it, when and how.

    One that was taken back stays as a row: at a moment before that, it stood.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        sa.CheckConstraint(sa.column("how").in_(HOW), name="how_known"),
        sa.CheckConstraint("confirmed_by <> recorded_by", name="four_eyes"),
        sa.CheckConstraint("withdrawn_at >= confirmed_at", name="withdrawn_after"),
        sa.Index(None, "result_id", "confirmed_at"),
        sa.Index(
            "uq_confirmation_result_id_how",
            "result_id",
            "how",
            unique=True,
            postgresql_where=sa.text("withdrawn_at is null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    result_id: Mapped[uuid.UUID]
    how: Mapped[str]
    confirmed_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    confirmed_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    note: Mapped[str | None]
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    withdrawn_because: Mapped[str | None]


class Credit(Model):
    """A further operation that a result is credited to, in support of the one that led it.

    The lead's own credit is `result.operation_id`, so that a result always has
    exactly one; a total over any set of operations counts it once. A trigger
    fills in what is the result's own, for row-level security. A credit that was
    taken back stays as a row, and counts no more.
    """

    __tablename__ = "credit"
    __table_args__ = (
        sa.CheckConstraint("withdrawn_at >= credited_at", name="withdrawn_after"),
        sa.Index(None, "operation_id", "result_id"),
        sa.Index(None, "result_id"),
        sa.Index(
            "uq_credit_result_id_operation_id",
            "result_id",
            "operation_id",
            unique=True,
            postgresql_where=sa.text("withdrawn_at is null"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "lead_id", "audience_id", "recorded_by"],
            ["result.id", "result.operation_id", "result.audience_id", "result.recorded_by"],
            onupdate="CASCADE",
            name="fk_credit_scope_result",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=sa.func.gen_random_uuid()
    )
    result_id: Mapped[uuid.UUID]
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    lead_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    recorded_by: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    credited_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class NilReturn(Clocked, Model):
    """What somebody says of a deployment that ended with nothing to report.

    One that was a mistake is taken back, with a reason, and stays. `content_hash` is as a
    result's.
    """

    __tablename__ = "nil_return"
    __table_args__ = (
        sa.Index(
            "uq_nil_return_deployment_id",
            "deployment_id",
            unique=True,
            postgresql_where=sa.text("taken_back_at is null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), index=True)
    deployment_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("deployment.id", deferrable=True, initially="DEFERRED")
    )
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    reason: Mapped[str]
    note: Mapped[str | None]
    made_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    taken_back_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    taken_back_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    taken_back_reason: Mapped[str | None]
    content_hash: Mapped[bytes]


class Measure(Model):
    """One version of a measure's definition; `ops.results.measures` compiles it.

    `definition` names the kind, the facets' values, what is summed and when a
    record counts. A changed definition is a new version; the old one stays,
    and its days end where those of the new one begin. One that was replaced
    on its first day ends the day before: it held on none. `is_built_in` says
    that the program brought it, so that a release may follow it with another.
    """

    __tablename__ = "measure"
    __table_args__ = (
        sa.UniqueConstraint("code", "version"),
        sa.CheckConstraint("valid_to >= valid_from - 1", name="ends_after_it_starts"),
        ExcludeConstraint(
            ("code", "="),
            (sa.text("daterange(valid_from, valid_to + 1)"), "&&"),
            using="gist",
            name="ex_measure_one_version_at_a_time",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    version: Mapped[int]
    label: Mapped[str]
    four_p: Mapped[str]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    notes: Mapped[str | None]
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    is_built_in: Mapped[bool] = mapped_column(server_default=sa.false())
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    made_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str | None]
    withdrawn_because: Mapped[str | None]


class LikelyDouble(Model):
    """Two records that may be one thing logged twice, and what somebody decided.

    Triggers find the pairs, also across operations; who sees both records sees the pair.
    `reasons` name what is the same: a reference, or `near` for the same kind within minutes
    and metres, or `named` where a person named both. What is merged keeps `kept_id`; the other
    is struck.
    """

    __tablename__ = "likely_double"
    __table_args__ = (
        sa.CheckConstraint("result_id < other_id", name="in_order"),
        sa.CheckConstraint(sa.column("decision").in_(DECISIONS), name="decision_known"),
        sa.CheckConstraint(
            "num_nulls(decision, decided_by, decided_at) in (0, 3)", name="decided_whole"
        ),
        sa.CheckConstraint(
            "case when decision = 'same' then kept_id is not null"
            " and kept_id in (result_id, other_id) else kept_id is null end",
            name="keeps_one",
        ),
        sa.UniqueConstraint("result_id", "other_id"),
        sa.Index(None, "other_id"),
        sa.Index(None, "found_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    result_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("result.id"))
    other_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("result.id"))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    found_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    decision: Mapped[str | None]
    kept_id: Mapped[uuid.UUID | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    why: Mapped[str | None]


class Rollup(Model):
    """What a definition adds up to over an audience, a span, a district and a theme."""

    __tablename__ = "rollup"
    __table_args__ = (
        sa.PrimaryKeyConstraint(
            "span", "starts_on", "definition", "audience_id", "district", "theme"
        ),
        sa.CheckConstraint("span in ('day', 'month')", name="span"),
    )

    # A day in London, or the month that such days add up to.
    span: Mapped[str]
    starts_on: Mapped[dt.date]
    definition: Mapped[str]
    audience_id: Mapped[uuid.UUID]
    # Blank where the results lie in none.
    district: Mapped[str]
    # Of the operation that led them; blank where it has none.
    theme: Mapped[str]
    value: Mapped[decimal.Decimal]
    provisional: Mapped[decimal.Decimal]
    records: Mapped[int] = mapped_column(sa.BigInteger())
    qualifier: Mapped[str]


class RollupPart(Model):
    """What a definition adds up to over an audience, a month, and a ward, a square or an hour."""

    __tablename__ = "rollup_part"
    __table_args__ = (
        sa.PrimaryKeyConstraint("definition", "breakdown", "starts_on", "audience_id", "key"),
        sa.CheckConstraint("breakdown in ('ward', 'square', 'hour')", name="breakdown"),
    )

    definition: Mapped[str]
    breakdown: Mapped[str]
    # The first day of the month, in London.
    starts_on: Mapped[dt.date]
    audience_id: Mapped[uuid.UUID]
    # Blank where the results lie in none.
    key: Mapped[str]
    value: Mapped[decimal.Decimal]
    provisional: Mapped[decimal.Decimal]
    records: Mapped[int] = mapped_column(sa.BigInteger())
    qualifier: Mapped[str]


class RollupState(Model):
    """In which snapshot of the database, and for which definitions, the rollup was added up."""

    __tablename__ = "rollup_state"
    __table_args__ = (sa.CheckConstraint("is_one", name="is_one"),)

    is_one: Mapped[bool] = mapped_column(primary_key=True, server_default=sa.true())
    snapshot: Mapped[str]
    cluster: Mapped[int] = mapped_column(sa.BigInteger())
    definitions: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    built_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
