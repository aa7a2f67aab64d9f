"""Keep the programme's figures added up.

What open operations add up to, by measure, month and district, as it was in one snapshot of
the database. Whoever reads takes from it only the months in which nothing was written since,
which the ledger knows, and adds up the rest anew: so nobody who logs pays for it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# The months in which something was written that the snapshot does not see: a result, or the
# audience of an operation's results. Of a result that was moved in time, both months.
TOUCHED = """
create function rollup_touched(since text) returns setof date
language sql stable security definer rows 10 set search_path = public, pg_temp
begin atomic
    with recent as (
        select change.object, change.object_id, change.before
        from change
        where change.txid >= pg_snapshot_xmin(since::pg_snapshot)::text::bigint
            and not pg_visible_in_snapshot(change.txid::text::xid8, since::pg_snapshot)
            and change.object in ('result', 'operation')
    )
    select distinct date_trunc('month', timezone('Europe/London', written.at))::date
    from (
        select result.occurred_at as at
        from recent join result on result.id = recent.object_id where recent.object = 'result'
        union all
        select (recent.before ->> 'occurred_at')::timestamptz
        from recent where recent.object = 'result' and recent.before ? 'occurred_at'
        union all
        select result.occurred_at
        from recent join result on result.operation_id = recent.object_id
        where recent.object = 'operation'
            and (recent.before ? 'visibility' or recent.before ? 'organisation_id')
    ) written;
end
"""
MONTHS = """
create function rollup_months() returns setof date
language sql stable security definer rows 100 set search_path = public, pg_temp
begin atomic
    select each_month::date
    from (select min(occurred_at) as first, max(occurred_at) as last from result) spanned,
        generate_series(
            date_trunc('month', timezone('Europe/London', spanned.first)),
            date_trunc('month', timezone('Europe/London', spanned.last)),
            interval '1 month') each_month;
end
"""
# Transactions are numbered by each cluster of its own.
CLUSTER = """
create function this_cluster() returns bigint
language sql stable security definer set search_path = public, pg_temp
begin atomic
    select system_identifier from pg_control_system();
end
"""


def upgrade() -> None:
    op.create_table(
        "rollup",
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("provisional", sa.Numeric(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("definition", "audience_id", "month", "district", name="pk_rollup"),
    )
    op.create_index("ix_rollup_month", "rollup", ["month"])
    op.create_table(
        "rollup_state",
        sa.Column("is_one", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("cluster", sa.BigInteger(), nullable=False),
        sa.Column("definitions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "built_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("is_one", name=op.f("ck_rollup_state_is_one")),
        sa.PrimaryKeyConstraint("is_one", name="pk_rollup_state"),
    )
    for function in (TOUCHED, MONTHS, CLUSTER):
        op.execute(function)
    op.execute(
        "revoke execute on function rollup_touched(text), rollup_months(), this_cluster()"
        " from public"
    )
    op.execute("grant execute on function rollup_touched(text), this_cluster() to ops_application")
    op.execute("alter table rollup enable row level security")
    op.execute("alter table rollup force row level security")
    op.execute("create policy owner on rollup to current_user using (true)")
    op.execute(
        "create policy seen on rollup for select to ops_application"
        " using (audience_id = any ((select actor_organisations())::uuid[]))"
    )
    op.execute("revoke insert, update, delete on rollup, rollup_state from ops_application")


def downgrade() -> None:
    for function in ("this_cluster()", "rollup_months()", "rollup_touched(text)"):
        op.execute(f"drop function {function}")
    op.drop_table("rollup_state")
    op.drop_table("rollup")
