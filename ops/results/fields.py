"""Fields of the wire that the kinds of result share."""

import datetime as dt
import decimal
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.fields import Code, Quantity, Text

__all__ = ["Amount", "Code", "Codes", "Day", "Metres", "Text"]
# As for a time: beyond these lie slips of the finger, and days no calendar can count on from.
_YEARS = range(1900, 2200)
# A fix that is worse says nothing of where something happened.
FARTHEST_M = 100_000
# A phone's clock may be a little fast, and its day a few hours ahead.
AHEAD = dt.timedelta(minutes=10)


def not_ahead(value: dt.date) -> None:
    """Refuse what has not happened yet: a day or a moment to come."""
    now = dt.datetime.now(dt.UTC)
    is_ahead = (
        value > now + AHEAD
        if isinstance(value, dt.datetime)
        else value > (now + dt.timedelta(hours=1)).date()
    )
    if is_ahead:
        raise ma.ValidationError("This lies in the future; give when it happened.")


class Day(ma.fields.Date):
    """A day of the calendar, written as 2023-10-10."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dt.date:
        day: dt.date = super()._deserialize(value, attr, data, **kwargs)
        if day.year not in _YEARS:
            raise ma.ValidationError("The year can't be right.")
        return day


class Codes(ma.fields.List):
    """Any number of codes of a list, each once, in the order of the list."""

    def __init__(self, codes: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(Code(codes), **kwargs)
        self.codes = codes

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        given = set(super()._deserialize(value, attr, data, **kwargs))
        return [code for code in self.codes if code in given]


class Amount(Quantity):
    """A quantity that is never below zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(ma.validate.Range(0))

    def _validated(self, value: Any) -> decimal.Decimal:
        if isinstance(value, bool):
            raise self.make_error("invalid")
        number: decimal.Decimal = super()._validated(value)
        return number


class Metres(Amount):
    """A length to the centimetre; a phone's fix has more decimals than sense."""

    def _validated(self, value: Any) -> decimal.Decimal:
        number = super()._validated(value)
        if number > FARTHEST_M:
            raise ma.ValidationError(f"Give metres, at most {FARTHEST_M}.")
        return round(number, 2)
