"""The wire of retention: what is due, decisions, holds, and what an erasure takes."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Text
from ops.results.fields import Day
from ops.retention.models import DECISIONS, OBJECTS


class DeciderSchema(ma.Schema):
    """Who it was"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class RetentionGroupSchema(ma.Schema):
    """How long what falls to a group is kept"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    rule = ma.fields.String(required=True)
    years = ma.fields.Integer(required=True)
    themes = ma.fields.List(ma.fields.String(), allow_none=True)
    valid_from = ma.fields.Date(required=True)
    valid_to = ma.fields.Date(allow_none=True)


class DueFilterSchema(PageSchema):
    """Which of what is due"""

    before = Day(metadata={"description": "To be reviewed on this day or earlier; else by today"})
    operation = ma.fields.UUID()
    group = Text(20, metadata={"description": "The code of a review group"})


class DueOperationSchema(ma.Schema):
    """The operation it belongs to"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    reference = ma.fields.String(required=True)


class DueSchema(ma.Schema):
    """An operation or a result that is to be reviewed"""

    id = ma.fields.UUID(required=True)
    object = Code(OBJECTS, required=True)
    operation = ma.fields.Nested(DueOperationSchema, required=True)
    kind = ma.fields.String(allow_none=True, metadata={"description": "Of a result"})
    occurred_at = ma.fields.AwareDateTime(allow_none=True)
    group = ma.fields.String(required=True)
    review_on = ma.fields.Date(required=True)
    is_held = ma.fields.Boolean(required=True)
    decision = Code(DECISIONS, allow_none=True)


class ReviewSentSchema(ma.Schema):
    """A decision: keep until another review, or erase"""

    decision = Code(DECISIONS, required=True)
    reason = Text(1000, required=True)
    next_review_on = Day(allow_none=True)
    group = Text(20, allow_none=True, metadata={"description": "The group it falls to from now on"})


class ReviewSchema(ma.Schema):
    """What somebody decided"""

    id = ma.fields.UUID(required=True)
    object = Code(OBJECTS, required=True)
    object_id = ma.fields.UUID(required=True)
    decision = Code(DECISIONS, required=True)
    reason = ma.fields.String(required=True)
    group = ma.fields.String(allow_none=True)
    next_review_on = ma.fields.Date(allow_none=True)
    by = ma.fields.Nested(DeciderSchema, required=True)
    at = ma.fields.AwareDateTime(required=True)


class HoldSentSchema(ma.Schema):
    """Why it may not be erased for now"""

    reason = Text(1000, required=True)


class HoldSchema(ma.Schema):
    """What stands against erasing a record"""

    id = ma.fields.UUID(required=True)
    object = Code(OBJECTS, required=True)
    object_id = ma.fields.UUID(required=True)
    reason = ma.fields.String(required=True)
    by = ma.fields.Nested(DeciderSchema, required=True)
    at = ma.fields.AwareDateTime(required=True)


class RetentionSchema(ma.Schema):
    """How long a record is kept, and what was decided about it"""

    object = Code(OBJECTS, required=True)
    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    group = ma.fields.String(allow_none=True)
    group_label = ma.fields.String(allow_none=True)
    review_on = ma.fields.Date(allow_none=True)
    is_held = ma.fields.Boolean(required=True)
    erased_at = ma.fields.AwareDateTime(allow_none=True)
    erased_by = ma.fields.String(allow_none=True)
    reviews = ma.fields.List(ma.fields.Nested(ReviewSchema), required=True)
    holds = ma.fields.List(ma.fields.Nested(HoldSchema), required=True)
    missing = ma.fields.String(
        allow_none=True, metadata={"description": "What stands against erasing it"}
    )


class EraseFilterSchema(ma.Schema):
    """Whether to erase, or to say what would go"""

    dry_run = ma.fields.Boolean(load_default=False)


class EraseSentSchema(ma.Schema):
    """The token of the list that a dry run showed"""

    token = Text(64)


class ErasedSchema(ma.Schema):
    """What an erasure takes: rows by table, and the token of just this list"""

    is_erased = ma.fields.Boolean(required=True)
    gone = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    token = ma.fields.String(allow_none=True)
