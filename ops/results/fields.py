"""Fields of the wire that the kinds of result share."""

import datetime as dt
import decimal
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from geoalchemy2 import WKBElement

from ops.errors import Invalid
from ops.fields import Code, Quantity, Text
from ops.geo import typed
from ops.geo.fields import Area, geojson

__all__ = [
    "Amount",
    "Code",
    "Codes",
    "Day",
    "Metres",
    "Named",
    "Outline",
    "PersonReference",
    "Text",
]
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


class Named(ma.fields.UUID):
    """The id of another record, of one kind; or of a phase of the operation."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.of = of


class PersonReference(Text):
    """What a force's own records call somebody; a name is none."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = " ".join(super()._deserialize(value, attr, data, **kwargs).upper().split())
        if not any(letter.isdigit() for letter in text):
            raise ma.ValidationError("Give a reference with a number in it, never a name.")
        return text


class Codes(ma.fields.List):
    """Any number of codes of a list, each once, in the order of the list."""

    def __init__(self, codes: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(Code(codes), **kwargs)
        self.codes = codes

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        given = set(super()._deserialize(value, attr, data, **kwargs))
        return [code for code in self.codes if code in given]


class Steps(ma.fields.List):
    """A list of things that each happened: two records of one thing may each know some of them.

    Counts and codes are none: of those a record says all there is. `only_one` names what no
    more than one of them may be.
    """

    def __init__(
        self, inner: ma.fields.Field[Any], *, most: int = 50, only_one: str | None = None
    ) -> None:
        super().__init__(inner, validate=ma.validate.Length(max=most))
        self.only_one = only_one


class Amount(Quantity):
    """A quantity that is never below zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(
            ma.validate.Range(0, error="This can’t be below zero; leave the minus out.")
        )

    def _validated(self, value: Any) -> decimal.Decimal:
        if isinstance(value, bool):
            raise self.make_error("invalid")
        number: decimal.Decimal = super()._validated(value)
        return number


class Metres(Amount):
    """A length to the centimetre; a phone's fix has more decimals than sense."""

    def _validated(self, value: Any) -> decimal.Decimal:
        number = super()._validated(value)
        if abs(number) > FARTHEST_M:
            raise ma.ValidationError(f"Give metres, at most {FARTHEST_M}.")
        return round(number, 2)


class Outline(Area):
    """An area's outline as GeoJSON, or as somebody typed it: one corner a line."""

    def _deserialize(self, value: Any, *rest: Any, **kwargs: Any) -> WKBElement:
        if isinstance(value, str):
            try:
                value = typed.geometry(value)
            except Invalid as error:
                raise ma.ValidationError(error.sentence) from error
        found = super()._deserialize(value, *rest, **kwargs)
        # Checked as it will be read back, to so many digits; and marked as the database marks
        # it, or a correction would find every outline changed.
        return super()._deserialize(geojson(found), *rest, **kwargs).as_ewkb()
