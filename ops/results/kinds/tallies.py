"""Counts inside a record: rows of what, how many and how sure, and their sums beside it.

A record may say several counts at once (5 cells, more than 70 visitors and vehicles together).
What they add up to is kept beside the record, so that a total is one scan.
"""

import decimal
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ops.results.fields import Amount
from ops.results.kinds.base import Detail, Quantity

Row = Mapping[str, Any]
# Beyond this in one record, somebody is asked to look again; nothing is refused for it.
MANY = 100_000


class Count(Amount):
    """A number of whole things."""

    def _validated(self, value: Any) -> decimal.Decimal:
        number = super()._validated(value)
        if number != number.to_integral_value():
            raise ma.ValidationError("Give a whole number.")
        return number


class Tallied:
    """The sums of a record's counts and how sure each is, by name."""

    numbers: Mapped[dict[str, str]] = mapped_column(JSONB, info={"wire": False})
    qualifiers: Mapped[dict[str, str]] = mapped_column(JSONB, info={"wire": False})


def rows(schema: type[ma.Schema]) -> ma.fields.List:
    """Give the field of a list of counts."""
    return ma.fields.List(ma.fields.Nested(schema), validate=ma.validate.Length(max=50))


def filled(counts: Sequence[Row] | None, **defaults: Any) -> list[Detail]:
    """Give rows with what they leave unsaid; each is exact where it does not say otherwise."""
    return [
        {"qualifier": "exact"} | defaults | {k: v for k, v in row.items() if v is not None}
        for row in counts or []
    ]


def add_up(counts: Iterable[Row], names: Callable[[Row], Iterable[str]]) -> Detail:
    """Sum counts under each of their names: `numbers` and, as unsure as they are, `qualifiers`.

    One without a number adds nothing, not even a zero.
    """
    numbers: dict[str, decimal.Decimal] = {}
    unsure: dict[str, set[str]] = {}
    for row in counts:
        if row.get("number") is not None:
            for name in names(row):
                numbers[name] = numbers.get(name, decimal.Decimal(0)) + row["number"]
                unsure.setdefault(name, set()).update({row["qualifier"]} - {"exact"})
    return {
        "numbers": {name: format(number, "f") for name, number in numbers.items()},
        "qualifiers": {name: together(found) for name, found in unsure.items()},
    }


def together(qualifiers: Iterable[str]) -> str:
    """Say how sure a sum is: as unsure as its parts, or about, where they differ."""
    unsure = set(qualifiers) - {"exact"}
    if len(unsure) > 1:
        return "approx"
    return next(iter(unsure), "exact")


def quantities(model: Any, labels: Mapping[str, str], unit: str = "count") -> dict[str, Quantity]:
    """Give the sums of a kind's counts as what a measure can add up."""
    return {
        name: Quantity(
            label,
            unit,
            sa.cast(model.numbers[name].astext, sa.Numeric),
            model.qualifiers[name].astext,
        )
        for name, label in labels.items()
    }


def only_one(codes: Iterable[str], several: str = "several") -> str | None:
    """Give the one code that all have, or say that there are several."""
    found = set(codes)
    return several if len(found) > 1 else next(iter(found), None)


def too_many(detail: Detail) -> list[str]:
    """Ask about a number that is more likely a slip of the finger."""
    largest = max((decimal.Decimal(number) for number in detail["numbers"].values()), default=0)
    if largest > MANY:
        return [f"{largest:,f} in one record is very many; check the number."]
    return []
