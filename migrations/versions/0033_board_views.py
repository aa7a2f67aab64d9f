"""Views of boards that people keep: each seen, renamed and removed by its own person alone."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("length(name) between 1 and 80", name=op.f("ck_board_view_name_length")),
        sa.CheckConstraint("length(address) <= 2000", name=op.f("ck_board_view_address_length")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_board_view_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_board_view"),
        sa.UniqueConstraint("person_id", "name", name="uq_board_view_person_id_name"),
    )
    op.execute("alter table board_view enable row level security")
    op.execute("alter table board_view force row level security")
    op.execute("create policy owner on board_view to current_user using (true)")
    op.execute(
        "create policy own on board_view to ops_application"
        " using (person_id = actor_id()) with check (person_id = actor_id())"
    )
    op.execute(
        "create trigger record_change after update or delete on board_view"
        " for each row execute function record_change('id', 'row')"
    )
    op.execute(
        "create trigger record_added after insert on board_view referencing new table as added"
        " for each statement execute function record_added('id', 'row')"
    )


def downgrade() -> None:
    op.drop_table("board_view")
