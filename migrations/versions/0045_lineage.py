"""What was restored counts as a cluster of its own: numbers of transactions begin anew in it.

Numbered, read alone, and safe beside a running app: add first, fill, then require.
"""

from alembic import op

revision = "0045"
down_revision = "0041"
branch_labels = None
depends_on = None

CLUSTER = """
create or replace function this_cluster() returns bigint
language sql stable security definer set search_path = public, pg_temp
begin atomic
    select system_identifier{lineage} from pg_control_system();
end
"""
# A restore gives it to its database; both numbers are positive, and so is this.
LINEAGE = " # coalesce(nullif(current_setting('ops.lineage', true), ''), '0')::bigint"


def upgrade() -> None:
    op.execute(CLUSTER.format(lineage=LINEAGE))


def downgrade() -> None:
    op.execute(CLUSTER.format(lineage=""))
