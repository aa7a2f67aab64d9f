"""The wire of before and after."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.fields import Text
from ops.results.fields import Day, not_ahead

# The facet of a reported figure that says on which side of the operation it stands.
SIDE = "compared"
SIDES = ("before", "after")
# Ten years; the page draws each month.
MOST_MONTHS = 120
MOST_PERIODS = 6
MOST_AREAS = 10
# A file of a hundred thousand rows is well below it.
LONGEST_FILE = 8 * 2**20


class Month(ma.fields.String):
    """A month of the calendar, written as 2023-10."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            validate=ma.validate.Regexp(
                r"(19|20|21)\d\d-(0[1-9]|1[0-2])\Z", error="Write a month such as 2023-10."
            ),
            **kwargs,
        )


def _first(month: str) -> dt.date:
    return dt.date.fromisoformat(f"{month}-01")


def _length(span: Mapping[str, str]) -> int:
    start, end = _first(span["from"]), _first(span["to"])
    return (end.year - start.year) * 12 + end.month - start.month + 1


class SpanSchema(ma.Schema):
    """Whole months, the first and the last of them included"""

    from_ = Month(data_key="from", attribute="from", required=True)
    to = Month(required=True)

    @ma.validates_schema(skip_on_field_errors=True)
    def starts_before_it_ends(self, span: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse a period that ends before it starts."""
        if not _length(span) >= 1:
            raise ma.ValidationError("Must not be before the first month.", "to")


class AfterSchema(SpanSchema):
    """A period after the baseline, such as a phase"""

    label = Text(80, required=True)


class ComparisonSchema(ma.Schema):
    """What is compared: areas, categories, a baseline and the periods after it"""

    id = ma.fields.UUID(dump_only=True)
    operation = ma.fields.UUID(dump_only=True)
    name = Text(required=True)
    source = Text(required=True, metadata={"description": "Of the monthly counts"})
    categories = ma.fields.List(
        Text(), load_default=list, metadata={"description": "None named: all of the source"}
    )
    target_area = Text(required=True)
    comparison_areas = ma.fields.List(
        Text(), load_default=list, validate=ma.validate.Length(max=MOST_AREAS)
    )
    displacement_area = Text(
        allow_none=True,
        load_default=None,
        metadata={"description": "Where the trouble may have gone to"},
    )
    baseline = ma.fields.Nested(SpanSchema, required=True)
    after = ma.fields.List(
        ma.fields.Nested(AfterSchema), required=True, validate=ma.validate.Length(1, MOST_PERIODS)
    )
    is_withdrawn = ma.fields.Boolean(load_default=False)

    @ma.validates_schema(skip_on_field_errors=True)
    def compares_like_with_other(self, sent: Mapping[str, Any], **_kwargs: Any) -> None:
        """Refuse areas that are compared with themselves, and periods that overlap the baseline."""
        areas = [sent["target_area"], *sent["comparison_areas"]]
        if len(set(areas)) < len(areas):
            raise ma.ValidationError(
                "An area can’t be compared with itself; name each once.", "comparison_areas"
            )
        if sent["displacement_area"] in areas:
            raise ma.ValidationError(
                "Choose an area that is not compared already.", "displacement_area"
            )
        end = _first(sent["baseline"]["to"])
        for number, span in enumerate(sent["after"]):
            if _first(span["from"]) <= end:
                raise ma.ValidationError(
                    {"after": {number: {"from": ["Must be after the baseline."]}}}
                )
        whole = {"from": sent["baseline"]["from"], "to": max(s["to"] for s in sent["after"])}
        if _length(whole) > MOST_MONTHS:
            raise ma.ValidationError("Compare at most ten years in all.", "baseline")


class SideSchema(ma.Schema):
    """What was counted before or after; a month without a full count is left out"""

    count = ma.fields.Integer(required=True)
    months = ma.fields.Integer(required=True)
    days = ma.fields.Integer(required=True)


class ChangeSchema(ma.Schema):
    """A rate after divided by the rate before, with its 95% interval

    Without a ratio there was nothing before; without `high` there is no upper end. `dispersion`
    is how much more months vary than chance has them vary, where there are enough to tell.
    """

    ratio = ma.fields.String(required=True, allow_none=True)
    low = ma.fields.String(required=True)
    high = ma.fields.String(required=True, allow_none=True)
    method = ma.fields.String(
        required=True, validate=ma.validate.OneOf(["exact", "normal", "quasi_poisson"])
    )
    dispersion = ma.fields.String(required=True, allow_none=True)
    is_told_from_chance = ma.fields.Boolean(required=True)
    text = ma.fields.String(required=True, allow_none=True)
    interval = ma.fields.String(required=True)


class AreaChangeSchema(ma.Schema):
    """How one area changed"""

    area = ma.fields.String(required=True)
    before = ma.fields.Nested(SideSchema, required=True)
    after = ma.fields.Nested(SideSchema, required=True)
    change = ma.fields.Nested(ChangeSchema, required=True, allow_none=True)


class ComparedPeriodSchema(ma.Schema):
    """One period against the baseline, and what may be said of it"""

    label = ma.fields.String(required=True)
    from_ = ma.fields.String(data_key="from", attribute="from", required=True)
    to = ma.fields.String(required=True)
    target = ma.fields.Nested(AreaChangeSchema, required=True)
    comparison = ma.fields.Nested(AreaChangeSchema, required=True, allow_none=True)
    areas = ma.fields.List(ma.fields.Nested(AreaChangeSchema), required=True)
    displacement = ma.fields.Nested(AreaChangeSchema, required=True, allow_none=True)
    difference = ma.fields.Nested(
        ChangeSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The target's ratio divided by that of the comparison areas"},
    )
    sentence = ma.fields.String(required=True)
    displacement_sentence = ma.fields.String(required=True, allow_none=True)
    cautions = ma.fields.List(ma.fields.String(), required=True)


class MonthCountSchema(ma.Schema):
    """A month; without a full count it is a gap"""

    month = ma.fields.String(required=True)
    count = ma.fields.Integer(required=True, allow_none=True)


class SeriesSchema(ma.Schema):
    """An area's months"""

    area = ma.fields.String(required=True)
    months = ma.fields.List(ma.fields.Nested(MonthCountSchema), required=True)


class WorkedOutSchema(ComparisonSchema):
    """A comparison with what came of it"""

    counted = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "The categories added up"}
    )
    series = ma.fields.List(ma.fields.Nested(SeriesSchema), required=True)
    periods = ma.fields.List(ma.fields.Nested(ComparedPeriodSchema), required=True)


class CountsSentSchema(ma.Schema):
    """A CSV file with the columns area, category, month and count, and where it came from"""

    source = Text(required=True, metadata={"description": "The same name for its next version"})
    publisher = Text(required=True)
    obtained_on = Day(required=True, validate=not_ahead)
    file_name = Text(load_default="counts.csv")
    content = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_FILE))
    good_rows = ma.fields.Boolean(
        load_default=False, metadata={"description": "Take what is right, in spite of bad rows"}
    )


class RefusedRowSchema(ma.Schema):
    """A cell that was not taken"""

    line = ma.fields.String(required=True)
    column = ma.fields.String(required=True)
    why = ma.fields.String(required=True)


class ChangedCountSchema(ma.Schema):
    """A month that a corrected file says otherwise"""

    area = ma.fields.String(required=True)
    category = ma.fields.String(required=True)
    month = ma.fields.String(required=True)
    before = ma.fields.Integer(required=True)
    after = ma.fields.Integer(required=True)


class CountFileSchema(ma.Schema):
    """A file of monthly counts, where it came from and what its import did"""

    id = ma.fields.UUID(required=True)
    source = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True)
    obtained_on = ma.fields.Date(required=True)
    file_name = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    rows_read = ma.fields.Integer(required=True)
    rows_added = ma.fields.Integer(required=True)
    rows_changed = ma.fields.Integer(required=True)
    rows_there = ma.fields.Integer(required=True)
    rows_refused = ma.fields.Integer(required=True)
    refused = ma.fields.List(ma.fields.Nested(RefusedRowSchema), required=True)
    changes = ma.fields.List(ma.fields.Nested(ChangedCountSchema), required=True)
    imported_at = ma.fields.AwareDateTime(required=True)
    by = ma.fields.String(allow_none=True)


class OfferSchema(ma.Schema):
    """A category that an area has counts of, and the months they reach from and to"""

    source = ma.fields.String(required=True)
    area = ma.fields.String(required=True)
    category = ma.fields.String(required=True)
    first = ma.fields.Date(required=True)
    last = ma.fields.Date(required=True)


class SaidFigureSchema(ma.Schema):
    """What somebody else reported, before or after"""

    id = ma.fields.UUID(required=True)
    value = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    qualifier = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    as_at = ma.fields.Date(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)


class SaidSchema(ma.Schema):
    """What a survey or a partner reported before the operation and after it"""

    measure = ma.fields.String(required=True)
    label = ma.fields.String(required=True, allow_none=True)
    before = ma.fields.List(ma.fields.Nested(SaidFigureSchema), required=True)
    after = ma.fields.List(ma.fields.Nested(SaidFigureSchema), required=True)


class EvaluationSchema(ma.Schema):
    """Before and after: what is compared, of which counts, and what others said"""

    comparisons = ma.fields.List(ma.fields.Nested(WorkedOutSchema), required=True)
    files = ma.fields.List(ma.fields.Nested(CountFileSchema), required=True)
    on_offer = ma.fields.List(ma.fields.Nested(OfferSchema), required=True)
    said = ma.fields.List(ma.fields.Nested(SaidSchema), required=True)
