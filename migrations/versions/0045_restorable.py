"""What was restored counts as a cluster of its own, and a dump can be restored.

The numbers of transactions begin anew at the moment to which a database was restored, so whoever
had read further in it may not go on. And a dump is restored without a search path: there nothing
tells how two geometries are compared, but two strings of bytes can be.

Numbered, read alone, and safe beside a running app: add first, fill, then require.
"""

from alembic import op

from migrations.deconflicting import WATCHED

revision = "0045"
down_revision = "0044"
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
SHAPES = ("geom", "point")


def upgrade() -> None:
    op.execute(CLUSTER.format(lineage=LINEAGE))
    _watch("::bytea")


def downgrade() -> None:
    _watch("")
    op.execute(CLUSTER.format(lineage=""))


def _watch(cast: str) -> None:
    for table, columns in WATCHED.items():
        if not set(SHAPES) & set(columns):
            continue
        was, is_now = (
            ", ".join(f"{row}.{each}{cast if each in SHAPES else ''}" for each in columns)
            for row in ("old", "new")
        )
        op.execute(f"drop trigger deconflict_changed on {table}")
        op.execute(
            f"create constraint trigger deconflict_changed after update on {table}"
            " deferrable initially deferred for each row"
            f" when (({was}) is distinct from ({is_now})) execute function deconflict_changed()"
        )
