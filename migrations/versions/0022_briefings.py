"""Briefing packs, by version, and who has read them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SECTIONS = (
    "information",
    "intention",
    "method",
    "administration",
    "risk_assessment",
    "communications",
    "legal",
)
# A partner who sees only their part reads what was issued and shared with partners.
SEEN = (
    f"{scoped.IN_OPERATION} and ({{table}}.operation_id not in (select actor_parts())"
    " or {table}.is_shared and {table}.state <> 'draft')"
)
# Of whatever hangs on a briefing: its own policy decides.
SEEN_WITH_IT = "exists (select from briefing where briefing.id = {table}.briefing_id)"
ISSUED = (
    "exists (select from briefing where briefing.id = {table}.briefing_id"
    " and briefing.state = 'issued')"
)
OUT = (
    "exists (select from briefing where briefing.id = {table}.briefing_id"
    " and briefing.state <> 'draft')"
)
# What was issued stays as it is, whoever asks, but that it is withdrawn; and each act is in the
# name of whoever acts. What runs as the owner acts for nobody.
KEEP_ISSUED = """
create function keep_issued() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    beside text[] := '{state,withdrawn_at,withdrawn_by,withdrawn_why,revision}';
    me uuid := actor_id();
begin
    if old.state <> 'draft' and (old.state = 'withdrawn' or new.state <> 'withdrawn'
            or to_jsonb(new) - beside is distinct from to_jsonb(old) - beside) then
        raise check_violation using
            constraint = 'ck_briefing_issued', message = 'this is issued, and stays as it is';
    end if;
    if current_user = 'ops_application' and (
            (new.id, new.operation_id, new.version, new.made_at, new.made_by)
                is distinct from (old.id, old.operation_id, old.version, old.made_at, old.made_by)
            or old.state = 'draft' and new.changed_by is distinct from me
            or new.issued_by is distinct from old.issued_by and new.issued_by is distinct from me
            or new.withdrawn_by is distinct from old.withdrawn_by
                and new.withdrawn_by is distinct from me) then
        raise check_violation using
            constraint = 'ck_briefing_own_hand', message = 'each acts in their own name';
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    _make_briefings()
    _make_readings()
    _make_copies()
    op.execute(KEEP_ISSUED)
    op.execute(
        "create trigger keep_issued before update on briefing"
        " for each row execute function keep_issued()"
    )
    by_actor = "made_by = actor_id() and changed_by = actor_id() and state = 'draft'"
    scoped.belong_to_operation("briefing", seen=SEEN, made=by_actor)
    scoped.belong_to_operation(
        "briefing_reading",
        seen=SEEN_WITH_IT,
        made=f"person_id = actor_id() and {ISSUED}",
        changed="false",
        ledgered_by="briefing_id",
    )
    scoped.belong_to_operation(
        "briefing_copy", seen=SEEN_WITH_IT, made=f"made_by = actor_id() and {OUT}", changed="false"
    )
    op.execute("revoke update on briefing_reading, briefing_copy from ops_application")


def downgrade() -> None:
    scoped.forget(["briefing_copy", "briefing_reading", "briefing"])
    op.execute("drop function keep_issued()")


def _make_briefings() -> None:
    op.create_table(
        "briefing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False),
        *(sa.Column(section, sa.Text(), nullable=False) for section in SECTIONS),
        sa.Column("plan", postgresql.JSONB(), nullable=False),
        sa.Column("filled", postgresql.JSONB(), nullable=False),
        *_when_and_who("made"),
        *_when_and_who("changed"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'issued', 'withdrawn')", name=op.f("ck_briefing_state_known")
        ),
        sa.CheckConstraint(
            "marking IN ('OFFICIAL', 'OFFICIAL-SENSITIVE')", name=op.f("ck_briefing_marking_known")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_briefing_version_counted")),
        sa.CheckConstraint("hash = sha256(content)", name=op.f("ck_briefing_hash_of_content")),
        sa.CheckConstraint(
            "num_nonnulls(issued_at, issued_by, content, hash)"
            " = case state when 'draft' then 0 else 4 end",
            name=op.f("ck_briefing_issued_by_somebody"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_why)"
            " = case state when 'withdrawn' then 3 else 0 end",
            name=op.f("ck_briefing_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'draft' or not is_shared", name=op.f("ck_briefing_draft_not_shared")
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_briefing_operation_id_operation"
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=f"fk_briefing_{name}_person")
            for name in ("made_by", "changed_by", "issued_by", "withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_briefing"),
        sa.UniqueConstraint("operation_id", "version", name="uq_briefing_operation_id_version"),
        sa.UniqueConstraint("id", "operation_id", name="uq_briefing_id_operation_id"),
    )
    op.create_index(
        "uq_briefing_draft",
        "briefing",
        ["operation_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )


def _make_readings() -> None:
    op.create_table(
        "briefing_reading",
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        _of_briefing("briefing_reading"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_briefing_reading_person_id_person"
        ),
        sa.PrimaryKeyConstraint("briefing_id", "person_id", name="pk_briefing_reading"),
    )
    op.create_index("ix_briefing_reading_person_id", "briefing_reading", ["person_id"])


def _make_copies() -> None:
    op.create_table(
        "briefing_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("briefing_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        *_when_and_who("made"),
        sa.CheckConstraint("form IN ('pdf', 'html')", name=op.f("ck_briefing_copy_form_known")),
        _of_briefing("briefing_copy"),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_briefing_copy_made_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_briefing_copy"),
        sa.UniqueConstraint("briefing_id", "number", name="uq_briefing_copy_briefing_id_number"),
    )


def _when_and_who(act: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(
            f"{act}_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(f"{act}_by", sa.Uuid(), nullable=False),
    ]


def _of_briefing(table: str) -> sa.schema.SchemaItem:
    return sa.ForeignKeyConstraint(
        ["briefing_id", "operation_id"],
        ["briefing.id", "briefing.operation_id"],
        ondelete="CASCADE",
        name=f"fk_{table}_briefing_id_briefing",
    )
