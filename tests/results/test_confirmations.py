"""Who confirmed a result, when and how; taken back, it stays with the reason."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db, wording
from ops.results.models import Confirmation

WEIGHED = {"category": "drugs", "drug": "heroin", "quantity": "100", "unit": "g"}


@pytest.fixture
def confirm(second):
    """Confirm a record, as another lead than the one who logged it."""

    def send(record, client=second, **body):
        return client.post(f"/api/v1/results/{record['id']}/confirm", json=body)

    return send


@pytest.fixture
def confirmations(lead):
    """List the confirmations of a record."""
    return lambda record: lead.get(f"/api/v1/results/{record['id']}/confirmations").json


def correct(client, record, **detail):
    there = f"/api/v1/results/{record['id']}"
    body = {"reason": "Weighed wet", "detail": detail}
    etag = client.get(there).headers["ETag"]
    return client.patch(there, json=body, headers={"If-Match": etag})


def test_a_confirmation_says_who_when_and_how(log, second, confirm, confirmations):
    record = log("seizure", WEIGHED)

    confirmed = confirm(record, how="weighed", note="Scale 4").json

    [said] = confirmations(record)
    assert (said["how"], said["note"], said["withdrawn_at"]) == ("weighed", "Scale 4", None)
    assert said["confirmed_by"]["id"] == str(second.person.id)
    assert wording.local(said["confirmed_at"]) == wording.local(confirmed["confirmed_at"])


@pytest.mark.parametrize("sent", [{"json": {}}, {}])
def test_without_a_word_it_was_checked(log, second, confirmations, sent):
    record = log()

    reply = second.post(f"/api/v1/results/{record['id']}/confirm", **sent)

    assert reply.status_code == 200
    assert [each["how"] for each in confirmations(record)] == ["checked"]


def test_one_result_can_be_confirmed_in_several_ways_and_stands_since_the_first(
    log, client_as, confirm, confirmations
):
    record = log("seizure", WEIGHED)

    first = confirm(record, how="weighed").json
    then = confirm(record, client_as("lead"), how="tested").json
    again = confirm(record, how="tested").json

    assert [each["how"] for each in confirmations(record)] == ["weighed", "tested"]
    assert then["confirmed_at"] == first["confirmed_at"]
    assert then["version"] == first["version"] + 1
    assert again == then


def test_a_correction_takes_every_confirmation_back_with_its_reason(
    log, lead, confirm, confirmations
):
    record = log("seizure", WEIGHED)
    confirm(record, how="weighed")
    confirm(record, how="tested")

    correct(lead, record, quantity="90")
    confirm(record, how="weighed")

    said = confirmations(record)
    assert [each["withdrawn_because"] for each in said] == ["Weighed wet", "Weighed wet", None]
    assert [each["withdrawn_at"] is None for each in said] == [False, False, True]


@pytest.mark.parametrize("sent", [{"how": "guessed"}, {"note": "x" * 1001}, {"reason": "x"}])
def test_refuses_what_is_no_way_to_confirm(log, confirm, sent):
    assert confirm(log(), **sent).status_code == 422


def test_the_database_refuses_that_who_recorded_it_confirms_it(log, lead, session):
    record = log()
    now = dt.datetime.now(dt.UTC)
    mine = {"confirmed_by": lead.person.id, "confirmed_at": now}

    with pytest.raises(sa.exc.IntegrityError) as refused, session.begin_nested():
        session.add(Confirmation(result_id=record["id"], how="counted", **mine))

    assert db.broken(refused.value) == "ck_confirmation_four_eyes"


def test_the_database_refuses_a_confirmation_in_the_name_of_another(
    log, second, client_as, session
):
    record, other = log(), client_as("lead").person.id
    made = {"id": db.new_id(), "result_id": record["id"], "how": "checked", "by": other}
    db.act_as(second.person.id)
    session.execute(sa.text("set local role ops_application"))

    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), session.begin_nested():
        session.execute(
            sa.text(
                "insert into confirmation (id, result_id, how, confirmed_at, confirmed_by)"
                " values (:id, :result_id, :how, now(), :by)"
            ),
            made,
        )


def test_how_it_was_confirmed_is_in_its_history_and_on_its_page(log, lead, confirm):
    record = log("seizure", WEIGHED)
    confirm(record, how="weighed", note="Scale 4")
    confirm(record, how="tested")
    correct(lead, record, quantity="90")

    history = lead.get(f"/api/v1/results/{record['id']}/history").json
    page = lead.get(f"/results/{record['id']}").text

    assert [each["part"] for each in history].count("confirmation") == 4
    assert "Weighed: Scale 4" in page
    assert "Taken back" in page


def test_of_no_result_there_are_no_confirmations(lead, operation):
    assert lead.get(f"/api/v1/results/{operation.id}/confirmations").status_code == 404
