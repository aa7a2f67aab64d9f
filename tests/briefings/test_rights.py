"""A briefing is of the whole operation: partners see it where it was shared, strangers never."""

import uuid

import pytest

from tests import factories


@pytest.fixture
def partner(client_as, operation):
    """Somebody of a council, who sees their own part of the operation."""
    client = client_as("officer", organisation=factories.organisation("SALFORD", kind="council"))
    factories.member(operation, client.person, "partner")
    return client


def test_a_partner_sees_no_briefing_that_is_not_shared(issue, partner, here, operation):
    issue()

    hidden, missing = partner.get(f"{here}/1"), partner.get(f"{here}/7")

    assert partner.get(here).json == []
    assert (hidden.status_code, hidden.json) == (404, missing.json)
    for way in ("1.pdf", "1.html", "1/changes", "1/readers"):
        assert partner.get(f"{here}/{way}").status_code == 404
    assert partner.post(f"{here}/1/read").status_code == 404


def test_a_partner_reads_what_was_shared_and_no_draft(issue, begin, partner, here):
    issue(shared=True)
    begin()

    listed = partner.get(here).json

    assert [each["version"] for each in listed] == [1]
    assert partner.get(f"{here}/1").status_code == 200
    assert partner.post(f"{here}/1/read").json["read_at"]
    assert partner.get(f"{here}/2").status_code == 404


def test_a_covert_briefing_is_as_good_as_none(lead, client_as, session):
    operation = factories.operation(visibility="covert", created_by=lead.person.id)
    factories.briefing(operation)
    stranger = client_as("lead")
    here = f"/api/v1/operations/{operation.id}/briefings"
    nowhere = f"/api/v1/operations/{uuid.uuid4()}/briefings"

    assert lead.get(f"{here}/1").status_code == 200
    for way in ("", "/1", "/1.pdf", "/1.html", "/1/changes", "/1/readers", "/1/plan"):
        told, of_nothing = stranger.get(here + way), stranger.get(nowhere + way)
        assert (told.status_code, told.json) == (404, of_nothing.json)
    assert str(operation.id) not in stranger.get("/briefings").text


def test_an_officer_writes_and_issues_nothing(begin, act, officer, here):
    begin()

    refused = [
        officer.post(here),
        act(1, method="patch", client=officer, intention="Mine."),
        act(1, "issue", client=officer),
    ]

    assert [reply.status_code for reply in refused] == [403] * 3
