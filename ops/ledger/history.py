"""A record's history as a person reads it: what each change did, who made it, when and why."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypedDict


class Act(TypedDict):
    """One thing somebody did to a record."""

    title: str
    at: dt.datetime | str
    by: str | None
    reason: str | None
    changes: list[str]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Words:
    """How one kind of record speaks of itself."""

    added: str
    # What a reader knows each column as; one that is not named says nothing to a reader.
    fields: Mapping[str, str]
    statuses: Mapping[str, str] = dataclasses.field(default_factory=dict)
    # Columns that are too large to tell: that they changed is all there is to say.
    shapes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    # Writes a value; none where the reader may not know it.
    write: Callable[[str, Any], str | None] = lambda _name, value: str(value)


def acts(changes: Iterable[Any], words: Words) -> list[Act]:
    """Tell the changes of one record, in the order they come in."""
    return [act for change in changes if (act := _act(change, words))]


def _act(change: Any, words: Words) -> Act | None:
    lines: list[str] = []
    if change.before is None and change.after is None:
        return None  # What it said is erased.
    if change.before is None:
        title = words.added
    elif change.after is None:
        title = "Removed"
    else:
        lines = list(_lines(change.before, change.after, words))
        title = words.statuses.get(change.after.get("status", ""), "Changed")
        if not lines and title == "Changed":
            return None
    return {
        "title": title,
        "at": change.at,
        "by": change.person_name,
        "reason": change.reason,
        "changes": lines,
    }


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], words: Words) -> Iterator[str]:
    for name, label in words.fields.items():
        if name in after or name in before:
            new, old = (
                "nothing" if value is None else words.write(name, value)
                for value in (after.get(name), before.get(name))
            )
            if new is not None and old is not None:
                yield f"{label}: {new}, before: {old}"
    yield from (said for name, said in words.shapes.items() if name in after)
