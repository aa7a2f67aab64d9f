"""The wire of likely doubles."""

from typing import Any

import marshmallow as ma

from ops.api import PageSchema
from ops.results.fields import Code, Text
from ops.results.models import DECISIONS
from ops.results.schemas import KIND_LABELS, RecorderSchema, WholeRecordSchema


class DoubleFilterSchema(PageSchema):
    """Which pairs"""

    operation = ma.fields.UUID()
    kind = Code(KIND_LABELS)
    decided = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "Those that were decided, in place of those that wait"},
    )


class DoubleSchema(ma.Schema):
    """Two records that may be one thing"""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.String(required=True)
    reasons = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "What is the same in both"}
    )
    found_at = ma.fields.AwareDateTime(required=True)
    records = ma.fields.List(ma.fields.Nested(WholeRecordSchema), required=True)
    may_stay = ma.fields.List(
        ma.fields.UUID(),
        required=True,
        metadata={"description": "Which can be kept of the same thing: no fewer people see it"},
    )
    decision = Code(DECISIONS, required=True, allow_none=True)
    kept = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The record that stayed"}
    )
    decided_by = ma.fields.Nested(RecorderSchema, required=True, allow_none=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)


class DoubleSentSchema(ma.Schema):
    """Two records that somebody takes for one thing"""

    records = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(2, 2))


class DoubleDecisionSchema(ma.Schema):
    """Whether two records are one thing, and which of them stays"""

    decision = Code(DECISIONS, required=True)
    keep = ma.fields.UUID(
        allow_none=True, metadata={"description": "The record that stays, where they are the same"}
    )
    reason = Text(1000, required=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def _keeps_one(self, sent: dict[str, Any], **_kwargs: object) -> None:
        if sent["decision"] == "same" and not sent.get("keep"):
            raise ma.ValidationError("Say which of the two records stays.", "keep")
        if sent["decision"] == "different" and sent.get("keep"):
            raise ma.ValidationError("Both stay where they are two things.", "keep")
