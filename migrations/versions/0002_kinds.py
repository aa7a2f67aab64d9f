"""Make the tables of the first kinds of result: warrants, arrests, seizures, deal lines.

Numbered, read alone, and safe beside a running app: add first, fill, then require.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = ("warrant", "arrest", "seizure", "deal_line", "line_closure")
CHILDREN = ("warrant_entry", "disposal", "valuation", "line_number", "check_back")
ROLE_SETTING = """
do $$ begin
    execute format('alter role current_user in database %I {}', current_database());
end $$
"""
# A row that a correction adds is a change of the record; the rows it was logged with are not.
RECORD_ADDED = """
create function record_added() returns trigger language plpgsql as $$
begin
    if (select version from result where id = new.result_id) > 1 then
        insert into change (actor, object, object_id, after, reason) values (
            nullif(current_setting('ops.actor', true), '')::uuid,
            tg_table_name,
            new.result_id,
            to_jsonb(new),
            nullif(current_setting('ops.reason', true), '')
        );
    end if;
    return null;
end
$$
"""
# Keeps all that a seizure lies in. The parent is locked, so that nobody moves it meanwhile.
KEEP_ANCESTORS = """
create function keep_ancestors() returns trigger language plpgsql as $$
begin
    if new.parent_id is null then
        new.ancestors := '{}';
        return new;
    end if;
    select parent.ancestors || parent.result_id into new.ancestors
        from seizure parent where parent.result_id = new.parent_id for share;
    if not found then
        raise foreign_key_violation using
            constraint = 'fk_seizure_parent_id_seizure',
            message = 'there is no such seizure to lie in';
    end if;
    if new.result_id = any(new.ancestors) then
        raise check_violation using
            constraint = 'ck_seizure_not_inside_itself',
            message = 'a seizure can not lie inside itself';
    end if;
    return new;
end
$$
"""
# Whatever lies in a seizure moves with it.
MOVE_CONTENTS = """
create function move_contents() returns trigger language plpgsql as $$
begin
    update seizure set parent_id = parent_id where parent_id = new.result_id;
    return null;
end
$$
"""


def upgrade() -> None:
    op.create_table(
        "arrest",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("ethnicity", sa.Text(), nullable=True),
        sa.Column("custody_ref", sa.Text(), nullable=True),
        sa.Column("necessity", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disposal_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_arrest_result_id_result"),
        sa.PrimaryKeyConstraint("result_id", name="pk_arrest"),
    )
    op.create_index("ix_arrest_custody_ref", "arrest", ["custody_ref"], unique=False)
    op.create_table(
        "deal_line",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("exporter_area", sa.Text(), nullable=True),
        sa.Column("importer_areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("line_holder_ref", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_deal_line_result_id_result"),
        sa.PrimaryKeyConstraint("result_id", name="pk_deal_line"),
    )
    op.create_index("ix_deal_line_name", "deal_line", ["name"], unique=False)
    op.create_table(
        "seizure",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("ancestors", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.Numeric(), nullable=True),
        sa.Column("grams", sa.Numeric(), nullable=True),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("value_qualifier", sa.Text(), nullable=True),
        sa.Column("basis_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("drug", sa.Text(), nullable=True),
        sa.Column("drug_class", sa.Text(), nullable=True),
        sa.Column("weapon", sa.Text(), nullable=True),
        sa.Column("firearm_section", sa.Text(), nullable=True),
        sa.Column("vehicle", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("counterfeit", sa.Text(), nullable=True),
        sa.Column("found_in", sa.Text(), nullable=True),
        sa.Column("conveyed_by", sa.Text(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("list", sa.Text(), nullable=True),
        sa.Column("power", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("exhibit_ref", sa.Text(), nullable=True),
        sa.Column("seal", sa.Text(), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_seizure_quantity_not_negative")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["seizure.result_id"], name="fk_seizure_parent_id_seizure"
        ),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_seizure_result_id_result"),
        sa.PrimaryKeyConstraint("result_id", name="pk_seizure"),
    )
    op.create_index("ix_seizure_exhibit_ref", "seizure", ["exhibit_ref"], unique=False)
    op.create_index(
        "ix_seizure_parent_id",
        "seizure",
        ["parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.create_table(
        "warrant",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("power", sa.Text(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("court", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("premises", sa.Text(), nullable=False),
        sa.Column("several_entries", sa.Boolean(), nullable=False),
        sa.Column("executed", sa.Boolean(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("return_due", sa.Date(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("outcome_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_warrant_result_id_result"),
        sa.PrimaryKeyConstraint("result_id", name="pk_warrant"),
    )
    op.create_index(
        "ix_warrant_return_due",
        "warrant",
        ["return_due"],
        unique=False,
        postgresql_where=sa.text("returned_on is null"),
    )
    op.create_table(
        "disposal",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["arrest.result_id"], name="fk_disposal_result_id_arrest"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_disposal"),
    )
    op.create_table(
        "line_closure",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("line_name", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("arrest_id", sa.Uuid(), nullable=True),
        sa.Column("custody_ref", sa.Text(), nullable=True),
        sa.Column("charged_on", sa.Date(), nullable=True),
        sa.Column("deactivated_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["arrest_id"], ["arrest.result_id"], name="fk_line_closure_arrest_id_arrest"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["deal_line.result_id"], name="fk_line_closure_line_id_deal_line"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name="fk_line_closure_result_id_result"
        ),
        sa.PrimaryKeyConstraint("result_id", name="pk_line_closure"),
    )
    op.create_index("ix_line_closure_arrest_id", "line_closure", ["arrest_id"], unique=False)
    op.create_index("ix_line_closure_line_id", "line_closure", ["line_id"], unique=False)
    op.create_table(
        "line_number",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_line_number_from_before_to")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["deal_line.result_id"], name="fk_line_number_result_id_deal_line"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_line_number"),
    )
    op.create_index("ix_line_number_number", "line_number", ["number"], unique=False)
    op.create_table(
        "valuation",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("principal", sa.Boolean(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_valuation_value_not_negative")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["seizure.result_id"], name="fk_valuation_result_id_seizure"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_valuation"),
    )
    op.create_table(
        "warrant_entry",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("nobody_present", sa.Boolean(), nullable=True),
        sa.Column("outcomes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["warrant.result_id"], name="fk_warrant_entry_result_id_warrant"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_warrant_entry"),
    )
    op.create_table(
        "check_back",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("out_of_use", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["line_closure.result_id"], name="fk_check_back_result_id_line_closure"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_check_back"),
    )
    op.execute(RECORD_ADDED)
    for table in KINDS + CHILDREN:
        op.execute(
            f"create trigger record_change after update or delete on {table}"
            " for each row execute function record_change('result_id')"
        )
    for table in (*CHILDREN, "credit"):
        op.execute(
            f"create trigger record_added after insert on {table}"
            " for each row execute function record_added()"
        )
    op.execute(KEEP_ANCESTORS)
    op.execute(
        "create trigger keep_ancestors before insert on seizure"
        " for each row when (new.parent_id is not null) execute function keep_ancestors()"
    )
    op.execute(
        "create trigger keep_ancestors_moved before update of parent_id on seizure"
        " for each row execute function keep_ancestors()"
    )
    op.execute(MOVE_CONTENTS)
    op.execute(
        "create trigger move_contents after update of parent_id on seizure for each row"
        " when (old.ancestors is distinct from new.ancestors) execute function move_contents()"
    )
    # A figure is a long statement over few rows: compiling it takes far longer than running it.
    op.execute(ROLE_SETTING.format("set jit = off"))


def downgrade() -> None:
    op.drop_table("check_back")
    op.drop_table("warrant_entry")
    op.drop_table("valuation")
    op.drop_index("ix_line_number_number", table_name="line_number")
    op.drop_table("line_number")
    op.drop_index("ix_line_closure_line_id", table_name="line_closure")
    op.drop_index("ix_line_closure_arrest_id", table_name="line_closure")
    op.drop_table("line_closure")
    op.drop_table("disposal")
    op.drop_index(
        "ix_warrant_return_due",
        table_name="warrant",
        postgresql_where=sa.text("returned_on is null"),
    )
    op.drop_table("warrant")
    op.drop_index(
        "ix_seizure_parent_id",
        table_name="seizure",
        postgresql_where=sa.text("parent_id is not null"),
    )
    op.drop_index("ix_seizure_exhibit_ref", table_name="seizure")
    op.drop_table("seizure")
    op.drop_index("ix_deal_line_name", table_name="deal_line")
    op.drop_table("deal_line")
    op.drop_index("ix_arrest_custody_ref", table_name="arrest")
    op.drop_table("arrest")
    op.execute(ROLE_SETTING.format("reset jit"))
    op.execute("drop trigger record_added on credit")
    op.execute("drop function move_contents")
    op.execute("drop function keep_ancestors")
    op.execute("drop function record_added")
