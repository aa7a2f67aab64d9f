"""What phones send beside a result.

Their own clock, that the operation was closed meanwhile, and that somebody needs assistance.
"""

import sqlalchemy as sa
from alembic import op

from migrations import scoped

revision = "0027"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("result", sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("result", sa.Column("clock_offset_s", sa.BigInteger(), nullable=True))
    op.add_column(
        "result",
        sa.Column("was_closed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "check_in",
        sa.Column("needs_assistance", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.alter_column("check_in", "point", nullable=True)
    op.create_check_constraint("somewhere", "check_in", "point is not null or needs_assistance")
    scoped.keep("result", "clock_offset_s was_closed", "claimed_at")


def downgrade() -> None:
    op.execute("delete from check_in where point is null")
    op.drop_constraint("somewhere", "check_in", type_="check")
    op.alter_column("check_in", "point", nullable=False)
    op.drop_column("check_in", "needs_assistance")
    op.execute(
        "delete from erasure_keeps where table_name = 'result'"
        " and column_name in ('clock_offset_s', 'was_closed', 'claimed_at')"
    )
    for column in ("was_closed", "clock_offset_s", "claimed_at"):
        op.drop_column("result", column)
