"""Who and what goes with a deployment, and how it goes on."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations import merging, scoped

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

COLUMNS = ("address", "postcode", "line_id", "method_of_entry", "power")


NOT_APART = "00000000-0000-0000-0000-000000000000"
# As people are kept apart while their operation is covert, so is what goes with them.
PART_RESERVATIONS = """
create function part_reservations() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
    update reservation
        set apart = case new.visibility when 'covert' then new.id else 'NOT_APART' end
        where operation_id = new.id;
    return null;
end
$$
""".replace("NOT_APART", NOT_APART)
OWN_ORGANISATION = (
    "organisation_id = (select person.organisation_id from person where person.id = actor_id())"
)
# Those of one's own organisation, of what it is part of and of its parts; and what is reserved
# for a deployment that one sees.
ASSET_SEEN = (
    "organisation_id = any ((select actor_organisations())::uuid[])"
    " or exists (select from reservation where reservation.asset_id = asset.id)"
)
# Whoever sees a deployment sees how it goes on; each speaks for themselves.
IN_DEPLOYMENT = "exists (select from deployment where deployment.id = {table}.deployment_id)"
MERGE = merging.MERGE.replace("create function", "create or replace function")
# A deployment names a line as results do: merged with another, it is that other.
MERGE_ALSO_HERE = MERGE.replace(
    "        order by 1, 2\n    loop\n",
    "            and owner.relname <> 'deployment'\n        order by 1, 2\n    loop\n",
).replace(
    "    end loop;\n",
    """    end loop;
    update deployment set line_id = kept, version = version + 1
    where line_id = gone and not exists (select from retention where erased_at is not null
        and object_id in (deployment.id, deployment.operation_id));
""",
)


def upgrade() -> None:
    _say_where_and_how()
    op.execute(MERGE_ALSO_HERE)
    _keep_steps()
    _reserve()
    _certify()
    _give_addresses()


def downgrade() -> None:
    op.drop_table("calendar_address")
    op.drop_table("certificate")
    op.execute("drop trigger part_reservations on operation")
    op.execute("drop function part_reservations")
    # What is seen of a thing asks for its reservations.
    for policy in ("seen", "changed"):
        op.execute(f"drop policy {policy} on asset")
    scoped.forget(["reservation", "asset"])
    op.drop_column("assignment", "replaces_id")
    scoped.forget(["deployment_step"])
    op.execute(MERGE)
    for column in reversed(COLUMNS):
        op.drop_column("deployment", column)


def _say_where_and_how() -> None:
    for column in COLUMNS:
        kind = sa.Uuid() if column == "line_id" else sa.Text()
        op.add_column("deployment", sa.Column(column, kind, nullable=True))
    op.create_foreign_key(
        "fk_deployment_line_id_deal_line", "deployment", "deal_line", ["line_id"], ["result_id"]
    )
    op.create_index(op.f("ix_deployment_line_id"), "deployment", ["line_id"])
    op.create_index(op.f("ix_deployment_postcode"), "deployment", ["postcode"])
    op.create_check_constraint(
        op.f("ck_deployment_entry_known"),
        "deployment",
        "method_of_entry in ('consent', 'key', 'manual', 'hydraulic', 'cutting', 'specialist')",
    )
    op.create_check_constraint(
        op.f("ck_deployment_power_known"),
        "deployment",
        "power in ('pace_8', 'mda_23', 'firearms_46', 'theft_26', 'poca_352', 'psychoactive_39',"
        " 'serious_crime_52', 'trade_marks_92c', 'pace_1', 'pace_17', 'pace_18', 'pace_32',"
        " 'mda_23_2', 'firearms_47', 'cjpoa_60', 'prison', 'consent', 'other')",
    )


def _keep_steps() -> None:
    op.create_table(
        "deployment_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("point", Geometry("POINT", 4326, spatial_index=False), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "status IN ('planned', 'acknowledged', 'on_the_way', 'started', 'finished',"
            " 'cancelled')",
            name=op.f("ck_deployment_step_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_deployment_step_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name="fk_deployment_step_deployment_id_deployment"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name="fk_deployment_step_made_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deployment_step"),
    )
    op.create_index(
        op.f("ix_deployment_step_deployment_id_id"), "deployment_step", ["deployment_id", "id"]
    )
    op.create_index(op.f("ix_deployment_step_operation_id"), "deployment_step", ["operation_id"])
    scoped.belong_to_operation(
        "deployment_step",
        seen=IN_DEPLOYMENT,
        made="{table}.made_by = actor_id()",
        ledgered_by="deployment_id",
    )
    op.execute("revoke update on deployment_step from ops_application")
    op.add_column("assignment", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_assignment_replaces_id_assignment",
        "assignment",
        "assignment",
        ["replaces_id"],
        ["id"],
    )


def _reserve() -> None:
    op.create_table(
        "asset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("cells", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('vehicle', 'dog', 'equipment', 'custody_suite')",
            name=op.f("ck_asset_kind_known"),
        ),
        _cells("asset"),
        sa.CheckConstraint("cells between 1 and 1000", name=op.f("ck_asset_cells_sane")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_asset_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_asset"),
        sa.UniqueConstraint(
            "organisation_id", "kind", "name", name="uq_asset_organisation_id_kind_name"
        ),
        sa.UniqueConstraint("id", "kind", name="uq_asset_id_kind"),
    )
    op.create_table(
        "reservation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("apart", sa.Uuid(), server_default=NOT_APART, nullable=False),
        _cells("reservation"),
        sa.CheckConstraint("cells between 1 and 1000", name=op.f("ck_reservation_cells_sane")),
        postgresql.ExcludeConstraint(
            (sa.column("asset_id"), "="),
            (sa.column("apart"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("released_at is null and kind <> 'custody_suite'"),
            using="gist",
            name="ex_reservation_nothing_in_two_places",
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_reservation_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id", "during"],
            ["deployment.id", "deployment.during"],
            onupdate="CASCADE",
            name="fk_reservation_deployment_id_deployment",
        ),
        sa.ForeignKeyConstraint(
            ["asset_id", "kind"], ["asset.id", "asset.kind"], name="fk_reservation_asset_id_asset"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reservation"),
    )
    op.create_index(
        "uq_reservation_deployment_id_asset_id",
        "reservation",
        ["deployment_id", "asset_id"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_index(op.f("ix_reservation_operation_id"), "reservation", ["operation_id"])
    op.create_index(
        op.f("ix_reservation_asset_id_during"),
        "reservation",
        ["asset_id", "during"],
        postgresql_using="gist",
    )
    op.execute(
        "create trigger keep_apart before insert on reservation"
        " for each row execute function keep_apart()"
    )
    op.execute(PART_RESERVATIONS)
    op.execute(
        "create trigger part_reservations after update of visibility on operation for each row"
        " when ((old.visibility = 'covert') <> (new.visibility = 'covert'))"
        " execute function part_reservations()"
    )
    scoped.belong_to_operation("reservation", seen=IN_DEPLOYMENT, ledgered_by="deployment_id")
    op.execute("revoke delete on asset from ops_application")
    op.execute("alter table asset enable row level security")
    op.execute("alter table asset force row level security")
    op.execute("create policy owner on asset to current_user using (true)")
    op.execute(f"create policy seen on asset for select to ops_application using ({ASSET_SEEN})")
    op.execute(
        f"create policy made on asset for insert to ops_application with check ({OWN_ORGANISATION})"
    )
    # Whoever reserves one locks it; what is written to it stays with its organisation.
    op.execute(
        "create policy changed on asset for update to ops_application"
        f" using ({ASSET_SEEN}) with check ({OWN_ORGANISATION})"
    )
    _ledger("asset")


def _cells(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "(kind = 'custody_suite') = (cells is not null)",
        name=op.f(f"ck_{table}_cells_of_custody_suite"),
    )


def _ledger(table: str) -> None:
    op.execute(
        f"create trigger record_change after update or delete on {table}"
        " for each row execute function record_change('id', 'row')"
    )
    op.execute(
        f"create trigger record_added after insert on {table} referencing new table as added"
        " for each statement execute function record_added('id', 'row')"
    )


def _certify() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column(
            "given_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "skill IN ('search', 'licensed_search_officer', 'method_of_entry',"
            " 'specialist_entry', 'public_order', 'dog_handler', 'driver', 'first_aid')",
            name=op.f("ck_certificate_skill_known"),
        ),
        sa.CheckConstraint("from_on <= expires_on", name=op.f("ck_certificate_from_before_expiry")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_certificate_person_id_person"
        ),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name="fk_certificate_given_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
    )
    op.create_index(
        "uq_certificate_person_id_skill",
        "certificate",
        ["person_id", "skill"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.execute("revoke delete on certificate from ops_application")
    _ledger("certificate")


def _give_addresses() -> None:
    op.create_table(
        "calendar_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "made_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_calendar_address_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_address"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_address_token_hash"),
    )
    op.create_index(
        "uq_calendar_address_person_id",
        "calendar_address",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    op.execute("revoke delete on calendar_address from ops_application")
    _ledger("calendar_address")
