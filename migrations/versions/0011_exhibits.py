"""Follow what was seized to its end: packages, exhibits, custody; and who was arrested."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())
NONE = sa.text("'{}'")
MOMENT = sa.DateTime(timezone=True)
PRODUCER = (
    r"coalesce(upper(btrim(producer)), substring(upper(exhibit_ref) from '^\s*([A-Z]+)'),"
    " recorded_by::text)"
)
REFERENCE = r"translate(upper(regexp_replace(exhibit_ref, '\s', '', 'g')), '\.-', '///')"
FILL = (
    "update arrest set offence_codes = array[reason]",
    """
    update arrest set disposal_now = last.code
    from (
        select distinct on (result_id) result_id, code from disposal
        order by result_id, at desc, position desc
    ) last
    where last.result_id = arrest.result_id
    """,
    "update seizure set opened = false where category = 'package'",
    """
    update seizure set basis_values = worth.values, basis_qualifiers = worth.qualifiers
    from (
        select result_id, array_agg(value order by basis) as values,
            array_agg(qualifier order by basis) as qualifiers
        from (
            select distinct on (result_id, basis) result_id, basis, value, qualifier
            from valuation order by result_id, basis, principal desc, position
        ) first_of_each
        group by result_id
    ) worth
    where worth.result_id = seizure.result_id
    """,
    # A struck exhibit holds its reference no more. Where one was given twice before there was
    # a rule, the first keeps it, and the others stand as they are.
    """
    update seizure set is_void = true
    from (
        select seizure.result_id, result.status = 'struck' or row_number() over (
            partition by seizure.operation_id, exhibit_producer, exhibit_key,
                result.status = 'struck'
            order by result.recorded_at, result.id
        ) > 1 as is_void
        from seizure join result on result.id = seizure.result_id
        where exhibit_key is not null
    ) found
    where found.result_id = seizure.result_id and found.is_void
    """,
)
# A reference is free again once the record that had it was struck.
FREE_REFERENCE = """
create function free_reference() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update seizure set is_void = (new.status = 'struck')
        where result_id = new.id and exhibit_key is not null;
    return null;
end
$$
"""
# What was struck says so once and for all; nothing else of an event ever changes.
STRIKE_ONCE = """
create function strike_once() returns trigger
language plpgsql set search_path = public, pg_temp as $$
begin
    raise check_violation using
        constraint = 'ck_custody_event_struck_once', message = 'this was struck already';
end
$$
"""


def _columns() -> dict[str, list[sa.Column]]:
    """Give the columns that the kinds get, made anew for each use."""
    return {
        "seizure": [
            sa.Column("item", sa.Text()),
            sa.Column("opened", sa.Boolean()),
            sa.Column("opened_at", MOMENT),
            sa.Column(
                "basis_values", postgresql.ARRAY(sa.Numeric()), server_default=NONE, nullable=False
            ),
            sa.Column("basis_qualifiers", TEXTS, server_default=NONE, nullable=False),
            sa.Column("drug_tested", sa.Text()),
            sa.Column("drug_tested_at", MOMENT),
            sa.Column("producer", sa.Text()),
            sa.Column("exhibit_producer", sa.Text(), sa.Computed(PRODUCER, persisted=True)),
            sa.Column("exhibit_key", sa.Text(), sa.Computed(REFERENCE, persisted=True)),
            sa.Column("is_void", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("poca_route", sa.Text()),
            sa.Column("poca_due_at", MOMENT),
            sa.Column("fiu_informed_at", MOMENT),
            sa.Column("detention_order_at", MOMENT),
            sa.Column("detention_order_ref", sa.Text()),
        ],
        "arrest": [
            sa.Column("offences", TEXTS, server_default=NONE, nullable=False),
            sa.Column("offence_codes", TEXTS, server_default=NONE, nullable=False),
            sa.Column("person_ref", sa.Text()),
            sa.Column("rearrest", sa.Boolean()),
            sa.Column("scene_role", sa.Text()),
            sa.Column("made_by", sa.Text(), server_default="own", nullable=False),
            sa.Column("force", sa.Text()),
            sa.Column("disposal_now", sa.Text()),
            sa.Column("charge_codes", TEXTS, server_default=NONE, nullable=False),
        ],
    }


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    op.add_column("disposal", sa.Column("offences", TEXTS))
    for table in ("seizure", "arrest"):
        # What is filled in here follows from what is there, and is no change of a record.
        op.execute(f"alter table {table} disable trigger user")
    for statement in FILL:
        op.execute(statement)
    for table in ("seizure", "arrest"):
        op.execute(f"alter table {table} enable trigger user")
    op.create_index("ix_arrest_person_ref", "arrest", ["person_ref"])
    op.create_index(
        "uq_seizure_exhibit",
        "seizure",
        ["operation_id", "exhibit_producer", "exhibit_key"],
        unique=True,
        postgresql_where=sa.text("exhibit_key is not null and not is_void"),
    )
    op.create_index(
        "ix_seizure_poca_due_at_result_id",
        "seizure",
        ["poca_due_at", "result_id"],
        postgresql_where=sa.text("poca_due_at is not null and detention_order_at is null"),
    )
    op.execute(FREE_REFERENCE)
    op.execute(
        "create trigger free_reference after update of status on result for each row"
        " when (new.kind = 'seizure' and (old.status = 'struck') <> (new.status = 'struck'))"
        " execute function free_reference()"
    )
    scoped.keep(
        "seizure",
        "item opened drug_tested basis_values basis_qualifiers is_void poca_route",
        "opened_at drug_tested_at",
    )
    scoped.keep(
        "arrest",
        "offences offence_codes charge_codes disposal_now rearrest scene_role made_by force",
    )
    scoped.keep("disposal", "offences")
    _add_custody()


def _add_custody() -> None:
    op.create_table(
        "custody_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        *scoped.scope("custody_event"),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("from_holder", sa.Text(), nullable=True),
        sa.Column("to_holder", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("seal", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("entered_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("struck_at", MOMENT, nullable=True),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(struck_at, struck_by, struck_reason) IN (0, 3)",
            name=op.f("ck_custody_event_struck_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["seizure.result_id"], name="fk_custody_event_result_id_seizure"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["person.id"], name="fk_custody_event_entered_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["struck_by"], ["person.id"], name="fk_custody_event_struck_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_custody_event"),
    )
    op.create_index("ix_custody_event_result_id_at_id", "custody_event", ["result_id", "at", "id"])
    # Nothing is kept of it at an erasure: who held what says nothing to a figure.
    scoped.follow_result("custody_event", made="custody_event.entered_by = actor_id()")
    op.execute("revoke update on custody_event from ops_application")
    op.execute(
        "grant update (struck_at, struck_by, struck_reason) on custody_event to ops_application"
    )
    # Whoever strikes an event does it in their own name.
    op.execute("alter policy changed on custody_event with check (struck_by = actor_id())")
    op.execute(STRIKE_ONCE)
    op.execute(
        "create trigger strike_once before update on custody_event for each row when ("
        "old.struck_at is not null and (new.struck_at, new.struck_by, new.struck_reason)"
        " is distinct from (old.struck_at, old.struck_by, old.struck_reason))"
        " execute function strike_once()"
    )
    op.execute(
        "create trigger refuse_erased_insert before insert on custody_event"
        " for each row execute function refuse_erased('operation_id', 'result_id')"
    )


def downgrade() -> None:
    scoped.forget(("custody_event",))
    op.execute("drop function strike_once")
    op.execute("drop trigger free_reference on result")
    op.execute("drop function free_reference")
    op.drop_column("disposal", "offences")
    for table, columns in _columns().items():
        names = [column.name for column in columns]
        for name in reversed(names):
            op.drop_column(table, name)
        op.execute(
            sa.text(
                "delete from erasure_keeps where table_name = :name and column_name = any(:names)"
            ).bindparams(name=table, names=names)
        )
    op.execute(
        "delete from erasure_keeps where table_name = 'disposal' and column_name = 'offences'"
    )
