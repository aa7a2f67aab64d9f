"""What a file says of itself: whose it is, of when, by which filters, and what its columns mean."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ops import wording
from ops.exports.reading import Batch
from ops.exports.tables import Table

OWNED = "What is here may be used for the purpose for which it was taken, and for no other."


@dataclasses.dataclass(frozen=True)
class Taken:
    """A file to be written: its tables, how to read them, and what is said of it."""

    tables: Sequence[Table]
    batches: Callable[[Table], Iterator[Batch]]
    # The same as lines of CSV.
    lines: Callable[[Table], Iterator[bytes]]
    marking: str
    records: int
    as_at: dt.datetime
    by: str
    # Each filter in words.
    asked: Mapping[str, str]
    to_whom: str | None = None
    what_for: str | None = None

    def about(self) -> dict[str, str]:
        """Say it in words, for a person who opens the file."""
        said = {
            "Marking": self.marking,
            "Taken by": self.by,
            "Handed to": self.to_whom or "",
            "What for": self.what_for or "",
            "As at": f"{wording.moment(self.as_at)} (Europe/London)",
            "Records": wording.number(self.records),
            **{f"Filter: {name}": text for name, text in self.asked.items()},
            "Use": OWNED,
        }
        if not self.asked:
            said["Filter"] = "None: all that whoever took it may see"
        return {name: text for name, text in said.items() if text}

    def definitions(self) -> Iterator[tuple[str, ...]]:
        """Say what each column means: table, name, label, sort, unit, and its codes."""
        for table in self.tables:
            for column in table.columns:
                codes = "; ".join(f"{code} = {label}" for code, label in column.codes.items())
                means = ". ".join(filter(None, (column.says, codes)))
                yield table.name, column.name, column.label, column.sort, column.unit, means

    def told(self) -> dict[str, Any]:
        """Say it for a program."""
        return {
            "marking": self.marking,
            "taken_by": self.by,
            "handed_to": self.to_whom,
            "what_for": self.what_for,
            "as_at": self.as_at.isoformat(),
            "records": self.records,
            "filters": dict(self.asked),
        }
