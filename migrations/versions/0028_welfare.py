"""Who is to check in by when, seen by who leads; and the clock of whatever a phone stamps.

Nothing here is worked out by a job: who is overdue follows from what was said, as it is read. What
was said stays as it came, and the ledger keeps that it was.
"""

import sqlalchemy as sa
from alembic import op

from migrations import scoped

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

STAMPED = ("check_in", "deployment_step", "nil_return")
SEEN = (
    "exists (select from operation where operation.id = {table}.operation_id)"
    " and ({table}.person_id = actor_id() or actor_in_charge({table}.operation_id))"
)
# Also who was taken off a deployment can still end what they began there.
MADE = (
    "person_id = actor_id() and exists (select from assignment"
    " where assignment.deployment_id = welfare_timer.deployment_id"
    " and assignment.person_id = actor_id()"
    " and (assignment.released_at is null or welfare_timer.every_minutes is null))"
    " and exists (select from deployment where deployment.id = welfare_timer.deployment_id"
    " and deployment.operation_id = welfare_timer.operation_id)"
)
ANSWERED = (
    "made_by = actor_id() and actor_in_charge(operation_id)"
    " and exists (select from welfare_timer timer"
    " where timer.operation_id = welfare_answer.operation_id"
    " and timer.deployment_id = welfare_answer.deployment_id"
    " and timer.person_id = welfare_answer.person_id)"
)
RECORD = """
create function record_welfare() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into change (actor, operation_id, object, object_id, after)
    values (actor_id(), new.operation_id, tg_table_name, new.deployment_id,
        jsonb_build_object('id', new.id));
    return null;
end
$$
"""


def upgrade() -> None:
    for table in STAMPED:
        op.add_column(table, sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("clock_offset_s", sa.BigInteger(), nullable=True))
    op.execute(RECORD)
    op.create_table(
        "welfare_timer",
        *_of_person("welfare_timer"),
        sa.Column("every_minutes", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset_s", sa.BigInteger(), nullable=True),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "every_minutes between 5 and 240", name=op.f("ck_welfare_timer_every_minutes_sensible")
        ),
    )
    _belong("welfare_timer", "at", MADE)
    op.create_table(
        "welfare_answer",
        *_of_person("welfare_answer"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name="fk_welfare_answer_made_by_person"
        ),
    )
    _belong("welfare_answer", "due_at", ANSWERED)


def _of_person(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name=f"fk_{table}_operation_id_operation"
        ),
        # At the end of the transaction: an erasure takes the deployment first.
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=f"fk_{table}_deployment_id_deployment",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{table}_person_id_person"),
    ]


def _belong(table: str, by: str, made: str) -> None:
    op.create_index(f"ix_{table}_deployment_id", table, ["deployment_id"])
    op.create_index(
        f"ix_{table}_operation_id_person_id_{by}", table, ["operation_id", "person_id", by]
    )
    scoped.belong_to_few(table, seen=SEEN, made=made)
    op.execute(
        f"create trigger record_welfare after insert on {table}"
        " for each row execute function record_welfare()"
    )
    op.execute(
        f"create trigger refuse_erased before insert or update on {table} for each row"
        " execute function refuse_erased('operation_id', 'deployment_id')"
    )


def downgrade() -> None:
    scoped.forget(["welfare_answer", "welfare_timer"])
    op.execute("drop function record_welfare()")
    for table in STAMPED:
        op.drop_column(table, "clock_offset_s")
        op.drop_column(table, "claimed_at")
