"""Feed a TAK server: which operations, and what of them it was sent.

What it was sent outlives the erasure of an operation until it has been taken away there too: it
is ids, kinds and times.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

OURS = "operation_id cot_type content_hash sent_at stale_at gone_at"


def upgrade() -> None:
    op.create_table(
        "tak_feed",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("with_areas", sa.Boolean(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("switched_by", sa.Uuid(), nullable=False),
        sa.Column(
            "switched_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_tak_feed_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["switched_by"], ["person.id"], name="fk_tak_feed_switched_by_person"
        ),
        sa.PrimaryKeyConstraint("operation_id", name="pk_tak_feed"),
    )
    in_charge = "actor_in_charge(operation_id) and switched_by = actor_id()"
    scoped.belong_to_operation(
        "tak_feed",
        made=in_charge,
        changed="actor_in_charge(operation_id)",
        ledgered_by="operation_id",
    )
    op.create_table(
        "tak_object",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("cot_type", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_tak_object_operation_id_operation"
        ),
        sa.PrimaryKeyConstraint("uid", name="pk_tak_object"),
    )
    op.create_index("ix_tak_object_operation_id", "tak_object", ["operation_id"])
    # Of no use to any request.
    op.execute("revoke all on tak_object from ops_application")
    op.execute("alter table tak_object enable row level security")
    op.execute("alter table tak_object force row level security")
    op.execute("create policy owner on tak_object to current_user using (true)")
    scoped.keep("tak_object", f"{OURS} object_id")


def downgrade() -> None:
    scoped.forget(["tak_object", "tak_feed"])
