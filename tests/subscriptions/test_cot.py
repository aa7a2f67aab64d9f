"""What is written for a TAK server is what its clients read."""

import asyncio
import datetime as dt
import uuid
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytak

from ops.results.kinds import KINDS
from ops.subscriptions import cot

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
STALE = NOW + dt.timedelta(hours=4)
KEY = uuid.UUID("0193e9a0-1111-7222-8333-444455556666")
SQUARE = [[-2.25, 53.48], [-2.23, 53.48], [-2.23, 53.49], [-2.25, 53.49], [-2.25, 53.48]]


def read(*events):
    """Read a stream of events as PyTAK does, each parsed."""

    async def through():
        reader = asyncio.StreamReader()
        reader.feed_data(b"".join(events))
        reader.feed_eof()
        worker = pytak.RXWorker(asyncio.Queue(), {}, reader)
        found = []
        while (data := await worker.readcot()) is not None:
            found.append(ET.fromstring(data))  # noqa: S314  (what we wrote)
        return found

    return asyncio.run(through())


def area(*parts, name="Moulton Street"):
    """Give a row of an area of these outlines."""
    shape = {"type": "MultiPolygon", "coordinates": [[part] for part in parts]}
    return SimpleNamespace(id=KEY, name=name, geometry=shape)


def test_an_area_is_a_closed_drawing_with_its_marking():
    [shown] = cot.areas(area(SQUARE), "OFFICIAL")

    [event] = read(cot.event(shown, NOW, STALE))

    assert event.attrib == {
        "version": "2.0",
        "uid": f"ops.area.{KEY}",
        "type": "u-d-f",
        "how": "h-e",
        "time": "2026-11-30T12:00:00.000Z",
        "start": "2026-11-30T12:00:00.000Z",
        "stale": "2026-11-30T16:00:00.000Z",
        "access": "OFFICIAL",
    }
    detail = event.find("detail")
    corners = [link.get("point") for link in detail.findall("link")]
    assert corners[0] == corners[-1] == "53.48,-2.25"
    assert len(corners) == 5
    assert detail.find("contact").get("callsign") == "Moulton Street"
    assert detail.find("remarks").text == "OFFICIAL"


def test_each_part_of_an_area_has_an_id_that_stays():
    shown = cot.areas(area(SQUARE, SQUARE), "OFFICIAL")

    assert [each.uid for each in shown] == [f"ops.area.{KEY}", f"ops.area.{KEY}.2"]
    assert [each.callsign for each in shown] == [
        "Moulton Street (1 of 2)",
        "Moulton Street (2 of 2)",
    ]


def test_a_result_is_a_point_of_its_kind_and_says_no_more():
    point = {"type": "Point", "coordinates": [-2.2441, 53.4936]}
    row = SimpleNamespace(id=KEY, kind="seizure", accuracy_m=12, geometry=point)

    [event] = read(cot.event(cot.result(row, "Seizure", "OFFICIAL-SENSITIVE"), NOW, STALE))

    assert (event.get("type"), event.get("access")) == ("a-n-G-E", "OFFICIAL-SENSITIVE")
    assert event.find("point").attrib == {
        "lat": "53.4936",
        "lon": "-2.2441",
        "hae": "9999999.0",
        "ce": "12",
        "le": "9999999.0",
    }
    assert [(each.tag, each.text) for each in event.find("detail")] == [
        ("contact", None),
        ("remarks", "OFFICIAL-SENSITIVE"),
        ("archive", None),
    ]


def test_what_is_gone_is_taken_away_by_its_id():
    [event] = read(cot.deletion(f"ops.area.{KEY}", "u-d-f", NOW, STALE))

    assert event.get("type") == "t-x-d-d"
    link = event.find("detail/link")
    assert (link.get("uid"), link.get("type")) == (f"ops.area.{KEY}", "u-d-f")


def test_a_name_can_not_break_out_of_its_place():
    [shown] = cot.areas(area(SQUARE, name='"/><event type="a-h-G"/></event>'), "OFFICIAL")

    events = read(cot.event(shown, NOW, STALE), cot.event(shown, NOW, STALE))

    assert [each.get("type") for each in events] == ["u-d-f", "u-d-f"]
    assert events[0].find("detail/contact").get("callsign") == shown.callsign


def test_nobody_who_needs_protection_is_ever_shown():
    assert set(cot.TYPES) <= set(KINDS)
    assert not set(cot.TYPES) & {"safeguarding", "court_order", "order_breach", "disruption"}
