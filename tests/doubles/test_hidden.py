"""A merge betrays nothing that somebody doesn't see, and takes nothing from them."""

import uuid

import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger.models import Change
from ops.results.models import Credit
from tests import factories
from tests.doubles.test_found import ARREST, doubles, log
from tests.doubles.test_merging import arrests, decide

DETAIL = ARREST | {"custody_ref": "06CD/1/26"}


@pytest.fixture
def knowing(client_as):
    """A lead who sees the covert operation."""
    return client_as("lead")


@pytest.fixture
def covert(knowing):
    """A covert operation."""
    found = factories.operation(visibility="covert")
    factories.member(found, knowing.person, "lead")
    return found


@pytest.fixture
def agent(client_as, covert):
    """An officer of the covert operation."""
    client = client_as("officer")
    factories.member(covert, client.person)
    return client


def test_a_credit_to_a_hidden_operation_goes_over(client_as, knowing, covert):
    lead, officer = client_as("lead"), client_as("officer")
    operations = factories.operation(), factories.operation()
    first, second = (log(officer, each, detail=DETAIL) for each in operations)
    knowing.post(f"/api/v1/results/{second['id']}/credits", json={"operation": str(covert.id)})
    [double] = doubles(lead)

    reply = decide(lead, double, decision="same", keep=first["id"])

    assert str(covert.id) not in reply.text
    assert arrests(knowing, covert) == "1"
    kept = lead.get(f"/api/v1/results/{first['id']}").json
    assert kept["credits"] == [str(operations[1].id)]


def test_a_hidden_credit_shows_in_no_number(client_as, knowing, covert):
    lead, officer = client_as("lead"), client_as("officer")
    versions = []
    for credited in (True, False):
        operation = factories.operation()
        first, second = (log(officer, operation, detail=DETAIL) for _ in range(2))
        if credited:
            knowing.post(
                f"/api/v1/results/{second['id']}/credits", json={"operation": str(covert.id)}
            )
        named = lead.post("/api/v1/doubles", json={"records": [first["id"], second["id"]]}).json
        decide(lead, named, decision="same", keep=first["id"])
        versions.append(lead.get(f"/api/v1/results/{first['id']}").json["version"])

    assert versions[0] == versions[1]


def test_only_the_one_that_more_people_see_can_stay(client_as, knowing, covert, agent):
    officer, viewer = client_as("officer"), client_as("analyst")
    operation = factories.operation()
    seen = log(officer, operation, detail=DETAIL)
    hidden = log(agent, covert, detail=DETAIL | {"disposals": [{"code": "bailed"}]}, note="Told us")
    [double] = doubles(knowing)
    assert double["may_stay"] == [seen["id"]]
    page = knowing.get(f"/doubles/{double['id']}").text
    assert page.count("One thing: keep") == 1

    refused = decide(knowing, double, decision="same", keep=hidden["id"])
    reply = decide(knowing, double, decision="same", keep=seen["id"])

    assert (refused.status_code, reply.status_code) == (422, 200)
    assert "keep the other one" in refused.json["errors"]["keep"][0]
    assert (arrests(viewer, operation), arrests(knowing, covert)) == ("1", "1")
    # Nothing of it comes to those who see only the one that stays: not the content, not why.
    address = f"/api/v1/results/{seen['id']}"
    shown = viewer.get(address).json
    assert (shown["note"], shown["detail"]["disposals"], shown["credits"]) == (None, [], [])
    history = viewer.get(f"{address}/history").text
    assert "same thing" not in history
    assert "Told us" not in history


def test_of_two_that_the_same_people_see_either_can_stay(client_as):
    officer, lead = client_as("officer"), client_as("lead")
    ids = [log(officer, factories.operation(), detail=DETAIL)["id"] for _ in range(2)]

    [double] = doubles(lead)

    assert sorted(double["may_stay"]) == sorted(ids)


def test_a_reference_is_moved_by_the_merge_and_not_by_who_only_looks(client_as):
    lead, officer = client_as("lead"), client_as("officer")
    closed = factories.operation(visibility="restricted")
    factories.member(closed, lead.person, "analyst")
    factories.member(closed, officer.person)
    first = log(officer, factories.operation(), "line", {"name": "The Jay line"})
    second = log(officer, factories.operation(), "line", {"name": "The jay line"})
    closure = log(officer, closed, "line_closure", {"type": "type_2", "line": second["id"]})
    [double] = doubles(lead)

    assert decide(lead, double, decision="same", keep=first["id"]).status_code == 200

    address = f"/api/v1/results/{closure['id']}"
    assert officer.get(address).json["detail"]["line"] == first["id"]
    assert officer.get(address).json["version"] == closure["version"] + 1
    history = officer.get(f"{address}/history").json
    told = [each for each in history if each["reason"]]
    assert {each["by"]["id"] for each in told} == {str(lead.person.id)}
    assert {each["reason"] for each in told} == {
        "What it names was merged with the same thing logged again."
    }


def test_a_reference_that_the_merger_does_not_see_is_moved_too(client_as, covert, agent):
    lead = client_as("lead")
    operation = factories.operation()
    first = log(agent, operation, "line", {"name": "The Jay line"})
    second = log(agent, operation, "line", {"name": "The jay line"})
    closure = log(agent, covert, "line_closure", {"type": "type_2", "line": second["id"]})
    double = next(each for each in doubles(lead) if each["kind"] == "line")

    decide(lead, double, decision="same", keep=first["id"])

    assert agent.get(f"/api/v1/results/{closure['id']}").json["detail"]["line"] == first["id"]


def test_the_ledger_of_a_decision_is_for_who_sees_both(client_as, knowing, covert, agent):
    operation = factories.operation()
    log(client_as("officer"), operation, detail=DETAIL)
    log(agent, covert, detail=DETAIL)
    [double] = doubles(knowing)
    decide(knowing, double, decision="different", reason="An informant said so")
    filed = sa.select(Change.after, Change.reason).where(Change.object == "likely_double")

    def read(client):
        db.session.execute(
            sa.select(
                sa.func.set_config("ops.actor", str(client.person.id), True),
                sa.func.set_config("role", db.APPLICATION, True),
            )
        )
        found = db.session.execute(filed).all()
        db.session.execute(sa.text("reset role"))
        return found

    assert read(client_as("lead")) == []
    [(after, reason)] = read(knowing)
    assert (after["decision"], reason) == ("different", None)


def test_the_database_itself_lets_nobody_merge_who_may_not(client_as):
    officer = client_as("officer")
    ids = [uuid.UUID(log(officer, factories.operation(), detail=DETAIL)["id"]) for _ in range(2)]
    db.session.execute(
        sa.select(
            sa.func.set_config("ops.actor", str(officer.person.id), True),
            sa.func.set_config("role", db.APPLICATION, True),
        )
    )

    refused = pytest.raises(sa.exc.ProgrammingError, match="not theirs to merge")
    with refused, db.session.begin_nested():
        db.session.execute(sa.select(sa.func.merge_records(*ids, False)))

    db.session.execute(sa.text("reset role"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Credit)) == 0
