"""A line is closed once, until something says that it is in use again."""

import pytest
import sqlalchemy as sa

from ops import db
from tests import factories
from tests.lines.conftest import DEACTIVATED, covert, try_to_close
from tests.operations.test_at_once import at_once
from tests.results.conftest import payload


def refused(reply):
    assert reply.status_code == 409, reply.text
    return reply.json["detail"]


def test_a_second_closure_is_refused_with_the_day_of_the_first(lead, operation, line, close):
    close(line, on="2026-11-02")

    assert refused(try_to_close(lead, operation, line)).endswith(
        "It was closed on 2 November 2026."
    )


def test_in_a_batch_that_refusal_reads_the_same_and_spoils_nothing(lead, operation, line, close):
    close(line)
    items = [
        payload("line_closure", DEACTIVATED | {"line": line, "closed_on": "2026-11-09"}),
        payload("arrest"),
    ]

    sent = {"items": [item | {"operation": str(operation.id)} for item in items]}
    first, second = lead.post("/api/v1/results/batch", json=sent).json["items"]

    assert "It was closed on 2 November 2026." in first["problem"]["detail"]
    assert second["outcome"] == "created"


def test_of_two_closures_that_wait_one_alone_is_confirmed(lead, second, operation, line, close):
    waiting = try_to_close(lead, operation, line).json["id"]
    close(line)

    reply = second.post(f"/api/v1/results/{waiting}/confirm")

    assert "It was closed on 2 November 2026." in refused(reply)


@pytest.mark.parametrize("word", ["reopened", "active"])
def test_a_line_in_use_again_can_be_closed_again(second, line, close, change, operation, word):
    close(line, on="2026-11-02")
    change(line, word, on="2026-11-05")

    close(line, on="2026-11-09")

    found = second.get(f"/api/v1/operations/{operation.id}/outcomes").json["measures"]
    assert next(each["value"] for each in found if each["code"] == "lines_closed") == "2"


@pytest.mark.parametrize(("word", "on"), [("dormant", "2026-11-05"), ("reopened", "2026-11-01")])
def test_what_does_not_say_so_in_between_changes_nothing(
    lead, operation, line, close, change, word, on
):
    close(line, on="2026-11-02")
    change(line, word, on=on)

    assert "closed already" in refused(try_to_close(lead, operation, line))


def test_a_check_back_that_found_it_in_use_lets_it_be_closed_again(lead, line, close):
    closed = close(line, on="2026-11-02")
    check = {"detail": {"check_backs": [{"on": "2026-11-05", "out_of_use": False}]}}

    lead.patch(
        f"/api/v1/results/{closed['id']}",
        json=check | {"reason": "Looked."},
        headers={"If-Match": lead.get(f"/api/v1/results/{closed['id']}").headers["ETag"]},
    )

    assert close(line, on="2026-11-09")["status"] == "confirmed"


def test_a_struck_closure_stands_in_nobodys_way(lead, line, close):
    first = close(line)
    lead.post(f"/api/v1/results/{first['id']}/strike", json={"reason": "Another line."})

    assert close(line, on="2026-11-09")["status"] == "confirmed"


def test_a_reopening_that_two_closures_stand_on_is_not_struck(lead, line, close, change):
    close(line, on="2026-11-02")
    reopened = change(line)
    close(line, on="2026-11-09")

    reply = lead.post(f"/api/v1/results/{reopened['id']}/strike", json={"reason": "Wrong."})

    assert "closed already" in refused(reply)


@pytest.mark.parametrize(
    "detail", [{"on": "2026-11-10"}, {"change": "dormant"}, {"line": None, "line_name": "Ricky"}]
)
def test_nor_corrected_away(lead, line, close, change, detail):
    close(line, on="2026-11-02")
    reopened = change(line)
    close(line, on="2026-11-09")

    path = f"/api/v1/results/{reopened['id']}"
    reply = lead.patch(
        path,
        json={"detail": detail, "reason": "Wrong."},
        headers={"If-Match": lead.get(path).headers["ETag"]},
    )

    assert "closed already" in refused(reply)


def test_the_closure_of_a_covert_operation_is_told_to_nobody_outside(
    lead, client_as, line, operation
):
    hidden = covert()
    insider = client_as("officer")
    other = client_as("lead")
    factories.member(hidden, insider.person, "officer")
    factories.member(hidden, other.person, "lead")
    closed = try_to_close(insider, hidden, line, on="2026-11-02").json
    assert other.post(f"/api/v1/results/{closed['id']}/confirm").status_code == 200

    outside = try_to_close(lead, operation, line)
    inside = try_to_close(insider, operation, line)

    assert outside.status_code == 201
    assert "It was closed on 2 November 2026." in refused(inside)


def test_of_a_closure_that_somebody_does_not_see_they_are_not_told_the_day(
    lead, client_as, line, operation
):
    other = factories.operation(visibility="restricted")
    insider, confirmer = client_as("officer"), client_as("lead")
    factories.member(other, insider.person, "officer")
    factories.member(other, confirmer.person, "lead")
    closed = try_to_close(insider, other, line, on="2026-11-02").json
    assert confirmer.post(f"/api/v1/results/{closed['id']}/confirm").status_code == 200

    said = refused(try_to_close(lead, operation, line))

    assert "closed already" in said
    assert "It was closed on" not in said


def test_a_partner_is_not_told_the_day_of_another_organisations_closure(
    client_as, log, operation, close
):
    partner = client_as("officer", organisation=factories.organisation("SALFORD"))
    factories.member(operation, partner.person, "partner")
    line = log("line", client=partner, to=operation)["id"]
    close(line)

    said = refused(try_to_close(partner, operation, line))

    assert "closed already" in said
    assert "It was closed on" not in said


def test_a_line_that_somebody_does_not_see_is_as_one_that_is_not_there(lead, log, client_as):
    hidden = factories.operation(visibility="covert")
    insider = client_as("officer")
    factories.member(hidden, insider.person, "officer")
    line = log("line", client=insider, to=hidden)["id"]
    change = log("line_change")
    path = f"/api/v1/results/{change['id']}"

    replies = [
        lead.patch(
            path,
            json={"detail": {"line": named}, "reason": "It was this one."},
            headers={"If-Match": lead.get(path).headers["ETag"]},
        )
        for named in (line, "0193e9a0-0000-7000-8000-000000000000")
    ]

    assert {reply.status_code for reply in replies} == {409}
    assert len({reply.json["detail"] for reply in replies}) == 1


@pytest.fixture
def send(committed):
    """Send requests as one of two leads, each on a connection of its own; give the reply."""
    leads = [factories.person("lead") for _ in range(2)]
    tokens = [{"Authorization": f"Bearer {factories.token(lead)}"} for lead in leads]

    def send(number, method, path, json=None):
        client = committed.test_client()
        address = f"/api/v1{path}"
        etag = client.get(address, headers=tokens[number]).headers.get("ETag")
        headers = tokens[number] | ({"If-Match": etag} if method == "PATCH" else {})
        return client.open(address, method=method, json=json, headers=headers)

    # A request in the thread of the test would leave its actor there.
    return lambda *call: at_once(lambda: _Reply(send(*call)))[0].reply, send


class _Reply:
    def __init__(self, reply):
        self.reply = reply


def closed_twice(send):
    """Log a line and two closures of it that wait; give the ids of the closures."""
    there = f"/operations/{factories.operation().id}/results"
    line = send(0, "POST", there, payload("line")).json["id"]
    details = [DEACTIVATED | {"line": line, "closed_on": on} for on in ("2026-11-02", "2026-11-09")]
    return [
        send(0, "POST", there, payload("line_closure", detail)).json["id"] for detail in details
    ]


def test_of_two_confirmations_at_once_one_is_refused(send):
    one, many = send
    closures = closed_twice(one)

    statuses = at_once(
        *(
            lambda path=f"/results/{closure}/confirm": many(1, "POST", path).status_code
            for closure in closures
        )
    )

    assert statuses == [200, 409]


def test_a_check_back_that_two_closures_stand_on_is_not_taken_away(send):
    one, _ = send
    first, again = closed_twice(one)
    check = {"on": "2026-11-05", "out_of_use": False}
    sent = {"detail": {"check_backs": [check]}, "reason": "Looked."}
    one(1, "POST", f"/results/{first}/confirm")
    assert one(0, "PATCH", f"/results/{first}", sent).status_code == 200
    assert one(1, "POST", f"/results/{again}/confirm").status_code == 200

    sent["detail"]["check_backs"] = [check | {"out_of_use": True}]
    reply = one(0, "PATCH", f"/results/{first}", sent)

    assert "closed already" in refused(reply)
    kept = sa.text("select count(*) from check_back where not out_of_use")
    assert db.session.scalar(kept) == 1
