"""Times that begin and end, and how the database compares two of them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa


class Span(NamedTuple):
    """A time from its beginning to its end; of a moment both are the same."""

    begins: Any
    ends: Any


# How two of them stand to each other, by what CQL2 calls it.
COMPARED: Mapping[str, Callable[[Span, Span], sa.ColumnElement[bool]]] = {
    "t_after": lambda one, two: one.begins > two.ends,
    "t_before": lambda one, two: one.ends < two.begins,
    "t_contains": lambda one, two: (one.begins < two.begins) & (one.ends > two.ends),
    "t_disjoint": lambda one, two: (one.ends < two.begins) | (one.begins > two.ends),
    "t_during": lambda one, two: (one.begins > two.begins) & (one.ends < two.ends),
    "t_equals": lambda one, two: (one.begins == two.begins) & (one.ends == two.ends),
    "t_finishedby": lambda one, two: (one.begins < two.begins) & (one.ends == two.ends),
    "t_finishes": lambda one, two: (one.begins > two.begins) & (one.ends == two.ends),
    "t_intersects": lambda one, two: (one.begins <= two.ends) & (one.ends >= two.begins),
    "t_meets": lambda one, two: one.ends == two.begins,
    "t_metby": lambda one, two: one.begins == two.ends,
    "t_overlappedby": lambda one, two: (
        (one.begins > two.begins) & (one.begins < two.ends) & (one.ends > two.ends)
    ),
    "t_overlaps": lambda one, two: (
        (one.begins < two.begins) & (one.ends > two.begins) & (one.ends < two.ends)
    ),
    "t_startedby": lambda one, two: (one.begins == two.begins) & (one.ends > two.ends),
    "t_starts": lambda one, two: (one.begins == two.begins) & (one.ends < two.ends),
}
