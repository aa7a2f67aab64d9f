"""The wire of measures: their definitions, made, tried, withdrawn; and the framework."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.api import MOST, PageSchema
from ops.fields import Moment
from ops.outcomes.measure_rules import LONGEST_CODE, PERIODS, TIMES
from ops.outcomes.schemas import FigureSchema, OperationsSchema, ToldSchema
from ops.results.definitions import COUNTS_WHEN
from ops.results.fields import Day, Text
from ops.results.kinds import KINDS
from ops.results.kinds.base import FOUR_PS

# A list of conditions longer than this is no definition that anybody could check.
MOST_CONDITIONS = 20
CODE = ma.validate.Regexp(
    r"[a-z][a-z0-9_]*\Z", error="Use small letters, digits and _, such as arrests_of_adults."
)
WHERE = {
    "description": "Codes by facet: a record has one of the codes of every facet. The facets of "
    + "; ".join(f"{kind.name}: {', '.join(kind.facets)}" for kind in KINDS.values())
}


def code_field(**kwargs: Any) -> Text:
    """Give the field of a code that somebody chooses."""
    field = Text(LONGEST_CODE, **kwargs)
    field.validators.append(CODE)
    return field


def _where(**kwargs: Any) -> ma.fields.Dict:
    codes = ma.fields.List(Text(), validate=ma.validate.Length(max=MOST))
    return ma.fields.Dict(
        keys=Text(60), values=codes, validate=ma.validate.Length(max=MOST_CONDITIONS), **kwargs
    )


class RatioSchema(ma.Schema):
    """Which measure is divided by which"""

    of = Text(LONGEST_CODE, required=True)
    to = Text(LONGEST_CODE, required=True)


class DefinitionSchema(ma.Schema):
    """What a measure counts: records of one kind, or what is worked out from other measures

    Records are of a `kind`, narrowed by `where`, left out by `unless` (those that meet any), and
    counted, added up by a `sum`, or counted once each by a `distinct` key. `parts` are narrower
    measures; what is left beside them is worked out. A `ratio` (times 1, 100 or 1000) and an
    `attainment` are worked out from the figures of other measures.
    """

    kind = Text(60, allow_none=True, metadata={"description": f"One of {', '.join(KINDS)}"})
    where = _where(metadata=WHERE)
    unless = ma.fields.List(_where(), validate=ma.validate.Length(max=MOST_CONDITIONS))
    sum = Text(60, allow_none=True, metadata={"description": "A quantity of the kind"})
    distinct = Text(60, allow_none=True, metadata={"description": "A key of the kind"})
    counts_when = ma.fields.String(validate=ma.validate.OneOf(list(COUNTS_WHEN)))
    period = ma.fields.String(allow_none=True, validate=ma.validate.OneOf(list(PERIODS)))
    parts = ma.fields.List(Text(LONGEST_CODE), validate=ma.validate.Length(max=MOST_CONDITIONS))
    ratio = ma.fields.Nested(RatioSchema, allow_none=True)
    times = ma.fields.Integer(validate=ma.validate.OneOf(list(TIMES)))
    attainment = Text(LONGEST_CODE, allow_none=True)


class MeasureFilterSchema(PageSchema):
    """Which measures"""

    code = Text()
    four_p = ma.fields.String(validate=ma.validate.OneOf(FOUR_PS))


class MeasureSchema(ma.Schema):
    """One version of the definition of a measure"""

    code = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    label = ma.fields.String(required=True)
    four_p = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    definition = ma.fields.Dict(required=True)
    words = ma.fields.String(metadata={"description": "The definition in plain English"})
    notes = ma.fields.String(allow_none=True)
    valid_from = ma.fields.Date(allow_none=True)
    valid_to = ma.fields.Date(
        allow_none=True, metadata={"description": "Before `valid_from`: it held on no day"}
    )
    is_built_in = ma.fields.Boolean()
    made_at = ma.fields.AwareDateTime()
    made_by = ma.fields.String(
        allow_none=True, metadata={"description": "Who; nobody where the program brought it"}
    )
    reason = ma.fields.String(allow_none=True)
    withdrawn_because = ma.fields.String(allow_none=True)


class NewMeasureSchema(ma.Schema):
    """A measure for everybody, or a new version of one; it holds no names, places or references"""

    code = code_field(metadata={"description": "Made from the label where it is not given"})
    label = Text(120, required=True)
    four_p = ma.fields.String(required=True, validate=ma.validate.OneOf(FOUR_PS))
    unit = Text(30, allow_none=True, metadata={"description": "Where it doesn't follow"})
    notes = Text(2000, allow_none=True)
    definition = ma.fields.Nested(DefinitionSchema, required=True)
    valid_from = Day(metadata={"description": "Its first day; without one, today"})
    valid_to = Day(allow_none=True)
    reason = Text(1000, allow_none=True, metadata={"description": "Why there is a new version"})
    replaces = ma.fields.Integer(
        metadata={"description": "The newest version that was seen; refused if there is a newer"}
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def starts_before_it_ends(self, sent: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse days that end before they start."""
        first, last = sent.get("valid_from"), sent.get("valid_to")
        if first and last and last < first:
            raise ma.ValidationError("Must not be before the first day.", "valid_to")


class WithdrawalSchema(ma.Schema):
    """Why a measure ends, and its last day: without one, yesterday"""

    reason = Text(1000, required=True)
    valid_to = Day()


class RestorationSchema(ma.Schema):
    """Why the built-in definition counts again"""

    reason = Text(1000, required=True)


class TrialSchema(OperationsSchema):
    """A definition that is not kept yet, and of which operations and when to try it"""

    class Meta:
        """All that describes operations."""

        exclude = ("four_p",)

    definition = ma.fields.Nested(DefinitionSchema, required=True)
    limit = ma.fields.Integer(load_default=20, validate=ma.validate.Range(1, 100))


class TriedSchema(ma.Schema):
    """What a definition gives: its figure, and the newest of the records behind it"""

    words = ma.fields.String(required=True)
    operations = ma.fields.Integer(required=True, metadata={"description": "How many"})
    figure = ma.fields.Nested(FigureSchema, required=True)
    records = ma.fields.List(ma.fields.Dict, required=True)


class FrameworkFilterSchema(ma.Schema):
    """Whose reported figures, and of when; without one, those of any organisation"""

    organisation = Text(metadata={"description": "The code of an organisation"})
    operation = ma.fields.UUID()
    from_ = Moment(data_key="from")
    to = Moment(end=True)


class FrameworkLineSchema(ma.Schema):
    """A measure that the strategy is held to"""

    measure = code_field(required=True)
    label = Text(200, required=True)
    four_p = ma.fields.String(required=True, validate=ma.validate.OneOf(FOUR_PS))
    is_measured = ma.fields.Boolean(
        dump_only=True, metadata={"description": "False: it has reported figures only"}
    )
    reported = ma.fields.List(ma.fields.Nested(ToldSchema), dump_only=True)


class FrameworkSchema(ma.Schema):
    """The framework, in its order"""

    lines = ma.fields.List(
        ma.fields.Nested(FrameworkLineSchema), required=True, validate=ma.validate.Length(max=100)
    )
    reason = Text(1000, load_only=True, allow_none=True)
