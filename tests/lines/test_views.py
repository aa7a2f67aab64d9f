"""The register of lines: found by name, number and state, and looked at again."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops.ledger.models import LogEntry
from tests import factories
from tests.lines.conftest import DEACTIVATED, covert

LONG_AGO = "2026-01-05"


def names(client, **query):
    reply = client.get("/api/v1/lines", query_string=query)
    assert reply.status_code == 200, reply.text
    return [each["name"] for each in reply.json]


def test_a_line_is_found_by_name_by_a_later_name_and_by_number(lead, log, line, change):
    log("line", {"name": "Snoopy"})
    change(line, "rebranded", name="Blue Ricky 2")

    assert names(lead, q="ick") == names(lead, q="blue ricky") == names(lead, q="+44 7700 900123")
    assert names(lead, q="ick") == ["Ricky"]
    assert names(lead, q="%") == []


def test_the_state_in_the_list_is_that_of_the_rule(lead, log, close, change):
    lines = {name: log("line", {"name": name})["id"] for name in ("a", "b", "c", "d", "e")}
    for name in "bcd":
        close(lines[name])
    change(lines["c"], "reopened")
    change(lines["d"], "dormant", on="2026-11-01")
    change(lines["e"], "active")
    expected = {"a": "identified", "b": "closed", "c": "reopened", "d": "closed", "e": "active"}

    listed = lead.get("/api/v1/lines").json

    assert {each["name"]: each["state"] for each in listed} == expected
    for name, line in lines.items():
        whole = lead.get(f"/api/v1/lines/{line}").json
        brought = [each["state"] for each in whole["history"] if each["state"]]
        assert brought[-1] == whole["state"] == expected[name]
        assert names(lead, state=expected[name]).count(name) == 1


def test_what_was_struck_is_gone_from_the_register(lead, log, line, change):
    change_id = change(line, "dormant")["id"]
    lead.post(f"/api/v1/results/{change_id}/strike", json={"reason": "Wrong."})
    assert lead.get(f"/api/v1/lines/{line}").json["state"] == "identified"

    lead.post(f"/api/v1/results/{line}/strike", json={"reason": "Wrong."})

    assert names(lead) == []
    assert lead.get(f"/api/v1/lines/{line}").status_code == 404


def test_lines_of_hidden_operations_and_what_became_of_them_are_not_shown(
    lead, client_as, log, line
):
    hidden = covert()
    insider = client_as("officer")
    factories.member(hidden, insider.person, "officer")
    secret = log("line", {"name": "Secret"}, client=insider, to=hidden)["id"]
    log("line_change", {"line": line, "change": "dormant"}, client=insider, to=hidden)

    assert names(lead) == ["Ricky"]
    assert lead.get(f"/api/v1/lines/{line}").json["state"] == "identified"
    missing = lead.get(f"/api/v1/lines/{'0193e9a0-0000-7000-8000-000000000000'}")
    assert lead.get(f"/api/v1/lines/{secret}").json == missing.json
    assert insider.get(f"/api/v1/lines/{line}").json["state"] == "dormant"


def test_lines_are_narrowed_to_an_operation_that_closed_them_and_by_type(lead, log, line, close):
    other = factories.operation()
    log("line", {"name": "Snoopy"})
    close(line, to=other)

    assert names(lead, operation=str(other.id)) == ["Ricky"]
    assert names(lead, type="type_2") == ["Ricky"]
    assert names(lead, type="type_1") == []


def due(client, **query):
    return client.get("/api/v1/lines/check-backs", query_string=query).json


@pytest.mark.parametrize(
    ("looks", "due_on"),
    [
        ([], "2026-02-02"),
        (["2026-02-02"], "2026-04-05"),
        (["2026-02-02", "2026-04-05"], "2026-07-04"),
    ],
)
def test_a_closed_line_is_due_for_a_look_after_the_days_that_are_set(
    lead, line, close, look, looks, due_on
):
    closure = close(line, on=LONG_AGO)
    for day in looks:
        look(closure, day)

    [found] = due(lead)

    assert (found["due_on"], found["made"], found["line"]) == (due_on, len(looks), line)
    assert found["is_overdue"] is True


@pytest.fixture
def look(lead):
    """Write a look at a closure down."""

    def send(closure, day, out_of_use="true"):
        form = {"closure": closure["id"], "on": day, "out_of_use": out_of_use}
        reply = lead.post("/lines/check-backs", data=form)
        assert reply.status_code == 303, reply.text

    return send


def test_a_look_leaves_the_closure_confirmed(lead, line, close, look):
    closure = close(line, on=LONG_AGO)

    look(closure, "2026-02-02")

    found = lead.get(f"/api/v1/results/{closure['id']}").json
    assert found["status"] == "confirmed"
    assert found["detail"]["check_backs"] == [{"on": "2026-02-02", "out_of_use": True}]


def test_a_line_that_is_in_use_again_is_not_due(lead, log, line, close, change, look):
    look(close(line, on=LONG_AGO), "2026-02-02", "false")
    second = log("line", {"name": "Snoopy"})["id"]
    close(second, on=LONG_AGO)
    change(second, "reopened", on="2026-02-01")

    assert due(lead) == []


def test_a_line_that_was_looked_at_often_enough_is_not_due(lead, line, close, look):
    closure = close(line, on=LONG_AGO)
    for day in ("2026-02-02", "2026-04-05", "2026-07-04"):
        look(closure, day)

    assert due(lead) == []


def test_what_is_not_due_yet_is_not_overdue(lead, line, close):
    close(line, on=str(dt.datetime.now(dt.UTC).date()))

    assert [each["is_overdue"] for each in due(lead)] == [False]
    assert due(lead, overdue="true") == []


def test_a_closure_that_names_no_line_is_listed_with_those_called_alike(lead, log, line):
    log("line", {"name": "Something else"})
    closure = log("line_closure", {"line_name": "ricky "})

    [found] = lead.get("/api/v1/line-closures/unnamed").json

    assert found["id"] == closure["id"]
    assert found["likely"] == [{"id": line, "name": "Ricky"}]


def test_the_lines_called_alike_are_looked_at_too(lead, log, line, session):
    log("line_closure", {"line_name": "ricky"}, to=factories.operation())

    lead.get("/api/v1/line-closures/unnamed")

    session.execute(sa.text("reset role"))
    latest = session.scalars(sa.select(LogEntry).order_by(LogEntry.at.desc())).first()
    assert line in str(latest.seen)


def test_its_line_is_named_in_one_step_and_it_stays_confirmed(lead, second, log, line):
    closure = log("line_closure", DEACTIVATED | {"line_name": "Ricky"})["id"]
    second.post(f"/api/v1/results/{closure}/confirm")

    reply = lead.post(f"/api/v1/line-closures/{closure}/line", json={"line": line})

    assert (reply.status_code, reply.json) == (201, {"line": line, "is_new": False})
    found = lead.get(f"/api/v1/results/{closure}").json
    assert (found["status"], found["detail"]["line"]) == ("confirmed", line)
    again = lead.post(f"/api/v1/line-closures/{closure}/line", json={"line": line})
    assert "names its line already" in again.json["detail"]


def test_or_a_line_is_made_of_its_name(lead, log):
    closure = log("line_closure", {"line_name": "Snoopy"})["id"]

    made = lead.post(f"/api/v1/line-closures/{closure}/line", json={}).json

    assert made["is_new"] is True
    assert lead.get(f"/api/v1/lines/{made['line']}").json["name"] == "Snoopy"


def test_nobody_names_a_line_that_is_closed_already(lead, second, log, line, close):
    close(line)
    closure = log("line_closure", DEACTIVATED | {"line_name": "Ricky"})["id"]
    second.post(f"/api/v1/results/{closure}/confirm")

    reply = lead.post(f"/api/v1/line-closures/{closure}/line", json={"line": line})

    assert "It was closed on 2 November 2026." in reply.json["detail"]


def test_what_is_confirmed_takes_somebody_who_may_confirm(lead, second, client_as, log, line):
    officer = client_as("officer")
    closure = log("line_closure", DEACTIVATED | {"line_name": "Ricky"}, client=officer)["id"]
    second.post(f"/api/v1/results/{closure}/confirm")

    reply = officer.post(f"/api/v1/line-closures/{closure}/line", json={"line": line})

    assert reply.status_code == 403


@pytest.mark.parametrize("path", ["/lines", "/lines/check-backs"])
def test_the_pages_say_so_where_there_is_nothing(lead, path):
    assert "app-empty" in lead.get(path).text


def test_the_page_of_a_line_tells_its_life(lead, line, close, change):
    close(line)
    change(line, "rebranded", name="Blue")

    page = lead.get(f"/lines/{line}").text

    assert "Later called" in page
    assert "Under a new name: Blue" in page
    assert "Type 2: the number is deactivated" in page


def test_the_record_of_a_line_leads_to_all_that_happened_to_it(lead, line):
    assert f'href="/lines/{line}"' in lead.get(f"/results/{line}").text
