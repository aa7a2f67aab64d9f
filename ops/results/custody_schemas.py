"""The wire of custody, of the next exhibit reference, and of the clocks of detained cash."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Moment
from ops.results.continuity import MOVES, STEPS
from ops.results.fields import Amount, Code, Text, not_ahead
from ops.results.schemas import RecorderSchema

NO_NAMES = "A holder, by rank and number or by what they are; no names of the public"


class CustodyEventSchema(ma.Schema):
    """One step of an exhibit's way; without an `id`, it gets one"""

    id = ma.fields.UUID()
    step = Code(STEPS, required=True)
    at = Moment(required=True, validate=not_ahead)
    from_holder = Text(100, allow_none=True, metadata={"description": NO_NAMES})
    to_holder = Text(100, allow_none=True, metadata={"description": NO_NAMES})
    place = Text(100, allow_none=True)
    seal = Text(50, allow_none=True)
    note = Text(500, allow_none=True)

    @ma.validates_schema
    def _says_who(self, event: dict[str, object], **_kwargs: object) -> None:
        step = event.get("step")
        if step in {"seized", *MOVES} and not event.get("to_holder"):
            raise ma.ValidationError("Say who had it from then on.", "to_holder")
        if step in {"sealed", "resealed"} and not event.get("seal"):
            raise ma.ValidationError("Give the number of the seal.", "seal")


class WrittenCustodyEventSchema(CustodyEventSchema):
    """A step as it was written; one that was struck says why"""

    entered_at = ma.fields.AwareDateTime(required=True)
    entered_by = ma.fields.Nested(RecorderSchema, required=True)
    struck_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    struck_by = ma.fields.Nested(RecorderSchema, required=True, allow_none=True)
    struck_reason = ma.fields.String(required=True, allow_none=True)


class CustodySchema(ma.Schema):
    """Who has an exhibit, under which seal, how it came there, and what is not accounted for"""

    holder = ma.fields.String(required=True, allow_none=True)
    seal = ma.fields.String(required=True, allow_none=True)
    ended = Code(STEPS, required=True, allow_none=True)
    is_unbroken = ma.fields.Boolean(required=True)
    gaps = ma.fields.List(ma.fields.String(), required=True)
    events = ma.fields.List(ma.fields.Nested(WrittenCustodyEventSchema), required=True)


class NextExhibitSchema(ma.Schema):
    """Whose reference it is: a producer's initials, or the seizure that it was found inside of"""

    producer = Text(50)
    parent = ma.fields.UUID()

    @ma.validates_schema
    def _one_of_them(self, asked: dict[str, object], **_kwargs: object) -> None:
        if len(asked) != 1:
            raise ma.ValidationError("Give the producer's initials, or the parent.", "producer")


class ExhibitReferenceSchema(ma.Schema):
    """A reference that is free, as far as you see"""

    exhibit_ref = ma.fields.String(required=True)


class ClockFilterSchema(PageSchema):
    """Which clocks"""

    operation = ma.fields.UUID()
    overdue = ma.fields.Boolean()


class ClockSchema(ma.Schema):
    """Cash that is detained without a court's order so far, and until when it can be"""

    id = ma.fields.UUID(required=True, metadata={"description": "The seizure"})
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    value = Amount(required=True)
    exhibit_ref = ma.fields.String(required=True, allow_none=True)
    seized_at = ma.fields.AwareDateTime(required=True)
    due_at = ma.fields.AwareDateTime(required=True)
    is_overdue = ma.fields.Boolean(required=True)
    route = ma.fields.String(required=True, allow_none=True)
    fiu_informed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
