"""Say whether anything was changed since, and what a reader may see, so that tiles can be kept.

The one who asks learns of changes that they don't see no more than that there was one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# What is asked is a snapshot that the database gave before: what it does not hold came since.
# A transaction that has changed something itself has no state that others could know of.
READER_MARK = """
create function reader_mark(known text)
returns table (snapshot text, is_changed boolean, rights text)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    if pg_current_xact_id_if_assigned() is not null then
        return;
    end if;
    return query select
        pg_current_snapshot()::text,
        known is null or exists (
            select from change
            where txid >= pg_snapshot_xmin(known::pg_snapshot)::text::bigint
                and not pg_visible_in_snapshot(txid::text::xid8, known::pg_snapshot)
        ) or exists (
            select from boundary_change
            where txid >= pg_snapshot_xmin(known::pg_snapshot)::text::bigint
                and not pg_visible_in_snapshot(txid::text::xid8, known::pg_snapshot)
        ),
        md5(concat_ws('|',
            (select array_agg(each order by each) from unnest(actor_organisations()) each)::text,
            array(select actor_memberships() order by 1)::text,
            array(select actor_parts() order by 1)::text
        ));
end
$$
"""
# Outlines are too large for the ledger, and general knowledge.
NOTE_BOUNDARIES = """
create function note_boundaries() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into boundary_change default values;
    return null;
end
$$
"""


def upgrade() -> None:
    # The block index beside it looks through all that was written since it was last summed up.
    op.create_index("ix_change_txid_id", "change", ["txid", "id"])
    op.create_table(
        "boundary_change",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "txid",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_boundary_change"),
    )
    op.create_index("ix_boundary_change_txid", "boundary_change", ["txid"])
    op.execute("revoke all on boundary_change from ops_application")
    op.execute(NOTE_BOUNDARIES)
    op.execute(
        "create trigger note_boundaries after insert or update or delete or truncate on boundary"
        " for each statement execute function note_boundaries()"
    )
    op.execute(READER_MARK)
    op.execute("revoke execute on function reader_mark(text) from public")
    op.execute("grant execute on function reader_mark(text) to ops_application")


def downgrade() -> None:
    op.execute("drop function reader_mark(text)")
    op.execute("drop function note_boundaries() cascade")
    op.drop_table("boundary_change")
    op.drop_index("ix_change_txid_id", "change")
