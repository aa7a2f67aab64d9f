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
    "uq_assignment_deployment_id_person_id": "This person is already on the deployment.",
    "fk_deployment_area_id_area": "A deployment takes place in this area; move it first.",
    "fk_deployment_site_id_site": "There is no such site, or a deployment takes place there.",
    "uq_target_measure_period_scope": "There is already a target for this measure and period.",
    "ck_target_starts_before_it_ends": "A target's last day can't be before its first.",
    "ck_target_one_scope": "A target is for one organisation or one operation.",
    "uq_published_set_code": "Somebody else loaded this set just now; load the file again.",
    "fk_reported_figure_operation_id_operation": "There is no such operation.",
    "fk_target_operation_id_operation": "There is no such operation.",
    "fk_credit_operation_id_operation": "There is no such operation to credit.",
    "fk_seizure_parent_id_seizure": "There is no such seizure for this one to lie in.",
    "ck_seizure_not_inside_itself": "A seizure can't lie inside itself.",
    "fk_line_closure_line_id_deal_line": "There is no such line to close; log the line first.",
    "fk_line_closure_arrest_id_arrest": "There is no such arrest; log the arrest first.",
    "ex_membership_one_role_at_a_time": "This person is a member at that time already.",
    "ck_membership_ends_after_it_starts": "A membership must end after it starts.",
    "ck_result_four_eyes": "Whoever recorded a result can't confirm it; somebody else must.",
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
    "ck_line_number_from_before_to": "A number's last day can't be before its first.",
}


def sentence_for(constraint: str | None) -> str:
    """Say what a broken constraint means; a name unknown here still gets a sentence."""
    return CONSTRAINTS.get(
        constraint or "", "This clashes with a record that is already there, or refers to none."
    )
