"""What each kind of plan asks for, the 4P plan, and the log of decisions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

WHOLE = scoped.IN_OPERATION
NO_PARTNER = "{table}.operation_id not in (select actor_parts())"
# A partner's own part: what their organisation does, alone or with another; what they decided.
OURS = (
    "exists (select from person me where me.id = actor_id()"
    " and me.organisation_id in (plan_action.organisation_id{more}))"
)
SHARES = OURS.replace("{more}", ", plan_action.partner_id")
OWNS = OURS.replace("{more}", "")
LISTS = (
    "priorities",
    "districts",
    "sites_by_day",
    "contacts",
    "establishments",
    "search_areas",
    "lists",
    "intelligence_logs",
    "meetings",
)
TABLES = {
    "guided_plan": "operation_id",
    "exit_criterion": "id",
    "plan_action": "id",
    "decision": "id",
}


def upgrade() -> None:
    op.add_column("phase", sa.Column("aim", sa.Text(), nullable=True))
    _national_week()
    _guided_plan()
    _exit_criterion()
    _plan_action()
    _decision()
    for table, key in TABLES.items():
        op.execute(
            f"create trigger refuse_erased before insert or update on {table} for each row"
            f" execute function refuse_erased('operation_id', '{key}')"
        )


def downgrade() -> None:
    scoped.forget([*reversed(TABLES), "national_week"])
    op.drop_column("phase", "aim")


def _national_week() -> None:
    op.create_table(
        "national_week",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        *_made("national_week"),
        sa.CheckConstraint(
            "starts_on <= ends_on", name=op.f("ck_national_week_starts_before_it_ends")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_national_week"),
        sa.UniqueConstraint("name", name="uq_national_week_name"),
    )
    op.execute("revoke delete on national_week from ops_application")
    op.execute(
        "create trigger record_change after update or delete on national_week"
        " for each row execute function record_change('id', 'row')"
    )
    op.execute(
        "create trigger record_added after insert on national_week referencing new table as added"
        " for each statement execute function record_added('id', 'row')"
    )


def _guided_plan() -> None:
    op.create_table(
        "guided_plan",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("is_national", sa.Boolean(), nullable=True),
        sa.Column("national_week_id", sa.Uuid(), nullable=True),
        *(
            sa.Column(name, postgresql.JSONB(), server_default="[]", nullable=False)
            for name in LISTS
        ),
        sa.Column("teams_asked", sa.Integer(), nullable=True),
        sa.Column("dogs_asked", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_made("guided_plan", "changed"),
        _key("guided_plan", "operation_id", "operation"),
        _key("guided_plan", "national_week_id", "national_week"),
        sa.CheckConstraint("teams_asked >= 0", name=op.f("ck_guided_plan_teams_not_negative")),
        sa.CheckConstraint("dogs_asked >= 0", name=op.f("ck_guided_plan_dogs_not_negative")),
        sa.CheckConstraint(
            "is_national or national_week_id is null", name=op.f("ck_guided_plan_week_if_national")
        ),
        sa.PrimaryKeyConstraint("operation_id", name="pk_guided_plan"),
    )
    op.create_index("ix_guided_plan_national_week_id", "guided_plan", ["national_week_id"])
    scoped.belong_to_operation(
        "guided_plan", made="changed_by = actor_id()", ledgered_by="operation_id"
    )


def _exit_criterion() -> None:
    op.create_table(
        "exit_criterion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("phase_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_made("exit_criterion"),
        _key("exit_criterion", "operation_id", "operation"),
        _key("exit_criterion", "judged_by", "person"),
        _phase("exit_criterion"),
        sa.CheckConstraint(
            "num_nonnulls(is_met, judged_at, judged_by) in (0, 3)",
            name=op.f("ck_exit_criterion_judged_whole"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_exit_criterion"),
    )
    for column in ("operation_id", "phase_id"):
        op.create_index(f"ix_exit_criterion_{column}", "exit_criterion", [column])
    scoped.belong_to_operation("exit_criterion", made="created_by = actor_id()")


def _plan_action() -> None:
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("phase_id", sa.Uuid(), nullable=True),
        sa.Column("four_p", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_made("plan_action"),
        _key("plan_action", "operation_id", "operation"),
        _key("plan_action", "organisation_id", "organisation"),
        _key("plan_action", "person_id", "person"),
        _key("plan_action", "partner_id", "organisation"),
        _phase("plan_action"),
        sa.CheckConstraint(
            "four_p in ('prepare', 'prevent', 'pursue', 'protect')",
            name=op.f("ck_plan_action_four_p_known"),
        ),
        sa.CheckConstraint(
            "status in ('open', 'done', 'dropped')", name=op.f("ck_plan_action_status_known")
        ),
        sa.CheckConstraint(
            "status <> 'dropped' or reason is not null",
            name=op.f("ck_plan_action_dropped_with_a_reason"),
        ),
        sa.CheckConstraint(
            "partner_id <> organisation_id", name=op.f("ck_plan_action_partner_is_another")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_plan_action"),
    )
    for column in ("operation_id", "phase_id"):
        op.create_index(f"ix_plan_action_{column}", "plan_action", [column])
    op.create_index(
        "ix_plan_action_next",
        "plan_action",
        [sa.text("least(due_on, review_on)"), "id"],
        postgresql_where=sa.text("status = 'open'"),
    )
    scoped.belong_to_operation(
        "plan_action",
        seen=f"{WHOLE} and ({NO_PARTNER} or {SHARES})",
        made=f"created_by = actor_id() and ({NO_PARTNER} or {OWNS})",
        changed=f"{NO_PARTNER} or {OWNS}",
    )


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("alternatives", sa.Text(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        *_made("decision", "recorded"),
        _key("decision", "operation_id", "operation"),
        _key("decision", "decided_by", "person"),
        sa.UniqueConstraint("id", "operation_id", name="uq_decision_id_operation_id"),
        sa.ForeignKeyConstraint(
            ["corrects_id", "operation_id"],
            ["decision.id", "decision.operation_id"],
            name="fk_decision_corrects_of_operation",
        ),
        sa.CheckConstraint("corrects_id <> id", name=op.f("ck_decision_not_its_own_correction")),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
    )
    op.create_index(
        "ix_decision_operation_id_recorded_at_id", "decision", ["operation_id", "recorded_at", "id"]
    )
    op.create_index("ix_decision_corrects_id", "decision", ["corrects_id"])
    scoped.belong_to_operation(
        "decision",
        seen=f"{WHOLE} and ({NO_PARTNER} or {scoped.OWN})",
        made="recorded_by = actor_id()",
    )
    # What was written stays as it was: there is no way to change or remove an entry.
    op.execute("revoke update on decision from ops_application")


def _made(table: str, verb: str = "created") -> list[sa.schema.SchemaItem]:
    """Give the columns of when and by whom."""
    return [
        sa.Column(
            f"{verb}_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(f"{verb}_by", sa.Uuid(), nullable=False),
        _key(table, f"{verb}_by", "person"),
    ]


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _phase(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["phase_id", "operation_id"],
        ["phase.id", "phase.operation_id"],
        name=f"fk_{table}_phase_of_operation",
    )
