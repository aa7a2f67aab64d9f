"""What the board of a live operation follows.

Changes are found by their operation from a transaction on. Those who are deployed say where they
are: where somebody was is for who leads the operation and for themselves, and stays out of the
ledger, which keeps what it is told.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from migrations import scoped

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# In plpgsql, which keeps the plan of what it asks from one row to the next.
IN_CHARGE = """
create function actor_in_charge(asked uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return coalesce(actor_roles(asked) && '{lead,admin}', false);
end
$$
"""
SEEN = (
    "exists (select from operation where operation.id = {table}.operation_id)"
    " and ({table}.person_id = actor_id() or actor_in_charge({table}.operation_id))"
)
# One checks in for oneself, where one is deployed.
MADE = (
    "person_id = actor_id() and exists (select from assignment where released_at is null"
    " and assignment.deployment_id = check_in.deployment_id and assignment.person_id = actor_id())"
    " and exists (select from deployment where deployment.id = check_in.deployment_id"
    " and deployment.operation_id = check_in.operation_id)"
)
# That somebody checked in is in the ledger for good; where they were is not.
RECORD = """
create function record_check_in() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    insert into change (actor, operation_id, object, object_id, after)
    values (actor_id(), new.operation_id, 'check_in', new.deployment_id,
        jsonb_build_object('id', new.id));
    return null;
end
$$
"""


def upgrade() -> None:
    op.create_index("ix_change_operation_id_txid_id", "change", ["operation_id", "txid", "id"])
    op.create_table(
        "check_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("point", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("accuracy_m", sa.Numeric(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("accuracy_m >= 0", name=op.f("ck_check_in_accuracy_not_negative")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_check_in_operation_id_operation"
        ),
        # At the end of the transaction: an erasure takes the deployment first.
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name="fk_check_in_deployment_id_deployment",
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_check_in_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_check_in"),
    )
    op.create_index(
        "ix_check_in_operation_id_person_id_at", "check_in", ["operation_id", "person_id", "at"]
    )
    op.create_index("ix_check_in_deployment_id", "check_in", ["deployment_id"])
    op.execute(IN_CHARGE)
    scoped.belong_to_few("check_in", seen=SEEN, made=MADE)
    op.execute(RECORD)
    op.execute(
        "create trigger record_check_in after insert on check_in"
        " for each row execute function record_check_in()"
    )
    op.execute(
        "create trigger refuse_erased before insert or update on check_in for each row"
        " execute function refuse_erased('operation_id', 'deployment_id')"
    )


def downgrade() -> None:
    scoped.forget(["check_in"])
    op.execute("drop function record_check_in()")
    op.execute("drop function actor_in_charge(uuid)")
    op.drop_index("ix_change_operation_id_txid_id", "change")
