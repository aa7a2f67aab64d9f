"""The wire of reconciling: reported beside recorded, and what people say of it."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.fields import Code, Quantity, Text
from ops.outcomes.reconciliation_models import REASONS
from ops.outcomes.reconciliation_rules import STATUSES
from ops.outcomes.schemas import ReportedFigureSchema
from ops.results.fields import Day


class ReconciliationFilterSchema(ma.Schema):
    """Which reported figures; `from` and `to` are days, and a figure's period must touch them"""

    figure = ma.fields.UUID(metadata={"description": "One figure alone"})
    operation = ma.fields.UUID()
    organisation = Text(metadata={"description": "The code of an organisation"})
    measure = Text(metadata={"description": "As the publisher calls it"})
    set = Text(metadata={"description": "The code of a published set"})
    from_ = Day(data_key="from")
    to = Day()


class ComparedFigureSchema(ReportedFigureSchema):
    """A figure as it was reported"""

    set_title = ma.fields.String(allow_none=True)


class ReconciledMeasureSchema(ma.Schema):
    """Our measure that the figure is of"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)


class WhoseSchema(ma.Schema):
    """Whose figure it is; nothing where nobody has said"""

    operation = ma.fields.UUID(required=True, allow_none=True)
    name = ma.fields.String(required=True, allow_none=True)
    organisation = ma.fields.String(required=True, allow_none=True)
    operation_kind = ma.fields.List(ma.fields.String(), required=True, allow_none=True)
    theme = ma.fields.List(ma.fields.String(), required=True, allow_none=True)


class RecordedSchema(ma.Schema):
    """What is recorded here of the same"""

    value = ma.fields.String(required=True)
    provisional = ma.fields.String(required=True)
    qualifier = ma.fields.String(required=True)
    records = ma.fields.String(required=True, metadata={"description": "Lists what was counted"})


class ReasonSentSchema(ma.Schema):
    """Why a reported figure differs from what is recorded"""

    code = Code(REASONS, required=True)
    note = Text(2000, allow_none=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def other_says_what(self, sent: Mapping[str, Any], **_kwargs: Any) -> None:
        """Ask for words where no code has them."""
        if sent["code"] == "other" and not sent.get("note"):
            raise ma.ValidationError("Say what the reason is.", "note")


class ReasonSchema(ma.Schema):
    """A reason, with who gave it and when"""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    note = ma.fields.String(required=True, allow_none=True)
    by = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)


class MappingSentSchema(ma.Schema):
    """What a publisher's measure is here; without a code, none of ours

    `where` narrows our measure by facets of its records, or by `operation_kind` and `theme`.
    With an operation, it is so for the figures of that operation alone.
    """

    measure = Text(required=True, metadata={"description": "As the publisher calls it"})
    facets = ma.fields.Dict(keys=Text(), values=ma.fields.Raw(), load_default=dict)
    code = Text(allow_none=True, load_default=None, metadata={"description": "Our measure"})
    where = ma.fields.Dict(
        keys=Text(),
        values=ma.fields.List(Text(), validate=ma.validate.Length(min=1)),
        load_default=dict,
    )
    note = Text(2000, allow_none=True, load_default=None)
    operation = ma.fields.UUID(allow_none=True, load_default=None)

    @ma.validates("facets")
    def facets_are_text(self, facets: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse what no publisher's facet is."""
        for name, value in facets.items():
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise ma.ValidationError({name: ["A facet is a text or a number."]})


class MappingSchema(MappingSentSchema):
    """What a publisher's measure is here, with who said so and when"""

    id = ma.fields.UUID(required=True)
    by = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)


class SetScopeSchema(ma.Schema):
    """Whose figures a published set gives: an operation's, an organisation's, or nobody's here"""

    operation = ma.fields.UUID(allow_none=True, load_default=None)
    organisation = Text(
        allow_none=True, load_default=None, metadata={"description": "The code of an organisation"}
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def is_one(self, sent: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse both at once."""
        if sent["operation"] and sent["organisation"]:
            raise ma.ValidationError("Give an operation or an organisation.", "organisation")


class ReconciledSchema(ma.Schema):
    """A reported figure beside what is recorded

    Compared as it was known on the day of the report; `recorded_now` stands beside where more is
    known since. `difference` is recorded less reported, in the unit of our measure.
    """

    figure = ma.fields.Nested(ComparedFigureSchema, required=True)
    measure = ma.fields.Nested(ReconciledMeasureSchema, required=True, allow_none=True)
    where = ma.fields.Dict(required=True)
    whose = ma.fields.Nested(WhoseSchema, required=True)
    mapping = ma.fields.Nested(MappingSchema, required=True, allow_none=True)
    recorded = ma.fields.Nested(RecordedSchema, required=True, allow_none=True)
    recorded_now = ma.fields.Nested(RecordedSchema, required=True, allow_none=True)
    difference = ma.fields.String(required=True, allow_none=True)
    allowed = ma.fields.Boolean(
        required=True, allow_none=True, metadata={"description": "By the figure's qualifier"}
    )
    because = ma.fields.String(required=True, allow_none=True)
    status = Code(STATUSES, required=True)
    reasons = ma.fields.List(ma.fields.Nested(ReasonSchema), required=True)
    contradictions = ma.fields.List(
        ma.fields.Integer(), required=True, metadata={"description": "By their place in the list"}
    )


class ContradictionSchema(ma.Schema):
    """Reports that don't fit together"""

    kind = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["same_figure", "parts_exceed_whole"])
    )
    figures = ma.fields.List(ma.fields.UUID(), required=True)
    can_all_be_true = ma.fields.Boolean(required=True)
    sentence = ma.fields.String(required=True)


class ReconciliationSchema(ma.Schema):
    """Reported beside recorded, open differences first"""

    tolerance = Quantity(
        required=True, metadata={"description": "How far about, almost and estimated reach"}
    )
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    figures = ma.fields.List(ma.fields.Nested(ReconciledSchema), required=True)
    contradictions = ma.fields.List(ma.fields.Nested(ContradictionSchema), required=True)
