"""Orders and their breaches, disruptions, premises closed, and what partners did.

Each record is invented. What some of them add up to was published: 17 breaches of orders or bail
in the zone in November 2023, 2 tonnes of waste in one day of May 2023, grants of £20,000 and
£8,000 from what was confiscated.
"""

import datetime as dt
from collections.abc import Iterator

from ops.demo import places
from ops.demo.entries import Entry, Payload
from ops.demo.identity import id_of
from ops.demo.programme import ORDERS, VULCAN, day

# The two that a place takes back and forth: in Cheetham Hill, and in Piccadilly Gardens.
HILL, GARDENS = (-2.2440, 53.4936), (-2.2365, 53.4808)
BREACHES = 17
_Record = tuple[str, dt.date, Payload]
_OBSERVED: Payload = {
    "on": dt.date(2023, 6, 1),
    "level": "moderate",
    "reasons": "Fewer shops supply than before, but others opened streets away.",
}


def entries() -> Iterator[Entry]:
    """Give each record; what is assessed is confirmed."""
    for reference, records in ((ORDERS, _orders()), (VULCAN, _vulcan())):
        for number, (kind, on, detail) in enumerate(records):
            assessed = _OBSERVED if detail.get("level_claimed") == "major" else None
            payload = _logged(reference, kind, number, on, detail)
            yield Entry(reference, payload, is_confirmed=bool(assessed), assessed=assessed)


def _orders() -> Iterator[_Record]:
    """Give an order that was breached in another force's area, and two in force."""
    order: Payload = {
        "order_type": "stpo",
        "subject": "person",
        "subject_ref": "DEMO/N1",
        "applicant": "police",
        "made_by": "crown_court",
        "ends_on": "2032-06-01",
        "conditions": [
            {"text": "Not to hire or drive a vehicle that is not notified"},
            {"text": "Not to hold more than one phone, and that one notified"},
        ],
    }
    yield "court_order", dt.date(2022, 6, 1), order
    yield (
        "order_breach",
        dt.date(2023, 5, 4),
        {
            "order_type": "stpo",
            "order": _id(ORDERS, 0),
            "subject_ref": "DEMO/N1",
            "breaches": ["vehicle", "phone"],
            "force": "05",
            "custody_ref": "DEMO/ORDERS/0001",
            "followed": [
                {"code": "charged", "on": "2023-05-05"},
                {"code": "imprisoned", "on": "2023-09-12", "months": 72},
            ],
        },
    )
    yield (
        "court_order",
        dt.date(2024, 2, 8),
        {
            "order_type": "scpo",
            "subject": "person",
            "subject_ref": "DEMO/N2",
            "applicant": "prosecution",
            "made_by": "crown_court",
            "ends_on": "2029-02-08",
            "conditions": [{"text": "To notify each phone and bank account within three days"}],
        },
    )


def _vulcan() -> Iterator[_Record]:
    """Give what was done with partners, from the first closures to the gardens."""
    clear, build = (
        str(id_of("phase", VULCAN, kind, start))
        for kind, start in (("clear", "2022-11-02"), ("build", "2024-01-01"))
    )
    for number, (closure, authority) in enumerate(
        (
            ("emptied_and_closed", "police"),
            ("landlord_action", "landlord"),
            ("fire_service", "fire_service"),
            ("emptied_and_closed", "trading_standards"),
            ("closure_order", "court"),
        )
    ):
        shop: Payload = {
            "closure": closure,
            "authority": authority,
            "premises_name": f"Demonstration shop {number + 1}",
            "trade": "counterfeit",
        }
        yield "premises_closure", dt.date(2022, 11, 10 + number), shop
    for on, detail in (
        (dt.date(2023, 5, 30), {"action": "waste_removed", "number": "2", "partner": "council"}),
        (dt.date(2023, 5, 30), {"action": "community_payback", "partner": "probation"}),
        (dt.date(2023, 3, 14), {"action": "visit", "number": "12",
                                "partner": "trading_standards", "about": "counterfeit"}),
        (dt.date(2023, 3, 20), {"action": "prohibition", "partner": "fire_service",
                                "about": "fire_safety"}),
    ):  # fmt: skip
        yield "partner_action", on, {"phase": clear, "four_p": "pursue", **detail}
    for pounds in ("20000", "8000"):
        grant = {"action": "grant", "number": pounds, "about": "proceeds_of_crime"}
        yield (
            "partner_action",
            dt.date(2024, 6, 3),
            {"phase": build, "four_p": "prevent", "partner": "charity", **grant},
        )
    yield (
        "partner_action",
        dt.date(2024, 6, 4),
        {
            "action": "environment",
            "partner": "council",
            "about": "design",
            "phase": build,
            "description": "Lights and cut hedges beside the tram stop.",
            "due_on": "2024-09-30",
            "completed_on": "2024-09-12",
        },
    )
    for level, target in (("major", "vulnerability"), ("minor", "individual")):
        yield (
            "disruption",
            dt.date(2023, 4, 12),
            {
                "four_p": "pursue",
                "level_claimed": level,
                "target": target,
                "target_ref": f"DEMO/D/{target[:3].upper()}",
                "what_was_done": "Shops emptied and closed, with those who supplied them.",
                "reviews": [
                    {"after": after, "on": on, "outcome": outcome}
                    for after, on, outcome in (
                        ("3", "2023-07-12", "still_disrupted"),
                        ("6", "2023-10-16", "still_disrupted"),
                        ("12", "2024-04-15", "partly_recovered"),
                    )
                ],
            },
        )
    outline = places.PICCADILLY_GARDENS.geoms[0].exterior.coords
    zone = {"type": "Polygon", "coordinates": [[list(corner) for corner in outline]]}
    yield (
        "court_order",
        dt.date(2023, 10, 20),
        {
            "order_type": "cbo",
            "subject": "person",
            "subject_ref": "DEMO/P1",
            "age_group": "adult",
            "applicant": "prosecution",
            "made_by": "magistrates",
            "ends_on": "2028-10-20",
            "conditions": [{"text": "Not to enter the gardens", "zone": zone}],
        },
    )
    for number in range(BREACHES):
        order_type = "cbo" if number % 3 else "bail_conditions"
        breach = {"order_type": order_type, "breaches": ["exclusion_zone"]}
        followed = [{"code": "arrested"}, {"code": "remanded" if number % 2 else "bailed"}]
        on = dt.date(2023, 11, 2 + number)
        yield "order_breach", on, {**breach, "followed": followed}


def _id(reference: str, number: int) -> str:
    return str(id_of("result", reference, "enforcement", number))


def _logged(reference: str, kind: str, number: int, on: dt.date, detail: Payload) -> Payload:
    longitude, latitude = GARDENS if on.month > 9 and on.year > 2022 else HILL
    where: Payload = {
        "position": {"type": "Point", "coordinates": [longitude, latitude]},
        "accuracy_m": "50",
    }
    return {
        "id": _id(reference, number),
        "kind": kind,
        # Hours apart, or two of a kind would be taken for one.
        "occurred_at": (day(on.isoformat()) + dt.timedelta(hours=9 + number % 8)).isoformat(),
        "detail": detail,
        **({} if reference == ORDERS else where),
    }
