"""What a kind of result is made of. A new kind is one file beside this one, and a migration."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops.db import Model

FOUR_PS = {"prepare": "Prepare", "prevent": "Prevent", "pursue": "Pursue", "protect": "Protect"}


@dataclasses.dataclass(frozen=True)
class Facet:
    """A way to narrow or break down a kind's records: an expression and the labels of its codes.

    `value` is a column, or a scalar subquery correlated to the kind's row.
    """

    label: str
    value: sa.ColumnElement[Any]
    codes: Mapping[str, str] | None = None


@dataclasses.dataclass(frozen=True)
class Quantity:
    """Something that can be summed over a kind's records, in one unit, with its qualifier."""

    label: str
    unit: str
    value: sa.ColumnElement[Any]
    qualifier: sa.ColumnElement[Any] | None = None


@dataclasses.dataclass(frozen=True)
class Measure:
    """The built-in definition of a measure, as data.

    `where` maps a facet to the codes that count; `sum` names a quantity (none:
    records are counted); `counts_when` is `recorded` or `confirmed`.
    """

    code: str
    label: str
    four_p: str
    unit: str = "count"
    where: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    sum: str | None = None
    counts_when: str = "recorded"


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of result: its table, its wire form, its facets and its measures."""

    name: str
    label: str
    model: type[Model]
    schema: ma.Schema
    facets: Mapping[str, Facet]
    quantities: Mapping[str, Quantity] = dataclasses.field(default_factory=dict)
    # Lists inside the detail: their name on the wire, and the table of their rows.
    children: Mapping[str, type[Model]] = dataclasses.field(default_factory=dict)
    measures: Sequence[Measure] = ()
    # Says what is still missing before a record of this kind can be confirmed.
    missing_to_confirm: Callable[[Mapping[str, Any]], str | None] = lambda _detail: None
