"""The wire of panel reports and of the case notes in them."""

from typing import Any

import marshmallow as ma

from ops.api import MOST, FormQuerySchema, PageSchema
from ops.fields import Code, Text
from ops.operations.models import MARKINGS
from ops.reports.models import AGAINST, STATES
from ops.results.fields import Day

# A summary of some pages, a case of one; more is another paper.
LONGEST_SUMMARY, LONGEST_CASE = 20_000, 10_000
# What a chart and a map show where nobody chose; places of warrants tell of nobody.
DEFAULT_CHART, DEFAULT_MAP = "arrests", "warrants_executed"
_OPERATIONS: dict[str, Any] = {
    "validate": ma.validate.Length(1, MOST, error="Choose at least one operation, and at most 500.")
}


class ReportFilterSchema(PageSchema):
    """Which reports"""

    state = Code(STATES)
    operation = ma.fields.UUID(metadata={"description": "Those that tell of it"})


class ReportChangeSchema(ma.Schema):
    """What is written by hand, and of which operations and days a report tells"""

    title = Text()
    summary = Text(LONGEST_SUMMARY, allow_none=True)
    changes = Text(
        4000,
        allow_none=True,
        metadata={"description": "Of a later issue: what changed since the one before, and why"},
    )
    operations = ma.fields.List(ma.fields.UUID(), **_OPERATIONS)
    starts_on = Day()
    ends_on = Day(metadata={"description": "The last day, inclusive"})
    against = Code(AGAINST)
    of_organisation = ma.fields.Boolean(
        metadata={"description": "With the organisation's own targets and reported figures"}
    )
    chart_measure = Text()
    map_measure = Text(metadata={"description": "A measure that counts"})
    marking = ma.fields.String(validate=ma.validate.OneOf(MARKINGS))


class ReportSentSchema(ReportChangeSchema):
    """A report to be written"""

    title = Text(required=True)
    operations = ma.fields.List(ma.fields.UUID(), required=True, **_OPERATIONS)
    starts_on = Day(required=True)
    ends_on = Day(required=True, metadata={"description": "The last day, inclusive"})
    against = Code(AGAINST, load_default="before")
    of_organisation = ma.fields.Boolean(
        load_default=True,
        metadata={"description": "With the organisation's own targets and reported figures"},
    )
    chart_measure = Text(load_default=DEFAULT_CHART)
    map_measure = Text(load_default=DEFAULT_MAP, metadata={"description": "A measure that counts"})


class ReportNoteChangeSchema(ma.Schema):
    """A case as it is told"""

    operation = ma.fields.UUID(metadata={"description": "One that the report tells of"})
    title = Text()
    text = Text(LONGEST_CASE)
    marking = ma.fields.String(validate=ma.validate.OneOf(MARKINGS))


class ReportNoteSentSchema(ReportNoteChangeSchema):
    """A case to be told in a report; without a marking it has that of the report"""

    operation = ma.fields.UUID(
        required=True, metadata={"description": "One that the report tells of"}
    )
    title = Text(required=True)
    text = Text(LONGEST_CASE, required=True)


class ReportNoteOrderSchema(ma.Schema):
    """The case notes in the order in which they stand"""

    notes = ma.fields.List(ma.fields.UUID(), required=True)


class ReportWhySchema(ma.Schema):
    """Why it is struck or withdrawn"""

    reason = Text(2000, required=True)


class ReportNoteSchema(ma.Schema):
    """A case note; one that is struck is left out of what is issued"""

    id = ma.fields.UUID(required=True)
    operation = ma.fields.UUID(required=True)
    operation_name = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    marking = ma.fields.String(required=True)
    changed_at = ma.fields.AwareDateTime(required=True)
    changed_by = ma.fields.String(required=True)
    struck_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    struck_by = ma.fields.String(required=True, allow_none=True)
    struck_why = ma.fields.String(required=True, allow_none=True)


class ReportSchema(ma.Schema):
    """One issue of a report, without what it says"""

    id = ma.fields.UUID(required=True)
    series = ma.fields.UUID(required=True, metadata={"description": "The first issue's id"})
    number = ma.fields.Integer(required=True)
    superseded_by = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The newest issue that is out"}
    )
    title = ma.fields.String(required=True)
    summary = ma.fields.String(required=True, allow_none=True)
    changes = ma.fields.String(required=True, allow_none=True)
    operations = ma.fields.List(ma.fields.UUID(), required=True)
    starts_on = ma.fields.Date(required=True)
    ends_on = ma.fields.Date(required=True)
    against = ma.fields.String(required=True, validate=ma.validate.OneOf(AGAINST))
    of_organisation = ma.fields.Boolean(required=True)
    chart_measure = ma.fields.String(required=True)
    map_measure = ma.fields.String(required=True)
    marking = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(STATES))
    publisher = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    made_by = ma.fields.String(required=True)
    changed_at = ma.fields.AwareDateTime(required=True)
    changed_by = ma.fields.String(required=True)
    issued_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    issued_by = ma.fields.String(required=True, allow_none=True)
    snapshot = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The summary it is issued on"}
    )
    hash = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "SHA-256 of what was issued"}
    )
    withdrawn_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_by = ma.fields.String(required=True, allow_none=True)
    withdrawn_why = ma.fields.String(required=True, allow_none=True)


class WholeReportSchema(ReportSchema):
    """A report with its case notes in their order"""

    notes = ma.fields.List(ma.fields.Nested(ReportNoteSchema), required=True)


class ReportDocumentSchema(ma.Schema):
    """What a report says: its figures, and its words block by block

    What was issued stands as it was issued; a draft has the figures of now.
    """

    format = ma.fields.Integer()
    id = ma.fields.UUID()
    number = ma.fields.Integer()
    snapshot = ma.fields.UUID()
    figures = ma.fields.Dict(required=True)
    document = ma.fields.Dict(required=True)


class ReportCopyForSchema(FormQuerySchema):
    """Whom a copy is for, and why they get it, as it stands in the log"""

    recipient = Text(
        200, metadata={"description": "Required where not every operation of it is open"}
    )
    reason = Text(500, metadata={"description": "Required where not every operation of it is open"})
