"""The wire of what is still owed: returns to court, reports, second looks at disruptions."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Moment, Text
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, DEPLOYMENT_STATUSES
from ops.operations.schemas import ClockedSchema, StampedSchema
from ops.results.kinds.disruptions import ASSESSED, TARGETS
from ops.results.kinds.warrants import POWERS
from ops.results.nil_reasons import REASONS


class WarrantReturnSchema(ma.Schema):
    """A warrant and its way back to court; that it is back is written to its own record"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    occurred_at = ma.fields.AwareDateTime(required=True)
    power = Code(POWERS, required=True)
    reference = ma.fields.String(required=True, allow_none=True)
    court = ma.fields.String(required=True, allow_none=True)
    granted_on = ma.fields.Date(required=True, allow_none=True)
    executed = ma.fields.Boolean(required=True)
    expires_on = ma.fields.Date(required=True, allow_none=True)
    return_due = ma.fields.Date(required=True, allow_none=True)
    returned_on = ma.fields.Date(required=True, allow_none=True)
    is_overdue = ma.fields.Boolean(required=True)
    no_clock = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why no clock can run, or what is open without the day of grant"},
    )
    version = ma.fields.Integer(required=True)


class WarrantReturnFilterSchema(PageSchema):
    """Which warrants"""

    operation = ma.fields.UUID()
    overdue = ma.fields.Boolean(metadata={"description": "Only those whose day has gone by"})
    returned = ma.fields.Boolean(
        load_default=False, metadata={"description": "Those that are back, in place of the others"}
    )


class NilReturnPlanSchema(StampedSchema):
    """That a deployment had nothing to report; the same id again is the same nil return"""

    id = ma.fields.UUID()
    reason = Code(REASONS, required=True)
    note = Text(1000, allow_none=True)
    at = Moment(metadata={"description": "When it was known; left out, now"})

    @ma.validates_schema(skip_on_field_errors=True)
    def _other_says_what(self, sent: dict[str, object], **_kwargs: object) -> None:
        if sent["reason"] == "other" and not sent.get("note"):
            raise ma.ValidationError("Say what the other reason is.", "note")


class NilReturnSchema(ClockedSchema):
    """A nil return as it stands"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    deployment = ma.fields.UUID(required=True)
    deployment_name = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)
    reason = Code(REASONS, required=True)
    note = ma.fields.String(required=True, allow_none=True)
    made_by = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    taken_back_by = ma.fields.String(required=True, allow_none=True)
    taken_back_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    taken_back_reason = ma.fields.String(required=True, allow_none=True)
    results = ma.fields.Integer(
        required=True,
        metadata={"description": "Results logged for the deployment all the same, if any"},
    )


class NilReturnFilterSchema(PageSchema):
    """Which nil returns"""

    deployment = ma.fields.UUID()
    contradicted = ma.fields.Boolean(
        metadata={"description": "Only those that stand beside a result of the deployment"}
    )


class TakeBackSchema(ma.Schema):
    """Why it is taken back"""

    reason = Text(1000, required=True)


class UnreportedSchema(ma.Schema):
    """A deployment that ended with neither a result nor a nil return"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    kind = Code(DEPLOYMENT_KINDS, required=True)
    status = Code(DEPLOYMENT_STATUSES, required=True)
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ended_at = ma.fields.AwareDateTime(required=True)
    hours_ago = ma.fields.Integer(required=True)
    teams = ma.fields.List(ma.fields.String(), required=True)
    people = ma.fields.List(ma.fields.String(), required=True)


class UnreportedFilterSchema(PageSchema):
    """Of which operations"""

    operation = ma.fields.UUID()
    led = ma.fields.Boolean(metadata={"description": "Only of operations that one leads"})


class DisruptionReviewRowSchema(ma.Schema):
    """A disruption to look at again; the review is written to its own record"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    target = Code(TARGETS, required=True)
    target_ref = ma.fields.String(required=True, allow_none=True)
    level = Code(ASSESSED, required=True)
    level_assessed = Code(ASSESSED, required=True, allow_none=True)
    disrupted_on = ma.fields.Date(required=True)
    due_on = ma.fields.Date(required=True)
    is_overdue = ma.fields.Boolean(required=True)
    version = ma.fields.Integer(required=True)


class DisruptionReviewFilterSchema(PageSchema):
    """Which disruptions"""

    operation = ma.fields.UUID()
    overdue = ma.fields.Boolean(metadata={"description": "Only those whose day has gone by"})
