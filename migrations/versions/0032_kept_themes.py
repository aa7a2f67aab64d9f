"""Keep the programme's figures by theme too.

A result stands under the theme of the operation that led it; an operation that gets another theme
has its days added up anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KEY = ["span", "starts_on", "definition", "audience_id", "district"]
# The days in which something was written that the snapshot does not see: a result, or what an
# operation's results are kept by. Of a result that was moved in time, both days.
TOUCHED = """
create or replace function rollup_touched(since text) returns setof date
language sql stable security definer rows 10 set search_path = public, pg_temp
begin atomic
    with recent as (
        select change.object, change.object_id, change.before
        from change
        where change.txid >= pg_snapshot_xmin(since::pg_snapshot)::text::bigint
            and not pg_visible_in_snapshot(change.txid::text::xid8, since::pg_snapshot)
            and change.object in ('result', 'operation')
    )
    select distinct date_trunc('day', timezone('Europe/London', written.at))::date
    from (
        select result.occurred_at as at
        from recent join result on result.id = recent.object_id where recent.object = 'result'
        union all
        select (recent.before ->> 'occurred_at')::timestamptz
        from recent where recent.object = 'result' and recent.before ? 'occurred_at'
        union all
        select result.occurred_at
        from recent join result on result.operation_id = recent.object_id
        where recent.object = 'operation' and ({changed})
    ) written;
end
"""


def upgrade() -> None:
    _keep_nothing("visibility", "organisation_id", "theme")
    op.add_column("rollup", sa.Column("theme", sa.Text(), nullable=False))
    op.drop_constraint(op.f("pk_rollup"), "rollup")
    op.create_primary_key("pk_rollup", "rollup", [*KEY, "theme"])


def downgrade() -> None:
    _keep_nothing("visibility", "organisation_id")
    op.drop_constraint(op.f("pk_rollup"), "rollup")
    op.drop_column("rollup", "theme")
    op.create_primary_key("pk_rollup", "rollup", KEY)


def _keep_nothing(*kept_by: str) -> None:
    """Throw away what is kept, and find what was written to by what it is kept by."""
    op.execute("delete from rollup_state")
    op.execute("delete from rollup")
    changed = " or ".join(f"recent.before ? '{name}'" for name in kept_by)
    op.execute(TOUCHED.format(changed=changed))
