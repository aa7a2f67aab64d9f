"""Fields of the wire that the kinds of result share."""

import decimal
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from ops.fields import Code, Quantity, Text

__all__ = ["Amount", "Code", "Codes", "Text"]


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
        return round(decimal.Decimal(super()._validated(value)), 2)
