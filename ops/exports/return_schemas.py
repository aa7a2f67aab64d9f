"""The wire of returns: what a body asks for, what is filled in, and what is missing."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import PageSchema
from ops.exports.models import FACTS
from ops.exports.return_rules import GAPS
from ops.fields import Moment, Quantity, Text
from ops.outcomes import measure_schemas
from ops.results.fields import Code

# More columns than any form has that a person checks before it is sent.
MOST_COLUMNS = 100


class ReturnColumnSchema(ma.Schema):
    """A column of an outside body: its heading there, and what fills it"""

    name = Text(100, required=True, metadata={"description": "As the body calls it"})
    measure = Text(60, metadata={"description": "The code of a measure"})
    fact = Code(FACTS)

    @ma.validates_schema(skip_on_field_errors=True)
    def _one_of_both(self, sent: Mapping[str, Any], **_kwargs: object) -> None:
        if ("measure" in sent) == ("fact" in sent):
            raise ma.ValidationError("Choose what fills it: a measure or a fact.", "measure")


class NewReturnProfileSchema(ma.Schema):
    """What a body asks for; with a code that is there, a new version"""

    code = measure_schemas.code_field(required=True)
    name = Text(100, required=True)
    recipient = Text(200, required=True, metadata={"description": "The body that it goes to"})
    notes = Text(1000, allow_none=True)
    columns = ma.fields.List(
        ma.fields.Nested(ReturnColumnSchema),
        required=True,
        validate=ma.validate.Length(1, MOST_COLUMNS),
    )
    reason = Text(1000, metadata={"description": "Required for a new version of what is there"})
    replaces = ma.fields.Integer(
        metadata={"description": "The version that was read; refused where there is a newer one"}
    )


class ReturnProfileFilterSchema(PageSchema):
    """Which part of the list"""


class ReturnProfileSchema(ma.Schema):
    """A version of what a body asks for"""

    code = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    recipient = ma.fields.String(required=True)
    notes = ma.fields.String(required=True, allow_none=True)
    columns = ma.fields.List(ma.fields.Nested(ReturnColumnSchema), required=True)
    is_built_in = ma.fields.Boolean(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    made_by = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)


class ReturnPeriodSchema(ma.Schema):
    """Of when; left out, of the whole operation, as it is known now"""

    from_ = Moment(data_key="from")
    to = Moment(end=True)
    as_at = Moment(end=True, metadata={"description": "As it was known then"})

    @ma.validates_schema(skip_on_field_errors=True)
    def _begins_before_it_ends(self, asked: Mapping[str, Any], **_kwargs: object) -> None:
        if "from_" in asked and "to" in asked and asked["from_"] >= asked["to"]:
            raise ma.ValidationError("Must be after the start.", "to")


class ReturnFileSchema(ReturnPeriodSchema):
    """Of when, and whether it goes although something is missing"""

    anyway = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "Send it although something is missing; the file says what"},
    )


class GapSchema(ma.Schema):
    """Something to look at before it is sent"""

    code = ma.fields.String(required=True, validate=ma.validate.OneOf(list(GAPS)))
    says = ma.fields.String(required=True)
    stops = ma.fields.Boolean(
        required=True, metadata={"description": "Whether the return waits for it"}
    )
    records = ma.fields.String(required=True, allow_none=True)


class ReturnRowSchema(ma.Schema):
    """One column, filled in"""

    name = ma.fields.String(required=True)
    measure = ma.fields.String(required=True, allow_none=True)
    value = ma.fields.String(required=True, allow_none=True)
    unit = ma.fields.String(required=True, allow_none=True)
    provisional = Quantity(required=True, allow_none=True)
    records = ma.fields.String(required=True, allow_none=True)
    gaps = ma.fields.List(ma.fields.Nested(GapSchema), required=True)


class ReturnSchema(ma.Schema):
    """A return, and what is missing from it"""

    profile = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    name = ma.fields.String(required=True)
    recipient = ma.fields.String(required=True)
    operation = ma.fields.UUID(required=True)
    marking = ma.fields.String(required=True)
    as_at = ma.fields.AwareDateTime(required=True)
    is_whole = ma.fields.Boolean(
        required=True, metadata={"description": "Whether nothing that it waits for is missing"}
    )
    gaps = ma.fields.List(ma.fields.Nested(GapSchema), required=True)
    rows = ma.fields.List(ma.fields.Nested(ReturnRowSchema), required=True)
