"""Fields of the wire that the kinds of result share."""

import decimal
import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.fields import Quantity

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Text(ma.fields.String):
    """Text that a person typed: without blanks around it, and without control characters."""

    def __init__(self, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.Length(1, longest), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if _CONTROL.search(text):
            raise ma.ValidationError("Leave out the control characters.")
        return text.strip()


class Code(ma.fields.String):
    """One code of a list; the list's labels are what a person reads."""

    def __init__(self, codes: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(validate=ma.validate.OneOf(list(codes)), **kwargs)
        self.codes = codes


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
