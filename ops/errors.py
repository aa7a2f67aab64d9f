"""Every refusal the system can make, and the sentence a person reads.

Each class is one problem type of RFC 9457; `ops.api` turns it into its reply.
"""

from collections.abc import Mapping
from http import HTTPStatus

Errors = Mapping[str, object]


class OpsError(Exception):
    """A refusal: a sentence for a person, and errors by field where there are any."""

    status = HTTPStatus.BAD_REQUEST
    type = "bad-request"

    def __init__(self, sentence: str, errors: Errors | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.errors = errors or {}


class Unauthenticated(OpsError):
    """Nobody is signed in, or the token is no good."""

    status = HTTPStatus.UNAUTHORIZED
    type = "unauthenticated"


class Forbidden(OpsError):
    """The person may not do this."""

    status = HTTPStatus.FORBIDDEN
    type = "forbidden"


class Missing(OpsError):
    """There is no such thing, or not for this person."""

    status = HTTPStatus.NOT_FOUND
    type = "not-found"


class Conflict(OpsError):
    """It clashes with what is already there; `constraint` is the rule of the database it broke."""

    status = HTTPStatus.CONFLICT
    type = "conflict"
    constraint: str | None = None


class Refused(Conflict):
    """The state of the thing does not allow it; the sentence says what is missing."""

    type = "refused"


class Stale(OpsError):
    """Somebody else changed it first."""

    status = HTTPStatus.PRECONDITION_FAILED
    type = "stale"

    def __init__(
        self,
        sentence: str = "Somebody else changed this first; read it again.",
        errors: Errors | None = None,
    ) -> None:
        super().__init__(sentence, errors)


class Invalid(OpsError):
    """What was sent is not right; `errors` says which field and why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    type = "invalid"


class TooMany(OpsError):
    """Too many tries; wait `retry_after` seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    type = "too-many-requests"

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(OpsError):
    """The database cannot be reached just now; try again in `retry_after` seconds."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = "unavailable"
    retry_after = 5


class TooSlow(OpsError):
    """The database took longer over one statement than a request may hold it."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = "too-slow"
    # What held it up may be gone by then.
    retry_after = 30


# The database is the last validator: what each of its constraints says to a person.
CONSTRAINTS: dict[str, str] = {
    "uq_person_email": "Somebody already has this e-mail address.",
    "uq_factor_credential_id": "This passkey is already added, here or to another account.",
    "uq_organisation_code": "There is already an organisation with this code.",
    "uq_operation_reference": "There is already an operation with this reference.",
    "ck_operation_starts_before_it_ends": "An operation must end after it starts.",
    "ck_operation_not_its_own_parent": "An operation can't be its own parent or predecessor.",
    "ck_area_valid_from_before_to": "An area must stop being valid after it starts.",
    "uq_boundary_layer_code_valid_from": "This layer already has a boundary with this code.",
    "ck_phase_starts_before_it_ends": "A phase must end after it starts.",
    "uq_phase_operation_id_kind_starts_at": "This phase is already in the plan.",
    "uq_team_operation_id_name": "The operation already has a team with this name.",
    "ck_deployment_one_place": "Give a deployment one place: a site, an area or a point.",
    "ck_deployment_window_bounded": "A deployment's window needs a start and a later end.",
    "ex_assignment_nobody_in_two_places": (
        "Somebody assigned here is already deployed elsewhere at that time."
    ),
    "ex_reservation_nothing_in_two_places": (
        "Something reserved here is already reserved elsewhere at that time."
    ),
    "uq_reservation_deployment_id_asset_id": "This is reserved for the deployment already.",
    "uq_asset_organisation_id_kind_name": "Your organisation already has one of this name.",
    "uq_certificate_person_id_skill": "Somebody else wrote this just now; read it again.",
    "ck_certificate_from_before_expiry": "A certificate can't expire before its first day.",
    "uq_assignment_deployment_id_person_id": "This person is already on the deployment.",
    "fk_deployment_area_id_area": "A deployment takes place in this area; move it first.",
    "fk_deployment_line_id_deal_line": "There is no such line.",
    "fk_deployment_site_id_site": "There is no such site, or a deployment takes place there.",
    "uq_board_view_person_id_name": "You have kept a view of this name already; choose another.",
    "uq_national_week_name": "There is already a national week with this name.",
    "ck_national_week_starts_before_it_ends": "A week's last day can't be before its first.",
    "pk_guided_plan": "Somebody else changed this plan first; read it again.",
    "ck_plan_action_dropped_with_a_reason": "Say why it is dropped.",
    "ck_plan_action_partner_is_another": (
        "The partner is another organisation than the one that does it."
    ),
    "fk_plan_action_phase_of_operation": (
        "This operation has no such phase, or an action of its plan belongs to it."
    ),
    "fk_exit_criterion_phase_of_operation": (
        "This operation has no such phase, or it has criteria that say when it is left."
    ),
    "policy_plan_action": (
        "You can plan what your own organisation does; a lead plans what others do."
    ),
    "fk_decision_decided_by_person": "There is no such person; name somebody who is here.",
    "fk_decision_corrects_of_operation": "There is no such entry in this log; choose one of it.",
    "pk_decision": "There is already an entry with this id, and it is not the same.",
    "uq_target_measure_period_scope": "There is already a target for this measure and period.",
    "ck_target_starts_before_it_ends": "A target's last day can't be before its first.",
    "ck_target_one_scope": "A target is for one organisation or one operation.",
    "uq_measure_code_version": "Somebody else changed this measure first; read it again.",
    "ex_measure_one_version_at_a_time": (
        "Overlapping definition dates: another version of this measure holds on some of these days."
    ),
    "ck_measure_ends_after_it_starts": "A definition's last day can't be before its first.",
    "uq_framework_line_measure": "The framework has this measure already.",
    "uq_published_set_code": "Somebody else loaded this set just now; load the file again.",
    "uq_count_file_operation_id_source_version": (
        "Somebody else imported the same counts just now; load the file again."
    ),
    "uq_count_file_operation_id_source_sha256": (
        "Somebody else imported the same counts just now; load the file again."
    ),
    "uq_monthly_count_current": (
        "Somebody else imported the same counts just now; load the file again."
    ),
    "ck_comparison_baseline_from_before_to": "A baseline's last month can't be before its first.",
    "fk_reported_figure_operation_id_operation": "There is no such operation.",
    "fk_target_operation_id_operation": "There is no such operation.",
    "fk_credit_operation_id_operation": "There is no such operation to credit.",
    "fk_search_site_id_site": "There is no such site; leave it out, or name the prison.",
    "fk_engagement_site_id_site": "There is no such site; leave it out, or name the place.",
    "fk_seizure_parent_id_seizure": "There is no such seizure for this one to lie in.",
    "ck_seizure_not_inside_itself": "A seizure can't lie inside itself.",
    "uq_seizure_exhibit": (
        "This exhibit reference is taken; give another, or say who the producer is."
    ),
    "pk_custody_event": "There is already a step of custody with this id.",
    "policy_custody_event": "There is no such exhibit.",
    "ck_custody_event_struck_once": "This step was struck already.",
    "fk_line_closure_line_id_deal_line": "There is no such line to close; log the line first.",
    "fk_line_closure_arrest_id_arrest": "There is no such arrest; log the arrest first.",
    "fk_line_change_line_id_deal_line": "There is no such line; log the line first.",
    "ex_line_closure_once": (
        "This line is closed already; log that it was reopened before it is closed again, "
        "or look at the closure that stands."
    ),
    "ck_likely_double_keeps_the_wider": (
        "Fewer people may see this record than the other, so keep the other one."
    ),
    "uq_nil_return_deployment_id": "This deployment has a nil return already.",
    "uq_attachment_result_id_sha256": "This record has this photo already.",
    "policy_attachment": "There is no such result.",
    "pk_check_in": "There is already a check-in with this id.",
    "policy_check_in": "There is no such deployment, or you are not on it.",
    "pk_welfare_timer": "There is already a check-in timer with this id.",
    "policy_welfare_timer": "There is no such deployment, or you are not on it.",
    "pk_welfare_answer": "There is already an answer with this id.",
    "policy_welfare_answer": "There is no such operation, or you do not lead it.",
    "ck_nil_return_taken_back_once": "This nil return was taken back already.",
    "fk_nil_return_deployment_id_deployment": "There is no such deployment.",
    "ck_court_order_ends_after_it_starts": "An order can't end before it starts.",
    "ck_court_order_extended_beyond_its_end": "An extension can't end before the order did.",
    "ck_court_order_discharged_after_it_starts": "An order can't be discharged before it starts.",
    "fk_order_breach_order_id_court_order": "There is no such order; log the order first.",
    "fk_order_breach_arrest_id_arrest": "There is no such arrest; log the arrest first.",
    "policy_order_breach": "There is no such order, or no such arrest; log it first.",
    "ck_disruption_assessment_by_somebody_else": (
        "Whoever claimed a disruption can't assess it; somebody else must."
    ),
    "ck_premises_closure_ends_after_it_starts": "A closure can't end before it starts.",
    "ck_premises_closure_reopened_after_it_closed": "Premises can't reopen before they closed.",
    "fk_premises_closure_order_id_court_order": "There is no such order; log the order first.",
    "policy_premises_closure": "There is no such order; log the order first.",
    "fk_partner_action_phase_of_operation": (
        "This operation has no such phase, or a partner acted in it; name one of its own."
    ),
    "ex_membership_one_role_at_a_time": "This person is a member at that time already.",
    "ck_membership_ends_after_it_starts": "A membership must end after it starts.",
    "ck_result_four_eyes": "Whoever recorded a result can't confirm it; somebody else must.",
    "ck_confirmation_four_eyes": (
        "Whoever recorded a result can't confirm it; somebody else must."
    ),
    "uq_confirmation_result_id_how": "Somebody else confirmed this just now; read it again.",
    "uq_credit_result_id_operation_id": "This operation has the credit already.",
    "ck_retention_not_erased": "This was erased, so nothing more can be written to it.",
    "ck_retention_erasable": (
        "This can't be erased now: it takes a closed operation, no hold, the decision of somebody "
        "else, and a right to the operation that is not for an emergency."
    ),
    "policy_credit": "There is no such operation to credit.",
    "policy_operation": (
        "You would no longer see this operation yourself; become its member first."
    ),
    "policy_line_closure": "There is no such line to close, or no such arrest; log it first.",
    "policy_line_change": "There is no such line; log the line first.",
    "policy_nil_return": "There is no such deployment.",
    "policy_snapshot": (
        "You see only your own organisation's part of one of these operations, so you can't"
        " freeze them."
    ),
    "ck_release_four_eyes": "Whoever wrote a release can't approve it; somebody else must.",
    "ck_release_own_hand": "Each writes, approves and publishes in their own name.",
    "ck_release_published": (
        "This is published, so it stays as it is; revise a figure of it instead."
    ),
    "uq_reported_figure_supersedes_id": (
        "This figure was revised already; revise the one in its place."
    ),
    "ck_briefing_issued": "This version is issued, so it stays as it is; begin a new version.",
    "ck_briefing_own_hand": "Each writes, issues and withdraws in their own name.",
    "uq_briefing_draft": "There is a draft already; write in that one.",
    "uq_briefing_operation_id_version": "There is a draft already; write in that one.",
    "uq_briefing_copy_briefing_id_number": "Somebody else took a copy just now; take yours again.",
    "ck_subscription_own_hand": "This is somebody else's; you can pause or remove it.",
    "ck_subscription_events_some": "Choose what it tells of.",
    "ck_subscription_records_to_somebody": "Say who gets the records, and what for.",
    "policy_delivery": "There is no such subscription.",
    "ck_report_issued": ("This report is issued, so it stays as it is; begin a new issue of it."),
    "ck_report_own_hand": "Each writes, issues and withdraws in their own name.",
    "ck_report_four_eyes": "Whoever wrote a report can't issue it; somebody else must.",
    "ck_report_starts_before_it_ends": "The last day is before the first; give them in order.",
    "uq_report_draft": "There is a draft of the next issue already; write in that one.",
    "uq_report_series_id_number": "There is a draft of the next issue already; write in that one.",
    "policy_report": (
        "You see only your own organisation's part of one of these operations, so you can't"
        " report on them."
    ),
    "ck_line_number_from_before_to": "A number's last day can't be before its first.",
}


def sentence_for(constraint: str | None) -> str:
    """Say what a broken constraint means; a name unknown here still gets a sentence."""
    return CONSTRAINTS.get(
        constraint or "", "This clashes with a record that is already there, or refers to none."
    )
