"""The wire of how deployments go on."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Moment
from ops.geo.fields import Point
from ops.operations.deployment_codes import DEPLOYMENT_STATUSES
from ops.operations.schemas import ClockedSchema, StampedSchema

STEPS = {code: label for code, label in DEPLOYMENT_STATUSES.items() if code != "planned"}


class StepTakenSchema(StampedSchema):
    """A step of a deployment; without a time, it is taken now"""

    id = ma.fields.UUID()
    status = Code(STEPS, required=True)
    at = Moment()
    point = Point(metadata={"description": "Where whoever says so was"})


class DeploymentStepSchema(ClockedSchema):
    """A step that was taken: when they say it was, and when that came in"""

    id = ma.fields.UUID()
    status = ma.fields.String()
    at = ma.fields.AwareDateTime()
    received_at = ma.fields.AwareDateTime()
    point = Point(allow_none=True)
    by = ma.fields.String()


class OverdueFilterSchema(PageSchema):
    """Which overdue deployments"""

    operation = ma.fields.UUID()


class OverdueSchema(ma.Schema):
    """A deployment that waits for a step that should have been taken"""

    id = ma.fields.UUID()
    name = ma.fields.String()
    kind = ma.fields.String()
    status = ma.fields.String()
    operation = ma.fields.UUID()
    operation_name = ma.fields.String()
    starts_at = ma.fields.AwareDateTime()
    ends_at = ma.fields.AwareDateTime()
    due_at = ma.fields.AwareDateTime()
    missing = ma.fields.String()
    teams = ma.fields.List(ma.fields.String())
