"""The wire of the 4P plan."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Text
from ops.operations.schemas import NamedSchema, OwnerSchema
from ops.plans.models import ACTION_STATUSES
from ops.results.fields import Day
from ops.results.kinds.base import FOUR_PS


class ActionPhaseSchema(ma.Schema):
    """The phase that an action belongs to"""

    id = ma.fields.UUID()
    kind = ma.fields.String()


class ActionSchema(ma.Schema):
    """A row of the 4P plan: who does what by when, with whom, and when it is looked at again"""

    id = ma.fields.UUID()
    operation = ma.fields.UUID()
    operation_name = ma.fields.String()
    four_p = ma.fields.String()
    what = ma.fields.String()
    organisation = ma.fields.Nested(OwnerSchema)
    person = ma.fields.Nested(NamedSchema, allow_none=True)
    partner = ma.fields.Nested(OwnerSchema, allow_none=True)
    phase = ma.fields.Nested(ActionPhaseSchema, allow_none=True)
    due_on = ma.fields.Date()
    review_on = ma.fields.Date()
    status = ma.fields.String()
    reason = ma.fields.String(allow_none=True)
    is_overdue = ma.fields.Boolean()
    review_is_due = ma.fields.Boolean()
    version = ma.fields.Integer()


class ActionChangeSchema(ma.Schema):
    """What of an action can be changed; one that is dropped says why"""

    four_p = Code(FOUR_PS)
    what = Text(500)
    organisation = Text(40, metadata={"description": "The code of whoever does it"})
    person = ma.fields.UUID(
        allow_none=True, metadata={"description": "Who of that organisation answers for it"}
    )
    partner = Text(
        40, allow_none=True, metadata={"description": "The code of whoever it is done with"}
    )
    phase = ma.fields.UUID(allow_none=True)
    due_on = Day()
    review_on = Day()
    status = Code(ACTION_STATUSES)
    reason = Text(500, allow_none=True)


class ActionPlanSchema(ActionChangeSchema):
    """A new action; without an organisation, it is your own that does it"""

    class Meta:
        """A new action is open."""

        exclude = ("status", "reason")

    four_p = Code(FOUR_PS, required=True)
    what = Text(500, required=True)
    due_on = Day(required=True)
    review_on = Day(required=True)


class ActionFilterSchema(PageSchema):
    """Which actions of an operation"""

    four_p = Code(FOUR_PS)
    status = Code(ACTION_STATUSES)
    phase = ma.fields.UUID()


class ActionDueSchema(PageSchema):
    """Which of the actions that are due, or due for review, within a fortnight"""

    operation = ma.fields.UUID()
    overdue = ma.fields.Boolean(metadata={"description": "Only what should be done by now"})
