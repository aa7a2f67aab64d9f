"""Two deployments at one place at one time are known before the briefing.

Conflicts are found past the wall of visibility, by functions that run as the owner, and read by
others that tell each side what it may know. The application's role reads no table of theirs.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations import conflict_reading, deconflicting, scoped

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tell_of_more()
    _make_rules()
    _make_footprints()
    _make_conflicts()
    _make_checks()
    deconflicting.find()
    conflict_reading.read(deconflicting.RADIUS_M, deconflicting.MINUTES, deconflicting.SAME_DAYS)
    # What is planned already.
    op.execute("select deconflict(array(select id from deployment))")


def downgrade() -> None:
    conflict_reading.read_no_more()
    deconflicting.find_no_more()
    for table in ("conflict_check", "conflict", "footprint", "deconfliction_rule"):
        op.drop_table(table)
    op.execute("delete from erasure_keeps where table_name = 'alert' and column_name = 'kind'")
    op.execute("delete from alert where kind <> 'break_glass'")
    op.drop_constraint("ck_alert_kind_known", "alert")
    op.alter_column("alert", "reason", nullable=False)
    op.alter_column("alert", "opened_by", nullable=False)
    op.drop_column("alert", "said")
    op.drop_column("alert", "kind")


def _tell_of_more() -> None:
    """Let an alert be of more than an operation that was opened in an emergency."""
    op.add_column(
        "alert", sa.Column("kind", sa.Text(), server_default="break_glass", nullable=False)
    )
    op.add_column("alert", sa.Column("said", sa.Text(), nullable=True))
    op.alter_column("alert", "opened_by", nullable=True)
    op.alter_column("alert", "reason", nullable=True)
    op.create_check_constraint(
        op.f("ck_alert_kind_known"),
        "alert",
        "kind IN ('break_glass', 'conflict', 'conflict_resolved', 'conflict_gone')",
    )
    scoped.keep("alert", "kind")


def _make_rules() -> None:
    op.create_table(
        "deconfliction_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("marking", sa.Text(), nullable=True),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("same_days", sa.Integer(), nullable=False),
        sa.Column("tells_of_covert", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("changed_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "radius_m BETWEEN 0 AND 5000", name=op.f("ck_deconfliction_rule_radius_sane")
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 0 AND 2880", name=op.f("ck_deconfliction_rule_minutes_sane")
        ),
        sa.CheckConstraint(
            "same_days BETWEEN 0 AND 366", name=op.f("ck_deconfliction_rule_days_sane")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name="fk_deconfliction_rule_changed_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deconfliction_rule"),
        sa.UniqueConstraint(
            "kind",
            "marking",
            name="uq_deconfliction_rule_kind_marking",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.execute("revoke insert, update, delete on deconfliction_rule from ops_application")
    op.execute("grant insert, update on deconfliction_rule to ops_application")
    op.execute(
        "create trigger record_change after update or delete on deconfliction_rule"
        " for each row execute function record_change('id', 'row')"
    )
    op.execute(
        "create trigger record_added after insert on deconfliction_rule"
        " referencing new table as added"
        " for each statement execute function record_added('id', 'row')"
    )


def _make_footprints() -> None:
    op.create_table(
        "footprint",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("shape", Geometry(srid=27700, spatial_index=False), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("line_keys", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("address_key", sa.Text(), nullable=True),
        sa.Column("radius_m", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("same_days", sa.Integer(), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name="fk_footprint_deployment_id_deployment",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deployment_id", name="pk_footprint"),
    )
    counts = sa.text("counts")
    op.create_index(
        "ix_footprint_during_shape",
        "footprint",
        ["during", "shape"],
        postgresql_using="gist",
        postgresql_where=counts,
    )
    op.create_index("ix_footprint_site_id", "footprint", ["site_id"], postgresql_where=counts)
    op.create_index(
        "ix_footprint_address_key", "footprint", ["address_key"], postgresql_where=counts
    )
    op.create_index(
        "ix_footprint_line_keys",
        "footprint",
        ["line_keys"],
        postgresql_using="gin",
        postgresql_where=counts,
    )
    _keep_from_all("footprint")


def _make_conflicts() -> None:
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("distance_m", sa.Numeric(), nullable=True),
        sa.Column("gap_minutes", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("found_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("one_told_at", MOMENT, nullable=True),
        sa.Column("other_told_at", MOMENT, nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_conflict_in_order")),
        sa.CheckConstraint(
            "state IN ('open', 'resolved', 'gone')", name=op.f("ck_conflict_state_known")
        ),
        sa.CheckConstraint(
            "state <> 'resolved' or num_nulls(outcome, resolved_at, resolved_by) = 0",
            name=op.f("ck_conflict_resolved_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["one_id"],
            ["footprint.deployment_id"],
            name="fk_conflict_one_id_footprint",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["footprint.deployment_id"],
            name="fk_conflict_other_id_footprint",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_conflict_owner_id_person"),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["person.id"], name="fk_conflict_resolved_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conflict"),
        sa.UniqueConstraint("one_id", "other_id", name="uq_conflict_one_id_other_id"),
        sa.UniqueConstraint("reference", name="uq_conflict_reference"),
    )
    op.create_index("ix_conflict_other_id", "conflict", ["other_id"])
    _keep_from_all("conflict")


def _make_checks() -> None:
    op.create_table(
        "conflict_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("shape", Geometry(srid=4326, spatial_index=False), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_conflict_check_person_id_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conflict_check"),
    )
    op.create_index("ix_conflict_check_person_id_at", "conflict_check", ["person_id", "at"])
    op.execute("revoke update, delete on conflict_check from ops_application")
    op.execute("alter table conflict_check enable row level security")
    op.execute("alter table conflict_check force row level security")
    op.execute("create policy owner on conflict_check to current_user using (true)")
    for command, condition in (("select", "using"), ("insert", "with check")):
        op.execute(
            f"create policy own_{command} on conflict_check for {command} to ops_application"
            f" {condition} (person_id = actor_id())"
        )


def _keep_from_all(table: str) -> None:
    op.execute(f"revoke all on {table} from ops_application")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy owner on {table} to current_user using (true)")
