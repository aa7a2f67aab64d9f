"""How a kind of result is asked for and told of: in which words, what of it first."""

import dataclasses
from collections.abc import Mapping, Sequence


@dataclasses.dataclass(frozen=True)
class Words:
    """What a field is called, and what helps to fill it in."""

    label: str
    hint: str = ""
    # The field and the codes for which alone this one is asked.
    only: tuple[str, Sequence[str]] | None = None


@dataclasses.dataclass(frozen=True)
class Questions:
    """What a phone asks about one kind; a field without words is asked for by its own name.

    A column of a list has the list's name before its own: `valuations.basis`.
    """

    words: Mapping[str, Words] = dataclasses.field(default_factory=dict)
    # Asked before anything else, in this order; what is missing here is folded away.
    first: Sequence[str] = ()
    # Of a list's rows, the columns that are asked for when a record is logged.
    first_of_rows: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    # What tells one record from another at a glance.
    headline: Sequence[str] = ()
    # Lists of what names a record of this kind: their name, the other kind, and its facet.
    followed_by: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)
    # What stands for the lists in `long` when a record is logged; a correction shows the lists.
    short: Sequence[str] = ()
    long: Sequence[str] = ()
