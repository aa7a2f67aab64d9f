"""Keep the programme's figures by ward, square and hour too, month by month.

By the day they would be as many as the records.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollup_part",
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("breakdown", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("provisional", sa.Numeric(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "breakdown in ('ward', 'square', 'hour')", name=op.f("ck_rollup_part_breakdown")
        ),
        sa.PrimaryKeyConstraint(
            "definition", "breakdown", "starts_on", "audience_id", "key", name="pk_rollup_part"
        ),
    )
    op.execute("alter table rollup_part enable row level security")
    op.execute("alter table rollup_part force row level security")
    op.execute("create policy owner on rollup_part to current_user using (true)")
    op.execute(
        "create policy seen on rollup_part for select to ops_application"
        " using (audience_id = any ((select actor_organisations())::uuid[]))"
    )
    op.execute("revoke insert, update, delete on rollup_part from ops_application")
    # What is kept is added up anew, with these.
    op.execute("delete from rollup_state")
    op.execute("delete from rollup")


def downgrade() -> None:
    op.drop_table("rollup_part")
