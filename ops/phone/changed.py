"""What changed since a phone last asked: from the ledger's feed, over all that it has.

A place is one in the feed, with the operations that the phone has from it: what is not there any
more is told as gone and nothing else, whatever the reason, and what is new is told whole. The
ledger tells a partner, who sees a part of an operation, little of what others do to it: so what
they see is compared as a whole. What a bundle holds also depends on the day, so on another day
all is told again.
"""

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson

from ops import api, db, wording
from ops.errors import Invalid
from ops.ledger import feed
from ops.phone import bundle, queries
from ops.phone.bundle import Told, Touched

# Changes that are looked at in one reply; the next one follows at once.
MOST = 500


@dataclasses.dataclass(frozen=True)
class Place:
    """How far a phone has read: a place in the feed, the day, and what it has.

    `held` are operations, each with the mark of what a partner sees of it; blank for all others.
    """

    feed: feed.Place
    day: dt.date
    held: Mapping[uuid.UUID, str]

    def __str__(self) -> str:
        held = ",".join(f"{key.hex}{mark}" for key, mark in self.held.items())
        return api.write_cursor([str(self.feed), self.day.isoformat(), held])


def read(text: str) -> Place:
    """Read a place that a phone sends back, or refuse what is none of ours."""
    place, day, held = api.read_cursor(text, 3)
    try:
        found = {uuid.UUID(each[:32]): each[32:] for each in held.split(",") if each}
        return Place(feed.read(place), dt.date.fromisoformat(day), found)
    except ValueError:
        said = "This place is not one of ours; take the bundle again."
        raise Invalid(said, {"after": [said]}) from None


def begin(now: dt.datetime) -> feed.Place:
    """Give the place of this moment; read first of all, so that what follows is told again."""
    [here] = db.session.execute(queries.NOW)
    return feed.turn(None, [], 0, here, now)[1]


def held(found: Iterable[Any], operations: Iterable[Told]) -> dict[uuid.UUID, str]:
    """Say what a phone has that was told these operations whole."""
    parts = {row.id for row in found if row.is_part}
    return {each["id"]: _mark(each) if each["id"] in parts else "" for each in operations}


def since(place: Place, now: dt.datetime) -> tuple[list[Told], list[uuid.UUID], Place, bool]:
    """Tell what changed, what is gone, the place after it, and whether there is more already."""
    # First of all, so that what happens while the rest is read is told again.
    rows = db.session.execute(queries.touched(list(place.held), place.feed, MOST)).all()
    changed = [row for row in rows if row.id is not None]
    page, here, more = feed.turn(place.feed, changed, MOST, rows[0], now)
    found = bundle.shift(now)
    day = wording.today()
    parts = {row.id for row in found if row.is_part}
    new = {row.id for row in found if day != place.day or row.id not in place.held}
    if new and not more:
        # What was done to them before they were told whole is no news.
        here = feed.turn(None, [], 0, rows[0], now)[1]
    whole = new | parts | {row.id for row in found if place.held.get(row.id)}
    touched = _touched(page, place.held.keys() - whole)
    told = bundle.told(found, now, whole, touched)
    has = {row.id: "" for row in found} | held(
        found, (each for each in told if each["id"] in parts)
    )
    unchanged = {key for key in parts if day == place.day and place.held.get(key) == has[key]}
    operations = [
        each
        | {
            "whole": each["id"] in whole,
            "gone": _gone(each, () if each["id"] in whole else page),
        }
        for each in told
        if each["id"] not in unchanged
    ]
    gone = [key for key in place.held if key not in has]
    return operations, gone, Place(here, day, has), more


def _touched(rows: Iterable[Any], operations: Collection[uuid.UUID]) -> Touched:
    """Say what a phone has to be told again of operations that it has."""
    ids: dict[str, set[uuid.UUID]] = {name: set() for name in (*queries.TOUCHING, "site")}
    touched = Touched()
    for row in rows:
        if row.operation_id is not None and row.operation_id not in operations:
            continue
        ids[row.object].add(row.object_id)
        if row.operation_id is not None:
            touched.operations.add(row.operation_id)
        if row.object in {"briefing", "briefing_reading"}:
            touched.briefings.add(row.operation_id)
    touched.areas = ids["area"]
    touched.deployments = ids["deployment"]
    if any(ids[name] for name in ("assignment", "team", "team_member", "site", "area")):
        for row in db.session.execute(queries.deployments_with(operations, ids)):
            touched.deployments.add(row.id)
            touched.operations.add(row.operation_id)
    return touched


def _gone(told: Told, page: Sequence[Any]) -> dict[str, list[uuid.UUID]]:
    """List what was changed of an operation and is not there any more."""
    return {
        name: sorted(
            {row.object_id for row in page if (row.operation_id, row.object) == (told["id"], kind)}
            - {each["id"] for each in told[name]}
        )
        for name, kind in bundle.PARTS.items()
    }


def _mark(told: Told) -> str:
    content = orjson.dumps(told, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()[:16]
