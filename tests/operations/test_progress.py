"""How deployments go on: said by whoever is on them, dated, overdue, and moved in one act."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from ops import db
from ops.operations import progress_queries
from ops.operations.models import TeamMember
from ops.operations.progress import Patience
from tests import factories
from tests.operations.test_deployment_views import assign, team_of

NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(session):
    return factories.operation(starts_at=NOW - 10 * HOUR, ends_at=NOW + 90 * HOUR)


@pytest.fixture
def deployment(operation):
    return factories.deployment(operation, NOW + HOUR)


def say(client, deployment, status, **more):
    path = f"/api/v1/deployments/{deployment.id}/steps"
    return client.post(path, json={"status": status, **more})


def status_of(client, deployment):
    return client.get(f"/api/v1/deployments/{deployment.id}").json["status"]


def put_on(client, deployment, person):
    reply = assign(client, {"id": str(deployment.id)}, person=str(person.id))
    assert reply.status_code == 201, reply.json
    return next(each for each in reply.json if each["person"]["id"] == str(person.id))


def test_whoever_is_on_it_says_how_it_goes_and_nobody_else(lead, client_as, deployment):
    officer, other = client_as("officer"), client_as("officer")
    put_on(lead, deployment, officer.person)

    theirs = say(officer, deployment, "acknowledged")
    others = say(other, deployment, "on_the_way")

    assert (theirs.status_code, others.status_code) == (201, 403)
    assert [each["by"] for each in theirs.json] == [officer.person.name]
    assert status_of(lead, deployment) == "acknowledged"


def test_a_member_of_the_team_that_is_on_it_may_say_so_too(lead, client_as, deployment, operation):
    late_comer = client_as("officer")
    team = team_of(lead, operation, factories.person("officer"))
    assign(lead, {"id": str(deployment.id)}, team=team["id"])
    factories._save(TeamMember(team_id=uuid.UUID(team["id"]), person_id=late_comer.person.id))

    assert say(late_comer, deployment, "acknowledged").status_code == 201


def test_whoever_is_off_it_again_says_nothing(lead, client_as, deployment):
    officer = client_as("officer")
    assigned = put_on(lead, deployment, officer.person)
    lead.delete(f"/api/v1/assignments/{assigned['id']}")

    assert say(officer, deployment, "acknowledged").status_code == 403


def test_a_step_sent_again_by_whoever_is_off_it_by_then_is_the_same(lead, client_as, deployment):
    officer = client_as("officer")
    assigned = put_on(lead, deployment, officer.person)
    body = {"id": str(uuid.uuid4()), "at": NOW.isoformat()}
    say(officer, deployment, "acknowledged", **body)
    lead.delete(f"/api/v1/assignments/{assigned['id']}")

    again = say(officer, deployment, "acknowledged", **body)
    other = say(officer, deployment, "started", **body)

    assert (again.status_code, other.status_code) == (200, 409)
    assert len(again.json) == 1


def test_each_step_keeps_when_it_was_and_when_that_came_in(lead, deployment):
    at = NOW - dt.timedelta(minutes=20)
    here = {"type": "Point", "coordinates": [-2.24, 53.49]}

    [step] = say(lead, deployment, "on_the_way", at=at.isoformat(), point=here).json

    assert dt.datetime.fromisoformat(step["at"]) == at
    assert dt.datetime.fromisoformat(step["received_at"]) >= NOW
    assert step["point"]["coordinates"] == [-2.24, 53.49]


def test_a_step_that_comes_in_late_is_kept_and_takes_nothing_back(lead, deployment):
    say(lead, deployment, "started", at=NOW.isoformat())
    earlier = (NOW - HOUR).isoformat()

    late = say(lead, deployment, "on_the_way", at=earlier)
    back = say(lead, deployment, "on_the_way", at=(NOW + dt.timedelta(minutes=1)).isoformat())

    assert (late.status_code, back.status_code) == (201, 409)
    assert [each["status"] for each in late.json] == ["on_the_way", "started"]
    assert status_of(lead, deployment) == "started"


def test_the_same_step_sent_again_is_the_same(lead, deployment):
    body = {"id": str(uuid.uuid4()), "at": NOW.isoformat()}

    first = say(lead, deployment, "started", **body)
    again = say(lead, deployment, "started", **body)
    other = say(lead, deployment, "finished", **body)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert len(again.json) == 1


def test_a_step_to_come_is_refused_in_a_sentence(lead, deployment):
    reply = say(lead, deployment, "started", at=(NOW + HOUR).isoformat())

    assert reply.status_code == 422
    assert "still to come" in reply.json["errors"]["at"][0]


def test_a_status_set_in_the_plan_is_a_step_too(lead, deployment):
    path = f"/api/v1/deployments/{deployment.id}"
    tag = lead.get(path).headers["ETag"]

    lead.patch(path, json={"status": "cancelled"}, headers={"If-Match": tag})

    [step] = lead.get(f"{path}/steps").json
    assert (step["status"], step["by"]) == ("cancelled", lead.person.name)


@pytest.mark.parametrize(
    ("status", "starts_in", "missing"),
    [
        ("planned", 61, None),
        ("planned", 59, "acknowledged"),
        ("acknowledged", 1, None),
        ("acknowledged", -14, None),
        ("acknowledged", -16, "started"),
        ("planned", -16, "started"),
        ("on_the_way", -16, "started"),
        ("started", -100, None),
        ("started", -179, None),
        ("started", -181, "finished"),
        ("finished", -999, None),
        ("cancelled", -999, None),
    ],
)
def test_what_is_overdue_is_told_by_status_and_time(session, operation, status, starts_in, missing):
    starts_at = NOW + dt.timedelta(minutes=starts_in)
    factories.deployment(operation, starts_at, status=status)

    found = session.execute(progress_queries.overdue(NOW, Patience())).all()

    assert [row.missing for row in found] == ([missing] if missing else [])


@pytest.mark.parametrize("status", ["draft", "planned", "closed"])
def test_only_what_is_approved_or_live_is_awaited(session, status):
    operation = factories.operation(status=status)
    factories.deployment(operation, NOW - 9 * HOUR)

    assert session.execute(progress_queries.overdue(NOW, Patience())).all() == []


def test_an_overdue_deployment_is_on_the_leads_to_do_list(client_as, operation):
    factories.deployment(operation, NOW - 2 * HOUR, name="Moulton Street")
    lead = client_as("lead")

    waits, page = lead.get("/to-do").text, lead.get("/deployments/overdue").text

    assert "1 overdue" in waits.split("Deployments overdue")[1][:100]
    assert "Moulton Street" in page
    assert "It has not started" in page


def test_nothing_of_an_operation_that_is_not_seen_is_overdue(client_as):
    hidden = factories.operation(visibility="covert")
    factories.deployment(hidden, NOW - 2 * HOUR, name="Secret Street")
    lead = client_as("lead")

    assert lead.get("/api/v1/deployments/overdue").json == []
    assert "Secret Street" not in lead.get("/deployments/overdue").text


def test_somebody_is_moved_in_one_act_and_the_history_keeps_where_from(lead, operation):
    here = factories.deployment(operation, NOW + HOUR, name="Here")
    there = factories.deployment(operation, NOW + HOUR, name="There")
    officer = factories.person("officer", name="Sam Sample")
    assigned = put_on(lead, here, officer)

    moved = lead.post(f"/api/v1/assignments/{assigned['id']}/move", json={"to": str(there.id)})

    assert moved.status_code == 201, moved.json
    assert [each["in_place_of"] for each in moved.json] == [
        {"person": "Sam Sample", "deployment": "Here"}
    ]
    [left] = lead.get(f"/api/v1/deployments/{here.id}/assignments").json
    assert left["released_at"] is not None


def test_a_whole_team_moves_together(lead, operation):
    here, there = (factories.deployment(operation, NOW + HOUR) for _ in range(2))
    people = [factories.person("officer") for _ in range(3)]
    team = team_of(lead, operation, *people)
    first = assign(lead, {"id": str(here.id)}, team=team["id"]).json[0]

    moved = lead.post(
        f"/api/v1/assignments/{first['id']}/move", json={"to": str(there.id), "whole_team": True}
    )

    assert len(moved.json) == 3
    assert {each["team"]["name"] for each in moved.json} == {"Team North"}


def test_somebody_takes_anothers_place(lead, deployment):
    gone, comes = (factories.person("officer", name=name) for name in ("Ann A", "Bob B"))
    assigned = put_on(lead, deployment, gone)

    path = f"/api/v1/assignments/{assigned['id']}/move"
    replaced = lead.post(path, json={"person": str(comes.id)})
    again = lead.post(path, json={"person": str(comes.id)})

    on_it = {each["person"]["name"]: each for each in replaced.json}
    assert on_it["Ann A"]["released_at"] is not None
    assert on_it["Bob B"]["in_place_of"]["person"] == "Ann A"
    assert again.status_code == 409


def test_a_move_that_clashes_leaves_everybody_where_they_were(lead, operation):
    here = factories.deployment(operation, NOW + HOUR, name="Here")
    there = factories.deployment(operation, NOW + 20 * HOUR, name="There")
    third = factories.deployment(operation, NOW + 20 * HOUR, name="Third")
    officer = factories.person("officer", name="Sam Sample")
    assigned = put_on(lead, here, officer)
    put_on(lead, third, officer)

    refused = lead.post(f"/api/v1/assignments/{assigned['id']}/move", json={"to": str(there.id)})

    assert refused.status_code == 409
    assert refused.json["detail"] == "Sam Sample is already deployed at that time: Third."
    [still] = lead.get(f"/api/v1/deployments/{here.id}/assignments").json
    assert still["released_at"] is None


def test_nobody_is_moved_to_another_operation_or_one_that_is_over(lead, operation, deployment):
    elsewhere = factories.deployment(factories.operation(), NOW + HOUR)
    over = factories.deployment(operation, NOW + HOUR, status="cancelled")
    assigned = put_on(lead, deployment, factories.person("officer"))
    path = f"/api/v1/assignments/{assigned['id']}/move"

    statuses = [lead.post(path, json={"to": str(to.id)}).status_code for to in (elsewhere, over)]

    assert statuses == [404, 409]


def test_a_step_cannot_be_rewritten_even_in_the_database(client_as, deployment):
    lead = client_as("lead")
    say(lead, deployment, "acknowledged")
    db.act_as(lead.person.id)
    session = db.session
    session.execute(sa.text("set local role ops_application"))

    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(sa.text("update deployment_step set status = 'finished'"))


def test_the_page_of_a_deployment_takes_a_step_and_shows_it(client_as, operation, deployment):
    lead, officer = client_as("lead"), client_as("officer")
    path = f"/operations/{operation.id}/deployments/{deployment.id}/progress"
    put_on(lead, deployment, officer.person)

    before = officer.get(path).text
    sent = officer.post(path, data={"id": str(uuid.uuid4()), "status": "acknowledged"})
    after = officer.get(path).text

    assert "Acknowledge it" in before
    assert sent.status_code == 303
    assert "Acknowledge it" not in after
    assert f"by {officer.person.name}" in after
