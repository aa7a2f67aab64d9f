"""Say whether a replica lacks what whoever asks must see, or must not see any more.

Whoever asks learns of changes that they don't see no more than that there was one.
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# What is asked is the oldest transaction that a replica does not surely hold. Their own changes
# people must find again; and what decides who sees what must be as it is now, wherever it is read.
NEEDS_PRIMARY = """
create function needs_primary(since bigint) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (
        select from change
        where txid >= since and (
            actor = actor_id()
            or object in ('assignment', 'membership', 'operation', 'organisation', 'person', 'team_member')
        )
    );
end
$$
"""


def upgrade() -> None:
    op.execute(NEEDS_PRIMARY)


def downgrade() -> None:
    op.execute("drop function needs_primary(bigint)")
