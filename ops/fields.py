"""Fields of the wire that many schemas share: quantities, and moments that may be given as days."""

import datetime as dt
import decimal
import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.wording import first_moment, never_comes

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Its last two letters are never one of these: C, I, K, M, O, V.
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2}")
# Years beyond these are slips of the finger, and some of them no calendar can hold.
_YEARS = range(1900, 2200)


class Moment(ma.fields.AwareDateTime):
    """A time with its zone, or a day in Europe/London: its start, or with `end` the next day's.

    So a period from one day to another holds both days whole, while a period
    that ends at a time ends just before it.
    """

    default_error_messages = {
        "invalid": (
            "Give a day such as 2026-11-21, or a time with its zone such as "
            "2026-11-21T10:00:00Z (in a query, write + as %2B)."
        ),
        "invalid_awareness": "Say which zone this time is in, as in 2026-11-21T10:00:00Z.",
        "year": "The year can't be right.",
    }

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.end = end

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and _DAY.fullmatch(value):
            try:
                day = dt.date.fromisoformat(value)
            except ValueError as error:
                raise self.make_error("invalid") from error
            if day.year not in _YEARS:
                raise self.make_error("year")
            return first_moment(day + dt.timedelta(days=1) if self.end else day)
        _check_on_the_wall(value)
        moment: dt.datetime = super()._deserialize(value, attr, data, **kwargs)
        if moment.year not in _YEARS:
            raise self.make_error("year")
        return moment


def _check_on_the_wall(value: Any) -> None:
    """Refuse a time without a zone that no clock in Europe/London shows, and say why."""
    try:
        wall = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return
    if wall.tzinfo is None and (said := never_comes(wall)):
        raise ma.ValidationError(said)


class Text(ma.fields.String):
    """Text that a person typed: without blanks around it, and without control characters."""

    def __init__(self, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.Length(1, longest), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if _CONTROL.search(text):
            raise ma.ValidationError("Leave out the control characters.")
        return text.strip()


class Lines(Text):
    """Lines that a person pasted: faults are told by their numbers, so nothing is taken off."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        super()._deserialize(value, attr, data, **kwargs)
        return str(value)


class Postcode(Text):
    """A postcode of the United Kingdom, however it was typed: M3 1EA."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=10, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).upper().replace(" ", "")
        if not _POSTCODE.fullmatch(text):
            raise ma.ValidationError("Give a postcode such as M3 1EA.")
        return f"{text[:-3]} {text[-3:]}"


class Code(ma.fields.String):
    """One code of a list; the list's labels are what a person reads."""

    def __init__(self, codes: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.OneOf(list(codes)), **kwargs)
        self.codes = codes


class Quantity(ma.fields.Decimal):
    """An exact number, a string on the wire: a float would change it on the way."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, **kwargs)
        # More digits than any count, weight or sum of money needs; a number like
        # 1e9999 would fill the memory when it is written out.
        self.validators.append(_within_reason)


def _within_reason(value: decimal.Decimal) -> None:
    exponent = value.as_tuple().exponent
    if value.adjusted() >= 15 or not isinstance(exponent, int) or exponent < -6:
        raise ma.ValidationError("Give at most 15 digits before the point and 6 after it.")
