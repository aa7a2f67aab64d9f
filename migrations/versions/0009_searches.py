"""Record searches, safeguarding, engagement and resources."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# A search is named by its site where it has one, so that a prison is one prison.
NAME_ESTABLISHMENT = """
create function name_establishment() returns trigger language plpgsql as $$
begin
    select name into new.establishment from site where id = new.site_id;
    return new;
end
$$
"""


def upgrade() -> None:
    _make_searches()
    _make_safeguarding()
    _make_engagement()
    _make_resources()


def downgrade() -> None:
    scoped.forget(
        (
            "resource_count",
            "resource",
            "engagement_count",
            "engagement",
            "nrm_decision",
            "referral",
            "safeguarded_people",
            "safeguarding",
            "search_find",
            "search_outcome",
            "search_count",
            "search",
        )
    )
    op.execute("drop function name_establishment")


def _make_searches() -> None:
    op.create_table(
        "search",
        *scoped.scope("search"),
        _text("type"),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        _maybe("establishment"),
        *map(_codes, ("methods", "searched_by", "found_in", "conveyed_by", "held_by", "lists")),
        *map(_maybe, ("dry_reason", "power", "looked_for", "stop_outcome")),
        sa.Column("is_linked", sa.Boolean(), nullable=True),
        sa.Column("outer_clothing", sa.Boolean(), nullable=True),
        *map(_maybe, ("age_band", "sex", "ethnicity")),
        *map(_codes, ("target_codes", "outcome_codes", "find_codes")),
        *_tallies(),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_search_site_id_site"),
        sa.PrimaryKeyConstraint("result_id", name="pk_search"),
    )
    op.execute(NAME_ESTABLISHMENT)
    op.execute(
        "create trigger name_establishment before insert or update of site_id, establishment"
        " on search for each row when (new.site_id is not null)"
        " execute function name_establishment()"
    )
    scoped.follow_result(
        "search",
        keeps="type site_id establishment methods searched_by found_in conveyed_by held_by lists"
        " dry_reason power looked_for stop_outcome is_linked outer_clothing age_band sex"
        " target_codes outcome_codes find_codes numbers qualifiers",
    )
    _make_rows("search_count", "search", _codes("what"), *_number())
    _make_rows("search_outcome", "search", _text("outcome"), *_number())
    _make_rows("search_find", "search", _text("category"), *_number(nullable=True))


def _make_safeguarding() -> None:
    op.create_table(
        "safeguarding",
        *scoped.scope("safeguarding"),
        _codes("actions"),
        sa.Column("number", sa.Numeric(), nullable=True),
        _maybe("qualifier"),
        sa.Column("addresses", sa.Numeric(), nullable=True),
        *map(_maybe, ("addresses_qualifier", "cuckooed", "address_ref", "person_ref")),
        *map(_codes, ("roles", "concerns")),
        sa.Column("consent", sa.Boolean(), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_told_at", sa.DateTime(timezone=True), nullable=True),
        *map(_maybe, ("first_responder", "nrm_reference", "age_group", "sex")),
        *map(_codes, ("referral_codes", "decision_codes")),
        *_tallies(),
        sa.PrimaryKeyConstraint("result_id", name="pk_safeguarding"),
    )
    op.create_index("ix_safeguarding_person_ref", "safeguarding", ["person_ref"])
    scoped.follow_result(
        "safeguarding",
        keeps="actions number qualifier addresses addresses_qualifier cuckooed roles concerns"
        " first_responder age_group sex referral_codes decision_codes numbers qualifiers",
        keeps_day="notified_at authority_told_at",
    )
    _make_rows("safeguarded_people", "safeguarding", _text("age_group"), _text("sex"), *_number())
    _make_rows(
        "referral",
        "safeguarding",
        _text("to"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _maybe("outcome"),
    )
    _make_rows(
        "nrm_decision",
        "safeguarding",
        _text("decision"),
        sa.Column("on", sa.Date(), nullable=False),
    )


def _make_engagement() -> None:
    op.create_table(
        "engagement",
        *scoped.scope("engagement"),
        _text("activity"),
        *map(_codes, ("audience", "topics", "school_years", "partners")),
        *map(_maybe, ("provider", "venue")),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        *_tallies(),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_engagement_site_id_site"),
        sa.PrimaryKeyConstraint("result_id", name="pk_engagement"),
    )
    scoped.follow_result(
        "engagement",
        keeps="activity audience topics school_years partners site_id numbers qualifiers",
    )
    _make_rows("engagement_count", "engagement", _text("what"), *_number())


def _make_resources() -> None:
    op.create_table(
        "resource",
        *scoped.scope("resource"),
        *map(_maybe, ("role", "supplied_by")),
        _codes("partners"),
        *_tallies(),
        sa.PrimaryKeyConstraint("result_id", name="pk_resource"),
    )
    scoped.follow_result("resource", keeps="role partners numbers qualifiers")
    _make_rows("resource_count", "resource", _text("what"), *_number())


def _make_rows(table: str, owner: str, *columns: sa.Column) -> None:
    """Make the table of a list inside a record; all that a count says of nobody stays."""
    op.create_table(
        table,
        *scoped.scope(table),
        sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["result_id"], [f"{owner}.result_id"], name=f"fk_{table}_result_id_{owner}"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name=f"pk_{table}"),
    )
    days = " ".join(column.name for column in columns if column.name == "at")
    kept = " ".join(column.name for column in columns if column.name != "at")
    scoped.follow_result(table, keeps=kept, keeps_day=days, is_child=True)


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=False)


def _maybe(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), nullable=True)


def _codes(name: str) -> sa.Column:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _number(*, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column("number", sa.Numeric(), nullable=nullable), _text("qualifier")]


def _tallies() -> list[sa.Column]:
    return [
        sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("numbers", "qualifiers")
    ]
