"""Cash under the Proceeds of Crime Act: from £1,000 on, for 48 hours that count."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.results import proceeds

LONDON = zoneinfo.ZoneInfo("Europe/London")
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


def london(*parts):
    return dt.datetime(*parts, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("seized", "due"),
    [
        # Monday to Wednesday.
        (london(2026, 11, 2, 12), london(2026, 11, 4, 12)),
        # Friday evening: six hours of it, Monday, and eighteen hours of Tuesday.
        (london(2026, 11, 6, 18), london(2026, 11, 10, 18)),
        # On a Saturday nothing runs until Monday begins.
        (london(2026, 11, 7, 3), london(2026, 11, 11, 0)),
        # Maundy Thursday: Good Friday, the weekend and Easter Monday do not count.
        (london(2026, 4, 2, 12), london(2026, 4, 8, 12)),
        # Christmas Day on a Friday, Boxing Day observed on the Monday after.
        (london(2026, 12, 24, 9), london(2026, 12, 30, 9)),
        # The clocks go forward on the Sunday between.
        (london(2027, 3, 24, 10), london(2027, 3, 30, 10)),
    ],
)
def test_the_clock_leaves_out_weekends_and_bank_holidays(seized, due):
    assert proceeds.due_at(seized) == due


@given(st.integers(0, 15 * 366 * 24 * 60))
def test_it_is_48_hours_of_days_that_count_and_never_fewer(minutes):
    seized = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)

    due = proceeds.due_at(seized)

    counted, moment = dt.timedelta(0), seized
    while moment < due:
        until = min(moment + dt.timedelta(minutes=30), due)
        if proceeds.counts(moment.astimezone(LONDON).date()):
            counted += until - moment
        moment = until
    # Half an hour of the walk may lie on both sides of a midnight, at each of its ends.
    assert abs(counted - proceeds.DETAINED_FOR) <= dt.timedelta(hours=1)
    assert due - seized >= proceeds.DETAINED_FOR


@pytest.fixture
def cash(log):
    """Log cash, and give its record as it is read."""

    def send(quantity="1000", **detail):
        at = detail.pop("occurred_at", "2026-11-02T12:00:00Z")
        found = {"category": "cash", "quantity": quantity} | detail
        return log("seizure", found, occurred_at=at)

    return send


def read(client, record):
    return client.get(f"/api/v1/results/{record['id']}").json


def change(client, record, **detail):
    etag = client.get(f"/api/v1/results/{record['id']}").headers["ETag"]
    reply = client.patch(
        f"/api/v1/results/{record['id']}",
        json={"reason": "It went on.", "detail": detail},
        headers={"If-Match": etag},
    )
    assert reply.status_code == 200, reply.text
    return reply.json


@pytest.mark.parametrize(
    ("quantity", "due"), [("999.99", None), ("1000", "2026-11-04T12:00:00+00:00")]
)
def test_from_1000_pounds_on_the_clock_runs(cash, quantity, due):
    record = cash(quantity)

    assert record["detail"].get("poca_due_at") == due
    assert any("Proceeds of Crime Act" in said for said in record["remarks"]) == bool(due)


def test_euros_count_nowhere_in_pounds_until_they_are_valued(lead, cash):
    euros = cash("5000", currency="EUR")
    assert any("counts nowhere in pounds" in said for said in euros["remarks"])
    assert "poca_due_at" not in euros["detail"]

    valued = change(lead, euros, valuations=[{"basis": "face", "value": "4300"}])

    assert valued["detail"]["poca_due_at"] == "2026-11-04T12:00:00+00:00"
    assert not any("counts nowhere" in said for said in valued["remarks"])


def test_the_clock_stops_at_the_courts_order_or_another_route(lead, cash):
    ordered, kept = cash(), cash()

    assert len(lead.get("/api/v1/cash-detentions").json) == 2
    change(
        lead,
        ordered,
        poca_route="poca",
        fiu_informed_at="2026-11-02T13:00:00Z",
        detention_order_at="2026-11-03T10:00:00Z",
        detention_order_ref="MC/1",
    )
    change(lead, kept, poca_route="evidence")

    assert lead.get("/api/v1/cash-detentions").json == []
    assert not any("can be detained until" in said for said in read(lead, ordered)["remarks"])


def test_the_list_shows_what_is_due_first_and_what_is_overdue(lead, cash, operation):
    late = cash(occurred_at=(NOW - dt.timedelta(days=30)).isoformat())
    fresh = cash("2500", exhibit_ref="AP/1", occurred_at=NOW.isoformat())

    clocks = lead.get("/api/v1/cash-detentions").json

    assert [(each["id"], each["is_overdue"]) for each in clocks] == [
        (late["id"], True),
        (fresh["id"], False),
    ]
    assert (clocks[1]["value"], clocks[1]["exhibit_ref"]) == ("2500", "AP/1")
    assert clocks[1]["operation"] == str(operation.id)
    overdue = lead.get("/api/v1/cash-detentions", query_string={"overdue": "true"}).json
    assert [each["id"] for each in overdue] == [late["id"]]
    first = lead.get("/api/v1/cash-detentions", query_string={"limit": 1})
    assert [each["id"] for each in first.json] == [late["id"]]
    assert 'rel="next"' in first.headers["Link"]


def test_struck_cash_has_no_clock(lead, cash):
    record = cash()
    lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Logged twice."})

    assert lead.get("/api/v1/cash-detentions").json == []


def test_the_courts_order_leaves_a_confirmation_standing(lead, second, cash):
    record = cash()
    second.post(f"/api/v1/results/{record['id']}/confirm", json={"how": "counted"})

    changed = change(lead, record, poca_route="poca", detention_order_at="2026-11-03T10:00:00Z")

    assert changed["status"] == "confirmed"


def test_cash_is_counted_by_two_people(lead, second, cash):
    record = cash("20")
    said = "Cash is counted by two people"
    assert any(said in each for each in read(lead, record)["remarks"])

    second.post(f"/api/v1/results/{record['id']}/confirm", json={"how": "counted"})

    assert not any(said in each for each in read(lead, record)["remarks"])


def test_only_cash_goes_that_way(lead, operation):
    body = {"kind": "seizure", "occurred_at": "2026-11-02T12:00:00Z",
            "detail": {"category": "phones", "poca_route": "poca"}}  # fmt: skip

    reply = lead.post(f"/api/v1/operations/{operation.id}/results", json=body)

    assert reply.status_code == 422
    assert "poca_route" in reply.json["errors"]["detail"]
