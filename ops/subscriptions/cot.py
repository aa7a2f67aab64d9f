"""Cursor-on-Target: how an area, a result and their end are written for a TAK server.

Types are of MIL-STD-2525 by the rules of CoT: `a-n-G`, an atom, neutral, on the ground; with `-I`
an installation, with `-E` equipment. Neutral, since nobody here is a friend or an enemy by the
kind of a record. An area is a drawing of a freehand shape (`u-d-f`), and an end `t-x-d-d`.
"""

import dataclasses
import datetime as dt
import hashlib
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import Any

# What is sent of results, and as what. Of a kind that is about somebody who needs protection, or
# that has no place by its nature, nothing is ever sent.
TYPES: Mapping[str, str] = {
    "warrant": "a-n-G-I",
    "search": "a-n-G-I",
    "premises_closure": "a-n-G-I",
    "seizure": "a-n-G-E",
    "arrest": "a-n-G",
    "line_closure": "a-n-G",
    "engagement": "a-n-G",
    "partner_action": "a-n-G",
}
AREA = "u-d-f"
_DELETION = "t-x-d-d"
# Entered by a person, and made by a machine.
_BY_HAND, _BY_MACHINE = "h-e", "m-g"
# What stands where nothing is known of a height or an error.
_UNKNOWN = "9999999.0"
# ARGB, as a signed number: a red line, and the same with little of it.
_LINE, _FILL = "-65536", "436142080"


@dataclasses.dataclass(frozen=True)
class Shown:
    """Something to show: under which id, as what, where, and what is said of it."""

    uid: str
    object_id: uuid.UUID
    type: str
    lon: float
    lat: float
    callsign: str
    marking: str
    error_m: str = _UNKNOWN
    outline: Sequence[tuple[float, float]] = ()

    def digest(self) -> bytes:
        """Tell one content from another, whenever it is sent."""
        return hashlib.sha256(repr(dataclasses.astuple(self)).encode()).digest()


def areas(row: Any, marking: str) -> list[Shown]:
    """Show an area: a drawing for each of its parts, without holes, which CoT does not know."""
    parts = row.geometry["coordinates"]
    shown = []
    for number, rings in enumerate(parts, 1):
        name = f"{row.name} ({number} of {len(parts)})" if len(parts) > 1 else row.name
        outline = [(lon, lat) for lon, lat, *_ in rings[0]]
        lon, lat = (sum(each) / len(outline) for each in zip(*outline, strict=True))
        uid = f"ops.area.{row.id}" + (f".{number}" if number > 1 else "")
        shown.append(Shown(uid, row.id, AREA, lon, lat, name, marking, outline=outline))
    return shown


def result(row: Any, label: str, marking: str) -> Shown:
    """Show a result at its point, by its kind alone."""
    lon, lat = row.geometry["coordinates"][:2]
    error = _UNKNOWN if row.accuracy_m is None else str(row.accuracy_m)
    uid = f"ops.result.{row.id}"
    return Shown(uid, row.id, TYPES[row.kind], lon, lat, label, marking, error)


def event(shown: Shown, now: dt.datetime, stale_at: dt.datetime) -> bytes:
    """Write something to show."""
    whole = _event(shown.uid, shown.type, _BY_HAND, now, stale_at)
    # Where the receiving server keeps what may be read by whom.
    whole.set("access", shown.marking)
    _point(whole, shown.lat, shown.lon, shown.error_m)
    detail = ET.SubElement(whole, "detail")
    ET.SubElement(detail, "contact", callsign=shown.callsign)
    ET.SubElement(detail, "remarks").text = shown.marking
    ET.SubElement(detail, "archive")
    if shown.outline:
        for lon, lat in shown.outline:
            ET.SubElement(detail, "link", point=f"{lat},{lon}")
        ET.SubElement(detail, "strokeColor", value=_LINE)
        ET.SubElement(detail, "strokeWeight", value="3.0")
        ET.SubElement(detail, "fillColor", value=_FILL)
        ET.SubElement(detail, "labels_on", value="true")
    return _written(whole)


def deletion(uid: str, type_: str, now: dt.datetime, stale_at: dt.datetime) -> bytes:
    """Write that something is not shown any more."""
    whole = _event(f"{uid}.end", _DELETION, _BY_MACHINE, now, stale_at)
    _point(whole, 0.0, 0.0, _UNKNOWN)
    detail = ET.SubElement(whole, "detail")
    ET.SubElement(detail, "link", uid=uid, type=type_, relation="p-p")
    ET.SubElement(detail, "__forcedelete")
    return _written(whole)


def _event(uid: str, type_: str, how: str, now: dt.datetime, stale_at: dt.datetime) -> ET.Element:
    written, stale = _time(now), _time(stale_at)
    said = {"version": "2.0", "uid": uid, "type": type_, "how": how}
    return ET.Element("event", {**said, "time": written, "start": written, "stale": stale})


def _point(whole: ET.Element, lat: float, lon: float, error_m: str) -> None:
    errors = {"hae": _UNKNOWN, "ce": error_m, "le": _UNKNOWN}
    ET.SubElement(whole, "point", {"lat": str(lat), "lon": str(lon), **errors})


def _time(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _written(whole: ET.Element) -> bytes:
    return ET.tostring(whole, encoding="utf-8", xml_declaration=True)
