"""The board and the form to check in, as different people get them."""

import re

import pytest

from tests import factories
from tests.live.conftest import HERE, assign


@pytest.fixture
def operation(session):
    return factories.operation(name="Operation Lantern")


@pytest.fixture
def deployment(operation):
    return factories.deployment(operation, name="Visit")


@pytest.fixture
def officer(client_as, deployment):
    client = client_as("officer", name="Olive Officer")
    assign(deployment, client.person)
    return client


@pytest.fixture
def board(operation):
    def read(client):
        reply = client.get(f"/operations/{operation.id}/live")
        assert reply.status_code == 200, reply.text
        return reply.text

    return read


def check_in(client, deployment, **fields):
    """Send the form."""
    typed = {"position.lon": "-2.24", "position.lat": "53.485", "accuracy_m": "12"} | fields
    return client.post(f"/deployments/{deployment.id}/check-in", data=typed)


def test_who_is_on_a_deployment_checks_in_from_the_board(officer, deployment, board):
    address = f"/deployments/{deployment.id}/check-in"
    assert f'href="{address}"' in board(officer)
    assert "Say where you are" in officer.get(address).text

    reply = check_in(officer, deployment)

    assert reply.status_code == 303
    assert reply.location == f"/operations/{deployment.operation_id}/live?done=checked-in"
    assert "Olive Officer checked in on Visit" in board(officer)


def test_the_board_shows_who_is_where_to_who_leads_alone(client_as, officer, deployment, board):
    check_in(officer, deployment)

    to_lead, to_colleague = board(client_as("lead")), board(client_as("officer"))

    said = "Olive Officer checked in on Visit"
    assert said in to_lead
    assert "Who is where" in to_lead
    assert said not in to_colleague
    assert "Nobody checked in" in to_colleague


def test_who_is_on_nothing_is_not_asked_where_they_are(client_as, deployment, board):
    assert "Say where you are" not in board(client_as("lead"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"position.lon": ""}, "govuk-error-message"),
        ({"position.lat": "north"}, "position"),
        ({"occurred_at": "2020-01-01T10:00"}, "more than a week ago"),
        ({"occurred_at": "someday"}, "Give a day such as"),
        ({"accuracy_m": "-1"}, "accuracy"),
    ],
)
def test_a_form_that_is_not_right_comes_back_with_what_was_typed(officer, deployment, fields, said):
    reply = check_in(officer, deployment, note="At the gate.", **fields)

    assert reply.status_code == 422
    assert said.lower() in reply.text.lower()
    assert "At the gate." in reply.text


def test_what_is_overdue_stands_first(client_as, operation, deployment, board):
    factories.deployment(operation, name="Patrol", status="finished")

    text = board(client_as("lead"))

    names = re.findall(r'app-records__name"><a[^>]*>(Visit|Patrol)<', text)
    assert names == ["Visit", "Patrol"]
    assert "Visit should have started at 2 Nov 2026, 12:00" in text


def test_a_board_of_nothing_says_what_will_be_there(client_as, board):
    text = board(client_as("lead"))

    assert "Figures appear here with the first result" in text
    assert "No deployment is in the plan" in text


@pytest.mark.parametrize("visibility", ["restricted", "covert"])
def test_a_board_that_is_not_for_the_reader_is_not_there(client_as, visibility):
    hidden = factories.operation(visibility=visibility)
    lead = client_as("lead")

    assert lead.get(f"/operations/{hidden.id}/live").status_code == 404


def test_a_check_in_by_the_api_and_by_the_form_are_one_under_one_id(officer, deployment):
    made = officer.post(
        f"/api/v1/deployments/{deployment.id}/check-ins",
        json={"position": HERE, "id": "01890000-0000-7000-8000-0000000000f1"},
    ).json

    reply = check_in(officer, deployment, id=made["id"], accuracy_m="")

    assert reply.status_code == 303
