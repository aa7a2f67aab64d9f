"""Date confirmations, credits and disposals, so that a past day can be asked for.

A confirmation that was taken back and a credit that was withdrawn stay as rows, with the time
at which they ended. What is there already is dated from the ledger, as far as that goes back.
"""

import sqlalchemy as sa
from alembic import op

from migrations import scoped

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# As in `ops.results.queries`: a row that came after its record had changed once was added to it.
IS_ADDED = """
exists (
    select from change earlier
    where earlier.object_id = change.object_id and earlier.object = 'result'
        and earlier.before is not null and earlier.id < change.id
)
"""
# The confirmation that stands, and those that a correction took back.
FILL_CONFIRMATIONS = (
    """
    insert into confirmation (id, result_id, operation_id, audience_id, recorded_by,
        how, confirmed_at, confirmed_by)
    select uuid7(confirmed_at), id, operation_id, audience_id, recorded_by,
        'checked', confirmed_at, confirmed_by
    from result where confirmed_at is not null and confirmed_by is not null
    """,
    """
    insert into confirmation (id, result_id, operation_id, audience_id, recorded_by,
        how, confirmed_at, confirmed_by, withdrawn_at, withdrawn_because)
    select uuid7(told.confirmed_at), result.id, result.operation_id, result.audience_id,
        result.recorded_by, 'checked', told.confirmed_at, told.confirmed_by,
        greatest(told.at, told.confirmed_at), told.reason
    from (
        select object_id, at, reason,
            (before ->> 'confirmed_at')::timestamptz as confirmed_at,
            (before ->> 'confirmed_by')::uuid as confirmed_by
        from change
        where object = 'result' and before ->> 'confirmed_at' is not null
            and after ->> 'status' = 'recorded'
    ) told
    join result on result.id = told.object_id
    where told.confirmed_by <> result.recorded_by
    """,
)
FILL_CREDITS = (
    "update credit set credited_at = result.recorded_at from result where result.id = result_id",
    f"""
    update credit set credited_at = told.at
    from (
        select object_id, after ->> 'operation_id' as operation_id, max(at) as at
        from change where object = 'credit' and before is null and {IS_ADDED}
        group by 1, 2
    ) told
    where told.object_id = result_id and told.operation_id = credit.operation_id::text
    """,  # noqa: S608 - our own words
    # What was taken back was deleted; the ledger has it whole.
    f"""
    insert into credit (result_id, operation_id, lead_id, audience_id, recorded_by,
        credited_at, withdrawn_at)
    select result.id, operation.id, result.operation_id, result.audience_id, result.recorded_by,
        coalesce((
            select change.at from change
            where change.object = 'credit' and change.object_id = gone.object_id
                and change.before is null and change.id < gone.id and {IS_ADDED}
                and change.after ->> 'operation_id' = gone.before ->> 'operation_id'
            order by change.id desc limit 1
        ), result.recorded_at), gone.at
    from change gone
    join result on result.id = gone.object_id
    join operation on operation.id = (gone.before ->> 'operation_id')::uuid
    where gone.object = 'credit' and gone.after is null and gone.before is not null
    """,  # noqa: S608 - our own words
)
# A disposal was known when its code was first written for its arrest.
FILL_DISPOSALS = f"""
update disposal set recorded_at = coalesce((
    select case when change.before is not null or {IS_ADDED} then change.at end
    from change
    where change.object = 'disposal' and change.object_id = disposal.result_id
        and change.after ->> 'code' = disposal.code
    order by change.id limit 1
), result.recorded_at)
from result where result.id = disposal.result_id
"""  # noqa: S608 - our own words
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        *scoped.scope("confirmation"),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "how IN ('checked', 'counted', 'weighed', 'tested')",
            name=op.f("ck_confirmation_how_known"),
        ),
        sa.CheckConstraint("confirmed_by <> recorded_by", name=op.f("ck_confirmation_four_eyes")),
        sa.CheckConstraint(
            "withdrawn_at >= confirmed_at", name=op.f("ck_confirmation_withdrawn_after")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name="fk_confirmation_confirmed_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
    )
    op.create_index(
        "ix_confirmation_result_id_confirmed_at", "confirmation", ["result_id", "confirmed_at"]
    )
    op.create_index(
        "uq_confirmation_result_id_how",
        "confirmation",
        ["result_id", "how"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    for statement in FILL_CONFIRMATIONS:
        op.execute(statement)
    scoped.follow_result(
        "confirmation",
        keeps="how confirmed_by",
        keeps_day="confirmed_at withdrawn_at",
        made="confirmation.confirmed_by = actor_id()",
    )
    _date_credits()
    _date_disposals()


def _date_credits() -> None:
    op.execute("alter table credit disable trigger user")
    op.drop_constraint("pk_credit", "credit")
    op.add_column(
        "credit",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_primary_key("pk_credit", "credit", ["id"])
    op.add_column(
        "credit",
        sa.Column("credited_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
    )
    op.add_column("credit", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    for statement in FILL_CREDITS:
        op.execute(statement)
    op.create_index(
        "uq_credit_result_id_operation_id",
        "credit",
        ["result_id", "operation_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.create_index("ix_credit_result_id", "credit", ["result_id"])
    op.create_check_constraint(
        op.f("ck_credit_withdrawn_after"), "credit", "withdrawn_at >= credited_at"
    )
    op.execute("alter table credit enable trigger user")
    op.execute("revoke delete on credit from ops_application")
    scoped.keep("credit", "", "credited_at withdrawn_at")


def _date_disposals() -> None:
    op.execute("alter table disposal disable trigger user")
    op.add_column(
        "disposal",
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
    )
    op.execute(FILL_DISPOSALS)
    op.execute("alter table disposal enable trigger user")
    scoped.keep("disposal", "", "recorded_at")


def downgrade() -> None:
    op.execute(
        "delete from erasure_keeps where (table_name, column_name) in"
        " (('disposal', 'recorded_at'), ('credit', 'credited_at'), ('credit', 'withdrawn_at'))"
    )
    op.drop_column("disposal", "recorded_at")
    op.execute("grant delete on credit to ops_application")
    op.execute("alter table credit disable trigger user")
    op.execute("delete from credit where withdrawn_at is not null")
    op.execute("alter table credit enable trigger user")
    op.drop_constraint(op.f("ck_credit_withdrawn_after"), "credit")
    op.drop_index("ix_credit_result_id", "credit")
    op.drop_index("uq_credit_result_id_operation_id", "credit")
    op.drop_constraint("pk_credit", "credit")
    for column in ("id", "credited_at", "withdrawn_at"):
        op.drop_column("credit", column)
    op.create_primary_key("pk_credit", "credit", ["result_id", "operation_id"])
    scoped.forget(("confirmation",))
