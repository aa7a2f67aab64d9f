"""The wire of boards, and of the views that people keep of them."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import MOST
from ops.boards.addresses import is_of_board
from ops.boards.models import LONGEST_ADDRESS, LONGEST_NAME
from ops.fields import Moment, Quantity
from ops.outcomes.schemas import GroupSchema, MemberSchema, PeriodSchema
from ops.results.fields import Text
from ops.results.kinds.base import FOUR_PS


class BoardFilterSchema(PeriodSchema):
    """Of when, of which measures, broken down by what more, and set beside what"""

    measure = ma.fields.List(
        ma.fields.String(),
        validate=ma.validate.Length(max=MOST),
        metadata={"description": "Its code"},
    )
    four_p = ma.fields.String(validate=ma.validate.OneOf(FOUR_PS))
    against = ma.fields.UUID(metadata={"description": "Another operation to compare with"})
    against_from = Moment(metadata={"description": "Where the other period begins"})
    against_to = Moment(end=True, metadata={"description": "Where the other period ends"})

    @ma.validates_schema(skip_on_field_errors=True)
    def other_starts_before_it_ends(self, asked: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse another period that ends before it starts."""
        starts_at, ends_at = asked.get("against_from"), asked.get("against_to")
        if starts_at and ends_at and ends_at <= starts_at:
            raise ma.ValidationError("Must be after the start.", "against_to")


class BoardOperationSchema(ma.Schema):
    """Which operation"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    reference = ma.fields.String(required=True, allow_none=True)
    kind = ma.fields.String()
    status = ma.fields.String()
    marking = ma.fields.String()


class ExpectedSchema(ma.Schema):
    """What an even course, day by day, would have brought by the end of today"""

    value = Quantity(required=True)
    is_ = ma.fields.String(
        required=True,
        attribute="is",
        data_key="is",
        validate=ma.validate.OneOf(["ahead", "even", "behind"]),
    )


class BesideSchema(ma.Schema):
    """The same figure of what the board is set beside"""

    value = Quantity(required=True, allow_none=True)
    provisional = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True, allow_none=True)
    records = ma.fields.String(required=True, allow_none=True)
    target = Quantity(required=True, allow_none=True)
    change = Quantity(required=True, allow_none=True)


class BoardMeasureSchema(ma.Schema):
    """A measure: now, its target, what was to be expected by now, and its parts"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    four_p = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    definition = ma.fields.Integer(required=True)
    value = Quantity(required=True, allow_none=True)
    provisional = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True, allow_none=True)
    records = ma.fields.String(required=True, allow_none=True)
    target = Quantity(required=True, allow_none=True)
    attainment = Quantity(required=True, allow_none=True)
    reported = ma.fields.List(ma.fields.Dict(), required=True, allow_none=True)
    numerator = ma.fields.Nested(MemberSchema)
    denominator = ma.fields.Nested(MemberSchema)
    expected = ma.fields.Nested(ExpectedSchema, required=True, allow_none=True)
    groups = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.Nested(GroupSchema)),
        required=True,
        metadata={"description": "Its groups, by the name of each breakdown"},
    )
    against = ma.fields.Nested(BesideSchema, required=True, allow_none=True)


class GroupNameSchema(ma.Schema):
    """A group of a breakdown; without a key, what is in none of them"""

    key = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True, allow_none=True)


class BreakdownSchema(ma.Schema):
    """A way in which every measure is broken down, and its groups in order"""

    by = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    groups = ma.fields.List(ma.fields.Nested(GroupNameSchema), required=True)


class ComparedSchema(ma.Schema):
    """What the board is set beside"""

    operation = ma.fields.Nested(BoardOperationSchema, required=True)
    starts_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ends_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class BoardPhaseSchema(ma.Schema):
    """A phase, and what was done in it"""

    kind = ma.fields.String(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    measures = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Dict(), required=True,
        metadata={"description": "Value, qualifier and records, by the code of each measure"},
    )  # fmt: skip


class WaitingSchema(ma.Schema):
    """How many wait for somebody, and where they are listed"""

    number = ma.fields.Integer(required=True)
    records = ma.fields.String(required=True)


class LateListSchema(WaitingSchema):
    """How many of a list are late"""

    name = ma.fields.String(required=True)
    title = ma.fields.String(required=True)


class OperationBoardSchema(ma.Schema):
    """The board of an operation"""

    operation = ma.fields.Nested(BoardOperationSchema, required=True)
    as_at = ma.fields.AwareDateTime(required=True)
    from_ = ma.fields.AwareDateTime(
        data_key="from", attribute="from", required=True, allow_none=True
    )
    to = ma.fields.AwareDateTime(required=True, allow_none=True)
    starts_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ends_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    share = Quantity(
        required=True, allow_none=True, places=4, metadata={"description": "The part that is over"}
    )
    breakdowns = ma.fields.List(ma.fields.Nested(BreakdownSchema), required=True)
    measures = ma.fields.List(ma.fields.Nested(BoardMeasureSchema), required=True)
    against = ma.fields.Nested(ComparedSchema, required=True, allow_none=True)
    phases = ma.fields.List(ma.fields.Nested(BoardPhaseSchema), required=True)
    unreported = ma.fields.Nested(WaitingSchema, required=True)
    late = ma.fields.List(ma.fields.Nested(LateListSchema), required=True)


class BoardViewNameSchema(ma.Schema):
    """What somebody calls a view"""

    name = Text(LONGEST_NAME, required=True)


class BoardViewSchema(BoardViewNameSchema):
    """A board with its filters, under a name of one's own; nobody else sees it"""

    id = ma.fields.UUID(dump_only=True)
    address = Text(
        LONGEST_ADDRESS,
        required=True,
        metadata={"description": "The path of the board's page, with its filters"},
    )
    made_at = ma.fields.AwareDateTime(dump_only=True)

    @ma.validates("address")
    def is_of_a_board(self, address: str, **_kwargs: Any) -> None:
        """Refuse to lead anywhere but to a board."""
        if not is_of_board(address):
            raise ma.ValidationError("This is not the address of a board.")
