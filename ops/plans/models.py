"""Tables of guided plans: what a kind asks for, the 4P plan, criteria, and what was decided."""

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id
from ops.results.kinds.base import FOUR_PS

ACTION_STATUSES = {"open": "Open", "done": "Done", "dropped": "Dropped"}
CONTACT_ROLES = {
    "communications_lead": "Communications lead",
    "partner_lead": "Lead of a partner",
    "prison_contact": "Contact at the prison",
}
SEARCHED = {
    "cells": "Cells",
    "wing": "Wing",
    "visits_hall": "Visits hall",
    "gate": "Gate",
    "perimeter": "Perimeter",
    "vehicles": "Vehicles",
    "other": "Elsewhere",
}
# Prison Act 1952, section 40A.
LISTS = {
    "a": "List A: drugs, explosives, firearms, weapons",
    "b": "List B: alcohol, phones, cameras",
    "c": "List C: what prison rules name, such as tobacco",
}
Rows = list[dict[str, Any]]


def _rows() -> Mapped[Any]:
    return mapped_column(JSONB, server_default="[]")


def _phase_of_operation(table: str) -> sa.ForeignKeyConstraint:
    """Tie a row to a phase of its own operation."""
    return sa.ForeignKeyConstraint(
        ["phase_id", "operation_id"],
        ["phase.id", "phase.operation_id"],
        name=f"fk_{table}_phase_of_operation",
    )


class NationalWeek(Model):
    """A week that is named for the whole country; both days belong to it."""

    __tablename__ = "national_week"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.CheckConstraint("starts_on <= ends_on", name="starts_before_it_ends"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))


class GuidedPlan(Model):
    """What an operation's kind asks for, beside the operation itself; there once it is begun.

    The lists are short and read as one: the schema says what a row of each holds.
    """

    __tablename__ = "guided_plan"
    __table_args__ = (
        sa.CheckConstraint("teams_asked >= 0", name="teams_not_negative"),
        sa.CheckConstraint("dogs_asked >= 0", name="dogs_not_negative"),
        sa.CheckConstraint("is_national or national_week_id is null", name="week_if_national"),
    )

    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"), primary_key=True)
    # Null until somebody has said so.
    is_national: Mapped[bool | None]
    national_week_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("national_week.id"), index=True
    )
    priorities: Mapped[list[str]] = _rows()
    districts: Mapped[list[str]] = _rows()
    sites_by_day: Mapped[Rows] = _rows()
    contacts: Mapped[Rows] = _rows()
    establishments: Mapped[list[str]] = _rows()
    search_areas: Mapped[Rows] = _rows()
    teams_asked: Mapped[int | None]
    dogs_asked: Mapped[int | None]
    lists: Mapped[list[str]] = _rows()
    intelligence_logs: Mapped[list[str]] = _rows()
    meetings: Mapped[Rows] = _rows()
    version: Mapped[int] = mapped_column()
    changed_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now(), onupdate=sa.func.now()
    )
    changed_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}


class ExitCriterion(Model):
    """What must hold before a phase is left; who judged it last, and when."""

    __tablename__ = "exit_criterion"
    __table_args__ = (
        _phase_of_operation("exit_criterion"),
        sa.CheckConstraint(
            "num_nonnulls(is_met, judged_at, judged_by) in (0, 3)", name="judged_whole"
        ),
        sa.Index(None, "operation_id"),
        sa.Index(None, "phase_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    phase_id: Mapped[uuid.UUID]
    text: Mapped[str]
    is_met: Mapped[bool | None]
    judged_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    judged_by: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    note: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}


class PlanAction(Model):
    """A row of the 4P plan: what an organisation will do by when, alone or with a partner.

    Of a place-based operation it may belong to a phase.
    """

    __tablename__ = "plan_action"
    __table_args__ = (
        _phase_of_operation("plan_action"),
        sa.CheckConstraint(sa.column("four_p").in_(FOUR_PS), name="four_p_known"),
        sa.CheckConstraint(sa.column("status").in_(ACTION_STATUSES), name="status_known"),
        sa.CheckConstraint(
            "status <> 'dropped' or reason is not null", name="dropped_with_a_reason"
        ),
        sa.CheckConstraint("partner_id <> organisation_id", name="partner_is_another"),
        sa.Index(None, "operation_id"),
        sa.Index(None, "phase_id"),
        sa.Index(
            "ix_plan_action_next",
            sa.text("least(due_on, review_on)"),
            "id",
            postgresql_where=sa.text("status = 'open'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    phase_id: Mapped[uuid.UUID | None]
    four_p: Mapped[str]
    what: Mapped[str]
    # Who does it: an organisation, and somebody of it where one person answers for it.
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    partner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    due_on: Mapped[dt.date]
    review_on: Mapped[dt.date]
    status: Mapped[str] = mapped_column(server_default="open")
    # Why it was dropped, or how it was done.
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    created_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))

    __mapper_args__ = {"version_id_col": version}


class Decision(Model):
    """An entry of the decision log. It stays as it was written; a correction is another entry."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["corrects_id", "operation_id"],
            ["decision.id", "decision.operation_id"],
            name="fk_decision_corrects_of_operation",
        ),
        sa.UniqueConstraint("id", "operation_id"),
        sa.CheckConstraint("corrects_id <> id", name="not_its_own_correction"),
        sa.Index(None, "operation_id", "recorded_at", "id"),
        sa.Index(None, "corrects_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.id"))
    # When it was taken, as whoever writes it down says, and by whom.
    decided_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    decided_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    what: Mapped[str]
    why: Mapped[str]
    alternatives: Mapped[str | None]
    corrects_id: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    recorded_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
