"""Warrants on their way back to court: due, late, without a clock, and back."""

import datetime as dt

import pytest

from ops import wording
from tests import factories

LONG_AGO = {"occurred_at": "2026-09-01T12:00:00Z"}


@pytest.fixture
def operation(session):
    return factories.operation(starts_at=dt.datetime(2026, 8, 1, tzinfo=dt.UTC))


def listed(client, **query):
    reply = client.get("/api/v1/warrants/returns", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def test_warrants_are_listed_by_the_day_they_are_due(lead, log):
    open_ended = log("warrant", {"executed": False, "entries": []})["id"]
    log("warrant", {"granted_on": "2026-08-30"}, **LONG_AGO)
    log("warrant", {"premises": "all", "power": "pace_8", "granted_on": "2026-11-01"})

    found = listed(lead)

    assert [each["return_due"] for each in found] == ["2026-09-01", "2027-02-01", None]
    assert [each["is_overdue"] for each in found] == [True, False, False]
    assert found[-1]["id"] == open_ended


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"executed": False, "entries": []}, "no clock can run: add it"),
        ({}, "nobody can tell whether it was still in force"),
        (
            {"power": "other", "executed": False, "entries": [], "granted_on": "2026-10-01"},
            "How long a warrant under this power lasts",
        ),
    ],
)
def test_what_has_no_clock_says_why(lead, log, detail, words):
    log("warrant", detail)

    assert words in listed(lead)[0]["no_clock"]


def test_one_that_has_all_its_dates_says_nothing(lead, log):
    log("warrant", {"granted_on": "2026-11-01"})

    assert listed(lead)[0]["no_clock"] is None


def test_the_overdue_ones_of_an_operation_are_found(lead, log):
    other = factories.operation()
    late = log("warrant", **LONG_AGO)["id"]
    log("warrant", to=other)
    log("warrant", {"premises": "all", "power": "pace_8", "granted_on": "2026-11-01"})

    found = listed(lead, overdue="true")

    assert late in [each["id"] for each in found]
    assert listed(lead, overdue="true", operation=str(other.id))[0]["operation"] == str(other.id)


def test_one_is_marked_as_returned_in_one_step_and_stays_confirmed(lead, second, log):
    warrant = log("warrant", **LONG_AGO)["id"]
    second.post(f"/api/v1/results/{warrant}/confirm")

    done = lead.post("/warrants/returns", data={"warrant": warrant, "returned_on": "2026-09-02"})

    assert done.status_code == 303
    assert listed(lead) == []
    [back] = listed(lead, returned="true")
    assert (back["returned_on"], back["is_overdue"]) == ("2026-09-02", False)
    assert lead.get(f"/api/v1/results/{warrant}").json["status"] == "confirmed"


def test_a_day_to_come_is_refused_with_a_sentence(lead, log):
    warrant = log("warrant", **LONG_AGO)["id"]
    ahead = wording.today() + dt.timedelta(days=3)

    page = lead.post("/warrants/returns", data={"warrant": warrant, "returned_on": str(ahead)})

    assert page.status_code == 422
    assert "This lies in the future" in page.text


def test_what_was_struck_or_lies_in_a_hidden_operation_is_not_listed(lead, client_as, log):
    struck = log("warrant")["id"]
    lead.post(f"/api/v1/results/{struck}/strike", json={"reason": "Wrong."})
    hidden = factories.operation(visibility="covert")
    insider = client_as("officer")
    factories.member(hidden, insider.person, "officer")
    log("warrant", client=insider, to=hidden)

    assert listed(lead) == []
    assert len(listed(insider)) == 1


def test_the_page_says_so_where_every_warrant_is_back(lead):
    assert "Every warrant is back at court." in lead.get("/warrants/returns").text
