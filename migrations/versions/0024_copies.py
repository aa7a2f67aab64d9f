"""Operations made from others; sites and targets that can be put right."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# A search goes by the name of its prison, so that a prison is one prison under its new name too.
# What was erased stays as it was left.
NAME_SEARCHES = """
create function name_searches() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update search set establishment = new.name
    where site_id = new.id and establishment is distinct from new.name
        and not exists (select from retention where erased_at is not null
            and object_id in (search.result_id, search.operation_id));
    return null;
end
$$
"""
# What became of a target is told to whoever sees it, also where it is of no operation.
TARGET_SEEN = (
    "actor_id() is not null and operation_id is null and object = 'target'"
    " and exists (select from target where target.id = object_id)"
)


def upgrade() -> None:
    _copies()
    for table in ("site", "target"):
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.execute(NAME_SEARCHES)
    op.execute(
        "create trigger name_searches after update of name on site for each row"
        " when (new.name is distinct from old.name) execute function name_searches()"
    )
    op.execute(
        f"create policy of_target on change for select to ops_application using ({TARGET_SEEN})"
    )


def downgrade() -> None:
    op.execute("drop policy of_target on change")
    op.execute("drop trigger name_searches on site")
    op.execute("drop function name_searches()")
    for table in ("target", "site"):
        op.drop_column(table, "version")
    scoped.forget(["operation_copy"])


def _copies() -> None:
    op.create_table(
        "operation_copy",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("account", postgresql.JSONB(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=f"fk_operation_copy_{column}_{other}"
            )
            for column, other in (
                ("operation_id", "operation"),
                ("source_id", "operation"),
                ("made_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("operation_id", name="pk_operation_copy"),
    )
    scoped.belong_to_operation(
        "operation_copy", made="made_by = actor_id()", ledgered_by="operation_id"
    )
    op.execute("revoke update on operation_copy from ops_application")
    op.execute(
        "create trigger refuse_erased before insert on operation_copy for each row"
        " execute function refuse_erased('operation_id', 'operation_id')"
    )
