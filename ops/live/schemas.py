"""The wire of a live operation: what happened, and where people say that they are."""

import marshmallow as ma

from ops.fields import Code, Moment, Text
from ops.geo import fields
from ops.live.entries import KINDS
from ops.live.rules import RELATIONS
from ops.operations.schemas import ClockedSchema, StampedSchema
from ops.results.fields import Metres


class FeedEntrySchema(ma.Schema):
    """One thing that happened"""

    id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    kind = Code(KINDS, required=True)
    said = ma.fields.String(required=True)
    by = ma.fields.String(required=True, allow_none=True)
    href = ma.fields.String(required=True)
    place = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The deployment, by name"}
    )
    position = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "A GeoJSON point"}
    )


class LateSchema(ma.Schema):
    """A deployment that should have begun, or ended, by now"""

    deployment = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    since = ma.fields.AwareDateTime(required=True)
    said = ma.fields.String(required=True)
    href = ma.fields.String(required=True)


class InConflictSchema(ma.Schema):
    """A deployment that is in somebody's way, or has somebody in its own"""

    reference = ma.fields.String(required=True)
    deployment = ma.fields.UUID(required=True)
    said = ma.fields.String(required=True)
    href = ma.fields.String(required=True)


class MissedSchema(ma.Schema):
    """Somebody who did not check in when they should have"""

    person = ma.fields.UUID(required=True)
    since = ma.fields.AwareDateTime(required=True)
    said = ma.fields.String(required=True)
    href = ma.fields.String(required=True)


class FeedSchema(ma.Schema):
    """What happened after a place in the feed, in the order in which it was committed"""

    entries = ma.fields.List(ma.fields.Nested(FeedEntrySchema), required=True)
    cursor = ma.fields.String(
        required=True, metadata={"description": "Send it as `after` to read on"}
    )
    more = ma.fields.Boolean(
        required=True, metadata={"description": "There is more already; read on at once"}
    )
    overdue = ma.fields.List(ma.fields.Nested(LateSchema), required=True)
    conflicts = ma.fields.List(ma.fields.Nested(InConflictSchema), required=True)
    missed = ma.fields.List(
        ma.fields.Nested(MissedSchema),
        required=True,
        metadata={"description": "Who is overdue to check in, of those whom the reader sees"},
    )


class FeedFilterSchema(ma.Schema):
    """From where on"""

    after = ma.fields.String(
        validate=ma.validate.Length(1, 4000),
        metadata={"description": "The cursor of the last reply; left out, the latest entries"},
    )
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))


class CheckInPlanSchema(StampedSchema):
    """Where one is; the same id again is the same check-in"""

    id = ma.fields.UUID()
    at = Moment(metadata={"description": "When it was; left out, now"})
    position = fields.Point(required=True)
    accuracy_m = Metres(allow_none=True)
    note = Text(500, allow_none=True)


class AssistanceSchema(CheckInPlanSchema):
    """That one needs assistance, and where one is as far as that is known"""

    position = fields.Point(allow_none=True)


class CheckInSchema(ClockedSchema):
    """Where somebody said that they were"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    deployment = ma.fields.UUID(required=True)
    deployment_name = ma.fields.String(required=True)
    person = ma.fields.UUID(required=True)
    person_name = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)
    received_at = ma.fields.AwareDateTime(required=True)
    position = fields.Point(required=True, allow_none=True)
    accuracy_m = Metres(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    needs_assistance = ma.fields.Boolean(required=True)


class StaySchema(ma.Schema):
    """A stay of somebody in an area, as surely as their check-ins tell"""

    area = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    said = ma.fields.String(required=True)


class FencedResultSchema(ma.Schema):
    """A result and how it lies to the areas that were in force at its time"""

    id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    name = ma.fields.String(required=True)
    position = fields.Point(required=True)
    relation = ma.fields.String(required=True, metadata={"enum": list(RELATIONS)})
    said = ma.fields.String(required=True)


class FencedPersonSchema(ma.Schema):
    """Where somebody checked in last, and their stays in areas"""

    person = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    deployment = ma.fields.String(required=True, allow_none=True)
    at = ma.fields.AwareDateTime(required=True)
    accuracy_m = Metres(required=True, allow_none=True)
    position = fields.Point(required=True)
    relation = ma.fields.String(required=True, metadata={"enum": list(RELATIONS)})
    said = ma.fields.String(required=True)
    stays = ma.fields.List(ma.fields.Nested(StaySchema), required=True)


class FencesSchema(ma.Schema):
    """Results and people against the areas of an operation, the latest first"""

    results = ma.fields.List(ma.fields.Nested(FencedResultSchema), required=True)
    people = ma.fields.List(ma.fields.Nested(FencedPersonSchema), required=True)
