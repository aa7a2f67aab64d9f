"""The wire of the target board."""

import marshmallow as ma

from ops.api import MOST
from ops.fields import Quantity, Text
from ops.outcomes.schemas import GroupSchema
from ops.outcomes.years import financial_year
from ops.results.kinds.base import FOUR_PS


def _is_year(text: str) -> None:
    if financial_year(text) is None:
        raise ma.ValidationError("Give a financial year such as 2026/27.")


class TargetBoardFilterSchema(ma.Schema):
    """Whose targets, and of which year"""

    organisation = Text(required=True, metadata={"description": "Its code"})
    year = ma.fields.String(
        validate=_is_year, metadata={"description": "As 2026/27; left out, the running one"}
    )
    against = ma.fields.String(
        validate=_is_year, metadata={"description": "The year beside it; left out, the one before"}
    )
    four_p = ma.fields.String(validate=ma.validate.OneOf(FOUR_PS))
    measure = ma.fields.List(
        ma.fields.String(),
        validate=ma.validate.Length(max=MOST),
        metadata={"description": "The codes of the measures to show"},
    )


class TargetBoardFigureSchema(ma.Schema):
    """What is recorded here"""

    value = Quantity(required=True, allow_none=True)
    provisional = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True, allow_none=True)
    records = ma.fields.String(required=True, metadata={"description": "The records behind it"})


class TargetBoardPaceSchema(ma.Schema):
    """Against a year that went evenly, day by day"""

    expected = Quantity(required=True)
    on = ma.fields.Date(required=True)
    is_ = ma.fields.String(
        required=True,
        attribute="is",
        data_key="is",
        validate=ma.validate.OneOf(["ahead", "even", "behind"]),
    )


class TargetBoardMonthSchema(ma.Schema):
    """One month of the year"""

    month = ma.fields.String(required=True)
    value = Quantity(required=True)
    records = ma.fields.String(required=True, allow_none=True)


class TargetBoardLastYearSchema(ma.Schema):
    """The same measure in the year before"""

    value = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True, allow_none=True)
    target = Quantity(required=True, allow_none=True)
    attainment = Quantity(required=True, allow_none=True)
    reported = ma.fields.List(ma.fields.Dict(), required=True)
    records = ma.fields.String(required=True)


class TargetBoardRowSchema(ma.Schema):
    """One target, what was reached of it, and on what that rests"""

    measure = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    four_p = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    target = Quantity(required=True)
    basis = ma.fields.String(
        required=True,
        validate=ma.validate.OneOf(["recorded", "reported"]),
        metadata={"description": "What value, attainment and pace rest on"},
    )
    value = Quantity(required=True, allow_none=True)
    attainment = Quantity(required=True, allow_none=True)
    recorded = ma.fields.Nested(TargetBoardFigureSchema, required=True)
    reported = ma.fields.List(ma.fields.Dict(), required=True)
    pace = ma.fields.Nested(TargetBoardPaceSchema, required=True, allow_none=True)
    months = ma.fields.List(ma.fields.Nested(TargetBoardMonthSchema), required=True)
    last_year = ma.fields.Nested(TargetBoardLastYearSchema, required=True, allow_none=True)


class ThemeSchema(ma.Schema):
    """A theme that anything is of; without a key, what operations without a theme led"""

    key = ma.fields.String(required=True, allow_none=True)
    label = ma.fields.String(required=True)


class ThemedMeasureSchema(ma.Schema):
    """A measure by the theme of the operations that led what it counts"""

    code = ma.fields.String(required=True)
    label = ma.fields.String(required=True)
    four_p = ma.fields.String(required=True)
    unit = ma.fields.String(required=True)
    value = Quantity(required=True, allow_none=True)
    provisional = Quantity(required=True, allow_none=True)
    qualifier = ma.fields.String(required=True)
    records = ma.fields.String(required=True, allow_none=True)
    groups = ma.fields.List(ma.fields.Nested(GroupSchema), required=True)


class TargetBoardSchema(ma.Schema):
    """An organisation's targets of a financial year"""

    organisation = ma.fields.String(required=True)
    year = ma.fields.String(required=True)
    before = ma.fields.String(required=True)
    as_at = ma.fields.AwareDateTime(required=True)
    share = Quantity(
        required=True,
        places=4,
        metadata={"description": "The part of the year that is over"},
    )
    rows = ma.fields.List(ma.fields.Nested(TargetBoardRowSchema), required=True)
    themes = ma.fields.List(ma.fields.Nested(ThemeSchema), required=True)
    measures = ma.fields.List(ma.fields.Nested(ThemedMeasureSchema), required=True)
