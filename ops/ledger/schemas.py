"""The wire of the log: what somebody saw, and how it is asked for."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Moment
from ops.ledger.models import ACTS


class LookerSchema(ma.Schema):
    """Who it was"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(allow_none=True, required=True)


class SeenSchema(ma.Schema):
    """Records of one kind, of one operation"""

    kind = ma.fields.String(required=True)
    operation = ma.fields.String(allow_none=True)
    ids = ma.fields.List(ma.fields.String(), required=True)


class LogEntrySchema(ma.Schema):
    """What one request saw, handed out, combined or erased"""

    id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    by = ma.fields.Nested(LookerSchema, allow_none=True)
    act = Code(ACTS, required=True)
    endpoint = ma.fields.String(required=True)
    asked = ma.fields.List(ma.fields.String(), allow_none=True)
    recipient = ma.fields.String(allow_none=True)
    reason = ma.fields.String(allow_none=True)
    seen = ma.fields.List(ma.fields.Nested(SeenSchema), required=True)
    count = ma.fields.Integer(required=True)


class LogFilterSchema(PageSchema):
    """Which entries"""

    actor = ma.fields.UUID(metadata={"description": "Whose looks"})
    act = Code(ACTS)
    operation = ma.fields.UUID(metadata={"description": "Looks at this operation's records"})
    from_ = Moment(data_key="from")
    to = Moment(end=True)
