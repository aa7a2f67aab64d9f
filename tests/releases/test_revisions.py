"""A published figure is revised in the open: proposed, approved by somebody else, with a note."""

import pytest
import sqlalchemy as sa

from ops import db
from tests.outcomes.records import arrest, cash
from tests.releases.conftest import act

API = "/api/v1"
LATE = "One was recorded late."


def revise(client, release, **sent):
    """Propose to revise the first figure of a release; give the reply."""
    where = f"{API}/releases/{release['id']}"
    read = client.get(where)
    body = {"figure": read.json["figures"][0]["id"], "value": "3", "note": LATE} | sent
    return client.post(f"{where}/revisions", json=body, headers={"If-Match": read.headers["ETag"]})


@pytest.fixture
def grown(published, operation):
    """A published release of two arrests, of which there are three by now."""
    arrest(operation)
    return published


def reported(client, operation, code="arrests"):
    found = client.get(f"{API}/operations/{operation.id}/outcomes").json["measures"]
    [measure] = [each for each in found if each["code"] == code]
    return [(each["value"], each["qualifier"]) for each in measure["reported"]]


def test_nothing_of_a_proposal_is_public(grown, analyst, operation):
    reply = revise(analyst, grown)

    assert reply.status_code == 201, reply.text
    assert [each["superseded_by"] for each in reply.json["figures"]] == [None, None]
    said = reply.json["revision"]
    assert (said["value"], said["qualifier"], said["note"]) == ("3", "exact", LATE)
    assert said["by"] == analyst.person.name
    assert reported(analyst, operation) == [("2", "exact")]
    assert LATE not in analyst.get(f"/releases/{grown['id']}/pack.md").text
    assert LATE not in analyst.get("/reported-figures").text


def test_it_waits_for_anybody_but_who_proposed_it(grown, lead, client_as):
    proposer = client_as("lead")
    revise(proposer, grown)

    [waiting] = lead.get(f"{API}/releases?state=revision").json
    assert waiting["id"] == grown["id"]
    shown = [client.get("/to-do").text for client in (lead, proposer)]
    assert ["The first was proposed on" in page for page in shown] == [True, False]

    act(lead, grown, "approve")
    assert lead.get(f"{API}/releases?state=revision").json == []


def test_once_approved_it_takes_the_place_and_the_old_figure_stays_struck_through(
    grown, analyst, lead, operation
):
    revise(analyst, grown)

    reply = act(lead, grown, "approve")

    assert reply.status_code == 200, reply.text
    assert reply.json["revision"] is None
    old, new = [each for each in reply.json["figures"] if each["measure"] == "arrests"]
    assert (old["value"], old["superseded_by"]) == ("2", new["id"])
    assert (new["value"], new["supersedes"], new["note"]) == ("3", old["id"], LATE)
    assert (new["proposed_by"], new["by"]) == (analyst.person.name, lead.person.name)
    assert reported(analyst, operation) == [("3", "exact")]
    assert "<del>2</del>" in analyst.get("/reported-figures").text
    text = analyst.get(f"/releases/{grown['id']}/pack.md").text
    assert "~~2~~ 3" in text
    assert LATE in text


def test_whoever_proposed_a_revision_can_not_approve_it(grown, lead, client_as):
    revise(lead, grown)

    own, other = act(lead, grown, "approve"), act(client_as("lead"), grown, "approve")

    assert (own.status_code, other.status_code) == (409, 200)
    assert "somebody else must" in own.json["detail"]


def withdraw(client, release):
    """Take the proposed revision of a release back, as it was read; give the reply."""
    return act(client, release, "revisions/withdraw")


def test_one_that_was_withdrawn_waits_for_nobody(grown, analyst, lead, operation):
    revise(analyst, grown)

    reply = withdraw(analyst, grown)

    assert reply.status_code == 200, reply.text
    assert reply.json["revision"] is None
    assert lead.get(f"{API}/releases?state=revision").json == []
    assert act(lead, grown, "approve").status_code == 409
    assert reported(lead, operation) == [("2", "exact")]


def test_only_a_proposal_is_withdrawn_as_it_was_read(grown, analyst, client_as):
    assert withdraw(analyst, grown).status_code == 409
    revise(analyst, grown)

    assert withdraw(client_as("officer"), grown).status_code == 403
    where = f"{API}/releases/{grown['id']}/revisions/withdraw"
    assert analyst.post(where).status_code == 428


def test_an_analyst_does_not_approve_one(grown, analyst, client_as):
    revise(analyst, grown)

    assert act(client_as("analyst"), grown, "approve").status_code == 403


def test_what_was_read_is_what_is_approved(grown, analyst, lead):
    revise(analyst, grown)
    where = f"{API}/releases/{grown['id']}"
    tag = {"If-Match": lead.get(where).headers["ETag"]}
    revise(analyst, grown, note="Another reason.")

    assert lead.post(f"{where}/approve", headers=tag).status_code == 412
    sent = {"figure": grown["figures"][0]["id"], "value": "3", "note": LATE}
    assert analyst.post(f"{where}/revisions", json=sent).status_code == 428


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"value": "400"}, 422),
        ({"value": "2"}, 422),
        ({"value": "4", "said_as": "at_least"}, 422),
        ({"value": "4", "said_as": "approx"}, 422),
        ({"value": "3", "said_as": "more_than"}, 422),
        ({"value": "2", "said_as": "more_than"}, 201),
        ({"value": "3", "said_as": "at_least"}, 201),
    ],
)
def test_a_revision_says_no_more_than_the_records_by_now(grown, analyst, sent, status):
    reply = revise(analyst, grown, **sent)

    assert reply.status_code == status, reply.text


def test_the_qualifier_is_revised_too(grown, analyst, lead, operation):
    figure = grown["figures"][1]["id"]
    revise(analyst, grown, figure=figure, value="72350.50")
    act(lead, grown, "approve")

    assert reported(analyst, operation, "cash_seized") == [("72350.50", "exact")]


def test_it_is_asked_of_the_records_again_when_it_is_approved(grown, analyst, lead, session):
    revise(analyst, grown)
    session.execute(sa.text("reset role"))
    with db.transaction():
        session.execute(
            sa.text("update result set status = 'struck', struck_at = now() where kind = 'arrest'")
        )

    reply = act(lead, grown, "approve")

    assert reply.status_code == 422
    assert "records now say 0" in reply.json["detail"]


@pytest.mark.parametrize(
    "sent",
    [
        {"note": None},
        {"note": " "},
        {"figure": "01890000-0000-7000-8000-0000000000f1"},
        {"said_as": "exact"},
    ],
)
def test_a_revision_needs_its_note_and_a_figure(grown, analyst, sent):
    assert revise(analyst, grown, **sent).status_code == 422


def test_the_figure_that_was_published_is_no_revision_of_it(published, analyst):
    reply = revise(analyst, published, value="2")

    assert reply.status_code == 422
    assert "was published" in reply.json["detail"]


def test_a_figure_is_revised_once_then_its_revision_is(grown, analyst, lead, operation):
    figure = grown["figures"][0]["id"]
    revise(analyst, grown, figure=figure)
    [*_, revised] = [
        each for each in act(lead, grown, "approve").json["figures"] if each["supersedes"]
    ]
    arrest(operation)

    again = revise(analyst, grown, figure=figure, value="4")
    later = revise(analyst, grown, figure=revised["id"], value="4")

    assert (again.status_code, later.status_code) == (409, 201)
    assert "revised already" in again.json["detail"]


def test_a_draft_is_changed_and_not_revised(write, analyst):
    made = write().json

    where = f"{API}/releases/{made['id']}"
    tag = {"If-Match": analyst.get(where).headers["ETag"]}
    sent = {"figure": made["id"], "value": "3", "note": "Why not."}
    reply = analyst.post(f"{where}/revisions", json=sent, headers=tag)

    assert reply.status_code == 409


def test_on_its_page_one_proposes_and_another_approves(grown, analyst, lead):
    here = f"/releases/{grown['id']}"
    read = analyst.get(f"{API}{here}")
    sent = {"act": "revise", "figure": read.json["figures"][0]["id"], "value": "3", "note": LATE}

    proposed = analyst.post(here, data=sent | {"etag": read.headers["ETag"]})

    assert proposed.status_code == 303, proposed.text
    shown = analyst.get(here).text
    assert "Proposed revision" in shown
    assert "Approve this revision" not in shown
    assert "Approve this revision" in lead.get(here).text
    tag = lead.get(f"{API}{here}").headers["ETag"]
    approved = lead.post(here, data={"act": "approve-revision", "etag": tag})
    assert approved.status_code == 303, approved.text
    assert "Proposed revision" not in lead.get(here).text


def test_on_its_page_one_withdraws_what_one_proposed(grown, analyst):
    here = f"/releases/{grown['id']}"
    tag = revise(analyst, grown).headers["ETag"]

    shown = analyst.get(here).text
    done = analyst.post(here, data={"act": "withdraw-revision", "etag": tag})

    assert "Withdraw this proposal" in shown
    assert done.status_code == 303, done.text
    assert "Proposed revision" not in analyst.get(here).text


def test_a_later_headline_of_one_measure_is_not_the_first(operation, analyst, lead, freeze):
    cash(operation, 100)
    arrest(operation)
    frozen = freeze().json
    body = {"snapshot": frozen["id"], "title": "Two"}
    headlines = [{"measure": "arrests"}, {"measure": "cash_seized"}]
    made = analyst.post(f"{API}/releases", json=body | {"headlines": headlines}).json
    act(lead, made, "approve")
    made = act(analyst, made, "publish").json
    cash(operation, 50)

    reply = revise(analyst, made, figure=made["figures"][1]["id"], value="150")

    assert reply.status_code == 201, reply.text


def test_what_was_revised_is_not_reconciled_but_its_revision_is(grown, analyst, lead):
    before = grown["figures"][0]["id"]
    revise(analyst, grown)
    after = act(lead, grown, "approve").json["figures"]

    found = analyst.get(f"{API}/reconciliation").json

    compared = {each["figure"]["id"] for each in found["figures"]}
    assert compared == {each["id"] for each in after} - {before}
    assert found["contradictions"] == []
