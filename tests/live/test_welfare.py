"""Who is to check in by when: what phones say, late or by a wrong clock, and what leads see."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from ops.ledger.models import Change
from ops.live.welfare_models import WelfareAnswer, WelfareTimer
from ops.operations.models import Team, TeamMember
from tests import factories
from tests.live.conftest import HERE, assign
from tests.live.test_check_ins import SEEN

MINUTE = dt.timedelta(minutes=1)


def ago(minutes):
    """Give a moment so many minutes ago, as JSON."""
    return (dt.datetime.now(dt.UTC) - minutes * MINUTE).isoformat()


@pytest.fixture
def operation(session):
    return factories.operation()


@pytest.fixture
def deployment(operation):
    return factories.deployment(operation, name="Visit")


@pytest.fixture
def officer(client_as, deployment):
    """An officer who is on the deployment."""
    client = client_as("officer", name="Olly Officer")
    assign(deployment, client.person)
    return client


@pytest.fixture
def lead(client_as):
    return client_as("lead", name="Pat Planner")


@pytest.fixture
def tell(deployment):
    """Set the timer, or stand down; give the reply."""
    there = f"/api/v1/deployments/{deployment.id}"

    def send(client, every, what="welfare-timer", **fields):
        body = {"every_minutes": every} if what == "welfare-timer" else {"position": HERE}
        return client.post(f"{there}/{what}", json=body | fields)

    return send


@pytest.fixture
def watched(operation):
    """Read who is to check in."""

    def read(client):
        reply = client.get(f"/api/v1/operations/{operation.id}/welfare")
        assert reply.status_code == 200, reply.text
        return reply.json

    return read


@pytest.fixture
def overdue(officer, lead, tell, watched):
    """An officer who should have checked in ten minutes ago, as the lead reads it."""
    tell(officer, 30, at=ago(40))
    [each] = watched(lead)
    assert each["state"] == "overdue"
    return each


@pytest.fixture
def answer(operation):
    """Say what was done."""

    def send(client, each, **fields):
        body = {"person": each["person"], "due_at": each["due_at"], "remark": "Safe and well."}
        return client.post(f"/api/v1/operations/{operation.id}/welfare/answers", json=body | fields)

    return send


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([("welfare-timer", 10)], "waiting"),
        ([("welfare-timer", 32)], "due"),
        ([("welfare-timer", 36)], "overdue"),
        ([("welfare-timer", 60), ("check-ins", 10)], "waiting"),
        ([("welfare-timer", 60), ("check-ins", 40)], "overdue"),
        # Whoever asks for help and then goes silent is missed.
        ([("welfare-timer", 60), ("assistance", 10)], "overdue"),
        # Before the timer was set, a check-in moves nothing.
        ([("check-ins", 50), ("welfare-timer", 40)], "overdue"),
    ],
)
def test_overdue_is_who_was_not_heard_of_in_time(officer, lead, tell, watched, said, state):
    for what, minutes in said:
        assert tell(officer, 30, what, at=ago(minutes)).status_code == 201

    [each] = watched(lead)

    assert each["state"] == state
    assert each["deployment_name"] == "Visit"
    assert (each["position"] is None) == (len(said) == 1)


def test_one_may_check_in_on_another_deployment_of_the_operation(
    officer, lead, operation, tell, watched
):
    tell(officer, 30, at=ago(60))
    other = factories.deployment(operation, dt.datetime(2026, 12, 1, tzinfo=dt.UTC))
    assign(other, officer.person)

    officer.post(f"/api/v1/deployments/{other.id}/check-ins", json={"position": HERE})

    assert watched(lead)[0]["state"] == "waiting"


def test_a_check_in_that_comes_late_counts_by_when_it_was_made_and_is_told(
    officer, lead, tell, watched, operation
):
    tell(officer, 60, at=ago(60))
    tell(officer, 60, "check-ins", at=ago(20))

    [each] = watched(lead)

    assert each["state"] == "waiting"
    assert dt.datetime.fromisoformat(each["received_at"]) > dt.datetime.fromisoformat(
        each["heard_at"]
    )
    assert "came here late" in each["remarks"][0]
    assert "came here late" in lead.get(f"/operations/{operation.id}/live").text


@pytest.mark.parametrize("hours", [-3, 3, 24 * 30])
def test_a_clock_that_is_wrong_is_put_right_and_told(officer, lead, tell, watched, hours):
    theirs = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)).isoformat()

    made = tell(officer, 30, at=theirs, sent_at=theirs)
    tell(officer, 30, "check-ins", at=theirs, sent_at=theirs)

    [each] = watched(lead)
    assert made.status_code == 201
    assert each["state"] == "waiting"
    assert each["claimed_at"]
    assert abs(each["clock_offset_s"] - hours * 3600) < 60
    assert "clock of the phone" in each["remarks"][0]


def test_the_same_again_is_the_same_timer(session, officer, tell):
    body = {"id": str(uuid.uuid4()), "at": ago(1)}

    replies = [
        tell(officer, 30, **body, sent_at=ago(1)),
        tell(officer, 30, **body, sent_at=ago(0)),
        tell(officer, 15, **body),
    ]

    assert [each.status_code for each in replies] == [201, 200, 409]
    assert replies[0].json == replies[1].json
    assert session.scalar(sa.select(sa.func.count()).select_from(WelfareTimer)) == 1


def test_standing_down_ends_it_whichever_comes_first(officer, lead, tell, watched):
    tell(officer, None, at=ago(30))
    tell(officer, 15, at=ago(50))

    assert watched(lead) == []


def test_who_was_taken_off_the_deployment_stands_down_and_begins_nothing(
    session, officer, lead, tell, watched
):
    begun = {"id": str(uuid.uuid4()), "at": ago(50)}
    tell(officer, 15, **begun)
    session.execute(sa.text("update assignment set released_at = now()"))
    session.commit()

    assert tell(officer, 15).status_code == 409
    assert tell(officer, 15, **begun).status_code == 200
    assert watched(lead)[0]["state"] == "overdue"
    assert tell(officer, None).status_code == 201
    assert watched(lead) == []


@pytest.fixture
def late_comer(client_as, operation, deployment):
    """Somebody who joined a team after it was deployed."""
    client = client_as("officer")
    team = factories._save(Team(operation_id=operation.id, name="Team North"))
    assign(deployment, factories.person("officer"), team_id=team.id)
    factories._save(TeamMember(team_id=team.id, person_id=client.person.id))
    return client


def test_who_is_on_it_with_their_team_checks_in_as_the_others_do(
    late_comer, lead, tell, watched, operation
):
    for what in ("check-ins", "assistance", "welfare-timer"):
        assert tell(late_comer, 30, what).status_code == 201, what

    assert [each["person"] for each in watched(lead)] == [str(late_comer.person.id)]
    assert "Say where you are" in late_comer.get(f"/operations/{operation.id}/live").text


@pytest.mark.parametrize(
    "gone", ["update assignment set released_at = now()", "delete from team_member"]
)
def test_who_is_not_on_it_with_their_team_any_more_stands_down_and_begins_nothing(
    session, late_comer, lead, tell, watched, gone
):
    tell(late_comer, 15, at=ago(50))
    session.execute(sa.text(gone))
    session.commit()

    for what in ("check-ins", "assistance", "welfare-timer"):
        assert tell(late_comer, 15, what).status_code == 409, what
    assert watched(lead)[0]["state"] == "overdue"
    assert tell(late_comer, None).status_code == 201
    assert watched(lead) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"every_minutes": 4},
        {"every_minutes": 241},
        {"every_minutes": "30"},
        {"every_minutes": 30.5},
        {"at": "x"},
    ],
)
def test_what_can_not_be_meant_is_refused_by_field(officer, tell, fields):
    reply = tell(officer, 30, **fields)

    assert reply.status_code == 422
    assert set(reply.json["errors"]) == set(fields)


def test_what_was_done_is_kept_and_answers_for_one_time_alone(
    session, officer, lead, overdue, tell, watched, answer
):
    key = str(uuid.uuid4())

    replies = [answer(lead, overdue, id=key), answer(lead, overdue, id=key)]

    assert [each.status_code for each in replies] == [201, 200]
    [each] = replies[0].json
    assert each["state"] == "dealt_with"
    assert (each["remark"], each["answered_by"]) == ("Safe and well.", "Pat Planner")
    tell(officer, 15, "check-ins", at=ago(38))
    # What came meanwhile moved it: the lead looks again.
    assert watched(lead)[0]["state"] == "overdue"
    assert answer(lead, overdue).status_code == 409
    tell(officer, None)
    assert answer(lead, overdue).status_code == 409
    assert session.scalar(sa.select(sa.func.count()).select_from(WelfareAnswer)) == 1


def test_only_who_leads_says_what_was_done(client_as, officer, overdue, answer):
    assert answer(officer, overdue).status_code == 403
    assert answer(client_as("analyst"), overdue).status_code == 403
    stranger = client_as("lead", organisation=factories.organisation("LANCS"))
    assert answer(stranger, overdue).status_code == 404


def test_the_lead_deals_with_it_from_the_board(client_as, officer, lead, operation, overdue, tell):
    here = f"/operations/{operation.id}"
    form = f"{here}/welfare/{officer.person.id}"
    tell(officer, 30, "check-ins", at=ago(45))
    board = lead.get(f"{here}/live").text
    assert "Overdue to check in" in board
    assert "Last known position 53.485, -2.24" in board
    assert f'href="{form}"' in board
    assert "Overdue to check in" in officer.get(f"{here}/live").text
    assert f'href="{form}"' not in officer.get(f"{here}/live").text
    assert "verdue to check in" not in client_as("officer").get(f"{here}/live").text

    blank = lead.post(form, data={"due_at": overdue["due_at"], "remark": ""})
    done = lead.post(form, data={"due_at": overdue["due_at"], "remark": "Reached by radio."})

    assert blank.status_code == 422
    assert "govuk-error-message" in blank.text
    assert done.status_code == 303
    board = lead.get(f"{here}/live").text
    assert "Overdue to check in" not in board
    assert "Reached by radio." in board
    tell(officer, None)
    assert lead.get(form).status_code == 404


def test_the_ledger_keeps_that_it_was_said(session, officer, lead, overdue, answer):
    answer(lead, overdue)

    changes = session.scalars(sa.select(Change).where(Change.object.like("welfare%")))

    assert sorted((each.object, each.actor) for each in changes) == [
        ("welfare_answer", lead.person.id),
        ("welfare_timer", officer.person.id),
    ]


@pytest.mark.parametrize(
    ("role", "sees"),
    [("lead", 2), ("admin", 2), ("officer", 0), ("analyst", 0), ("auditor", 0), ("desk", 0)],
)
def test_the_database_shows_it_to_who_leads_and_to_oneself(
    session, officer, lead, overdue, answer, role, sees
):
    answer(lead, overdue)
    count = sa.text(
        "select (select count(*) from welfare_timer) + (select count(*) from welfare_answer)"
    )
    reader = factories.person(role)

    session.execute(SEEN, {"id": str(reader.id)})
    by_others = session.scalar(count)
    session.execute(sa.text("reset role"))
    session.execute(SEEN, {"id": str(officer.person.id)})

    assert (by_others, session.scalar(count)) == (sees, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "update welfare_timer set every_minutes = 240",
        "delete from welfare_timer",
        (
            "insert into welfare_timer"
            " (id, operation_id, deployment_id, person_id, every_minutes, at, content_hash)"
            " select gen_random_uuid(), operation_id, deployment_id, '{other}', 15, at, ''"
            " from welfare_timer"
        ),
        (
            "insert into welfare_answer"
            " (id, operation_id, deployment_id, person_id, due_at, remark, made_by, content_hash)"
            " select gen_random_uuid(), operation_id, deployment_id, person_id, at, 'x', person_id,"
            " '' from welfare_timer"
        ),
    ],
)
def test_nobody_speaks_for_others_nor_takes_it_back(session, officer, overdue, statement):
    other = factories.person("officer")
    session.execute(SEEN, {"id": str(officer.person.id)})

    with pytest.raises(sa.exc.ProgrammingError):
        session.execute(sa.text(statement.format(other=other.id)))
