"""Record court orders, disruptions, closed premises and what partners did."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

from migrations import scoped

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# A record may name only what its writer sees: what is hidden answers as what is not there.
NAMES = {
    "order_breach": (
        "(order_id is null"
        " or exists (select from court_order named where named.result_id = order_id))"
        " and (arrest_id is null"
        " or exists (select from arrest named where named.result_id = arrest_id))"
    ),
    "premises_closure": (
        "order_id is null"
        " or exists (select from court_order named where named.result_id = order_id)"
    ),
}
# Who assesses is whoever writes it, and an assessment that somebody changes is theirs. Whoever
# claimed the disruption can neither write one nor take one away.
ASSESS = """
create function assess_by_another() returns trigger language plpgsql
set search_path = public, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        if old.recorded_by = actor_id() then
            raise check_violation using
                constraint = 'ck_disruption_assessment_by_somebody_else',
                message = 'the claimant can not take an assessment away';
        end if;
        return old;
    end if;
    new.assessed_by := coalesce(actor_id(), new.assessed_by);
    return new;
end
$$
"""


def upgrade() -> None:
    _make_orders()
    _make_breaches()
    _make_disruptions()
    _make_premises()
    _make_partner_actions()
    for table, made in NAMES.items():
        # A correction may name no more than a new record.
        seen = scoped.IN_RESULT.replace("{table}", table)
        op.execute(f"alter policy changed on {table} with check (({seen}) and ({made}))")


def _make_orders() -> None:
    op.create_table(
        "court_order",
        *scoped.scope("court_order"),
        sa.Column("order_type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_ref", sa.Text(), nullable=True),
        sa.Column("age_group", sa.Text(), nullable=True),
        sa.Column("applicant", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("court", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("interim", sa.Boolean(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("discharged_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("has_zone", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_court_order_ends_after_it_starts")
        ),
        sa.CheckConstraint(
            "extended_to >= ends_on", name=op.f("ck_court_order_extended_beyond_its_end")
        ),
        sa.CheckConstraint(
            "discharged_on >= starts_on", name=op.f("ck_court_order_discharged_after_it_starts")
        ),
        sa.PrimaryKeyConstraint("result_id", name="pk_court_order"),
    )
    op.create_index("ix_court_order_subject_ref", "court_order", ["subject_ref"])
    op.create_index("ix_court_order_expires_on", "court_order", ["expires_on"])
    scoped.follow_result(
        "court_order",
        keeps="order_type subject age_group applicant made_by made_on starts_on ends_on hours"
        " interim extended_to discharged_on expires_on has_zone",
    )
    op.create_table(
        "order_condition",
        *scoped.scope("order_condition"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("zone", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["court_order.result_id"],
            name="fk_order_condition_result_id_court_order",
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_order_condition"),
    )
    scoped.follow_result("order_condition", is_child=True)


def _make_breaches() -> None:
    op.create_table(
        "order_breach",
        *scoped.scope("order_breach"),
        sa.Column("order_type", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("subject_ref", sa.Text(), nullable=True),
        sa.Column("age_group", sa.Text(), nullable=True),
        sa.Column("breaches", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("force", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("arrest_id", sa.Uuid(), nullable=True),
        sa.Column("custody_ref", sa.Text(), nullable=True),
        sa.Column("followed_codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sentence_months", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["court_order.result_id"], name="fk_order_breach_order_id_court_order"
        ),
        sa.ForeignKeyConstraint(
            ["arrest_id"], ["arrest.result_id"], name="fk_order_breach_arrest_id_arrest"
        ),
        sa.PrimaryKeyConstraint("result_id", name="pk_order_breach"),
    )
    for column in ("order_id", "subject_ref", "arrest_id"):
        op.create_index(f"ix_order_breach_{column}", "order_breach", [column])
    scoped.follow_result(
        "order_breach",
        keeps="order_type age_group breaches force followed_codes sentence_months",
        made=NAMES["order_breach"],
    )
    op.create_table(
        "breach_followed",
        *scoped.scope("breach_followed"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.CheckConstraint("months >= 0", name=op.f("ck_breach_followed_months_not_negative")),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["order_breach.result_id"],
            name="fk_breach_followed_result_id_order_breach",
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_breach_followed"),
    )
    scoped.follow_result("breach_followed", keeps="code on months", is_child=True)


def _make_disruptions() -> None:
    op.create_table(
        "disruption",
        *scoped.scope("disruption"),
        sa.Column("four_p", sa.Text(), nullable=False),
        sa.Column("level_claimed", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("target_ref", sa.Text(), nullable=True),
        sa.Column("what_was_done", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("impact", sa.Text(), nullable=True),
        sa.Column("duration", sa.Text(), nullable=True),
        sa.Column("disrupted_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("level_assessed", sa.Text(), nullable=True),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("review_outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("result_id", name="pk_disruption"),
    )
    op.create_index("ix_disruption_target_ref", "disruption", ["target_ref"])
    op.create_index(
        "ix_disruption_review_due",
        "disruption",
        ["review_due"],
        postgresql_where=sa.text("review_due is not null"),
    )
    scoped.follow_result(
        "disruption",
        keeps="four_p level_claimed target impact duration disrupted_on level level_assessed"
        " review_due review_outcome",
    )
    op.create_table(
        "disruption_assessment",
        *scoped.scope("disruption_assessment"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("assessed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "assessed_by <> recorded_by", name=op.f("ck_disruption_assessment_by_somebody_else")
        ),
        sa.ForeignKeyConstraint(
            ["assessed_by"], ["person.id"], name="fk_disruption_assessment_assessed_by_person"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["disruption.result_id"],
            name="fk_disruption_assessment_result_id_disruption",
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_disruption_assessment"),
    )
    scoped.follow_result("disruption_assessment", keeps="on level assessed_by", is_child=True)
    op.execute(ASSESS)
    op.execute(
        "create trigger assess_by_another before insert or delete on disruption_assessment"
        " for each row execute function assess_by_another()"
    )
    # An erasure empties the reasons, and assesses nothing anew.
    op.execute(
        "create trigger assess_anew before update on disruption_assessment for each row"
        ' when ((old.level, old."on", old.position) is distinct from'
        ' (new.level, new."on", new.position)'
        " or old.reasons is distinct from new.reasons and new.reasons is not null)"
        " execute function assess_by_another()"
    )
    op.create_table(
        "disruption_review",
        *scoped.scope("disruption_review"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["disruption.result_id"],
            name="fk_disruption_review_result_id_disruption",
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name="pk_disruption_review"),
    )
    scoped.follow_result("disruption_review", keeps="after on outcome", is_child=True)


def _make_premises() -> None:
    op.create_table(
        "premises_closure",
        *scoped.scope("premises_closure"),
        sa.Column("closure", sa.Text(), nullable=False),
        sa.Column("premises_name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("uprn", sa.Text(), nullable=True),
        sa.Column("premises_key", sa.Text(), nullable=True),
        sa.Column("trade", sa.Text(), nullable=True),
        sa.Column("authority", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.Column("reopened_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "closed_until >= closed_on", name=op.f("ck_premises_closure_ends_after_it_starts")
        ),
        sa.CheckConstraint(
            "reopened_on >= closed_on", name=op.f("ck_premises_closure_reopened_after_it_closed")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["court_order.result_id"], name="fk_premises_closure_order_id_court_order"
        ),
        sa.PrimaryKeyConstraint("result_id", name="pk_premises_closure"),
    )
    for column in ("premises_key", "order_id"):
        op.create_index(f"ix_premises_closure_{column}", "premises_closure", [column])
    scoped.follow_result(
        "premises_closure",
        keeps="closure trade authority closed_on closed_until reopened_on",
        made=NAMES["premises_closure"],
    )


def _make_partner_actions() -> None:
    # A phase belongs to the operation whose partners acted in it.
    op.create_unique_constraint("uq_phase_id_operation_id", "phase", ["id", "operation_id"])
    op.create_table(
        "partner_action",
        *scoped.scope("partner_action"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=True),
        sa.Column("partner_name", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("number", sa.Numeric(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("tonnes", sa.Numeric(), nullable=True),
        sa.Column("four_p", sa.Text(), nullable=True),
        sa.Column("phase_id", sa.Uuid(), nullable=True),
        sa.Column("premises", sa.Text(), nullable=True),
        sa.Column("premises_key", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_partner_action_number_not_negative")),
        sa.ForeignKeyConstraint(
            ["phase_id", "operation_id"],
            ["phase.id", "phase.operation_id"],
            name="fk_partner_action_phase_of_operation",
        ),
        sa.PrimaryKeyConstraint("result_id", name="pk_partner_action"),
    )
    op.create_index("ix_partner_action_premises_key", "partner_action", ["premises_key"])
    op.create_index(
        "ix_partner_action_phase_id",
        "partner_action",
        ["phase_id"],
        postgresql_where=sa.text("phase_id is not null"),
    )
    op.create_index(
        "ix_partner_action_due_on",
        "partner_action",
        ["due_on"],
        postgresql_where=sa.text("completed_on is null"),
    )
    scoped.follow_result(
        "partner_action",
        keeps="action partner about number unit qualifier tonnes four_p phase_id due_on"
        " completed_on",
    )


def downgrade() -> None:
    scoped.forget(
        [
            "partner_action",
            "premises_closure",
            "disruption_review",
            "disruption_assessment",
            "disruption",
            "breach_followed",
            "order_breach",
            "order_condition",
            "court_order",
        ]
    )
    op.execute("drop function assess_by_another()")
    op.drop_constraint("uq_phase_id_operation_id", "phase")
