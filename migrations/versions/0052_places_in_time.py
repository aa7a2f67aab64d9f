"""Find what happened nearby at about the same time by one index.

The look for doubles went through all that ever happened there, or through all of that hour. The
index is built beside the app, which goes on writing.
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

NEW, OLD = "ix_result_point_occurred_at", "ix_result_point"


def upgrade() -> None:
    _replace(OLD, NEW, "point, occurred_at")


def downgrade() -> None:
    _replace(NEW, OLD, "point")


def _replace(old: str, new: str, columns: str) -> None:
    with op.get_context().autocommit_block():
        # One that was broken off is there, but is no good.
        op.execute(f"drop index concurrently if exists {new}")
        op.execute(f"create index concurrently {new} on result using gist ({columns})")
        op.execute(f"drop index concurrently if exists {old}")
