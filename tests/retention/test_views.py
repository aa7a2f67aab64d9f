import datetime as dt

import pytest

from tests import factories
from tests.retention.conftest import decide, erase, look

TODAY = dt.date(2026, 11, 21)


def test_an_operation_gets_its_date_when_it_is_closed(lead, session):
    operation = factories.operation(status="live", theme="firearms")
    path = f"/api/v1/operations/{operation.id}"

    before = lead.get(f"{path}/retention").json
    lead.post(f"{path}/transitions", json={"to": "closed"})

    assert (before["group"], before["review_on"]) == (None, None)
    after = lead.get(f"{path}/retention").json
    assert (after["group"], after["group_label"]) == ("2", "Serious, violent or sexual")
    ends_on = operation.ends_at.date()
    assert after["review_on"] == ends_on.replace(year=ends_on.year + 10).isoformat()


def test_a_reopened_operation_is_due_no_more(lead, operation):
    path = f"/api/v1/operations/{operation.id}"

    moved = lead.post(f"{path}/transitions", json={"to": "live", "reason": "One more door."})

    assert moved.status_code == 201
    assert lead.get(f"{path}/retention").json["review_on"] is None


def test_a_result_follows_its_operation_until_it_is_reviewed_itself(lead, operation, log):
    result = log()
    whole = lead.get(f"/api/v1/operations/{operation.id}/retention").json

    before = lead.get(f"/api/v1/results/{result['id']}/retention").json
    decide(lead, f"/results/{result['id']}", "keep", next_review_on="2036-11-21", group="1")

    assert (before["group"], before["review_on"]) == (whole["group"], whole["review_on"])
    after = lead.get(f"/api/v1/results/{result['id']}/retention").json
    assert (after["group"], after["review_on"]) == ("1", "2036-11-21")
    assert after["reviews"][0]["by"]["name"] == lead.person.name


def test_the_list_of_what_is_due_goes_page_by_page_by_date(lead, operation, log):
    first, second = log(), log()
    for day, result in (("2027-01-02", second), ("2027-01-01", first)):
        decide(lead, f"/results/{result['id']}", "keep", next_review_on=day)
    path = f"/api/v1/reviews/due?before=2027-12-31&operation={operation.id}&limit=1"

    page = lead.get(path)
    rest = lead.get(page.headers["Link"].partition("<")[2].partition(">")[0])

    assert [each["id"] for each in page.json + rest.json] == [first["id"], second["id"]]
    assert page.json[0]["kind"] == "arrest"
    assert "Link" not in rest.headers


def test_the_list_shows_what_is_due_by_the_day_and_group_asked_for(lead, operation, log):
    result = log()
    decide(lead, f"/results/{result['id']}", "keep", next_review_on="2027-01-01", group="1")
    path = f"/api/v1/reviews/due?operation={operation.id}"

    assert lead.get(path).json == []
    assert lead.get(f"{path}&before=2026-12-31").json == []
    assert len(lead.get(f"{path}&before=2027-01-01").json) == 1
    assert lead.get(f"{path}&before=2027-01-01&group=3").json == []


def test_what_is_to_be_erased_is_due_until_it_is(lead, second, operation, log):
    path = f"/results/{log()['id']}"
    due = f"/api/v1/reviews/due?operation={operation.id}"

    decide(lead, path)
    waiting = lead.get(due).json
    erase(second, path)

    assert [each["decision"] for each in waiting] == ["erase"]
    assert lead.get(due).json == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"next_review_on": None}, "next_review_on"),
        ({"next_review_on": TODAY.isoformat()}, "next_review_on"),
        ({"next_review_on": "2190-01-01"}, "next_review_on"),
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"decision": "forget"}, "decision"),
        ({"decision": "erase", "next_review_on": "2030-01-01"}, "next_review_on"),
        ({"group": "9"}, "group"),
        ({"erase": True}, "erase"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(lead, operation, change, field):
    sent = {"decision": "keep", "reason": "Needed.", "next_review_on": "2030-01-01"} | change

    reply = lead.post(f"/api/v1/operations/{operation.id}/reviews", json=sent)

    assert reply.status_code == 422
    assert list(reply.json["errors"]) == [field]


def test_nothing_of_an_operation_that_goes_on_is_reviewed(lead, session):
    operation = factories.operation(status="live")

    reply = decide(lead, f"/operations/{operation.id}")

    assert reply.status_code == 409
    assert "not closed yet" in reply.json["detail"]


def test_whoever_decides_to_erase_can_not_carry_it_out(lead, log):
    path = f"/results/{log()['id']}"
    decide(lead, path)

    reply = look(lead, path)

    assert reply.status_code == 403
    assert "somebody else" in reply.json["detail"]


def test_nothing_is_erased_that_nobody_decided_to_erase(second, lead, log):
    path = f"/results/{log()['id']}"
    decide(lead, path)
    decide(lead, path, "keep", next_review_on="2030-01-01")

    assert look(second, path).status_code == 409


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_those_in_charge_decide_hold_or_erase(client_as, log, role):
    path, client = f"/results/{log()['id']}", client_as(role)

    replies = [
        decide(client, path),
        client.post(f"/api/v1{path}/holds", json={"reason": "A court asked."}),
        look(client, path),
    ]

    assert {reply.status_code for reply in replies} == {403}


@pytest.mark.parametrize("held", ["result", "operation"])
def test_nothing_that_is_held_is_erased_until_the_hold_is_lifted(
    lead, second, operation, log, held
):
    path = f"/results/{log()['id']}"
    on = path if held == "result" else f"/operations/{operation.id}"
    decide(lead, path)
    hold = lead.post(f"/api/v1{on}/holds", json={"reason": "A public inquiry asked."}).json

    refused = look(second, path)
    shown = lead.get(f"/api/v1{path}/retention").json
    lifted = second.delete(f"/api/v1/holds/{hold['id']}")

    assert (refused.status_code, lifted.status_code) == (409, 204)
    assert "held" in refused.json["detail"]
    assert [each["reason"] for each in shown["holds"]] == ["A public inquiry asked."]
    assert erase(second, path).json["is_erased"]


def test_a_hold_on_a_result_holds_its_operation(lead, second, operation, log):
    path = f"/operations/{operation.id}"
    lead.post(f"/api/v1/results/{log()['id']}/holds", json={"reason": "A court asked."})
    decide(lead, path)

    assert look(second, path).status_code == 409


def test_what_is_not_seen_is_not_there(client_as, lead, operation, log):
    result = log()
    hold = lead.post(f"/api/v1/results/{result['id']}/holds", json={"reason": "A court."}).json
    stranger = client_as("admin", organisation=factories.organisation("ELSEWHERE"))

    replies = [
        stranger.get(f"/api/v1/results/{result['id']}/retention"),
        stranger.get(f"/api/v1/operations/{operation.id}/retention"),
        decide(stranger, f"/results/{result['id']}"),
        decide(stranger, f"/operations/{operation.id}"),
        look(stranger, f"/results/{result['id']}"),
        look(stranger, f"/operations/{operation.id}"),
        stranger.post(f"/api/v1/results/{result['id']}/holds", json={"reason": "Mine."}),
        stranger.delete(f"/api/v1/holds/{hold['id']}"),
    ]

    assert {reply.status_code for reply in replies} == {404}
    assert stranger.get("/api/v1/reviews/due?before=2090-01-01").json == []


def test_the_groups_are_listed(lead):
    groups = lead.get("/api/v1/retention-groups").json

    assert [(each["code"], each["years"]) for each in groups] == [
        ("1", 10),
        ("2", 10),
        ("3", 6),
        ("4", 6),
    ]
