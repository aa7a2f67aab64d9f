"""Custody: each step is kept, a wrong one is struck, and what is missing is said."""

import uuid

import pytest
import sqlalchemy as sa

AT = "2026-11-02T12:00:00Z"


@pytest.fixture
def exhibit(log):
    """A seizure to follow."""
    return log("seizure", {"category": "phones", "exhibit_ref": "AP/1"}, occurred_at=AT)


@pytest.fixture
def write(lead, exhibit):
    """Write a step of its custody, and give the custody."""

    def send(step, at="2026-11-02T12:00:00Z", *, status=201, client=lead, to=exhibit, **fields):
        body = {"step": step, "at": at, **fields}
        reply = client.post(f"/api/v1/results/{to['id']}/custody", json=body)
        assert reply.status_code == status, reply.text
        return reply.json

    return send


def test_an_exhibit_nobody_wrote_of_has_a_gap_from_its_first_step(lead, exhibit):
    custody = lead.get(f"/api/v1/results/{exhibit['id']}/custody").json

    assert not custody["is_unbroken"]
    assert "Begin with who seized it" in custody["gaps"][0]


def test_the_last_holder_has_it_and_unbroken_custody_says_so(write):
    write("seized", to_holder="PC 1234")
    write("sealed", "2026-11-02T12:10:00Z", seal="B 77")

    custody = write(
        "stored",
        "2026-11-02T18:00:00Z",
        from_holder="PC 1234",
        to_holder="Store 3",
        place="Shelf 9",
    )

    assert (custody["holder"], custody["seal"]) == ("Store 3", "B 77")
    assert (custody["is_unbroken"], custody["gaps"]) == (True, [])
    assert [event["step"] for event in custody["events"]] == ["seized", "sealed", "stored"]


def test_a_gap_is_said_and_goes_once_the_wrong_step_is_struck(lead, exhibit, write):
    write("seized", to_holder="PC 1234")
    wrong = write("transferred", "2026-11-02T13:00:00Z", from_holder="PC 9", to_holder="DC 2")
    assert "PC 9 gave it, but PC 1234 had it last" in wrong["gaps"][0]

    path = f"/api/v1/results/{exhibit['id']}/custody/{wrong['events'][1]['id']}/strike"
    reply = lead.post(path, json={"reason": "It was another exhibit."})

    assert reply.status_code == 200
    assert (reply.json["gaps"], reply.json["holder"]) == ([], "PC 1234")
    struck = reply.json["events"][1]
    assert struck["struck_reason"] == "It was another exhibit."
    assert lead.post(path, json={"reason": "Again."}).status_code == 409


def test_the_same_step_sent_again_is_one_step(write):
    step_id = str(uuid.uuid4())
    write("seized", to_holder="PC 1234", id=step_id)

    custody = write("seized", to_holder="PC 1234", id=step_id, status=200)

    assert len(custody["events"]) == 1
    write("seized", to_holder="PC 5678", id=step_id, status=409)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"step": "stolen"}, "step"),
        ({"step": "seized"}, "to_holder"),
        ({"step": "sealed"}, "seal"),
        ({"step": "seized", "to_holder": "PC 1", "at": "2099-01-01T00:00:00Z"}, "at"),
        ({"step": "seized", "to_holder": "x" * 101}, "to_holder"),
    ],
)
def test_refuses_a_step_that_is_not_right(lead, exhibit, fields, field):
    reply = lead.post(f"/api/v1/results/{exhibit['id']}/custody", json={"at": AT} | fields)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_only_what_was_seized_and_stands_has_custody(lead, log, exhibit, write):
    arrest = log("arrest")
    write("seized", to_holder="PC 1", to=arrest, status=409)
    lead.post(f"/api/v1/results/{exhibit['id']}/strike", json={"reason": "Logged twice."})

    refused = write("seized", to_holder="PC 1", status=409)

    assert "was struck" in refused["detail"]


def test_an_officer_strikes_only_the_step_that_is_their_own(lead, client_as, exhibit, write):
    event = write("seized", to_holder="PC 1")["events"][0]
    officer = client_as("officer")

    path = f"/api/v1/results/{exhibit['id']}/custody/{event['id']}/strike"

    assert officer.post(path, json={"reason": "Wrong."}).status_code == 403
    assert lead.post(path, json={"reason": "Wrong."}).status_code == 200


def test_there_must_be_such_a_step(lead, exhibit):
    path = f"/api/v1/results/{exhibit['id']}/custody/{uuid.uuid4()}/strike"

    assert lead.post(path, json={"reason": "Wrong."}).status_code == 404


def test_the_database_lets_nobody_strike_a_step_in_the_name_of_another(
    session, lead, client_as, write
):
    write("seized", to_holder="PC 1234")
    other = client_as("lead")
    strike = sa.text("update custody_event set struck_at = now(), struck_by = :by,"
                     " struck_reason = 'Wrong.'")  # fmt: skip
    session.execute(sa.text("set local role ops_application"))
    named = sa.text("select set_config('ops.actor', :me, true)")
    session.execute(named, {"me": str(lead.person.id)})

    with pytest.raises(sa.exc.ProgrammingError, match="policy"), session.begin_nested():
        session.execute(strike, {"by": other.person.id})

    assert session.execute(strike, {"by": lead.person.id}).rowcount == 1
