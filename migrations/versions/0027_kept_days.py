"""Keep the programme's figures by day too, so that little is read anew after a write.

What lies in packages is never kept; it is found by an index of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# The {span}s in which something was written that the snapshot does not see: a result, or the
# audience of an operation's results. Of a result that was moved in time, both {span}s.
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
    select distinct date_trunc('{span}', timezone('Europe/London', written.at))::date
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
SPANS = """
create function rollup_{span}s() returns setof date
language sql stable security definer rows 100 set search_path = public, pg_temp
begin atomic
    select each_{span}::date
    from (select min(occurred_at) as first, max(occurred_at) as last from result) spanned,
        generate_series(
            date_trunc('{span}', timezone('Europe/London', spanned.first)),
            date_trunc('{span}', timezone('Europe/London', spanned.last)),
            interval '1 {span}') each_{span};
end
"""


def upgrade() -> None:
    _keep_nothing("month", "day")
    op.drop_index("ix_rollup_month", "rollup")
    op.alter_column("rollup", "month", new_column_name="starts_on")
    op.add_column("rollup", sa.Column("span", sa.Text(), nullable=False))
    op.create_check_constraint("span", "rollup", "span in ('day', 'month')")
    op.drop_constraint(op.f("pk_rollup"), "rollup")
    key = ["span", "starts_on", "definition", "audience_id", "district"]
    op.create_primary_key("pk_rollup", "rollup", key)
    op.create_index(
        "ix_seizure_inside",
        "seizure",
        ["result_id"],
        postgresql_where=sa.text("ancestors <> '{}'::uuid[]"),
    )


def downgrade() -> None:
    op.drop_index("ix_seizure_inside", "seizure")
    _keep_nothing("day", "month")
    op.drop_constraint(op.f("pk_rollup"), "rollup")
    op.drop_column("rollup", "span")
    op.alter_column("rollup", "starts_on", new_column_name="month")
    op.create_index("ix_rollup_month", "rollup", ["month"])
    op.create_primary_key("pk_rollup", "rollup", ["definition", "audience_id", "month", "district"])


def _keep_nothing(before: str, after: str) -> None:
    """Throw away what is kept, and find what was written to by another span."""
    op.execute("delete from rollup_state")
    op.execute("delete from rollup")
    op.execute(f"drop function rollup_touched(text), rollup_{before}s()")
    op.execute(TOUCHED.format(span=after))
    op.execute(SPANS.format(span=after))
    op.execute(f"revoke execute on function rollup_touched(text), rollup_{after}s() from public")
    op.execute("grant execute on function rollup_touched(text) to ops_application")
