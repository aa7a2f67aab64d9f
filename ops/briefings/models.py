"""Tables of briefings, of their copies, and of who has read them."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.operations.models import MARKINGS

# IIMARCH, the order of the national briefing model (College of Policing).
SECTIONS = {
    "information": "Information",
    "intention": "Intention",
    "method": "Method",
    "administration": "Administration",
    "risk_assessment": "Risk assessment",
    "communications": "Communications",
    "legal": "Human rights and other legal issues",
}
STATES = {"draft": "Draft", "issued": "Issued", "withdrawn": "Withdrawn"}
FORMS = {"pdf": "PDF", "html": "Offline page"}


def _now() -> Mapped[dt.datetime]:
    return mapped_column(sa.DateTime(timezone=True), server_default=sa.func.now())


def _person() -> Mapped[uuid.UUID]:
    return mapped_column(sa.ForeignKey("person.id"))


def _of_briefing() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["briefing_id", "operation_id"], ["briefing.id", "briefing.operation_id"],
        ondelete="CASCADE",
    )  # fmt: skip


class Briefing(Model):
    """One version of a briefing: seven texts, and the plan that they are of.

    `plan` is the plan as it was taken last and `filled` what it said of each section, so that a
    later plan can be told from what somebody wrote. `content` is what was issued, and its hash:
    from then on nothing changes but that it is withdrawn.
    """

    __tablename__ = "briefing"
    __table_args__ = (
        sa.UniqueConstraint("operation_id", "version"),
        sa.UniqueConstraint("id", "operation_id"),
        sa.Index(
            "uq_briefing_draft",
            "operation_id",
            unique=True,
            postgresql_where=sa.text("state = 'draft'"),
        ),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state_known"),
        sa.CheckConstraint(sa.column("marking").in_(MARKINGS), name="marking_known"),
        sa.CheckConstraint("version > 0", name="version_counted"),
        sa.CheckConstraint("hash = sha256(content)", name="hash_of_content"),
        sa.CheckConstraint(
            "num_nonnulls(issued_at, issued_by, content, hash)"
            " = case state when 'draft' then 0 else 4 end",
            name="issued_by_somebody",
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_why)"
            " = case state when 'withdrawn' then 3 else 0 end",
            name="withdrawn_by_somebody",
        ),
        sa.CheckConstraint("state <> 'draft' or not is_shared", name="draft_not_shared"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="draft")
    marking: Mapped[str]
    # Partners who see only their own part of the operation read it too.
    is_shared: Mapped[bool] = mapped_column(server_default=sa.false())
    information: Mapped[str]
    intention: Mapped[str]
    method: Mapped[str]
    administration: Mapped[str]
    risk_assessment: Mapped[str]
    communications: Mapped[str]
    legal: Mapped[str]
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    filled: Mapped[dict[str, str]] = mapped_column(JSONB)
    made_at: Mapped[dt.datetime] = _now()
    made_by: Mapped[uuid.UUID] = _person()
    changed_at: Mapped[dt.datetime] = _now()
    changed_by: Mapped[uuid.UUID] = _person()
    issued_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    issued_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    withdrawn_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_why: Mapped[str | None]
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    hash: Mapped[bytes | None]
    # How often it was written; `version` is the briefing's own number.
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}


class BriefingReading(Model):
    """That somebody says they have read a version."""

    __tablename__ = "briefing_reading"
    __table_args__ = (_of_briefing(), sa.Index(None, "person_id"))

    briefing_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    operation_id: Mapped[uuid.UUID]
    read_at: Mapped[dt.datetime] = _now()


class BriefingCopy(Model):
    """A numbered copy that was taken away, and for whom."""

    __tablename__ = "briefing_copy"
    __table_args__ = (
        _of_briefing(),
        sa.UniqueConstraint("briefing_id", "number"),
        sa.CheckConstraint(sa.column("form").in_(FORMS), name="form_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    briefing_id: Mapped[uuid.UUID]
    operation_id: Mapped[uuid.UUID]
    number: Mapped[int]
    form: Mapped[str]
    recipient: Mapped[str]
    made_by: Mapped[uuid.UUID] = _person()
    made_at: Mapped[dt.datetime] = _now()
