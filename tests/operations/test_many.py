"""Many deployments at once: from a list in any letters, or by repeating one."""

import datetime as dt
import io
import uuid
from types import SimpleNamespace

import openpyxl
import pytest

from ops.operations import clock
from ops.operations.repeating import occurrences
from tests import factories
from tests.operations.test_deployment_views import assign, deploy, team_of

HEAD = "address,kind,start,end,lat,lon,team\n"
GOOD = "4 Moulton Street,Warrant,2026-11-03 05:00,09:00,53.4936,-2.244,\n"
WEEKLY = {"frequency": "weekly"}


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(session):
    made = factories.operation(ends_at=factories.NOON + dt.timedelta(days=300))
    # What is tried is rolled back, and would take the record of a test with it.
    return SimpleNamespace(id=made.id)


def send(client, operation, text, **more):
    path = f"/api/v1/operations/{operation.id}/deployments/list"
    return client.post(path, json={"text": text, **more})


def planned(client, operation):
    return client.get(f"/api/v1/operations/{operation.id}/deployments").json


def errors(reply):
    return {row["line"]: row["errors"] for row in reply.json["rows"] if row["errors"]}


def test_a_list_becomes_deployments(lead, operation):
    team_of(lead, operation, factories.person("officer"))

    reply = send(lead, operation, HEAD + GOOD.replace(",\n", ",team north\n"))

    assert reply.status_code == 200, reply.json
    assert (reply.json["stored"], reply.json["added"]) == (True, 1)
    [made] = planned(lead, operation)
    assert (made["name"], made["kind"], made["teams"]) == (
        "4 Moulton Street",
        "warrant",
        ["Team North"],
    )
    assert made["starts_at"] == "2026-11-03T05:00:00+00:00"
    assert made["place"]["point"]["coordinates"] == [-2.244, 53.4936]


def test_the_same_list_sent_twice_makes_nothing_twice(lead, operation):
    text = HEAD + GOOD + GOOD + GOOD.replace("4 M", "6 M")

    first, again = send(lead, operation, text), send(lead, operation, text)

    assert (first.json["added"], again.json["added"], again.json["there"]) == (3, 0, 3)
    assert len(planned(lead, operation)) == 3


def test_trying_stores_nothing(lead, operation):
    reply = send(lead, operation, HEAD + GOOD, dry_run=True)

    assert (reply.json["stored"], reply.json["added"]) == (False, 1)
    assert planned(lead, operation) == []


def test_a_bad_line_is_named_by_line_and_column_and_holds_all_back_unless_asked(lead, operation):
    text = HEAD + GOOD + "6 Mary Street,raid,tomorrow,09:00,53.49,-2.24,Nobody\n"

    held = send(lead, operation, text)
    kept_none = planned(lead, operation)
    good = send(lead, operation, text, good_rows=True)

    assert held.json["stored"] is False
    assert kept_none == []
    assert set(errors(held)[3]) >= {"kind", "start", "team"}
    assert errors(held)[3]["kind"].startswith("Choose one of: Warrant, ")
    assert (good.json["stored"], good.json["added"], good.json["refused"]) == (True, 1, 1)
    assert len(planned(lead, operation)) == 1


@pytest.mark.parametrize(
    ("start", "end", "column", "said"),
    [
        ("2026-11-03 09:00", "2026-11-03 05:00", "end", "ends before it starts"),
        ("2026-11-03 09:00", "09:00", "end", "ends before it starts"),
        ("2027-03-28 01:30", "2027-03-28 05:00", "start", "never comes: the clocks go forward"),
        ("2026-10-25 01:30", "2026-10-25 05:00", "start", "comes twice: the clocks go back"),
        ("", "09:00", "start", "Give a day and a time"),
        ("31/02/2027 05:00", "09:00", "start", "Give a day and a time"),
        ("2031-01-01 05:00", "09:00", "end", "outside the operation"),
    ],
)
def test_a_window_that_cannot_be_is_said_in_a_sentence(lead, operation, start, end, column, said):
    line = GOOD.replace("2026-11-03 05:00", start).replace("09:00,53", f"{end},53")

    found = errors(send(lead, operation, HEAD + line))[2]

    assert any(said in text for text in found.values()), found
    assert column in found or column == "end"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-03 05:00", "2026-11-03T05:00:00+00:00"),
        ("3/11/2026 5:00", "2026-11-03T05:00:00+00:00"),
        ("2026-07-03T05:00", "2026-07-03T05:00:00+01:00"),
        ("2026-10-25T01:30+00:00", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(text, moment):
    assert clock.moment(text) == dt.datetime.fromisoformat(moment)


def test_a_shift_over_the_change_of_clocks_has_its_real_length(lead, operation):
    operation_path = f"/api/v1/operations/{operation.id}"
    line = GOOD.replace("2026-11-03 05:00", "2027-03-27 22:00").replace(
        "09:00,53", "2027-03-28 06:00,53"
    )

    reply = send(lead, operation, HEAD + line)

    assert reply.json["added"] == 1, reply.json
    [made] = lead.get(f"{operation_path}/deployments").json
    starts_at, ends_at = (dt.datetime.fromisoformat(made[n]) for n in ("starts_at", "ends_at"))
    assert ends_at - starts_at == dt.timedelta(hours=7)


def test_plain_lines_are_addresses_and_what_they_do_not_say_is_said_once(lead, operation):
    factories.site(name="HMP Test")
    defaults = {"kind": "visit", "start": "2026-11-03 05:00", "end": "2026-11-03 09:00"}

    reply = send(lead, operation, "HMP Test\n\nNowhere Known At All\n", **defaults)

    good, bad = reply.json["rows"]
    assert (good["errors"], good["found"].split(",")[0]) == ({}, "HMP Test")
    assert (bad["line"], list(bad["errors"])) == (3, ["address"])
    assert "add its lat and lon" in bad["errors"]["address"]


def test_a_team_that_would_be_in_two_places_is_named_in_its_line(lead, operation):
    officer = factories.person("officer", name="Sam Sample")
    team_of(lead, operation, officer)
    line = GOOD.replace(",\n", ",Team North\n")

    reply = send(lead, operation, HEAD + line + line.replace("4 M", "6 M"), dry_run=True)

    assert errors(reply) == {
        3: {"team": "Sam Sample is already deployed at that time: 4 Moulton Street."}
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\n",
        "address,address\nx,y\n",
        "address,colour\nx,red\n",
        "address,kind\nx,y,z\n",
        "\n".join(["x"] * 501),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(lead, operation, text):
    reply = send(lead, operation, text)

    assert reply.status_code == 422
    assert "text" in reply.json["errors"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_letters_it_was_saved_in(lead, operation, encoding):
    text = (HEAD + GOOD).replace("4 Moulton", "4 Café").replace(",", ";")
    file = io.BytesIO(text.encode(encoding)), "list.csv"
    path = f"/operations/{operation.id}/deployments/list"

    page = lead.post(path, data={"file": file, "act": "look"})

    assert page.status_code == 200, page.text
    assert "1 to add" in page.text
    assert "4 Café Street" in page.text


def test_a_workbook_is_read_looked_at_and_added(lead, operation):
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    sheet.append(["Address", "Kind", "Start", "End", "Lat", "Lon"])
    day = dt.datetime.fromisoformat("2026-11-03T05:00")
    sheet.append(["4 Moulton Street", "Warrant", day, dt.time(9), 53.4936, -2.244])
    book.save(file)
    file.seek(0)
    path = f"/operations/{operation.id}/deployments/list"

    looked = lead.post(path, data={"file": (file, "list.xlsx"), "act": "look"})
    text = looked.text.partition('name="text"')[2].partition(">")[2].partition("</textarea>")[0]
    added = lead.post(path, data={"text": text, "act": "add"})

    assert "1 to add" in looked.text
    assert added.status_code == 303, added.text
    assert [each["name"] for each in planned(lead, operation)] == ["4 Moulton Street"]


def test_a_file_that_is_no_list_is_refused_in_a_sentence(lead, operation):
    path = f"/operations/{operation.id}/deployments/list"

    page = lead.post(path, data={"file": (io.BytesIO(b"PK\x03\x04rubbish"), "x.xlsx")})

    assert page.status_code == 422
    assert "no workbook" in page.text


def test_every_second_tuesday_keeps_its_hour_by_the_clock(lead, operation):
    first = deploy(
        lead, operation, starts_at="2027-03-09T05:00:00Z", ends_at="2027-03-09T09:00:00Z"
    )

    rule = {"frequency": "weekly", "interval": 2, "weekdays": ["TU"], "count": 2}
    reply = lead.post(f"/api/v1/deployments/{first['id']}/repeat", json=rule)

    assert reply.json["stored"] is True, reply.json
    starts = [each["starts_at"] for each in planned(lead, operation)]
    assert starts == [
        "2027-03-09T05:00:00+00:00",
        "2027-03-23T05:00:00+00:00",
        "2027-04-06T04:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"frequency": "daily", "count": 2}, ["2026-11-04", "2026-11-05"]),
        ({"frequency": "weekly", "until": dt.date(2026, 11, 17)}, ["2026-11-10", "2026-11-17"]),
        ({"frequency": "monthly", "count": 1}, ["2026-12-03"]),
        (
            {"frequency": "monthly", "weekdays": ["TU"], "nth": 2, "count": 2},
            ["2026-11-10", "2026-12-08"],
        ),
        (
            {"frequency": "weekly", "weekdays": ["WE", "FR"], "count": 2},
            ["2026-11-04", "2026-11-06"],
        ),
    ],
)
def test_repeats_fall_on_the_days_that_were_meant(rule, days):
    found = occurrences(dt.datetime.fromisoformat("2026-11-03T05:00"), rule)

    assert [f"{each:%Y-%m-%d}" for each in found] == days


def test_a_repeat_in_the_hour_that_is_skipped_is_named(lead, operation):
    first = deploy(
        lead, operation, starts_at="2027-03-27T01:30:00Z", ends_at="2027-03-27T04:00:00Z"
    )

    rule = {"frequency": "daily", "count": 1}
    reply = lead.post(f"/api/v1/deployments/{first['id']}/repeat", json=rule)

    assert reply.json["stored"] is False
    assert "clocks go forward" in errors(reply)[1]["start"]


def test_each_clash_of_a_repeat_is_named_beside_its_time(lead, operation):
    team = team_of(lead, operation, factories.person("officer", name="Sam Sample"))
    first = deploy(lead, operation)
    later = {"starts_at": "2026-11-10T05:00:00Z", "ends_at": "2026-11-10T09:00:00Z"}
    assign(lead, deploy(lead, operation, name="Mary Street", **later), team=team["id"])

    rule = WEEKLY | {"count": 2, "team": team["id"], "dry_run": True}
    reply = lead.post(f"/api/v1/deployments/{first['id']}/repeat", json=rule)

    assert errors(reply) == {
        1: {"team": "Sam Sample is already deployed at that time: Mary Street."}
    }


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (WEEKLY, "count"),
        (WEEKLY | {"count": 1, "until": "2027-01-01"}, "count"),
        (WEEKLY | {"count": 53}, "count"),
        (WEEKLY | {"until": "2100-01-01"}, "until"),
        (WEEKLY | {"until": "2026-11-09"}, "until"),
        (WEEKLY | {"count": 1, "nth": 2}, "nth"),
        ({"frequency": "hourly", "count": 1}, "frequency"),
    ],
)
def test_a_repeat_without_a_sensible_end_is_refused(lead, operation, rule, field):
    first = deploy(lead, operation)

    reply = lead.post(f"/api/v1/deployments/{first['id']}/repeat", json=rule)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_nobody_but_who_plans_adds_many(client_as, lead, operation):
    first = deploy(lead, operation)
    officer = client_as("officer")

    listed = send(officer, operation, HEAD + GOOD)
    repeated = officer.post(f"/api/v1/deployments/{first['id']}/repeat", json=WEEKLY | {"count": 1})
    nowhere = lead.post(f"/api/v1/deployments/{uuid.uuid4()}/repeat", json=WEEKLY | {"count": 1})

    assert (listed.status_code, repeated.status_code, nowhere.status_code) == (403, 403, 404)


def test_the_page_of_a_repeat_is_looked_at_and_then_added(lead, operation):
    first = deploy(lead, operation)
    path = f"/operations/{operation.id}/deployments/{first['id']}/repeat"
    said = {"frequency": "weekly", "count": "2", "weekdays[]": ["", "TU"]}

    looked = lead.post(path, data=said | {"act": "look"})
    added = lead.post(path, data=said | {"act": "add"})

    assert "2 to add" in looked.text
    assert added.status_code == 303
    assert len(planned(lead, operation)) == 3
