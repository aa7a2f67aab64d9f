"""Panel reports, issued on a snapshot, and the case notes in them.

Whoever may see a report sees every operation in it, whole, and the snapshot that it was issued
on; a note is seen with its report.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

SEEN = """
not exists (
    select from unnest(report.operations) part (id)
    where part.id not in (select visible_operations()) or part.id in (select actor_parts()))
and (not report.is_of_organisation
    or report.organisation_id = any ((select actor_organisations())::uuid[]))
and (report.snapshot_id is null
    or exists (select from snapshot where snapshot.id = report.snapshot_id))
"""
NOTE_SEEN = (
    f"{scoped.IN_WHOLE} and exists (select from report where report.id = {{table}}.report_id)"
)
# What was issued stays as it is, whoever asks, but that it is withdrawn; and each act is in the
# name of whoever acts. What runs as the owner acts for nobody.
KEEP_ISSUED = """
create function keep_issued_report() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
    beside text[] := '{state,withdrawn_at,withdrawn_by,withdrawn_why,version}';
    me uuid := actor_id();
begin
    if old.state <> 'draft' and (old.state = 'withdrawn' or new.state <> 'withdrawn'
            or to_jsonb(new) - beside is distinct from to_jsonb(old) - beside) then
        raise check_violation using
            constraint = 'ck_report_issued', message = 'this is issued, and stays as it is';
    end if;
    if current_user = 'ops_application' and (
            (new.id, new.series_id, new.number, new.organisation_id, new.made_at, new.made_by)
                is distinct from (old.id, old.series_id, old.number, old.organisation_id,
                    old.made_at, old.made_by)
            or old.state = 'draft' and new.state = 'draft' and new.changed_by is distinct from me
            or new.changed_by is distinct from old.changed_by
                and new.changed_by is distinct from me
            or new.issued_by is distinct from old.issued_by and new.issued_by is distinct from me
            or new.withdrawn_by is distinct from old.withdrawn_by
                and new.withdrawn_by is distinct from me) then
        raise check_violation using
            constraint = 'ck_report_own_hand', message = 'each acts in their own name';
    end if;
    return new;
end
$$
"""
# A note is of an operation that its report is of, and is written while that is a draft.
KEEP_NOTES = """
create function keep_report_notes() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    if current_user = 'ops_application' then
        if not exists (select from report where id = new.report_id and state = 'draft'
                and new.operation_id = any (operations)) then
            raise check_violation using
                constraint = 'ck_report_issued', message = 'its report is no draft';
        end if;
        if new.changed_by is distinct from actor_id() then
            raise check_violation using
                constraint = 'ck_report_own_hand', message = 'each acts in their own name';
        end if;
    end if;
    return new;
end
$$
"""
# With an operation goes what was written of it and never issued.
FORGET = """
create function forget_reports() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update report set title = 'Erased', summary = null, changes = null, version = version + 1
        where state = 'draft' and new.object_id = any (operations);
    return null;
end
$$
"""


def upgrade() -> None:
    _make_reports()
    _make_notes()
    op.execute(KEEP_ISSUED)
    op.execute(
        "create trigger keep_issued before update on report"
        " for each row execute function keep_issued_report()"
    )
    op.execute(KEEP_NOTES)
    op.execute(
        "create trigger keep_notes before insert or update on report_note"
        " for each row execute function keep_report_notes()"
    )
    op.execute(
        "create trigger record_hash after insert or update on report"
        " for each row execute function record_hash()"
    )
    op.execute(FORGET)
    op.execute(
        "create trigger forget_reports after insert or update on retention for each row"
        " when (new.erased_at is not null and new.object = 'operation')"
        " execute function forget_reports()"
    )
    op.execute("alter table report enable row level security")
    op.execute("alter table report force row level security")
    op.execute("create policy owner on report to current_user using (true)")
    op.execute(f"create policy seen on report for select to ops_application using ({SEEN})")
    op.execute(
        "create policy made on report for insert to ops_application"
        f" with check (({SEEN}) and made_by = actor_id() and changed_by = actor_id()"
        " and state = 'draft')"
    )
    op.execute(f"create policy changed on report for update to ops_application using ({SEEN})")
    op.execute("revoke delete on report from ops_application")
    scoped.belong_to_operation(
        "report_note", seen=NOTE_SEEN, made="made_by = actor_id() and changed_by = actor_id()"
    )


def downgrade() -> None:
    op.execute("drop trigger forget_reports on retention")
    scoped.forget(["report_note", "report"])
    for function in ("forget_reports", "keep_issued_report", "keep_report_notes"):
        op.execute(f"drop function {function}()")


def _make_reports() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("operations", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("against", sa.Text(), nullable=False),
        sa.Column("is_of_organisation", sa.Boolean(), nullable=False),
        sa.Column("chart_measure", sa.Text(), nullable=False),
        sa.Column("map_measure", sa.Text(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        *_when_and_who("made"),
        *_when_and_who("changed"),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("snapshot_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cardinality(operations) > 0", name=op.f("ck_report_of_something")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_report_starts_before_it_ends")),
        sa.CheckConstraint("number > 0", name=op.f("ck_report_number_counted")),
        sa.CheckConstraint(
            "against IN ('before', 'year_before', 'nothing')", name=op.f("ck_report_against_known")
        ),
        sa.CheckConstraint(
            "marking IN ('OFFICIAL', 'OFFICIAL-SENSITIVE')", name=op.f("ck_report_marking_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'issued', 'withdrawn')", name=op.f("ck_report_state_known")
        ),
        sa.CheckConstraint("hash = sha256(content)", name=op.f("ck_report_hash_of_content")),
        sa.CheckConstraint(
            "issued_by <> made_by and issued_by <> changed_by", name=op.f("ck_report_four_eyes")
        ),
        sa.CheckConstraint(
            "num_nonnulls(issued_at, issued_by, snapshot_id, content, hash)"
            " = case state when 'draft' then 0 else 5 end",
            name=op.f("ck_report_issued_by_somebody"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(withdrawn_at, withdrawn_by, withdrawn_why)"
            " = case state when 'withdrawn' then 3 else 0 end",
            name=op.f("ck_report_withdrawn_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_report_organisation_id_organisation"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name="fk_report_snapshot_id_snapshot"
        ),
        *_people("report", "made_by", "changed_by", "issued_by", "withdrawn_by"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
        sa.UniqueConstraint("series_id", "number", name="uq_report_series_id_number"),
    )
    op.create_index(
        "uq_report_draft",
        "report",
        ["series_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index("ix_report_made_at_id", "report", ["made_at", "id"])
    op.create_index("ix_report_snapshot_id", "report", ["snapshot_id"])


def _make_notes() -> None:
    op.create_table(
        "report_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("marking", sa.Text(), nullable=False),
        *_when_and_who("made"),
        *_when_and_who("changed"),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.Column("struck_why", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "marking IN ('OFFICIAL', 'OFFICIAL-SENSITIVE')",
            name=op.f("ck_report_note_marking_known"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(struck_at, struck_by, struck_why) in (0, 3)",
            name=op.f("ck_report_note_struck_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="fk_report_note_report_id_report"
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_report_note_operation_id_operation"
        ),
        *_people("report_note", "made_by", "changed_by", "struck_by"),
        sa.PrimaryKeyConstraint("id", name="pk_report_note"),
    )
    op.create_index("ix_report_note_report_id_position", "report_note", ["report_id", "position"])
    op.create_index("ix_report_note_operation_id", "report_note", ["operation_id"])


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


def _people(table: str, *columns: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_{table}_{column}_person")
        for column in columns
    ]
