"""What differs between two versions: words of each section, and deployments."""

import difflib
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ops import wording
from ops.briefings import drawing, resourcing
from ops.briefings.composing import Plan, sent_out
from ops.briefings.models import SECTIONS
from ops.geo.models import AREA_PURPOSES
from ops.operations.deployment_codes import METHODS_OF_ENTRY, POWERS

_WORDS = re.compile(r"\s+|[^\s]+")
Parts = list[dict[str, str]]
RESERVED = {
    "vehicle": "Vehicles",
    "dog": "Dogs",
    "equipment": "Equipment",
    "custody_suite": "Custody",
}


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


def others(was: Plan, now: Plan) -> list[str]:
    """Say which areas, teams and warrants were added, taken out or changed."""
    said: list[str] = []
    for part, name, tell in (
        ("areas", lambda each: f"Area {each['name']}", _area),
        ("teams", lambda each: f"Team {each['name']}", _members),
        ("warrants", lambda each: f"Warrant {each['reference'] or 'without a number'}", _warrant),
    ):
        old, new = ({each["id"]: each for each in plan[part]} for plan in (was, now))
        said += [
            f"{name(new[key])} was added: {tell(new[key])}." for key in new.keys() - old.keys()
        ]
        said += [f"{name(old[key])} was taken out." for key in old.keys() - new.keys()]
        for key in new.keys() & old.keys():
            before, after = (f"{name(each[key])}: {tell(each[key])}" for each in (old, new))
            if before != after:
                said.append(f"{after} (was {before}).")
            elif old[key].get("geometry") != new[key].get("geometry"):
                said.append(f"{name(new[key])} was redrawn.")
    return sorted(said)


def _area(each: Mapping[str, Any]) -> str:
    return AREA_PURPOSES[each["purpose"]].lower()


def _members(each: Mapping[str, Any]) -> str:
    return ", ".join(person["name"] for person in each["members"]) or "nobody"


def _warrant(each: Mapping[str, Any]) -> str:
    expires = each["expires_on"]
    until = f"expires on {wording.short_day(expires)}" if expires else "no day of expiry yet"
    entries = "several entries" if each["several_entries"] else "one entry"
    return f"{POWERS[each['power']]}, {until}, {entries}"


def _said(act: str, each: Mapping[str, Any], lines: list[str]) -> dict[str, Any]:
    return {"id": each["id"], "name": each["name"], "act": act, "lines": lines}


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    told: tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...] = (
        ("Name", lambda each: each["name"]),
        ("Time", _when),
        ("Place", where),
        ("People", _people),
        ("Teams", lambda each: ", ".join(each["teams"])),
        ("Skills", resourcing.skills),
        *(
            (label, functools.partial(resourcing.reserved, kind=kind))
            for kind, label in RESERVED.items()
        ),
        ("Method of entry", lambda each: METHODS_OF_ENTRY.get(each["method_of_entry"], "")),
        ("Power", lambda each: POWERS.get(each["power"], "")),
        ("Note", lambda each: each["note"] or ""),
    )
    for label, tell in told:
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
