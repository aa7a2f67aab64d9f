"""Let people define measures: who made a version, why, and no two of a code on one day.

With them the framework of the strategy: which measures it is held to, as rows that
can be changed without a release.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The first 48 bits of a UUIDv7 are the milliseconds at which it was made.
MADE_AT = """
update measure set made_at = to_timestamp(
    ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0
)
"""
# Until now the highest version counted, whatever the dates: so each ends where the next began.
PART_VERSIONS = (
    """
    update measure set valid_from = (made_at at time zone 'Europe/London')::date
    where version > 1 and valid_from is null
    """,
    """
    update measure set valid_to = later.starts_on - 1
    from (
        select id, lead(valid_from) over (partition by code order by version) as starts_on
        from measure
    ) later
    where later.id = measure.id and later.starts_on is not null
        and (measure.valid_to is null or measure.valid_to >= later.starts_on)
    """,
    # A version that was replaced on the day it began never held.
    "update measure set valid_to = valid_from - 1 where valid_to < valid_from - 1",
)
APART = """
alter table measure add constraint ex_measure_one_version_at_a_time
    exclude using gist (code with =, daterange(valid_from, valid_to + 1) with &&)
"""
# The strategy's own measures; a code that is no measure yet shows what others report of it.
LINES = (
    ("prepare", "threats_with_plan", "Threats mapped and risk-assessed, with a 4P plan in place"),
    ("prevent", "orders_made", "Ancillary and offender-management orders made"),
    ("prevent", "people_reached", "People made aware of what serious and organised crime is"),
    ("pursue", "disruptions_major", "Groups, individuals and vulnerabilities disrupted: major"),
    ("pursue", "disruptions_moderate", "Disrupted: moderate"),
    ("pursue", "disruptions_minor", "Disrupted: minor"),
    ("protect", "communities_funded", "Communities funded from recovered criminal assets"),
    ("protect", "adults_safeguarded", "Adults safeguarded"),
    ("protect", "children_safeguarded", "Children safeguarded"),
)


def upgrade() -> None:
    op.add_column("measure", sa.Column("notes", sa.Text(), nullable=True))
    op.add_column("measure", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("measure", sa.Column("withdrawn_because", sa.Text(), nullable=True))
    op.add_column("measure", sa.Column("made_by", sa.Uuid(), nullable=True))
    op.add_column(
        "measure",
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    )
    op.add_column(
        "measure",
        sa.Column("is_built_in", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_foreign_key("fk_measure_made_by_person", "measure", "person", ["made_by"], ["id"])
    op.execute("update measure set is_built_in = true")
    op.execute(MADE_AT)
    for statement in PART_VERSIONS:
        op.execute(statement)
    op.create_check_constraint(
        op.f("ck_measure_ends_after_it_starts"), "measure", "valid_to >= valid_from - 1"
    )
    op.execute(APART)
    op.create_table(
        "framework_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("four_p", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "four_p IN ('prepare', 'prevent', 'pursue', 'protect')",
            name=op.f("ck_framework_line_four_p_known"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_framework_line"),
        sa.UniqueConstraint("measure", name="uq_framework_line_measure"),
    )
    op.execute(
        "create trigger record_change after update or delete on framework_line"
        " for each row execute function record_change('id', 'row')"
    )
    op.execute(
        "create trigger record_added after insert on framework_line referencing new table as added"
        " for each statement execute function record_added('id', 'row')"
    )
    lines = sa.table(
        "framework_line", *map(sa.column, ("id", "position", "four_p", "measure", "label"))
    )
    for position, (four_p, measure, label) in enumerate(LINES):
        op.execute(
            lines.insert().values(
                id=sa.func.gen_random_uuid(),
                position=position,
                four_p=four_p,
                measure=measure,
                label=label,
            )
        )


def downgrade() -> None:
    op.drop_table("framework_line")
    op.drop_constraint("ex_measure_one_version_at_a_time", "measure")
    op.drop_constraint(op.f("ck_measure_ends_after_it_starts"), "measure")
    op.drop_constraint("fk_measure_made_by_person", "measure")
    for column in ("is_built_in", "made_at", "made_by", "withdrawn_because", "reason", "notes"):
        op.drop_column("measure", column)
