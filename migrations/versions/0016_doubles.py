"""Find likely doubles, and merge them.

Triggers find them when a record is logged or gets another reference, in all operations: who may
see a pair is decided when it is read, and that is whoever sees both records.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import finding, merging

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BOTH = "exists (select from result where id = result_id) and exists (select from result where id = other_id)"


def upgrade() -> None:
    op.create_table(
        "likely_double",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("kept_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.CheckConstraint("result_id < other_id", name=op.f("ck_likely_double_in_order")),
        sa.CheckConstraint(
            "decision IN ('same', 'different')", name=op.f("ck_likely_double_decision_known")
        ),
        sa.CheckConstraint(
            "num_nulls(decision, decided_by, decided_at) in (0, 3)",
            name=op.f("ck_likely_double_decided_whole"),
        ),
        sa.CheckConstraint(
            "case when decision = 'same' then kept_id is not null"
            " and kept_id in (result_id, other_id) else kept_id is null end",
            name=op.f("ck_likely_double_keeps_one"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name="fk_likely_double_result_id_result"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["result.id"], name="fk_likely_double_other_id_result"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name="fk_likely_double_decided_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_likely_double"),
        sa.UniqueConstraint("result_id", "other_id", name="uq_likely_double_result_id_other_id"),
    )
    op.create_index("ix_likely_double_other_id", "likely_double", ["other_id"])
    op.create_index("ix_likely_double_found_at_id", "likely_double", ["found_at", "id"])
    op.create_index("ix_deal_line_lower_name", "deal_line", [sa.text("lower(name)")])
    op.create_index("ix_seizure_seal", "seizure", ["seal"])
    op.create_index("ix_warrant_reference", "warrant", ["reference"])
    op.create_index("ix_line_closure_line_name", "line_closure", ["line_name"])
    _decide_who()
    finding.find()
    merging.merge()


def _decide_who() -> None:
    op.execute("alter table likely_double enable row level security")
    op.execute("alter table likely_double force row level security")
    op.execute("create policy owner on likely_double to current_user using (true)")
    op.execute(f"create policy seen on likely_double for select to ops_application using ({BOTH})")
    op.execute(
        "create policy made on likely_double for insert to ops_application"
        f" with check (({BOTH}) and reasons = '{{named}}')"
    )
    op.execute(
        f"create policy changed on likely_double for update to ops_application using ({BOTH})"
        " with check (decided_by = actor_id())"
    )
    op.execute("revoke insert, update, delete on likely_double from ops_application")
    op.execute(
        "grant insert (id, result_id, other_id, reasons) on likely_double to ops_application"
    )
    op.execute(
        "grant update (decision, kept_id, decided_by, decided_at, why)"
        " on likely_double to ops_application"
    )


def downgrade() -> None:
    merging.merge_no_more()
    finding.find_no_more()
    op.drop_index("ix_line_closure_line_name", "line_closure")
    op.drop_index("ix_warrant_reference", "warrant")
    op.drop_index("ix_seizure_seal", "seizure")
    op.drop_index("ix_deal_line_lower_name", "deal_line")
    op.drop_table("likely_double")
