"""Read a list of addresses, pasted or from a spreadsheet, as deployments to make."""

import csv
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from ops import db
from ops.errors import Invalid
from ops.geo import places, shapes
from ops.geo.models import Area, Site
from ops.operations import clock
from ops.operations.deployment_codes import DEPLOYMENT_KINDS, METHODS_OF_ENTRY, POWERS
from ops.operations.many import MOST, Draft
from ops.operations.models import Team
from ops.operations.schemas import DeploymentPlanSchema
from ops.wording import local

# What a column may be called in its first line.
COLUMNS = {
    "name": ("name", "deployment", "title"),
    "address": ("address", "location", "premises"),
    "postcode": ("postcode", "post code"),
    "kind": ("kind", "type"),
    "start": ("start", "starts", "starts_at", "start time", "from"),
    "end": ("end", "ends", "ends_at", "end time", "to", "until"),
    "team": ("team",),
    "site": ("site", "prison"),
    "area": ("area",),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "long", "longitude", "lng"),
    "power": ("power",),
    "method_of_entry": ("method_of_entry", "method of entry", "entry"),
    "note": ("note", "notes", "comment"),
}
_NAMES = {called: name for name, names in COLUMNS.items() for called in names}
_CODES: Mapping[str, Mapping[str, str]] = {
    "kind": DEPLOYMENT_KINDS,
    "power": POWERS,
    "method_of_entry": METHODS_OF_ENTRY,
}
_LONGEST_NAME = 120


def read(text: str, defaults: dict[str, str], operation_id: uuid.UUID) -> list[Draft]:
    """Read each line as a deployment to make; what is wrong with one is said by its column."""
    rows = list(_rows(text))
    if not rows:
        raise Invalid("Paste a list, one address a line.", {"text": ["The list is empty."]})
    if len(rows) > MOST:
        said = f"A list has {MOST} lines at most; send this one in parts."
        raise Invalid(said, {"text": [said]})
    known = _Known(operation_id)
    return [_draft(number, defaults | cells, known) for number, cells in rows]


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the lines with their numbers, their cells by column; plain lines are addresses."""
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    head: list[str | None] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if not head:
                if head := _head(stripped):
                    continue
                yield from ((number, {"address": line.strip()}) for number, line in _plain(lines))
                return
            if any(stripped[len(head) :]):
                said = f"Line {reader.line_num} has more cells than the first line has names."
                raise Invalid(said, {"text": [said]})
            named = zip(head, stripped, strict=False)
            yield reader.line_num, {name: cell for name, cell in named if name and cell}
    except csv.Error as error:
        said = f"Line {reader.line_num} can’t be read: {error}."
        raise Invalid(said, {"text": [said]}) from error


def _plain(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _head(cells: Sequence[str]) -> list[str | None]:
    """Read the first line as names of columns, if it is one."""
    names = [_NAMES.get(cell.lower()) for cell in cells]
    known = [name for name in names if name]
    if not {"address", "name", "postcode", "site", "area"} & set(known):
        return []
    if unknown := [cell for cell, name in zip(cells, names, strict=True) if cell and not name]:
        said = f"No column is called “{unknown[0]}”; use {', '.join(COLUMNS)}."
        raise Invalid(said, {"text": [said]})
    if doubled := sorted({name for name in known if known.count(name) > 1}):
        said = f"Two columns are called {doubled[0]}; each needs a name of its own."
        raise Invalid(said, {"text": [said]})
    return names


class _Known:
    """The teams, areas and sites that a list may name, by their names."""

    def __init__(self, operation_id: uuid.UUID) -> None:
        self.teams = _by_name(
            sa.select(Team.name, Team.id).where(Team.operation_id == operation_id)
        )
        self.areas = _by_name(
            sa.select(Area.name, Area.id).where(Area.operation_id == operation_id)
        )
        self.sites = _by_name(sa.select(Site.name, Site.id))


def _by_name(query: db.Query) -> dict[str, uuid.UUID]:
    return {name.lower(): key for name, key in db.session.execute(query.order_by(sa.text("1, 2")))}


def _draft(number: int, cells: Mapping[str, str], known: _Known) -> Draft:
    draft = Draft(number)
    sent: dict[str, Any] = {
        name: cells[name] for name in ("name", "address", "postcode", "note") if cells.get(name)
    }
    sent.setdefault("name", cells.get("address", cells.get("postcode", ""))[:_LONGEST_NAME])
    for name, codes in _CODES.items():
        if cells.get(name):
            sent[name] = _code(cells[name], codes)
            if sent[name] not in codes:
                draft.errors[name] = f"Choose one of: {', '.join(codes.values())}."
    _times(draft, cells, sent)
    _place(draft, cells, sent, known)
    if cells.get("team"):
        draft.team = known.teams.get(cells["team"].lower())
        if draft.team is None:
            draft.errors["team"] = f"The operation has no team called “{cells['team']}”."
    try:
        draft.content = DeploymentPlanSchema().load(sent)
    except ma.ValidationError as error:
        wire = {"starts_at": "start", "ends_at": "end"}
        for name, texts in error.normalized_messages().items():
            column = wire.get(name, name)
            draft.errors.setdefault(column, " ".join(map(str, texts)))
        draft.content = {"name": sent["name"]}
    return draft


def _code(text: str, codes: Mapping[str, str]) -> str:
    """Give the code of a label, or what was written."""
    wanted = text.lower()
    return next(
        (code for code, label in codes.items() if wanted in {code, label.lower()}),
        text,
    )


def _times(draft: Draft, cells: Mapping[str, str], sent: dict[str, Any]) -> None:
    starts_at = None
    for column, name in (("start", "starts_at"), ("end", "ends_at")):
        if not cells.get(column):
            draft.errors[column] = clock.AS_IN
            continue
        try:
            day = local(starts_at).date() if starts_at else None
            found = clock.moment(cells[column], day)
        except ValueError as error:
            draft.errors[column] = str(error)
            continue
        if starts_at is not None and found <= starts_at:
            draft.errors[column] = "It ends before it starts."
        starts_at = starts_at or found
        sent[name] = found.isoformat()


def _place(draft: Draft, cells: Mapping[str, str], sent: dict[str, Any], known: _Known) -> None:
    """Find where it is: a site or an area by name, a point that was typed, or the postcode's."""
    for column, names in (("site", known.sites), ("area", known.areas)):
        if cells.get(column):
            found = names.get(cells[column].lower())
            if found is None:
                draft.errors[column] = f"There is no {column} called “{cells[column]}”."
            sent[column] = str(found)
            return
    lat, lon = cells.get("lat"), cells.get("lon")
    if lat or lon:
        try:
            point = [float(lon or ""), float(lat or "")]
            shapes.point({"type": "Point", "coordinates": point})
        except (ValueError, shapes.BadShape):
            draft.errors["lat"] = "Give a latitude and a longitude, such as 53.4920 and -2.2458."
            return
        sent["point"] = {"type": "Point", "coordinates": point}
        return
    for typed in filter(None, (cells.get("postcode"), cells.get("address"))):
        if nearest := places.find(typed[:100], 1):
            sent["point"] = nearest[0]["point"]
            draft.found = f"{nearest[0]['name']}, {nearest[0]['text']}"
            return
    column = "postcode" if cells.get("postcode") else "address"
    draft.errors[column] = "This place is not known here; add its lat and lon, or its site."
