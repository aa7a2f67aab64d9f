"""Nil returns: given once by those who were there, and chased where nothing is known."""

import datetime as dt

import pytest
import sqlalchemy as sa

from ops import db
from ops.operations.models import Assignment
from tests import factories

ID = "0193e9a0-2222-7222-8333-444455550000"
SENT = {"id": ID, "reason": "nobody_there", "note": "Rain."}


@pytest.fixture
def deployment(session, operation):
    made = factories.deployment(operation, name="Checkpoint")
    # A request that is refused would leave it expired.
    session.expunge(made)
    return made


def give(client, deployment, sent=SENT):
    return client.post(f"/api/v1/deployments/{deployment.id}/nil-return", json=sent)


def missing(client, **query):
    reply = client.get("/api/v1/nil-returns/missing", query_string=query)
    assert reply.status_code == 200, reply.text
    return [each["name"] for each in reply.json]


def deploy(deployment, person):
    with db.transaction():
        db.session.add(
            Assignment(deployment_id=deployment.id, during=deployment.during, person_id=person.id)
        )


def test_the_same_again_is_the_same_nil_return_and_other_content_is_refused(lead, deployment):
    first, again = give(lead, deployment), give(lead, deployment)
    other = give(lead, deployment, SENT | {"note": "Snow."})
    second = give(lead, deployment, {"reason": "nobody_there"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert (other.status_code, second.status_code) == (409, 409)
    assert second.json["detail"] == "This deployment has a nil return already."


def test_whoever_was_on_it_may_say_so_and_an_analyst_who_was_not_may_not(client_as, deployment):
    there, elsewhere = client_as("analyst"), client_as("analyst")
    deploy(deployment, there.person)

    assert give(elsewhere, deployment).status_code == 403
    assert give(there, deployment).status_code == 201


def test_the_same_again_by_whoever_is_off_it_by_then_is_the_same(session, client_as, deployment):
    analyst = client_as("analyst")
    deploy(deployment, analyst.person)
    first = give(analyst, deployment)
    session.execute(sa.text("update assignment set released_at = now()"))
    session.commit()

    again = give(analyst, deployment)

    assert (first.status_code, again.status_code) == (201, 200)
    assert give(analyst, deployment, {"reason": "nobody_there"}).status_code == 403


def test_a_deployment_that_ended_with_nothing_known_is_chased(lead, client_as, deployment):
    who = client_as("officer").person
    deploy(deployment, who)

    [found] = lead.get("/api/v1/nil-returns/missing").json

    assert (found["name"], found["people"]) == ("Checkpoint", [who.name])
    assert found["hours_ago"] > 0


def test_what_reported_was_cancelled_or_goes_on_is_not(lead, operation, log, deployment):
    log(deployment=str(deployment.id))
    now = dt.datetime.now(dt.UTC)
    factories.deployment(operation, status="cancelled")
    factories.deployment(operation, now)
    give(lead, factories.deployment(operation), {"reason": "nothing_found"})
    draft = factories.operation(status="draft")
    factories.deployment(draft)

    assert missing(lead) == []


def test_a_struck_result_and_a_nil_return_taken_back_report_nothing(lead, operation, log):
    one, two = (factories.deployment(operation, name=name) for name in ("One", "Two"))
    record = log(deployment=str(one.id))
    lead.post(f"/api/v1/results/{record['id']}/strike", json={"reason": "Wrong."})
    give(lead, two)
    lead.post(f"/api/v1/nil-returns/{ID}/take-back", json={"reason": "It did."})

    assert sorted(missing(lead)) == ["One", "Two"]


def test_a_lead_narrows_the_list_to_what_they_lead(client_as, operation, deployment):
    officer = client_as("officer")
    led = factories.operation()
    factories.member(led, officer.person, "lead")
    factories.deployment(led, name="Mine")

    assert sorted(missing(officer)) == ["Checkpoint", "Mine"]
    assert missing(officer, led="true") == ["Mine"]
    assert missing(officer, operation=str(operation.id)) == ["Checkpoint"]


def test_a_later_result_shows_both_and_says_so(lead, operation, log, deployment):
    give(lead, deployment)
    record = log(deployment=str(deployment.id))

    shown = lead.get(f"/api/v1/results/{record['id']}").json
    [nil] = lead.get(f"/api/v1/operations/{operation.id}/nil-returns?contradicted=true").json

    assert any("nil return" in remark for remark in shown["remarks"])
    assert nil["results"] == 1
    assert "beside results" in lead.get(f"/operations/{operation.id}").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"status": "cancelled"}, "cancelled"), ({"starts_at": "ahead"}, "before the deployment")],
)
def test_what_has_nothing_to_report_of_is_refused(lead, operation, session, fields, words):
    if "starts_at" in fields:
        fields = {"starts_at": dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)}
    deployment = factories.deployment(operation, **fields)
    session.expunge(deployment)

    assert words in str(give(lead, deployment).json)


def test_where_a_result_is_logged_there_is_no_nil_return(lead, log, deployment):
    log(deployment=str(deployment.id))

    assert "A result is logged" in give(lead, deployment).json["detail"]


def test_another_reason_says_which(lead, deployment):
    reply = give(lead, deployment, {"reason": "other"})

    assert reply.status_code == 422
    assert "note" in reply.json["errors"]


def test_it_is_taken_back_once_by_its_maker_or_a_lead_and_stays(
    lead, client_as, operation, deployment
):
    officer = client_as("officer")
    give(lead, deployment)
    path, why = f"/api/v1/nil-returns/{ID}/take-back", {"reason": "There was a find."}

    assert officer.post(path, json=why).status_code == 403
    assert lead.post(path, json={}).status_code == 422
    taken = lead.post(path, json=why)
    assert taken.json["taken_back_reason"] == "There was a find."
    assert lead.post(path, json=why).status_code == 409
    [kept] = lead.get(f"/api/v1/operations/{operation.id}/nil-returns").json
    assert kept["taken_back_at"] is not None


def test_one_of_a_hidden_deployment_is_as_one_of_none(lead, session):
    hidden = factories.deployment(factories.operation(visibility="covert"))
    session.expunge_all()

    replies = [
        lead.post(f"/api/v1/deployments/{key}/nil-return", json={"reason": "nobody_there"})
        for key in (hidden.id, ID)
    ]

    assert replies[0].json == replies[1].json
    assert missing(lead) == []


def test_the_page_gives_one_in_one_step(lead, deployment):
    form = {"deployment": str(deployment.id), "id": ID, "reason": "nobody_there", "note": ""}

    done = lead.post("/nil-returns/missing", data=form)

    assert done.status_code == 303
    assert "Every deployment that is over has reported." in lead.get("/nil-returns/missing").text


def test_an_operation_counts_what_it_still_owes(lead, operation, log, deployment):
    log("warrant", {"granted_on": "2026-11-01"})

    page = lead.get(f"/operations/{operation.id}").text

    assert "1 warrant to return to court</a>, 1 overdue" in page
    assert "1 deployment ended with nothing reported" in page


def test_the_database_lets_one_take_it_back_once_in_ones_own_name_and_change_nothing_else(
    session, lead, client_as, deployment
):
    give(lead, deployment)
    other = client_as("lead")
    back = sa.text("update nil_return set taken_back_at = now(), taken_back_by = :by,"
                   " taken_back_reason = 'Wrong.'")  # fmt: skip
    session.execute(sa.text("set local role ops_application"))
    named = sa.text("select set_config('ops.actor', :me, true)")
    session.execute(named, {"me": str(lead.person.id)})

    with pytest.raises(sa.exc.ProgrammingError, match="policy"), session.begin_nested():
        session.execute(back, {"by": other.person.id})
    with pytest.raises(sa.exc.ProgrammingError, match="denied"), session.begin_nested():
        session.execute(sa.text("update nil_return set note = 'Another.'"))
    assert session.execute(back, {"by": lead.person.id}).rowcount == 1
    session.execute(named, {"me": str(other.person.id)})
    with pytest.raises(sa.exc.IntegrityError, match="taken back"), session.begin_nested():
        session.execute(back, {"by": other.person.id})
