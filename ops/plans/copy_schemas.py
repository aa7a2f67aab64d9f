"""The wire of copies of operations."""

import marshmallow as ma

from ops.fields import Code, Text
from ops.operations.models import VISIBILITIES
from ops.operations.schemas import OperationPointerSchema
from ops.results.fields import Day


class CopyPlanSchema(ma.Schema):
    """A copy: what it is called and when it begins; all else follows

    Every time moves by as many days as the first day does, and keeps its hour by the clock in
    Europe/London.
    """

    id = ma.fields.UUID()
    name = Text(120, required=True)
    reference = Text(40)
    starts_on = Day(required=True, metadata={"description": "Its first day"})
    visibility = Code(
        VISIBILITIES, metadata={"description": "Seen by no more people than the original is"}
    )
    dry_run = ma.fields.Boolean(load_default=False)


class CopiedSchema(ma.Schema):
    """How much of each part was copied"""

    areas = ma.fields.Integer()
    phases = ma.fields.Integer()
    exit_criteria = ma.fields.Integer()
    guided_plan = ma.fields.Integer()
    actions = ma.fields.Integer()
    targets = ma.fields.Integer()
    teams = ma.fields.Integer()
    deployments = ma.fields.Integer()
    people = ma.fields.Integer(metadata={"description": "Assignments to deployments"})
    things = ma.fields.Integer(metadata={"description": "Vehicles, dogs, equipment and suites"})


class CopySchema(ma.Schema):
    """What was copied, and in sentences what was left off or had to change

    `operation` is null of a copy that was only tried, `source` where one does not see it.
    """

    operation = ma.fields.UUID(allow_none=True)
    source = ma.fields.Nested(OperationPointerSchema, allow_none=True)
    name = ma.fields.String()
    kind = ma.fields.String()
    organisation = ma.fields.String()
    starts_at = ma.fields.AwareDateTime()
    ends_at = ma.fields.AwareDateTime(allow_none=True)
    visibility = ma.fields.String()
    marking = ma.fields.String()
    copied = ma.fields.Nested(CopiedSchema)
    left_off = ma.fields.List(ma.fields.String())
    changed = ma.fields.List(ma.fields.String())
