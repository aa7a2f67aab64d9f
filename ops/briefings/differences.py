"""What differs between two versions: words of each section, and deployments."""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ops import wording
from ops.briefings import drawing
from ops.briefings.composing import Plan, sent_out
from ops.briefings.models import SECTIONS
from ops.operations.deployment_codes import METHODS_OF_ENTRY, POWERS

_WORDS = re.compile(r"\s+|[^\s]+")
Parts = list[dict[str, str]]


def words(was: str, now: str) -> Parts:
    """Part two texts into what stayed, what was added and what was removed, word by word."""
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    parts: Parts = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for act, first, last, begin, end in matcher.get_opcodes():
        if act == "equal":
            parts.append({"act": "same", "text": "".join(old[first:last])})
            continue
        if last > first:
            parts.append({"act": "removed", "text": "".join(old[first:last])})
        if end > begin:
            parts.append({"act": "added", "text": "".join(new[begin:end])})
    return parts


def sections(was: Mapping[str, str], now: Mapping[str, str]) -> list[dict[str, Any]]:
    """List the sections that differ, each with its words."""
    return [
        {"section": name, "label": label, "parts": words(was.get(name, ""), now[name])}
        for name, label in SECTIONS.items()
        if was.get(name, "") != now[name]
    ]


def deployments(was: Plan, now: Plan) -> list[dict[str, Any]]:
    """List the deployments that were added, cancelled, moved or changed otherwise."""
    old = {each["id"]: each for each in sent_out(was)}
    new = {each["id"]: each for each in sent_out(now)}
    found = []
    for key, each in new.items():
        if key not in old:
            found.append(_said("added", each, [f"{_when(each)}, {where(each)}."]))
        elif lines := list(_changes(old[key], each)):
            before = old[key]
            is_moved = (_when(before), where(before)) != (_when(each), where(each))
            found.append(_said("moved" if is_moved else "changed", each, lines))
    for key, each in old.items():
        if key not in new:
            found.append(_said("cancelled", each, [f"It was {_when(each)}, {where(each)}."]))
    return found


def _said(act: str, each: Mapping[str, Any], lines: list[str]) -> dict[str, Any]:
    return {"id": each["id"], "name": each["name"], "act": act, "lines": lines}


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for label, tell in (
        ("Name", lambda each: each["name"]),
        ("Time", _when),
        ("Place", where),
        ("People", _people),
        ("Teams", lambda each: ", ".join(each["teams"])),
        ("Method of entry", lambda each: METHODS_OF_ENTRY.get(each["method_of_entry"], "")),
        ("Power", lambda each: POWERS.get(each["power"], "")),
        ("Note", lambda each: each["note"] or ""),
    ):
        before, after = tell(was), tell(now)
        if before != after:
            yield f"{label}: {after or 'none'} (was {before or 'none'})."


def _people(each: Mapping[str, Any]) -> str:
    return ", ".join(person["name"] for person in each["people"])


def _when(each: Mapping[str, Any]) -> str:
    return wording.window(each["starts_at"], each["ends_at"])


def where(each: Mapping[str, Any]) -> str:
    """Say where a deployment takes place: its address and its place, or where it is on the grid."""
    said = (each["address"], each["postcode"], each["place"]["name"])
    told = ", ".join(dict.fromkeys(part for part in said if part))
    point = each["place"]["point"]
    return told or (drawing.grid_reference(*point["coordinates"]) if point else "")
