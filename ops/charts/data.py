"""What a chart is drawn from, the same as its table says."""

import dataclasses
import decimal
from collections.abc import Sequence

Number = decimal.Decimal | int | float


@dataclasses.dataclass(frozen=True)
class Mark:
    """One figure: its value, how it is written, and the way to its records.

    Without a value there is none to draw; a hidden one has neither text nor records.
    """

    value: Number | None
    text: str = ""
    href: str = ""
    is_hidden: bool = False
    # What its records add up to, where what is drawn is another number: a density.
    adds_up_to: Number | None = None

    @property
    def figure(self) -> Number | None:
        """Give what its records add up to."""
        return self.value if self.adds_up_to is None else self.adds_up_to


NO_MARK = Mark(None)
HIDDEN = Mark(None, "Hidden", is_hidden=True)


@dataclasses.dataclass(frozen=True)
class Series:
    """The figures of one thing, one a category; `style` is its own look, else its place decides."""

    label: str
    marks: Sequence[Mark]
    style: str = ""


@dataclasses.dataclass(frozen=True)
class Span:
    """A stretch of categories that is set apart, by the numbers of its first and last."""

    label: str
    first: int
    last: int


@dataclasses.dataclass(frozen=True)
class Chart:
    """One or several series over the same categories, with all the words that belong to it.

    `short` names the categories where there is little room. `of` heads the column of categories.
    """

    id: str
    title: str
    description: str
    of: str
    categories: Sequence[str]
    series: Sequence[Series]
    short: Sequence[str] = ()
    spans: Sequence[Span] = ()
    target: Mark | None = None
    # What is said where there is nothing to draw.
    empty: str = "Nothing to draw yet."

    @property
    def names(self) -> Sequence[str]:
        """Give the names of the categories where there is little room."""
        return self.short or self.categories

    @property
    def has_marks(self) -> bool:
        """Tell whether there is anything to draw."""
        return any(
            mark.value is not None or mark.is_hidden for each in self.series for mark in each.marks
        )

    @property
    def styles(self) -> Sequence[str]:
        """Give the look of each series."""
        return [each.style or str(number % LOOKS + 1) for number, each in enumerate(self.series)]


# So many looks can be told apart without their colour.
LOOKS = 6
