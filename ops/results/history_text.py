"""A record's history in words: what each act did, who did it, when and why."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict

from ops import wording
from ops.results.detail_text import texts
from ops.results.kinds.base import Kind
from ops.results.log_fields import Asked, labels
from ops.results.models import HOW

_COMMON = {
    "occurred_at": "When",
    "position": "Where",
    "accuracy_m": "Accuracy in metres",
    "deployment": "Deployment",
    "note": "Note",
}
_MOMENTS = {"occurred_at"}
_STEPS = {"confirmed": "Confirmed", "struck": "Struck"}
# One request writes its changes within this.
AT_ONCE = dt.timedelta(seconds=2)


class Act(TypedDict):
    """One thing somebody did to a record."""

    title: str
    at: str
    by: str | None
    reason: str | None
    changes: Sequence[str]


def acts(kind: Kind, record: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> list[Act]:
    """Tell a record's history, oldest first: what was written together is one act."""
    logged: Act = {
        "title": "Logged",
        "at": record["recorded_at"],
        "by": record["recorded_by"]["name"],
        "reason": None,
        "changes": [],
    }
    return [logged, *(_act(kind, group) for group in _together(changes))]


def _together(changes: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Put changes together that one person made at once, for one reason."""
    groups: list[list[Mapping[str, Any]]] = []
    for change in changes:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and (last["by"], last["reason"]) == (change["by"], change["reason"])
            and wording.local(change["at"]) - wording.local(last["at"]) < AT_ONCE
        ):
            groups[-1].append(change)
        else:
            groups.append([change])
    return [group for group in groups if any(not _is_birth(change) for change in group)]


def _is_birth(change: Mapping[str, Any]) -> bool:
    """Tell whether a change is the record's own first writing, which its facts tell already."""
    return change["part"] == "result" and change["before"] is None


def _act(kind: Kind, changes: Sequence[Mapping[str, Any]]) -> Act:
    first = changes[0]
    return {
        "title": _title(changes),
        "at": first["at"],
        "by": first["by"]["name"] if first["by"] else None,
        "reason": first["reason"],
        "changes": list(_said(kind, changes)),
    }


def _title(changes: Sequence[Mapping[str, Any]]) -> str:
    """Name an act by what it did to the record itself."""
    for change in changes:
        if change["part"] == "credit":
            is_new = change["before"] is None
            return "Credited to another operation" if is_new else "Credit taken back"
        if change["part"] == "confirmation" and change["before"] is None:
            return _STEPS["confirmed"]
        if change["part"] == "result" and (status := (change["after"] or {}).get("status")):
            return _STEPS.get(status, "Corrected, and to be confirmed again")
    return "Corrected"


def _said(kind: Kind, changes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say what changed, a line a field or row."""
    own = labels(kind)
    rows = {model.__tablename__: own[name] for name, model in kind.children.items()}
    for change in changes:
        before, after = change["before"] or {}, change["after"] or {}
        if change["part"] == "result":
            yield from _fields(before, after, _COMMON, _common)
        elif change["part"] == "confirmation" and not before:
            yield ": ".join(filter(None, (HOW[after["how"]], after.get("note"))))
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
