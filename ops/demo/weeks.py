"""The two weeks of action of 2023, as records.

Each record is invented; what they add up to is what the panel report of 20
November 2023 says of the two weeks: 33 warrants executed, 39 arrests and 13
lines closed. Things that must not count are among them on purpose: a warrant
that was not executed, an arrest that was struck, closures not confirmed yet.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from ops.demo.entries import Entry, Payload
from ops.demo.identity import id_of
from ops.demo.places import DISTRICTS
from ops.demo.programme import AUTUMN, SPRING, VULCAN, day
from ops.results.kinds.arrests import ETHNICITIES


@dataclasses.dataclass(frozen=True)
class Week:
    """How many records a week has of each kind."""

    reference: str
    monday: str
    warrants: int
    arrests: int
    closures: int
    seizures: int


WEEKS = (
    Week(SPRING, "2023-02-27", warrants=18, arrests=21, closures=7, seizures=16),
    Week(AUTUMN, "2023-10-09", warrants=15, arrests=18, closures=6, seizures=14),
)
# Inside Cheetham Hill and Strangeways, and inside Piccadilly Gardens.
IN_AN_AREA = ((-2.2440, 53.4936), (-2.2365, 53.4808))
REASONS = ("pwits_class_a", "supply_class_a", "conspiracy_to_supply", "slavery", "weapon")
AGES = ("18-24", "25-34", "10-17", "35-49", "18-24", "50-64")
POWERS = ("mda_23", "pace_8", "mda_23", "firearms_46")
SEIZED: tuple[Payload, ...] = (
    {"category": "cash", "quantity": "1240.50", "unit": "GBP", "power": "poca_294"},
    {
        "category": "drugs",
        "drug": "crack",
        "quantity": "86",
        "unit": "wrap",
        "weight_g": "17.2",
        "valuations": [{"basis": "street", "value": "860"}],
    },
    {"category": "weapons", "weapon": "machete", "quantity": "1", "unit": "count"},
    {"category": "phones", "quantity": "3", "unit": "count"},
    {
        "category": "drugs",
        "drug": "heroin",
        "quantity": "0.35",
        "unit": "kg",
        "qualifier": "approx",
        "valuations": [
            {"basis": "street", "value": "28000", "principal": True},
            {"basis": "wholesale", "value": "7500"},
        ],
    },
    {"category": "sim_cards", "quantity": "8", "unit": "count"},
    {"category": "vehicles", "vehicle": "car", "quantity": "1", "unit": "count"},
)


def entries() -> Iterator[Entry]:
    """Give each record of both weeks; the one logged twice by hand is struck."""
    for week in WEEKS:
        for payload in records(week):
            yield Entry(week.reference, payload, is_confirmed=is_confirmed(week, payload))
        yield Entry(week.reference, struck(week), struck="Logged twice.")


def records(week: Week) -> Iterator[Payload]:
    """Give what was logged in a week, as it would be sent to the API."""
    yield from _warrants(week)
    yield from _arrests(week)
    yield from _closures(week)
    yield from _seizures(week)
    yield from _package(week)


def struck(week: Week) -> Payload:
    """Give an arrest that was logged twice by hand, and then struck."""
    return _logged(week, "arrest", week.arrests, {"reason": "other"})


def _warrants(week: Week) -> Iterator[Payload]:
    for number in range(week.warrants):
        found = ["sought_found", "arrest"] if number % 3 else ["nil"]
        granted = (day(week.monday) - dt.timedelta(days=5)).date().isoformat()
        detail = {
            "power": POWERS[number % len(POWERS)],
            "granted_on": granted,
            "court": "Manchester Magistrates' Court",
            "entry": "forced" if number % 2 else "opened",
            "outcomes": found,
        }
        yield _logged(week, "warrant", number, detail)
    refused = {"power": "pace_8", "executed": False}
    yield _logged(week, "warrant", week.warrants, refused, note="Premises were empty and sold.")


def _arrests(week: Week) -> Iterator[Payload]:
    ethnicities = tuple(ETHNICITIES)
    for number in range(week.arrests):
        held = day(week.monday) + dt.timedelta(days=number % 7, hours=20)
        disposals = [{"code": "released_under_investigation", "at": held.isoformat()}]
        if number % 2:
            disposals = [{"code": "charged_remanded", "at": held.isoformat()}]
        detail = {
            "reason": REASONS[number % len(REASONS)],
            "age_band": AGES[number % len(AGES)],
            "sex": "female" if number % 5 == 4 else "male",
            "ethnicity": ethnicities[number % len(ethnicities)],
            "custody_ref": f"DEMO/{week.reference}/{number + 1:04}",
            "disposals": disposals,
        }
        # The first two of each week are credited to Vulcan too, in support.
        credited = [str(id_of("operation", VULCAN))] if number < 2 else []
        yield _logged(week, "arrest", number, detail, credits=credited)


def _closures(week: Week) -> Iterator[Payload]:
    for number in range(week.closures + 1):
        on = (day(week.monday) + dt.timedelta(days=number % 7)).date().isoformat()
        detail: Payload = {"type": "type_2", "line_name": f"Demonstration line {number + 1}"}
        if number % 2:
            detail |= {
                "type": "type_1",
                "arrest": str(_id(week, "arrest", number)),
                "charged_on": on,
            }
        elif number < week.closures:
            detail["deactivated_on"] = on
        yield _logged(week, "line_closure", number, detail)


def is_confirmed(week: Week, payload: Payload) -> bool:
    """Tell whether the closure was confirmed since; the last of each week waits."""
    last = _id(week, "line_closure", week.closures)
    return payload["kind"] == "line_closure" and payload["id"] != str(last)


def _seizures(week: Week) -> Iterator[Payload]:
    for number in range(week.seizures):
        detail = SEIZED[number % len(SEIZED)] | {"exhibit_ref": f"DEMO/{number + 1}"}
        yield _logged(week, "seizure", number, detail)


def _package(week: Week) -> Iterator[Payload]:
    """Give a package with phones in it: the parts are no addition to the whole."""
    first = week.seizures
    yield _logged(week, "seizure", first, {"category": "package", "quantity": "1"})
    for inside in (
        {"category": "phones", "quantity": "2", "unit": "count"},
        {"category": "sim_cards", "quantity": "4", "unit": "count"},
    ):
        first += 1
        detail = inside | {"parent": str(_id(week, "seizure", week.seizures))}
        yield _logged(week, "seizure", first, detail)


def _logged(week: Week, kind: str, number: int, detail: Payload, **more: Any) -> Payload:
    moment = day(week.monday) + dt.timedelta(days=number % 7, hours=5, minutes=30 + number)
    if number % 4 == 0:
        longitude, latitude = IN_AN_AREA[number // 4 % 2]
    else:
        district = DISTRICTS[number % len(DISTRICTS)]
        longitude, latitude = district.longitude, district.latitude
    return {
        "id": str(_id(week, kind, number)),
        "kind": kind,
        "occurred_at": moment.isoformat(),
        "position": {"type": "Point", "coordinates": [longitude, latitude]},
        "accuracy_m": "12",
        "detail": detail,
    } | more


def _id(week: Week, kind: str, number: int) -> object:
    return id_of("result", week.reference, kind, number)
