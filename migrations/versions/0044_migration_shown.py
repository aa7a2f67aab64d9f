"""Tell the application which migration the tables are at, for whoever asks if it is ready."""

from alembic import op

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None

MIGRATED_TO = """
create function migrated_to() returns text
language sql stable security definer
begin atomic
    select version_num from alembic_version;
end
"""


def upgrade() -> None:
    op.execute(MIGRATED_TO)
    op.execute("revoke execute on function migrated_to() from public")
    op.execute("grant execute on function migrated_to() to ops_application")


def downgrade() -> None:
    op.execute("drop function migrated_to()")
