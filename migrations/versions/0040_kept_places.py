"""Keep the ward and the square of a result beside its district, so that a total by either is one scan.

Of what was logged before, both are found out whenever they are asked for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("result", sa.Column("ward", sa.Text(), nullable=True))
    op.add_column("result", sa.Column("square", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("result", "square")
    op.drop_column("result", "ward")
