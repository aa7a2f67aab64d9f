"""When two records may be merged, and what the one that stays takes from the other."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from ops.errors import Invalid, Refused
from ops.results.models import LikelyDouble, Result

Record = Mapping[str, Any]
# Beyond this, a note is not joined: both can still be read.
LONGEST_NOTE = 2000
# Taken over where the record that stays says nothing of it.
COMMON = ("position", "accuracy_m", "note")


def check_pair(one: Result, other: Result) -> None:
    """Refuse two records that can't be one thing."""
    said = None
    if one.id == other.id:
        said = "This is one record; name two."
    elif one.kind != other.kind:
        said = "Two records of different kinds can't be the same thing."
    if said:
        raise Invalid(said, {"records": [said]})


def check_open(double: LikelyDouble) -> None:
    """Refuse to decide twice."""
    if double.decision is not None:
        raise Refused("This was decided already; look at what was decided.")


def check_kept(double: LikelyDouble, keep: uuid.UUID, *, may_stay: bool) -> None:
    """Refuse to keep a record that is none of the two, or that fewer people see."""
    said = None
    if keep not in (double.result_id, double.other_id):
        said = "Keep one of the two records."
    elif not may_stay:
        said = "Fewer people may see this record than the other, so keep the other one."
    if said:
        raise Invalid(said, {"keep": [said]})


def taken_over(
    kept: Record, gone: Record, fields: set[str], steps: Mapping[str, str | None]
) -> dict[str, Any]:
    """Give what a record lacks and its double says, as a correction of it.

    Nothing that the record says is changed, and nothing that it counts; steps are joined, and
    of two notes both stay.
    """
    detail: dict[str, Any] = {}
    for name in sorted(fields):
        mine, theirs = kept["detail"].get(name), gone["detail"].get(name)
        if mine in (None, []):
            detail |= {name: theirs} if theirs not in (None, []) else {}
        elif name in steps and (more := _further(kept, gone, name)):
            only = steps[name]
            detail[name] = [*mine, *(row | {only: False} if only else row for row in more)]
    common = {
        name: gone[name]
        for name in COMMON
        if kept[name] is None
        and gone[name] is not None
        # Whose fix it was is part of the fix.
        and (name != "accuracy_m" or kept["position"] is None)
    }
    if kept["note"] and gone["note"] and gone["note"] not in kept["note"]:
        both = f"{kept['note']}\n{gone['note']}"
        common |= {"note": both} if len(both) <= LONGEST_NOTE else {}
    if kept["deployment"] is None and gone["operation"] == kept["operation"]:
        common |= {"deployment": gone["deployment"]} if gone["deployment"] else {}
    return common | ({"detail": detail} if detail else {})


def without(taken: Record, wrong: Collection[str]) -> dict[str, Any]:
    """Leave out of what is taken over what does not fit the record; all, where nobody can say."""
    detail = taken.get("detail", {})
    left = {name: value for name, value in detail.items() if name not in wrong}
    rest = {name: value for name, value in taken.items() if name != "detail"}
    if not detail:
        return {}
    return rest | ({"detail": left} if left and left != detail else {})


def says_all(kept: Record, gone: Record, fields: Collection[str], steps: Collection[str]) -> bool:
    """Tell whether a record says all that its double says."""
    for name in fields:
        theirs = gone["detail"].get(name)
        if name in steps:
            same = not _further(kept, gone, name)
        else:
            same = theirs in (None, []) or _said(kept, name) == _said(gone, name)
        if not same:
            return False
    return True


def _further(kept: Record, gone: Record, name: str) -> list[Any]:
    """Give the steps that only the double knows; when it was itself logged makes none another."""
    mine = _said(kept, name) or []
    rows = zip(gone["detail"].get(name) or [], _said(gone, name) or [], strict=True)
    return [row for row, said in rows if said not in mine]


def _said(record: Record, name: str) -> Any:
    """Give what a record says, but for what follows from when it happened."""
    value = record["detail"].get(name)
    if isinstance(value, list):
        return [_undated(record, row) if isinstance(row, dict) else row for row in value]
    return None if value == record["occurred_at"] else value


def _undated(record: Record, row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value != record["occurred_at"]}
