"""What was done beside arrests and seizures: prisons searched, people safeguarded and reached.

Each record is invented. The spring week adds up to what the force published of it in 2023
(62 people safeguarded, 27 of them children; 17 cuckooed addresses visited; 10,000 homes
leafleted), the prevent programme to the panel report of 20 November 2023 (98 school sessions and
more than 4,500 pupils; more than 1,600 people trained in more than 40 sessions, 390 of them GPs).
"""

import datetime as dt
from collections.abc import Iterator

from ops.demo.entries import Entry, Payload
from ops.demo.identity import id_of
from ops.demo.places import DISTRICTS, PRISONS
from ops.demo.programme import AUTUMN, GATEHOUSE, SPRING, VULCAN, day

PREVENT = "PREVENT"
# The months of Gatehouse that have records; every sixth deployment is a training.
MONTHS = 12


def entries() -> Iterator[Entry]:
    """Give each record, operation by operation."""
    for number in range(MONTHS):
        for payload in _at_a_prison(number):
            yield Entry(GATEHOUSE, payload)
    for reference, records in (
        (SPRING, _spring()),
        (AUTUMN, _autumn()),
        (VULCAN, _vulcan()),
        (PREVENT, _prevent()),
    ):
        for number, (kind, on, detail) in enumerate(records):
            yield Entry(reference, _logged(reference, kind, number, on, detail))


def _at_a_prison(month: int) -> Iterator[Payload]:
    prison = PRISONS[month % 4]
    first = dt.date(2023 + (3 + month) // 12, (3 + month) % 12 + 1, 11)
    deployed = {
        "deployment": str(id_of("deployment", GATEHOUSE, f"{prison.name}, {first:%B %Y}")),
        "position": {"type": "Point", "coordinates": [prison.longitude, prison.latitude]},
        "accuracy_m": "25",
    }
    site = str(id_of("site", prison.code))
    if month % 6 == 0:
        detail: Payload = {
            "activity": "training",
            "audience": ["prison_staff"],
            "topics": ["exploitation"],
            "site": site,
            "counts": [_count("people", 18 + month)],
        }
        yield _logged(GATEHOUSE, "engagement", month, first, detail) | deployed
        return
    cells = {
        "type": "prison",
        "site": site,
        "searched_by": ["police", "prison_staff"],
        "searched": [{"what": ["cells"], "number": str(5 + month)}],
        "found_in": ["cell"],
        "held_by": ["prisoner"],
        "finds": [{"category": "phones", "number": "3"}, {"category": "drugs"}],
    }
    visits: Payload = {
        "type": "prison",
        "site": site,
        "methods": ["dog"],
        "searched_by": ["police_dogs"],
        "searched": [
            {"what": ["visitors"], "number": str(40 + month)},
            {"what": ["vehicles"], "number": "20", "qualifier": "approx"},
        ],
        "outcomes": [
            {"outcome": "dog_indication", "number": "4"},
            {"outcome": "refused_entry", "number": "2"},
        ],
    }
    if month % 2:
        visits["dry_reason"] = "deterrence"
    staff = {
        "role": "prison_team",
        "partners": ["hmpps"],
        "counts": [_count("officers", 12), _count("dogs", 2), _count("officer_hours", 72)],
    }
    for part, (kind, detail) in enumerate(
        (("search", cells), ("search", visits), ("resource", staff))
    ):
        yield _logged(GATEHOUSE, kind, month * 3 + part, first, detail) | deployed


def _spring() -> Iterator[tuple[str, dt.date, Payload]]:
    on = dt.date(2023, 3, 1)
    yield "safeguarding", on, {"actions": ["safeguarded"], "number": "35"}
    for sex, number in (("male", 17), ("female", 10)):
        people = [{"age_group": "child", "sex": sex, "number": str(number)}]
        yield "safeguarding", on, {"actions": ["safeguarded"], "people": people}
    yield "safeguarding", on, {"actions": ["visited"], "addresses": "15"}
    for person in ("DEMO/P1", "DEMO/P2"):
        yield (
            "safeguarding",
            on,
            {
                "actions": ["visited", "welfare_check"],
                "person_ref": person,
                "people": [{"age_group": "adult"}],
                "cuckooed": "confirmed",
                "concerns": ["cuckooing"],
                "roles": ["victim"],
                "referrals": [{"to": "adult_social_care"}, {"to": "housing"}],
            },
        )
    yield "engagement", on, {"activity": "leafleting", "counts": [_count("homes", 10_000)]}
    for _number in range(2):
        yield "engagement", on, {"activity": "partner_day", "partners": ["crimestoppers"]}


def _autumn() -> Iterator[tuple[str, dt.date, Payload]]:
    on = dt.date(2023, 10, 11)
    people = [{"age_group": "child", "number": "41"}]
    yield "safeguarding", on, {"actions": ["referred"], "people": people}
    yield (
        "safeguarding",
        on,
        {
            "actions": ["referred", "nrm"],
            "person_ref": "DEMO/P3",
            "people": [{"age_group": "child", "sex": "male"}],
            "concerns": ["criminal_exploitation"],
            "roles": ["victim", "suspect"],
            "first_responder": "police",
            "authority_told_at": day("2023-10-11").isoformat(),
            "referrals": [{"to": "children_social_care", "outcome": "accepted"}],
            "decisions": [{"decision": "reasonable_positive", "on": "2023-10-18"}],
        },
    )
    officers = [_count("officers", 120, "approx")]
    yield "resource", on, {"role": "neighbourhood", "counts": officers}


def _vulcan() -> Iterator[tuple[str, dt.date, Payload]]:
    on = dt.date(2023, 5, 30)
    officers = [_count("officers", 60, "more_than"), _count("payback_teams", 1)]
    partners = ["council", "trading_standards", "community_payback"]
    yield "resource", on, {"counts": officers, "partners": partners}
    checked = [{"what": ["vehicles"], "number": "5"}, {"what": ["anybody"], "number": "10"}]
    yield (
        "search",
        on,
        {
            "type": "checkpoint",
            "searched": checked,
            "outcomes": [
                {"outcome": "prohibition", "number": "5"},
                {"outcome": "traffic_offence", "number": "62"},
            ],
        },
    )
    plans = {"actions": ["care_plan"], "number": "95", "qualifier": "exact"}
    yield "safeguarding", dt.date(2024, 9, 20), plans


def _prevent() -> Iterator[tuple[str, dt.date, Payload]]:
    on = dt.date(2023, 11, 1)
    for activity, audience, sessions, people, sure in (
        ("school_session", "pupils", 98, 4500, "more_than"),
        ("awareness_session", "gps", 8, 390, "exact"),
        ("awareness_session", "other", 32, 1210, "more_than"),
    ):
        counts = [_count("sessions", sessions, sure), _count("people", people, sure)]
        if activity == "school_session":
            counts[0]["qualifier"] = "exact"
        yield "engagement", on, {"activity": activity, "audience": [audience], "counts": counts}
    counts = [_count("people", 51)]
    yield "engagement", on, {"activity": "mentoring", "audience": ["at_risk"], "counts": counts}


def _count(what: str, number: int, qualifier: str = "exact") -> Payload:
    return {"what": what, "number": str(number), "qualifier": qualifier}


def _logged(reference: str, kind: str, number: int, on: dt.date, detail: Payload) -> Payload:
    district = DISTRICTS[number % len(DISTRICTS)]
    return {
        "id": str(id_of("result", reference, "partnership", kind, number)),
        "kind": kind,
        "occurred_at": (day(on.isoformat()) + dt.timedelta(hours=10)).isoformat(),
        "position": {"type": "Point", "coordinates": [district.longitude, district.latitude]},
        "accuracy_m": "100",
        "detail": detail,
    }
