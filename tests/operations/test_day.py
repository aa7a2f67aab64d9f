"""The board of a day: by team, as a line of time, with what is late and what is lacking."""

import datetime as dt

import pytest

from ops.operations import day_pages
from tests import factories
from tests.operations.test_deployment_views import assign, deploy, team_of

DAY = "2026-11-03"


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(session):
    return factories.operation()


def board(client, operation, day=DAY):
    reply = client.get(f"/operations/{operation.id}/board?day={day}")
    assert reply.status_code == 200, reply.text
    return reply.text


def shown(name, starts_at, ends_at, status="planned", teams=()):
    return {
        "name": name,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "status": status,
        "teams": list(teams),
    }


def test_a_day_is_shown_by_team_and_no_other_day(lead, operation):
    team = team_of(lead, operation, factories.person("officer"))
    assign(lead, deploy(lead, operation), team=team["id"])
    deploy(lead, operation, name="Mary Street")
    deploy(
        lead,
        operation,
        name="Another day",
        starts_at="2026-11-04T05:00:00Z",
        ends_at="2026-11-04T06:00:00Z",
    )

    page = board(lead, operation)

    north, rest = page.index("Team North"), page.index("No team yet")
    assert north < page.index(">Moulton Street</a>") < rest < page.index(">Mary Street</a>")
    assert "Another day" not in page


def test_what_is_late_and_what_is_lacking_stands_with_the_deployment(lead, operation):
    deploy(lead, operation)

    page = board(lead, operation)

    assert "Overdue: it has not started." in page
    assert "Nobody on it has the skill “search-trained”" in page


def test_what_a_deployment_lacks_is_for_those_who_plan(client_as, lead, operation):
    deploy(lead, operation)

    assert "Nobody on it has the skill" not in board(client_as("officer"), operation)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-11-03T05:00:00Z"])
def test_a_day_that_is_none_is_said_and_never_breaks_the_page(lead, operation, day):
    status = lead.get(f"/operations/{operation.id}/board?day={day}").status_code

    assert status in {200, 422}


def test_an_empty_day_says_what_to_do(lead, operation):
    assert "No deployment on this day." in board(lead, operation)


def test_one_of_two_teams_stands_with_both():
    both = shown("A", "", "", teams=("Team B", "Team A"))

    assert list(day_pages.by_team([both])) == ["Team A", "Team B"]


def test_a_bar_begins_and_ends_with_its_window_and_with_the_day():
    noon = shown("Noon", "2026-11-03T12:00:00+00:00", "2026-11-03T18:00:00+00:00")
    night = shown("Night", "2026-11-02T22:00:00+00:00", "2026-11-03T06:00:00+00:00")
    gone = shown("Gone", noon["starts_at"], noon["ends_at"], status="cancelled")

    line = day_pages.timeline([noon, night, gone], dt.date(2026, 11, 3))

    assert [(bar["x"], bar["width"]) for bar in line["bars"]] == [(620, 185), (250, 185)]


def test_the_day_on_which_the_clocks_change_has_its_own_length():
    line = day_pages.timeline([], dt.date(2027, 3, 28))

    assert [mark["text"] for mark in line["marks"]][:3] == ["00:00", "04:00", "07:00"]
