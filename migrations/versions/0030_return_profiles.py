"""Keep as data what an outside body asks for: which of its columns is filled by which measure.

The one that comes with it is of a county lines week. The form that forces are sent is not public,
so its headings are ours: whoever has the form puts them right, as a new version.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

FACTS = (
    ("Force", "organisation"),
    ("Operation", "operation"),
    ("Reference", "reference"),
    ("From", "from"),
    ("To", "to"),
    ("As at", "as_at"),
    ("Marking", "marking"),
)
MEASURES = (
    ("Deal lines closed (type 1)", "lines_closed_type_1"),
    ("Deal lines closed (type 2)", "lines_closed_type_2"),
    ("Deal lines closed (all)", "lines_closed"),
    ("Warrants executed", "warrants_executed"),
    ("Arrests", "arrests"),
    ("People charged", "people_charged"),
    ("Cash seized (GBP)", "cash_seized"),
    ("Drugs seized, value (GBP)", "drugs_value_seized"),
    ("Drugs seized, weight (g)", "drugs_weight_seized"),
    ("Weapons seized", "weapons_seized"),
    ("Firearms seized", "firearms_seized"),
    ("Phones seized", "phones_seized"),
    ("SIM cards seized", "sim_cards_seized"),
    ("Cuckooed addresses visited", "cuckooed_addresses_visited"),
    ("Adults safeguarded", "adults_safeguarded"),
    ("Children safeguarded", "children_safeguarded"),
    ("NRM referrals", "nrm_referrals"),
    ("Safeguarding referrals", "safeguarding_referrals"),
    ("School and community sessions", "sessions_delivered"),
    ("People reached", "people_reached"),
    ("Officers deployed", "officers_deployed"),
)


def upgrade() -> None:
    profile = op.create_table(
        "return_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("is_built_in", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("jsonb_typeof(columns) = 'array'", name=op.f("ck_return_profile_list")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["person.id"], name="fk_return_profile_made_by_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_return_profile"),
        sa.UniqueConstraint("code", "version", name="uq_return_profile_code_version"),
    )
    # A version that was sent by stays as it was.
    op.execute("revoke update, delete on return_profile from ops_application")
    op.execute(
        "create trigger record_change after update or delete on return_profile"
        " for each row execute function record_change('id', 'row')"
    )
    op.execute(
        "create trigger record_added after insert on return_profile referencing new table as added"
        " for each statement execute function record_added('id', 'row')"
    )
    op.execute(
        profile.insert().values(
            id=sa.func.gen_random_uuid(),
            code="county_lines_week",
            version=1,
            name="County lines week of action",
            recipient="National County Lines Coordination Centre",
            notes="The headings are ours, since the form is not public: put them as the form has"
            " them, and save that as a new version.",
            columns=[{"name": name, "fact": fact} for name, fact in FACTS]
            + [{"name": name, "measure": measure} for name, measure in MEASURES],
            is_built_in=True,
        )
    )


def downgrade() -> None:
    op.drop_table("return_profile")
