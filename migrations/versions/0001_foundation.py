"""Lay the foundation: people, places, plans, results and what they add up to.

Numbered, read alone, and safe beside a running app: add first, fill, then require.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LEDGERED = (
    "area",
    "assignment",
    "deployment",
    "operation",
    "organisation",
    "person",
    "phase",
    "published_set",
    "reported_figure",
    "result",
    "site",
    "target",
    "team",
)
# Writes what a statement changed in a row, in the same transaction: the actor
# and the reason come from settings of that transaction. Its argument is the
# column that names the record the row belongs to.
RECORD_CHANGE = """
create function record_change() returns trigger language plpgsql as $$
declare
    old_row jsonb := to_jsonb(old);
    new_row jsonb;
    was jsonb;
    is_now jsonb;
begin
    if tg_op = 'DELETE' then
        was := old_row;
    else
        new_row := to_jsonb(new);
        select jsonb_object_agg(key, value) into was
            from jsonb_each(old_row) where new_row -> key is distinct from value;
        select jsonb_object_agg(key, value) into is_now
            from jsonb_each(new_row) where old_row -> key is distinct from value;
        if is_now is null then
            return null;
        end if;
    end if;
    insert into change (actor, object, object_id, before, after, reason) values (
        nullif(current_setting('ops.actor', true), '')::uuid,
        tg_table_name,
        (old_row ->> tg_argv[0])::uuid,
        was,
        is_now,
        nullif(current_setting('ops.reason', true), '')
    );
    return null;
end
$$
"""


def upgrade() -> None:
    op.create_table(
        "boundary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_boundary"),
        sa.UniqueConstraint(
            "layer",
            "code",
            "valid_from",
            name="uq_boundary_layer_code_valid_from",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_boundary_geom", "boundary", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Uuid(), nullable=True),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
    )
    op.create_index("ix_change_object_id_id", "change", ["object_id", "id"], unique=False)
    op.create_table(
        "failed_sign_in",
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("email_hash", name="pk_failed_sign_in"),
    )
    op.create_index("ix_failed_sign_in_last_at", "failed_sign_in", ["last_at"], unique=False)
    op.create_table(
        "measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("four_p", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_measure"),
        sa.UniqueConstraint("code", "version", name="uq_measure_code_version"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('force', 'district', 'council', 'prison', 'partner')",
            name=op.f("ck_organisation_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name="fk_organisation_parent_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_organisation"),
        sa.UniqueConstraint("code", name="uq_organisation_code"),
    )
    op.create_table(
        "published_set",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column(
            "checks", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "remainder",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_published_set"),
        sa.UniqueConstraint("code", name="uq_published_set_code"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('admin', 'lead', 'officer', 'analyst', 'desk', 'auditor')",
            name=op.f("ck_person_role_known"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_person_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )
    op.create_index("ix_person_organisation_id", "person", ["organisation_id"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column(
            "point", Geometry(geometry_type="POINT", srid=4326, spatial_index=False), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('prison', 'premises', 'school', 'station', 'other')",
            name=op.f("ck_site_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_site_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_index(
        "ix_site_name",
        "site",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("ix_site_point", "site", ["point"], unique=False, postgresql_using="gist")
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_credential_person_id_person"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_credential"),
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=True),
        sa.Column("aim", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("marking", sa.Text(), server_default="OFFICIAL-SENSITIVE", nullable=False),
        sa.Column("visibility", sa.Text(), server_default="open", nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('week_of_action', 'prison_search', 'place_based', 'day_of_action')",
            name=op.f("ck_operation_kind_known"),
        ),
        sa.CheckConstraint(
            "marking IN ('OFFICIAL', 'OFFICIAL-SENSITIVE')", name=op.f("ck_operation_marking_known")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'planned', 'approved', 'live', 'closed', 'reviewed')",
            name=op.f("ck_operation_status_known"),
        ),
        sa.CheckConstraint(
            "theme IN ('county_lines', 'modern_slavery', 'immigration_crime', 'western_balkan', 'drugs', 'firearms', 'homicide_prevention')",
            name=op.f("ck_operation_theme_known"),
        ),
        sa.CheckConstraint(
            "visibility IN ('open', 'restricted', 'covert')",
            name=op.f("ck_operation_visibility_known"),
        ),
        sa.CheckConstraint(
            "parent_id <> id and predecessor_id <> id", name=op.f("ck_operation_not_its_own_parent")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_operation_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name="fk_operation_created_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_operation_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["operation.id"], name="fk_operation_parent_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["operation.id"], name="fk_operation_predecessor_id_operation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_operation"),
        sa.UniqueConstraint("reference", name="uq_operation_reference"),
    )
    op.create_index(
        "ix_operation_name",
        "operation",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("ix_operation_organisation_id", "operation", ["organisation_id"], unique=False)
    op.create_index("ix_operation_parent_id", "operation", ["parent_id"], unique=False)
    op.create_index("ix_operation_predecessor_id", "operation", ["predecessor_id"], unique=False)
    op.create_index("ix_operation_starts_at_id", "operation", ["starts_at", "id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_session_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("token_hash", name="uq_session_token_hash"),
    )
    op.create_index("ix_session_person_id", "session", ["person_id"], unique=False)
    op.create_table(
        "token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_token_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("token_hash", name="uq_token_token_hash"),
    )
    op.create_index("ix_token_person_id", "token", ["person_id"], unique=False)
    op.create_table(
        "area",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry(geometry_type="MULTIPOLYGON", srid=4326, spatial_index=False),
            nullable=False,
        ),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('target', 'search', 'patrol', 'cordon', 'exclusion', 'rendezvous')",
            name=op.f("ck_area_purpose_known"),
        ),
        sa.CheckConstraint("valid_from < valid_to", name=op.f("ck_area_valid_from_before_to")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_area_created_by_person"),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_area_operation_id_operation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_area"),
    )
    op.create_index("ix_area_geom", "area", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_area_operation_id_name_id", "area", ["operation_id", "name", "id"], unique=False
    )
    op.create_table(
        "phase",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('clear', 'hold', 'build')", name=op.f("ck_phase_kind_known")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_phase_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_phase_operation_id_operation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_phase"),
        sa.UniqueConstraint(
            "operation_id", "kind", "starts_at", name="uq_phase_operation_id_kind_starts_at"
        ),
    )
    op.create_table(
        "reported_figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("four_p", sa.Text(), nullable=True),
        sa.Column("heading", sa.Text(), nullable=True),
        sa.Column(
            "facets", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("as_at", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("set_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name="fk_reported_figure_created_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_reported_figure_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_reported_figure_organisation_id_organisation",
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["published_set.id"], name="fk_reported_figure_set_id_published_set"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reported_figure"),
    )
    op.create_index(
        "ix_reported_figure_measure_starts_on_id",
        "reported_figure",
        ["measure", "starts_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_reported_figure_operation_id", "reported_figure", ["operation_id"], unique=False
    )
    op.create_index(
        "ix_reported_figure_set_id_position",
        "reported_figure",
        ["set_id", "position"],
        unique=False,
    )
    op.create_table(
        "target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("operation_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(organisation_id, operation_id) = 1", name=op.f("ck_target_one_scope")
        ),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_target_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_target_created_by_person"),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_target_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_target_organisation_id_organisation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
        sa.UniqueConstraint(
            "measure",
            "starts_on",
            "ends_on",
            "organisation_id",
            "operation_id",
            name="uq_target_measure_period_scope",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_target_operation_id", "target", ["operation_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_team_operation_id_operation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_team"),
        sa.UniqueConstraint("operation_id", "name", name="uq_team_operation_id_name"),
    )
    op.create_table(
        "transition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name="fk_transition_made_by_person"),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_transition_operation_id_operation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
    )
    op.create_index(
        "ix_transition_operation_id_id", "transition", ["operation_id", "id"], unique=False
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("area_id", sa.Uuid(), nullable=True),
        sa.Column(
            "point", Geometry(geometry_type="POINT", srid=4326, spatial_index=False), nullable=True
        ),
        sa.Column("status", sa.Text(), server_default="planned", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('warrant', 'prison_search', 'patrol', 'visit', 'checkpoint', 'engagement', 'training', 'other')",
            name=op.f("ck_deployment_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'acknowledged', 'on_the_way', 'started', 'finished', 'cancelled')",
            name=op.f("ck_deployment_status_known"),
        ),
        sa.CheckConstraint(
            "not isempty(during) and not lower_inf(during) and not upper_inf(during)",
            name=op.f("ck_deployment_window_bounded"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(site_id, area_id, point) = 1", name=op.f("ck_deployment_one_place")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_deployment_area_id_area"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name="fk_deployment_created_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_deployment_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_deployment_site_id_site"),
        sa.PrimaryKeyConstraint("id", name="pk_deployment"),
        sa.UniqueConstraint("id", "during", name="uq_deployment_id_during"),
    )
    op.create_index("ix_deployment_area_id", "deployment", ["area_id"], unique=False)
    op.create_index(
        "ix_deployment_during", "deployment", ["during"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "ix_deployment_operation_id_id", "deployment", ["operation_id", "id"], unique=False
    )
    op.create_index(
        "ix_deployment_point", "deployment", ["point"], unique=False, postgresql_using="gist"
    )
    op.create_index("ix_deployment_site_id", "deployment", ["site_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_team_member_person_id_person"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_team_member_team_id_team"),
        sa.PrimaryKeyConstraint("team_id", "person_id", name="pk_team_member"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("released_at is null"),
            using="gist",
            name="ex_assignment_nobody_in_two_places",
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id", "during"],
            ["deployment.id", "deployment.during"],
            name="fk_assignment_deployment_id_during_deployment",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_assignment_person_id_person"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name="fk_assignment_team_id_team"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_team_id", "assignment", ["team_id"], unique=False)
    op.create_index(
        "uq_assignment_deployment_id_person_id",
        "assignment",
        ["deployment_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("released_at is null"),
    )
    op.create_table(
        "result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "point", Geometry(geometry_type="POINT", srid=4326, spatial_index=False), nullable=True
        ),
        sa.Column("accuracy_m", sa.Numeric(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="recorded", nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('recorded', 'confirmed', 'struck')", name=op.f("ck_result_status_known")
        ),
        sa.CheckConstraint("accuracy_m >= 0", name=op.f("ck_result_accuracy_not_negative")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name="fk_result_confirmed_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name="fk_result_deployment_id_deployment"
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_result_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name="fk_result_recorded_by_person"
        ),
        sa.ForeignKeyConstraint(["struck_by"], ["person.id"], name="fk_result_struck_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_result"),
    )
    op.create_index("ix_result_deployment_id", "result", ["deployment_id"], unique=False)
    op.create_index("ix_result_occurred_at_id", "result", ["occurred_at", "id"], unique=False)
    op.create_index(
        "ix_result_operation_id_kind_occurred_at_id",
        "result",
        ["operation_id", "kind", "occurred_at", "id"],
        unique=False,
    )
    op.create_index("ix_result_point", "result", ["point"], unique=False, postgresql_using="gist")
    op.create_table(
        "credit",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name="fk_credit_operation_id_operation"
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_credit_result_id_result"),
        sa.PrimaryKeyConstraint("result_id", "operation_id", name="pk_credit"),
    )
    op.create_index(
        "ix_credit_operation_id_result_id", "credit", ["operation_id", "result_id"], unique=False
    )
    op.execute(RECORD_CHANGE)
    for table in LEDGERED:
        op.execute(
            f"create trigger record_change after update or delete on {table}"
            " for each row execute function record_change('id')"
        )
    op.execute(
        "create trigger record_change after update or delete on credit"
        " for each row execute function record_change('result_id')"
    )


def downgrade() -> None:
    op.drop_index("ix_credit_operation_id_result_id", table_name="credit")
    op.drop_table("credit")
    op.drop_index("ix_result_point", table_name="result", postgresql_using="gist")
    op.drop_index("ix_result_operation_id_kind_occurred_at_id", table_name="result")
    op.drop_index("ix_result_occurred_at_id", table_name="result")
    op.drop_index("ix_result_deployment_id", table_name="result")
    op.drop_table("result")
    op.drop_index(
        "uq_assignment_deployment_id_person_id",
        table_name="assignment",
        postgresql_where=sa.text("released_at is null"),
    )
    op.drop_index("ix_assignment_team_id", table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("team_member")
    op.drop_index("ix_deployment_site_id", table_name="deployment")
    op.drop_index("ix_deployment_point", table_name="deployment", postgresql_using="gist")
    op.drop_index("ix_deployment_operation_id_id", table_name="deployment")
    op.drop_index("ix_deployment_during", table_name="deployment", postgresql_using="gist")
    op.drop_index("ix_deployment_area_id", table_name="deployment")
    op.drop_table("deployment")
    op.drop_index("ix_transition_operation_id_id", table_name="transition")
    op.drop_table("transition")
    op.drop_table("team")
    op.drop_index("ix_target_operation_id", table_name="target")
    op.drop_table("target")
    op.drop_index("ix_reported_figure_set_id_position", table_name="reported_figure")
    op.drop_index("ix_reported_figure_operation_id", table_name="reported_figure")
    op.drop_index("ix_reported_figure_measure_starts_on_id", table_name="reported_figure")
    op.drop_table("reported_figure")
    op.drop_table("phase")
    op.drop_index("ix_area_operation_id_name_id", table_name="area")
    op.drop_index("ix_area_geom", table_name="area", postgresql_using="gist")
    op.drop_table("area")
    op.drop_index("ix_token_person_id", table_name="token")
    op.drop_table("token")
    op.drop_index("ix_session_person_id", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_operation_starts_at_id", table_name="operation")
    op.drop_index("ix_operation_predecessor_id", table_name="operation")
    op.drop_index("ix_operation_parent_id", table_name="operation")
    op.drop_index("ix_operation_organisation_id", table_name="operation")
    op.drop_index(
        "ix_operation_name",
        table_name="operation",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.drop_table("operation")
    op.drop_table("credential")
    op.drop_index("ix_site_point", table_name="site", postgresql_using="gist")
    op.drop_index(
        "ix_site_name",
        table_name="site",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.drop_table("site")
    op.drop_index("ix_person_organisation_id", table_name="person")
    op.drop_table("person")
    op.drop_table("published_set")
    op.drop_table("organisation")
    op.drop_table("measure")
    op.drop_index("ix_failed_sign_in_last_at", table_name="failed_sign_in")
    op.drop_table("failed_sign_in")
    op.drop_index("ix_change_object_id_id", table_name="change")
    op.drop_table("change")
    op.drop_index("ix_boundary_geom", table_name="boundary", postgresql_using="gist")
    op.drop_table("boundary")
    op.execute("drop function record_change")
