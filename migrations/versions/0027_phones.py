"""What a phone says beside a result: its own clock, and that the operation was closed meanwhile."""

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
    scoped.keep("result", "clock_offset_s was_closed", "claimed_at")


def downgrade() -> None:
    op.execute(
        "delete from erasure_keeps where table_name = 'result'"
        " and column_name in ('clock_offset_s', 'was_closed', 'claimed_at')"
    )
    for column in ("was_closed", "clock_offset_s", "claimed_at"):
        op.drop_column("result", column)
