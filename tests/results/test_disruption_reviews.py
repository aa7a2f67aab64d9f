"""Disruptions are looked at again: what is due first stands first."""

from tests import factories


def listed(client, **query):
    reply = client.get("/api/v1/disruptions/reviews", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def test_they_are_listed_by_the_day_the_next_review_is_due(lead, log):
    later = log("disruption", occurred_at="2026-11-02T12:00:00Z")["id"]
    review = {"after": "3", "on": "2026-11-03", "outcome": "still_disrupted"}
    sooner = log(
        "disruption",
        {"disrupted_on": "2026-07-01", "reviews": [review]},
        occurred_at="2026-11-02T12:00:00Z",
    )["id"]

    found = listed(lead)

    assert [(each["id"], each["due_on"]) for each in found] == [
        (sooner, "2027-01-01"),
        (later, "2027-02-02"),
    ]


def test_the_overdue_ones_of_an_operation_are_found(lead, log, operation):
    late = log("disruption", {"disrupted_on": "2026-01-01"})["id"]
    log("disruption")
    other = factories.operation()

    assert [each["id"] for each in listed(lead, overdue=True)] == [late]
    assert [each["is_overdue"] for each in listed(lead, operation=operation.id)] == [True, False]
    assert listed(lead, operation=other.id) == []


def test_one_that_is_struck_or_reviewed_to_the_end_is_not_listed(lead, log):
    struck = log("disruption")["id"]
    lead.post(f"/api/v1/results/{struck}/strike", json={"reason": "It was another."})
    last = {"after": "12", "on": "2026-11-03", "outcome": "recovered"}
    log("disruption", {"disrupted_on": "2025-10-01", "reviews": [last]})

    assert listed(lead) == []


def test_the_page_leads_to_the_record_and_to_the_review(lead, log, client_as):
    made = log("disruption", {"target_ref": "LOG/1"})["id"]

    page = lead.get("/disruptions/reviews").text

    assert "Organised crime group, LOG/1" in page
    assert f'href="/results/{made}/correct"' in page
    assert (
        f'href="/results/{made}/correct"'
        not in client_as("analyst").get("/disruptions/reviews").text
    )
