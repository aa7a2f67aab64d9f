"""Compare before and after, and what is recorded with what was reported."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# What is said of no operation is for the people of whoever said it.
AUDIENCE = (
    "case when {table}.operation_id is null"
    " then {table}.organisation_id = any ((select actor_organisations())::uuid[])"
    f" else {scoped.IN_WHOLE} end"
)
# Said once and never changed: what somebody says later stands beside it.
SAID = {
    "figure_mapping": "",
    "set_scope": "",
    "figure_reason": "figure_id code organisation_id made_at made_by",
}


def upgrade() -> None:
    _say("figure_mapping", *_mapping())
    op.create_index("ix_figure_mapping_measure", "figure_mapping", ["measure"])
    _say("set_scope", *_set_scope())
    op.create_index("ix_set_scope_set_id", "set_scope", ["set_id"])
    _say("figure_reason", *_reason())
    op.create_index("ix_figure_reason_figure_id", "figure_reason", ["figure_id"])
    _counts()
    _comparison()


def downgrade() -> None:
    scoped.forget(["comparison", "monthly_count", "count_file", *reversed(SAID)])


def _mapping() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("facets", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("where", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
    ]


def _set_scope() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["set_id"], ["published_set.id"], name="fk_set_scope_set_id_published_set"
        ),
        sa.ForeignKeyConstraint(
            ["about_id"], ["organisation.id"], name="fk_set_scope_about_id_organisation"
        ),
        sa.CheckConstraint(
            "num_nonnulls(operation_id, about_id) < 2", name=op.f("ck_set_scope_one")
        ),
    ]


def _reason() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("figure_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        # A publisher who withdraws a figure leaves nothing to give a reason for.
        sa.ForeignKeyConstraint(
            ["figure_id"],
            ["reported_figure.id"],
            ondelete="CASCADE",
            name="fk_figure_reason_figure_id_reported_figure",
        ),
    ]


def _say(table: str, *content: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        *content,
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name=f"fk_{table}_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=f"fk_{table}_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=f"fk_{table}_made_by_person"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_operation_id", table, ["operation_id"])
    scoped.belong_to_operation(table, seen=AUDIENCE, made="made_by = actor_id()", keeps=SAID[table])
    op.execute(f"revoke update on {table} from ops_application")


def _counts() -> None:
    op.create_table(
        "count_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_added", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_there", sa.Integer(), nullable=False),
        sa.Column("refused", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_count_file_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["person.id"], name="fk_count_file_imported_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_count_file"),
        sa.UniqueConstraint(
            "operation_id", "source", "version", name="uq_count_file_operation_id_source_version"
        ),
        sa.UniqueConstraint(
            "operation_id", "source", "sha256", name="uq_count_file_operation_id_source_sha256"
        ),
    )
    op.create_table(
        "monthly_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_monthly_count_operation_id_operation"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["count_file.id"],
                ondelete="CASCADE",
                name=f"fk_monthly_count_{column}_count_file",
            )
            for column in ("file_id", "replaced_by_id")
        ),
        sa.CheckConstraint("count >= 0", name=op.f("ck_monthly_count_not_negative")),
        sa.CheckConstraint(
            "extract(day from month) = 1", name=op.f("ck_monthly_count_first_of_month")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_monthly_count"),
    )
    op.create_index(
        "uq_monthly_count_current",
        "monthly_count",
        ["operation_id", "source", "area", "category", "month"],
        unique=True,
        postgresql_where=sa.text("replaced_by_id is null"),
    )
    for column in ("file_id", "replaced_by_id"):
        op.create_index(f"ix_monthly_count_{column}", "monthly_count", [column])
    scoped.belong_to_operation("count_file", made="imported_by = actor_id()")
    scoped.belong_to_operation("monthly_count")
    op.execute("revoke update on count_file, monthly_count from ops_application")
    op.execute("grant update (replaced_by_id) on monthly_count to ops_application")


def _comparison() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("categories", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("target_area", sa.Text(), nullable=False),
        sa.Column("comparison_areas", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("displacement_area", sa.Text(), nullable=True),
        sa.Column("baseline_from", sa.Date(), nullable=False),
        sa.Column("baseline_to", sa.Date(), nullable=False),
        sa.Column("periods", postgresql.JSONB(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_comparison_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name="fk_comparison_created_by_person"
        ),
        sa.CheckConstraint(
            "baseline_from <= baseline_to", name=op.f("ck_comparison_baseline_from_before_to")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_comparison"),
    )
    op.create_index("ix_comparison_operation_id", "comparison", ["operation_id"])
    scoped.belong_to_operation("comparison", made="created_by = actor_id()")
