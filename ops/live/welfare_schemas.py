"""The wire of who is to check in by when."""

import marshmallow as ma

from ops.fields import Code, Moment, Text
from ops.geo import fields
from ops.live.welfare_models import LONGEST, SHORTEST
from ops.live.welfare_queries import STATES
from ops.operations.schemas import ClockedSchema, StampedSchema
from ops.results.fields import Metres


class WelfareTimerPlanSchema(StampedSchema):
    """By when one checks in again; the same id again is the same"""

    id = ma.fields.UUID()
    every_minutes = ma.fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=ma.validate.Range(SHORTEST, LONGEST),
        metadata={"description": "How often; null stands down"},
    )
    at = Moment(metadata={"description": "From when on; left out, now"})


class WelfareTimerSchema(ClockedSchema):
    """What somebody said of when they check in"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    deployment = ma.fields.UUID(required=True)
    person = ma.fields.UUID(required=True)
    every_minutes = ma.fields.Integer(required=True, allow_none=True)
    at = ma.fields.AwareDateTime(required=True)
    received_at = ma.fields.AwareDateTime(required=True)


class WatchedSchema(ClockedSchema):
    """Somebody who is to check in: by when, and when and where they were heard of last"""

    person = ma.fields.UUID(required=True)
    person_name = ma.fields.String(required=True)
    deployment = ma.fields.UUID(required=True)
    deployment_name = ma.fields.String(required=True)
    every_minutes = ma.fields.Integer(required=True)
    state = Code(STATES, required=True)
    due_at = ma.fields.AwareDateTime(required=True)
    heard_at = ma.fields.AwareDateTime(
        required=True,
        metadata={"description": "When they set the timer or checked in, by what they say"},
    )
    received_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "When that came here"}
    )
    remarks = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"description": "That it came late, or by a clock that is wrong"},
    )
    position = fields.Point(required=True, allow_none=True)
    position_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    accuracy_m = Metres(required=True, allow_none=True)
    remark = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "What was done about it"}
    )
    answered_by = ma.fields.String(required=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class WelfareAnswerPlanSchema(ma.Schema):
    """What was done about somebody who is overdue; the same id again is the same"""

    id = ma.fields.UUID()
    person = ma.fields.UUID(required=True)
    due_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "When they should have checked in, as it was read"}
    )
    remark = Text(1000, required=True)
