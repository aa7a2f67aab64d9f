"""The wire of the register of lines."""

import marshmallow as ma

from ops.api import PageSchema
from ops.fields import Code, Text
from ops.lines.states import SORTS, STATES
from ops.results.kinds.lines import TYPES
from ops.results.models import STATUSES


class LineNumberRowSchema(ma.Schema):
    """A number of a line, and between which days it was used"""

    number = ma.fields.String(required=True)
    from_on = ma.fields.Date(required=True, allow_none=True)
    to_on = ma.fields.Date(required=True, allow_none=True)


class LineRowSchema(ma.Schema):
    """A line of the register, and the state it is in"""

    id = ma.fields.UUID(required=True, metadata={"description": "That of the line's own record"})
    name = ma.fields.String(required=True)
    names = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Those it took later"}
    )
    numbers = ma.fields.List(ma.fields.Nested(LineNumberRowSchema), required=True)
    exporter_area = ma.fields.String(required=True, allow_none=True)
    importer_areas = ma.fields.List(ma.fields.String(), required=True)
    line_holder_ref = ma.fields.String(required=True, allow_none=True)
    state = Code(STATES, required=True)
    since = ma.fields.Date(required=True)
    operation = ma.fields.UUID(
        required=True, metadata={"description": "The operation that identified it"}
    )
    operation_name = ma.fields.String(required=True)


class LookSchema(ma.Schema):
    """A look at a closed line"""

    on = ma.fields.Date(required=True)
    out_of_use = ma.fields.Boolean(required=True)


class LineClosureRowSchema(ma.Schema):
    """A closure of a line"""

    id = ma.fields.UUID(required=True)
    type = Code(TYPES, required=True)
    closed_on = ma.fields.Date(required=True)
    status = Code(STATUSES, required=True)
    operation = ma.fields.UUID(required=True)
    evidence = ma.fields.String(required=True, allow_none=True)
    check_backs = ma.fields.List(ma.fields.Nested(LookSchema), required=True)
    check_back_on = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "When to look again"}
    )


class LineEventSchema(ma.Schema):
    """Something that happened to a line; the last that brings a state is the one it is in"""

    sort = ma.fields.String(required=True, validate=ma.validate.OneOf(SORTS))
    on = ma.fields.Date(required=True)
    text = ma.fields.String(required=True)
    more = ma.fields.String(required=True, allow_none=True)
    state = Code(STATES, required=True, allow_none=True)
    record = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)


class WholeLineSchema(LineRowSchema):
    """A line with its closures and its history, the oldest first"""

    closures = ma.fields.List(ma.fields.Nested(LineClosureRowSchema), required=True)
    history = ma.fields.List(ma.fields.Nested(LineEventSchema), required=True)
    closed_twice = ma.fields.Boolean(
        required=True,
        metadata={"description": "Two closures stand, and nothing says it was in use between"},
    )


class LineFilterSchema(PageSchema):
    """Which lines"""

    q = Text(metadata={"description": "Part of a name, or four digits or more of a number"})
    state = ma.fields.List(Code(STATES))
    type = Code(TYPES, metadata={"description": "Closed in this way, at any time"})
    operation = ma.fields.UUID()


class CheckBackRowSchema(ma.Schema):
    """A closed line to look at again; write the look to the closure's own record"""

    id = ma.fields.UUID(required=True, metadata={"description": "That of the closure"})
    line = ma.fields.UUID(required=True, allow_none=True)
    name = ma.fields.String(required=True, allow_none=True)
    type = Code(TYPES, required=True)
    closed_on = ma.fields.Date(required=True)
    made = ma.fields.Integer(required=True)
    due_on = ma.fields.Date(required=True)
    is_overdue = ma.fields.Boolean(required=True)
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)


class CheckBackFilterSchema(PageSchema):
    """Which closed lines"""

    operation = ma.fields.UUID()
    overdue = ma.fields.Boolean(metadata={"description": "Only those whose day has gone by"})


class LikelyLineSchema(ma.Schema):
    """A line that is called alike"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)


class UnnamedClosureSchema(ma.Schema):
    """A closure that names no line of the register"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True, allow_none=True)
    type = Code(TYPES, required=True)
    closed_on = ma.fields.Date(required=True)
    status = Code(STATUSES, required=True)
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    likely = ma.fields.List(ma.fields.Nested(LikelyLineSchema), required=True)


class UnnamedFilterSchema(PageSchema):
    """Of which operation"""

    operation = ma.fields.UUID()


class ClosureLineSchema(ma.Schema):
    """The line that a closure closed; left out, one is made of the closure's name"""

    line = ma.fields.UUID(allow_none=True)


class NamedLineSchema(ma.Schema):
    """The line that a closure names from now on"""

    line = ma.fields.UUID(required=True)
    is_new = ma.fields.Boolean(required=True)
