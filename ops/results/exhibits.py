"""Exhibit references: whose they are, which is free, and what a taken one is told as."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from ops import db
from ops.errors import Conflict, Refused
from ops.results.kinds.seizures import Seizure
from ops.results.models import Result

TAKEN = "uq_seizure_exhibit"
_INITIALS = re.compile(r"\s*([A-Z]+)")
_BLANKS = re.compile(r"\s")
# As the database writes them: AP/1, ap / 1 and AP-1 are one reference.
_SEPARATORS = str.maketrans("\\.-", "///")


def key(reference: str) -> str:
    """Write a reference one way, whatever blanks and separators it was typed with."""
    return _BLANKS.sub("", reference).upper().translate(_SEPARATORS)


def above(reference: str) -> str | None:
    """Give the reference that a sub-exhibit's is made of: that of AP/1/2 is AP/1."""
    parts = key(reference).split("/")
    is_sub = len(parts) > 2 and all(part.isdigit() for part in parts[1:])
    return "/".join(parts[:-1]) if is_sub else None


def next_free(stem: str, used: set[str]) -> str:
    """Give the first reference after the last that is used below this one."""
    numbers = [
        int(rest)
        for each in used
        if each.startswith(f"{stem}/") and (rest := each.removeprefix(f"{stem}/")).isdigit()
    ]
    return f"{stem}/{max(numbers, default=0) + 1}"


def used_below(operation_id: uuid.UUID, stem: str) -> sa.Select[Any]:
    """List the references of an operation that begin with this, struck ones too."""
    begins = Seizure.exhibit_key.startswith(f"{stem}/", autoescape=True)
    return (
        sa.select(Seizure.exhibit_key)
        .where(Seizure.operation_id == operation_id, begins)
        .order_by(Seizure.exhibit_key)
    )


def suggestion(operation_id: uuid.UUID, stem: str) -> str:
    """Suggest the next free reference below a producer's initials or an exhibit."""
    return next_free(key(stem), set(db.session.scalars(used_below(operation_id, key(stem)))))


@contextmanager
def naming(find: Callable[[], tuple[uuid.UUID, Mapping[str, Any]]]) -> Iterator[None]:
    """Say of a reference that is taken what may be said of it to whoever is asking.

    `find` gives the operation and the detail that was sent; it is asked once all is undone.
    """
    try:
        yield
    except Conflict as conflict:
        if conflict.constraint != TAKEN:
            raise
        raise refusal(*find()) from conflict


def refusal(operation_id: uuid.UUID, detail: Mapping[str, Any]) -> Refused:
    """Refuse a reference; name it, and the next one, only to who sees the exhibit that has it."""
    reference = detail.get("exhibit_ref") or ""
    if reference and db.session.scalar(_that_has(operation_id, key(reference))) is not None:
        stem = above(reference) or key(reference).rpartition("/")[0]
        free = f" The next free one is {suggestion(operation_id, stem)}." if stem else ""
        said = f"Another exhibit of this operation is {reference} already.{free}"
    else:
        said = "This exhibit reference is taken; give another, or say who the producer is."
    return Refused(said, {"detail": {"exhibit_ref": [said]}})


def remarks(result_id: uuid.UUID, detail: Mapping[str, Any]) -> Iterator[str]:
    """Say where a sub-exhibit lies elsewhere than its reference says, or in a closed package."""
    reference, parent_id = detail.get("exhibit_ref"), detail.get("parent")
    if reference and (stem := above(reference)):
        parent = db.session.get(Seizure, parent_id) if parent_id else None
        if parent is None:
            yield f"{reference} reads as a part of {stem}; say what it was found inside of."
        elif parent.exhibit_key != stem:
            whole = parent.exhibit_ref or "something without an exhibit reference"
            yield f"{reference} reads as a part of {stem}, but lies in {whole}."
    is_shut = detail["category"] == "package" and not detail.get("opened")
    if is_shut and db.session.scalar(_has_contents(result_id)):
        yield "Contents are logged inside, but it does not say that it was opened."


def contents(result_id: uuid.UUID) -> db.Query:
    """List what lies right inside a seizure, what was struck left out."""
    return (
        sa.select(Result.id, Seizure)
        .join(Seizure, Seizure.result_id == Result.id)
        .where(Seizure.parent_id == result_id, Result.status != "struck")
        .order_by(Seizure.exhibit_key, Result.id)
    )


def _that_has(operation_id: uuid.UUID, reference: str) -> sa.Select[Any]:
    return (
        sa.select(Seizure.result_id)
        .where(
            Seizure.operation_id == operation_id,
            Seizure.exhibit_key == reference,
            sa.not_(Seizure.is_void),
        )
        .limit(1)
    )


def _has_contents(result_id: uuid.UUID) -> sa.Select[bool]:
    return sa.select(contents(result_id).exists())
