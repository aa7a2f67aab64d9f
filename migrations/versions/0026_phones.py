"""What phones send beside a result.

Their own clock, that the operation was closed meanwhile, and that somebody needs assistance.
"""

import sqlalchemy as sa
from alembic import op

from migrations import scoped

revision = "0026"
down_revision = "0025"
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
    _make_attachments()
    scoped.keep("result", "clock_offset_s was_closed", "claimed_at")


def _make_attachments() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        *scoped.scope("attachment"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column(
            "added_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "media_type in ('image/jpeg', 'image/png', 'image/webp')",
            name=op.f("ck_attachment_media_type_known"),
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_attachment_sha256_whole")),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name="fk_attachment_added_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
        sa.UniqueConstraint("result_id", "sha256", name="uq_attachment_result_id_sha256"),
    )
    op.create_index("ix_attachment_sha256", "attachment", ["sha256"])
    # An erasure leaves nothing of a photo, and its bytes are swept up after the row.
    scoped.follow_result("attachment", made="attachment.added_by = actor_id()")
    op.execute("revoke update on attachment from ops_application")


def downgrade() -> None:
    scoped.forget(["attachment"])
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
