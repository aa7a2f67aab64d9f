"""The wire of outcomes."""

from collections.abc import Collection, Mapping
from typing import Any

import marshmallow as ma

from ops.api import MOST, PageSchema
from ops.fields import Moment, Quantity
from ops.geo.fields import OnGrid
from ops.operations.models import KINDS, THEMES
from ops.outcomes import suppression, years
from ops.outcomes.models import QUALIFIERS
from ops.results.fields import Day, Text
from ops.results.grouping import FINE, groupings
from ops.results.kinds.base import FOUR_PS
from ops.results.schemas import LATE, WITHIN, late_needs_a_moment

# The largest area of which figures are broken down by squares of less than a kilometre.
MOST_FINE_KM2 = 400
TOO_FINE = (
    f"For squares of less than a kilometre, give `within`, of at most {MOST_FINE_KM2} km²,"
    " or choose larger squares."
)
# The smallest area of which anything is broken down by ethnicity, age or sex.
LEAST_PERSONAL_KM2 = 1
TOO_SMALL = (
    f"By ethnicity, age or sex, mark at least {LEAST_PERSONAL_KM2} km², or leave the breakdown out."
)


class By(ma.fields.String):
    """What figures are broken down by."""

    def __init__(self, without: Collection[str] = (), **kwargs: Any) -> None:
        names = list(groupings(without))
        said = "A day, a month, a place, whose, or a facet of a kind of result: " + ", ".join(names)
        metadata = {"description": said}
        super().__init__(validate=ma.validate.OneOf(names), metadata=metadata, **kwargs)


class PeriodSchema(ma.Schema):
    """Of when, as known when, and broken down by what

    A day given as `from` is counted from its start, and as `to` to its end, in Europe/London; a
    time given as `to` is the first that is left out.
    """

    from_ = Moment(data_key="from")
    to = Moment(end=True)
    as_at = Moment(end=True, metadata={"description": "As it was known then"})
    late = ma.fields.Boolean(metadata={"description": LATE})
    by = By(FINE)

    @ma.validates_schema(skip_on_field_errors=True)
    def starts_before_it_ends(self, asked: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a period that ends before it starts."""
        if asked.get("from_") and asked.get("to") and asked["to"] <= asked["from_"]:
            raise ma.ValidationError("Must be after the start.", "to")

    @ma.validates_schema(skip_on_field_errors=True)
    def late_needs_a_moment(self, asked: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse to look at what was written down late without a moment to have happened by."""
        late_needs_a_moment(asked)


class OperationsSchema(PeriodSchema):
    """Which operations, of when, as known when, and broken down by what"""

    operation = ma.fields.List(ma.fields.UUID(), validate=ma.validate.Length(max=MOST))
    kind = ma.fields.String(validate=ma.validate.OneOf(KINDS))
    theme = ma.fields.String(validate=ma.validate.OneOf(THEMES))
    organisation = Text(metadata={"description": "The code of an organisation, with all below it"})
    four_p = ma.fields.String(validate=ma.validate.OneOf(FOUR_PS))


class MeasuredOperationsSchema(OperationsSchema):
    """Which operations and of which measures, of when, as known when, and broken down by what"""

    measure = ma.fields.List(
        ma.fields.String(),
        validate=ma.validate.Length(max=MOST),
        metadata={"description": "The codes of the measures to add up; left out, all"},
    )
    by = By()
    within = OnGrid(metadata={"description": WITHIN})

    @ma.validates_schema(skip_on_field_errors=True)
    def is_of_few_squares(self, asked: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse small squares of more than a marked area."""
        within = asked.get("within")
        if asked.get("by") in FINE and (within is None or within.square_km > MOST_FINE_KM2):
            raise ma.ValidationError(TOO_FINE, "by")

    @ma.validates_schema(skip_on_field_errors=True)
    def is_of_enough_people(self, asked: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse ethnicity, age or sex of a house or two, which two areas would tell apart."""
        within = asked.get("within")
        is_small = within is not None and within.square_km < LEAST_PERSONAL_KM2
        if is_small and suppression.is_personal(asked.get("by")):
            raise ma.ValidationError(TOO_SMALL, "within")


class ToldSchema(ma.Schema):
    """What somebody else reported of the same, never added to what is recorded"""

    value = Quantity(required=True)
    unit = ma.fields.String(required=True)
    qualifier = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    as_at = ma.fields.Date(allow_none=True)
    starts_on = ma.fields.Date(allow_none=True)
    ends_on = ma.fields.Date(allow_none=True)
    facets = ma.fields.Dict(required=True)
    note = ma.fields.String(allow_none=True)
    attainment = Quantity(allow_none=True)


class ShownSchema(ma.Schema):
    """A value, and apart from it what is still to be confirmed"""

    value = Quantity(required=True)
    provisional = Quantity(required=True)
    qualifier = ma.fields.String(required=True)
    records = ma.fields.String(required=True, metadata={"description": "Lists what was counted"})


class MemberSchema(ma.Schema):
    """What a measure over measures is worked out from; one without a code is a target"""

    code = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True)
    value = Quantity(required=True, allow_none=True)
    records = ma.fields.String(required=True, allow_none=True)


class RateSchema(ma.Schema):
    """A value; of a measure over measures, without records of its own, both that it rests on"""

    value = Quantity(
        required=True,
        allow_none=True,
        metadata={"description": "Null where there is nothing to divide by"},
    )
    provisional = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True)
    records = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Lists what was counted"}
    )
    numerator = ma.fields.Nested(MemberSchema)
    denominator = ma.fields.Nested(MemberSchema)


class GroupSchema(RateSchema):
    """One group of a breakdown; groups may overlap, as areas do

    By ethnicity, age or sex a count of one to four is hidden, and others with it, so that it
    can't be worked out: then there is no value, and no way to the records.
    """

    key = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True)
    qualifier = ma.fields.String(required=True, allow_none=True)
    suppressed = ma.fields.Boolean(metadata={"description": "Hidden, since it is of a few"})


class PartSchema(ShownSchema):
    """A narrower measure, beneath its whole"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)


class FigureSchema(RateSchema):
    """One measure"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    four_p = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    definition = ma.fields.Integer(required=True, metadata={"description": "Its version"})
    valid_from = ma.fields.Date(metadata={"description": "Left out: since ever"})
    valid_to = ma.fields.Date(metadata={"description": "Left out: until further notice"})
    parts = ma.fields.List(ma.fields.Nested(PartSchema))
    residual = ma.fields.Nested(
        ShownSchema, metadata={"description": "What is in none of its parts"}
    )
    overlap = ma.fields.Boolean(
        metadata={"description": "Parts and residual add up to something other than the whole"}
    )
    reported = ma.fields.List(ma.fields.Nested(ToldSchema), required=True, allow_none=True)
    target = Quantity(required=True, allow_none=True)
    attainment = Quantity(required=True, allow_none=True)
    groups = ma.fields.List(ma.fields.Nested(GroupSchema))


class SummarySchema(ma.Schema):
    """Every measure in force, also those with nothing in them"""

    as_at = ma.fields.AwareDateTime(required=True)
    from_ = ma.fields.AwareDateTime(required=True, allow_none=True, data_key="from")
    to = ma.fields.AwareDateTime(required=True, allow_none=True)
    late = ma.fields.Boolean()
    within = ma.fields.String(metadata={"description": WITHIN})
    by = ma.fields.String(required=True, allow_none=True)
    definition = ma.fields.Integer(required=True)
    measures = ma.fields.List(ma.fields.Nested(FigureSchema), required=True)


class SummedOperationSchema(ma.Schema):
    """The operation that was added up"""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    reference = ma.fields.String(required=True)


class OperationOutcomesSchema(SummarySchema):
    """What one operation adds up to"""

    operation = ma.fields.Nested(SummedOperationSchema, required=True)


class OutcomesSchema(SummarySchema):
    """What many operations add up to, each result counted once"""

    operations = ma.fields.Integer(required=True, metadata={"description": "How many"})


class TargetFilterSchema(PageSchema):
    """Which targets"""

    measure = Text()
    organisation = Text(metadata={"description": "The code of an organisation"})
    operation = ma.fields.UUID()


class TargetChangeSchema(ma.Schema):
    """What of a target can be put right, and why; whose it is stays"""

    needs_period = False

    measure = Text()
    period = ma.fields.String(
        allow_none=True, metadata={"description": "A financial year, such as 2023/24"}
    )
    starts_on = Day()
    ends_on = Day()
    value = Quantity(validate=ma.validate.Range(min=0, min_inclusive=False))
    reason = Text(1000, required=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def has_one_period(self, target: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a period that is given twice, by half, or back to front."""
        days = target.keys() & {"starts_on", "ends_on"}
        if target.get("period") is not None:
            if days:
                raise ma.ValidationError("Give a financial year or its days.", "period")
            if years.financial_year(target["period"]) is None:
                raise ma.ValidationError("Give a financial year, such as 2023/24.", "period")
        elif len(days) == 1 or (self.needs_period and not days):
            raise ma.ValidationError("Give a financial year, or starts_on and ends_on.", "period")
        elif days and target["ends_on"] < target["starts_on"]:
            raise ma.ValidationError("Must not be before the first day.", "ends_on")

    @ma.post_load
    def days_of_the_year(self, target: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Turn a financial year to its first and last day."""
        if days := years.financial_year(target.pop("period", None) or ""):
            target["starts_on"], target["ends_on"] = days
        return target


class TargetSchema(TargetChangeSchema):
    """What a measure should reach in a period, for an organisation or an operation"""

    class Meta:
        """A new target needs no reason."""

        exclude = ("reason",)

    needs_period = True

    id = ma.fields.UUID(dump_only=True)
    measure = Text(required=True)
    organisation = Text(allow_none=True, metadata={"description": "The code of an organisation"})
    operation = ma.fields.UUID(allow_none=True)
    value = Quantity(required=True, validate=ma.validate.Range(min=0, min_inclusive=False))
    version = ma.fields.Integer(dump_only=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def has_one_scope(self, target: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a target for both an organisation and an operation, or for neither."""
        if (target.get("organisation") is None) == (target.get("operation") is None):
            raise ma.ValidationError("Give an organisation or an operation.", "organisation")


class ReportedFigureFilterSchema(PageSchema):
    """Which reported figures; `from` and `to` are days, and a figure's period must touch them"""

    measure = Text()
    organisation = Text(metadata={"description": "The code of an organisation"})
    operation = ma.fields.UUID()
    set = Text(metadata={"description": "The code of a published set"})
    from_ = Day(data_key="from")
    to = Day()


class ReportedFigureSchema(ma.Schema):
    """A figure as somebody else reported it"""

    id = ma.fields.UUID(dump_only=True)
    measure = Text(required=True)
    label = Text(allow_none=True)
    value = Quantity(required=True)
    unit = Text(required=True)
    qualifier = ma.fields.String(load_default="exact", validate=ma.validate.OneOf(QUALIFIERS))
    four_p = ma.fields.String(validate=ma.validate.OneOf(FOUR_PS), allow_none=True)
    heading = Text(allow_none=True)
    facets = ma.fields.Dict(keys=Text(), values=Text(), load_default=dict)
    starts_on = Day(allow_none=True)
    ends_on = Day(allow_none=True)
    as_at = Day(required=True, allow_none=False)
    source = Text(2000, required=True)
    note = Text(2000, allow_none=True)
    set = ma.fields.String(
        dump_only=True, allow_none=True, metadata={"description": "Code of its published set"}
    )
    release = ma.fields.UUID(
        dump_only=True, allow_none=True, metadata={"description": "The release it was published by"}
    )
    supersedes = ma.fields.UUID(dump_only=True, allow_none=True)
    superseded_by = ma.fields.UUID(
        dump_only=True, allow_none=True, metadata={"description": "The revision in its place"}
    )
    organisation = Text(allow_none=True)
    operation = ma.fields.UUID(allow_none=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def starts_before_it_ends(self, figure: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a period that ends before it starts."""
        starts_on, ends_on = figure.get("starts_on"), figure.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            raise ma.ValidationError("Must not be before the first day.", "ends_on")


class CheckSchema(ma.Schema):
    """What a set says of its own figures; `holds` is null where words alone say it"""

    text = ma.fields.String(required=True)
    holds = ma.fields.Boolean(required=True, allow_none=True)
    because = ma.fields.String(allow_none=True)


class PublishedSetSchema(ma.Schema):
    """Figures that somebody published together"""

    code = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True)
    area = ma.fields.String(allow_none=True)
    starts_on = ma.fields.Date(allow_none=True)
    ends_on = ma.fields.Date(allow_none=True)
    source_url = ma.fields.String(allow_none=True)
    remainder = ma.fields.Dict(metadata={"description": "What the publisher said beside"})


class WholePublishedSetSchema(PublishedSetSchema):
    """A published set with its figures, in the publisher's order, and its checks"""

    figures = ma.fields.List(ma.fields.Nested(ReportedFigureSchema), required=True)
    checks = ma.fields.List(ma.fields.Nested(CheckSchema), required=True)
