"""A record's history in words: what each act did, who did it, when and why."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict

from ops import wording
from ops.results.detail_text import texts
from ops.results.kinds.base import Kind
from ops.results.log_fields import Asked, labels

_COMMON = {
    "occurred_at": "When",
    "position": "Where",
    "accuracy_m": "Accuracy in metres",
    "deployment": "Deployment",
    "note": "Note",
}
_MOMENTS = {"occurred_at"}


class Act(TypedDict):
    """One thing somebody did to a record."""

    title: str
    at: str
    by: str | None
    reason: str | None
    changes: Sequence[str]


def acts(kind: Kind, changes: Iterable[Mapping[str, Any]]) -> list[Act]:
    """Tell a record's history, oldest first: what was written together is one act."""
    together = itertools.groupby(changes, key=lambda change: (change["at"], change["by"]))
    return [_act(kind, at, by, list(group)) for (at, by), group in together]


def _act(
    kind: Kind, at: str, by: Mapping[str, Any] | None, changes: Sequence[Mapping[str, Any]]
) -> Act:
    title = _title(changes)
    said = [] if title == "Logged" else list(_said(kind, changes))
    reason = next((change["reason"] for change in changes if change["reason"]), None)
    name = by["name"] if by else None
    return {"title": title, "at": at, "by": name, "reason": reason, "changes": said}


def _title(changes: Sequence[Mapping[str, Any]]) -> str:
    """Name an act by what it did to the record itself."""
    for change in changes:
        before, after = change["before"], change["after"]
        if change["part"] == "result" and before is None:
            return "Logged"
        if change["part"] == "result" and after and before["status"] != after["status"]:
            steps = {"confirmed": "Confirmed", "struck": "Struck"}
            return steps.get(after["status"], "Corrected, and to be confirmed again")
        if change["part"] == "credit":
            return "Credited to another operation" if before is None else "Credit taken back"
    return "Corrected"


def _said(kind: Kind, changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say what changed, a line a field or row."""
    own = labels(kind)
    rows = {model.__tablename__: own[name] for name, model in kind.children.items()}
    for change in changes:
        before, after = change["before"] or {}, change["after"] or {}
        if change["part"] == "result":
            yield from _fields(before, after, _COMMON, _common)
        elif change["part"] in rows:
            yield from _rows(rows[change["part"]], change["before"], change["after"])
        elif change["part"] == kind.model.__tablename__:
            names = {name: field.words.label for name, field in own.items()}
            yield from _fields(before, after, names, lambda name, v: _joined(own[name], v))


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str], write: Any
) -> Iterator[str]:
    for name, label in names.items():
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{label}: {write(name, new)}, before: {write(name, old)}"


def _rows(field: Asked, before: Any, after: Any) -> Iterator[str]:
    """Say which row came, went or changed."""
    if before != after:
        verb = "Added" if before is None else "Removed" if after is None else "Changed"
        yield f"{verb}: {'; '.join(texts(field, [after or before]))}"


def _common(name: str, value: Any) -> str:
    if value is None:
        return "nothing"
    if name == "position":
        lon, lat = value["coordinates"]
        return f"{lat}, {lon}"
    return wording.moment(value) if name in _MOMENTS else str(value)


def _joined(field: Asked, value: Any) -> str:
    return ", ".join(texts(field, value)) or "nothing"
