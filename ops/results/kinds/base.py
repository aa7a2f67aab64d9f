"""What a kind of result is made of. A new kind is one file beside this one, and a migration."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model

FOUR_PS = {"prepare": "Prepare", "prevent": "Prevent", "pursue": "Pursue", "protect": "Protect"}
# How sure a quantity is. Anything but exact makes the sum it is in as unsure.
QUALIFIERS = {
    "exact": "Exactly",
    "approx": "About",
    "almost": "Almost",
    "more_than": "More than",
    "estimate": "Estimated",
}

Detail = dict[str, Any]

# The moment that is asked about: what had happened by then, and what was written down by then.
HAPPENED_BY, KNOWN_BY = (
    sa.bindparam(name, type_=sa.DateTime(timezone=True)) for name in ("happened_by", "known_by")
)

# What decides who may see a result and all that belongs to it.
SCOPE = ("operation_id", "audience_id", "recorded_by")


class Scoped:
    """What row-level security asks of a kind's row, carried beside it so that it is one look.

    A trigger fills it in, and the foreign key keeps it as the result has it.
    """

    __table_args__: Any = ()

    operation_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    audience_id: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())
    recorded_by: Mapped[uuid.UUID] = mapped_column(server_default=sa.FetchedValue())

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Tie the table to the result before it is made."""
        tie = sa.ForeignKeyConstraint(
            ["result_id", *SCOPE],
            ["result.id", *(f"result.{name}" for name in SCOPE)],
            onupdate="CASCADE",
            name=f"fk_{cls.__tablename__}_scope_result",  # type: ignore[attr-defined]
        )
        cls.__table_args__ = (*cls.__table_args__, tie)
        super().__init_subclass__(**kwargs)


@dataclasses.dataclass(frozen=True)
class Facet:
    """A way to narrow or break down a kind's records, and the labels of its codes.

    `value` is an expression over the kind's table; where a record can have
    many of the codes, an array of text. `then` is the same as it was known at
    a past moment, for what is added to a record over time: an expression over
    `HAPPENED_BY` and `KNOWN_BY`.
    """

    label: str
    value: sa.SQLColumnExpression[Any]
    codes: Mapping[str, str] | None = None
    is_many: bool = False
    then: sa.SQLColumnExpression[Any] | None = None
    # A person's ethnicity, age or sex: its small counts are not shown.
    is_personal: bool = False
    # Whether it changes only when the record is written to, so that a total of it can be kept.
    is_lasting: bool = True

    def at(self, *, is_past: bool) -> sa.SQLColumnExpression[Any]:
        """Give its value as it is, or as it was at the moment that is asked about."""
        return self.value if self.then is None or not is_past else self.then


@dataclasses.dataclass(frozen=True)
class Quantity:
    """Something that can be summed over a kind's records, in one unit, with its qualifier.

    A record without the quantity (null) is not counted by a sum of it.
    """

    label: str
    unit: str
    value: sa.SQLColumnExpression[Any]
    qualifier: sa.SQLColumnExpression[Any] | None = None


@dataclasses.dataclass(frozen=True)
class Key:
    """What tells one thing from another across records: a person, a line, premises.

    A record without it (null) counts as one of its own.
    """

    label: str
    value: sa.SQLColumnExpression[Any]


@dataclasses.dataclass(frozen=True)
class Measure:
    """The built-in definition of a measure, as data.

    `where` maps a facet to the codes that count, and a record that meets any of
    `unless` is left out; `sum` names a quantity and `distinct` a key (neither:
    records are counted); `counts_when` is `recorded` or `confirmed`; `period` is
    the figure's own, `financial_year` or `last_12_months`; `parts` are the codes
    of narrower measures that are shown beneath it.
    """

    code: str
    label: str
    four_p: str
    unit: str = "count"
    where: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    sum: str | None = None
    counts_when: str = "recorded"
    unless: Sequence[Mapping[str, Sequence[str]]] = ()
    distinct: str | None = None
    period: str | None = None
    parts: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Doubt:
    """What is hardly right: the sentence, the question, and what was probably meant."""

    sentence: str
    question: str
    meant: Mapping[str, str]


def _complete(detail: Detail, _occurred_at: dt.datetime) -> Detail:
    return detail


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of result: its tables, its wire form, its facets and its measures.

    On the wire a column has its own name, without `_id` at the end; a column
    whose `info` says `{"wire": False}` stays inside.
    """

    name: str
    label: str
    model: type[Model]
    schema: ma.Schema
    facets: Mapping[str, Facet]
    quantities: Mapping[str, Quantity] = dataclasses.field(default_factory=dict)
    # What its records can be counted by, each once.
    keys: Mapping[str, Key] = dataclasses.field(default_factory=dict)
    # Lists inside the detail: their name on the wire, and the table of their rows.
    children: Mapping[str, type[Model]] = dataclasses.field(default_factory=dict)
    measures: Sequence[Measure] = ()
    # Refuses, by a `ValidationError`, what can't be at that time; asked of what is sent, never
    # of what is stored.
    check: Callable[[Detail, dt.datetime], None] = lambda _detail, _occurred_at: None
    # Fills in what follows from the rest: defaults, dates, sums.
    complete: Callable[[Detail, dt.datetime], Detail] = _complete
    # Says what is still missing before a record of this kind can be confirmed.
    missing_to_confirm: Callable[[Detail], str | None] = lambda _detail: None
    # Asks the records that a record names for what is still missing there: one sentence a row.
    missing_elsewhere: Callable[[Detail], sa.Select[str] | None] = lambda _detail: None
    # Says what a reader should know, and refuses nothing.
    remarks: Callable[[Detail], Sequence[str]] = lambda _detail: ()
    # Asks about what is hardly right, and refuses nothing.
    doubts: Callable[[Detail], Sequence[Doubt]] = lambda _detail: ()
    # The same of what other records say: one sentence a row.
    remarks_elsewhere: Callable[[Detail], sa.Select[str] | None] = lambda _detail: None
    # Parts of the detail that come later, and leave a confirmation standing.
    afterwards: Collection[str] = ()
    # Parts of the detail that only somebody other than who recorded it may write.
    by_others: Collection[str] = ()
    # The ids of the records that a record lies in; a figure counts the outermost that match.
    ancestors: sa.SQLColumnExpression[Any] | None = None
