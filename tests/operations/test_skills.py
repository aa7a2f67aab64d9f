"""What people are trained for, and what a deployment says it lacks."""

import datetime as dt

import pytest

from ops.operations.readiness import Held, Wanted, asked, cells_short, skills_short
from tests import factories
from tests.operations.test_assets import asset, reserve
from tests.operations.test_deployment_views import assign, deploy

AT = dt.datetime(2026, 11, 3, 5, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(session):
    return factories.operation()


def give(client, person, skill="search", **more):
    more.setdefault("from_on", "2026-01-01")
    path = f"/api/v1/people/{person.id}/certificates"
    return client.post(path, json={"skill": skill, **more})


def warnings(client, deployment):
    return client.get(f"/api/v1/deployments/{deployment['id']}/readiness").json["warnings"]


@pytest.mark.parametrize(
    ("kind", "entry", "assets", "skills"),
    [
        ("visit", None, [], []),
        ("warrant", None, [], ["search"]),
        ("warrant", "hydraulic", [], ["search", "method_of_entry"]),
        (
            "warrant",
            "specialist",
            ["vehicle", "dog"],
            ["search", "specialist_entry", "dog_handler"],
        ),
        ("prison_search", None, [], ["search", "licensed_search_officer"]),
    ],
)
def test_a_deployment_asks_for_skills_by_its_kind_its_entry_and_what_goes_along(
    kind, entry, assets, skills
):
    assert asked(kind, entry, assets) == skills


@pytest.mark.parametrize(
    ("from_on", "expires_on", "is_short"),
    [
        (dt.date(2026, 11, 3), None, False),
        (dt.date(2026, 11, 3), dt.date(2026, 11, 3), False),
        (dt.date(2026, 11, 4), None, True),
        (dt.date(2026, 1, 1), dt.date(2026, 11, 2), True),
    ],
)
def test_a_certificate_holds_from_its_first_day_through_its_last(from_on, expires_on, is_short):
    held = [Held("Sam Sample", "search", from_on, expires_on)]

    assert bool(skills_short(["search"], held, AT, AT + HOUR)) is is_short


def test_one_who_has_it_throughout_is_enough():
    held = [
        Held("Ann A", "search", dt.date(2026, 1, 1), dt.date(2026, 1, 2)),
        Held("Bob B", "search", dt.date(2026, 1, 1), None),
    ]

    assert skills_short(["search"], held, AT, AT + HOUR) == []


def test_cells_are_short_only_where_windows_overlap():
    one, next_to_it = Wanted("C", 4, 3, AT, AT + HOUR), Wanted("C", 4, 3, AT + HOUR, AT + 2 * HOUR)
    across = Wanted("C", 4, 2, AT, AT + 2 * HOUR)

    assert cells_short([one, next_to_it]) == []
    assert cells_short([one, across]) == [
        "C has 4 cells, and 5 are planned for at 05:00 on 3 Nov 2026."
    ]


def test_a_deployment_says_what_nobody_on_it_can_and_is_planned_all_the_same(lead, operation):
    deployment = deploy(lead, operation, method_of_entry="manual")

    assert warnings(lead, deployment) == [
        "Nobody on it has the skill “search-trained” throughout.",
        "Nobody on it has the skill “method of entry” throughout.",
    ]


def test_what_expires_before_the_window_is_said_with_its_day(lead, operation):
    officer = factories.person("officer", name="Sam Sample")
    deployment = deploy(lead, operation)
    assign(lead, deployment, person=str(officer.id))
    give(lead, officer, expires_on="2026-11-02")

    assert warnings(lead, deployment) == [
        (
            "Nobody on it has the skill “search-trained” throughout: "
            "Sam Sample’s certificate ends on 2 Nov 2026, before the deployment does."
        )
    ]


def test_a_new_certificate_takes_the_place_of_the_old_one_which_stays(lead, operation):
    officer = factories.person("officer")
    deployment = deploy(lead, operation)
    assign(lead, deployment, person=str(officer.id))
    give(lead, officer, expires_on="2026-11-02")

    both = give(lead, officer, expires_on="2027-11-02").json

    assert [each["withdrawn_at"] is None for each in both] == [False, True]
    assert warnings(lead, deployment) == []


def test_what_is_taken_back_counts_no_more(lead, operation):
    officer = factories.person("officer")
    deployment = deploy(lead, operation)
    assign(lead, deployment, person=str(officer.id))
    [given] = give(lead, officer).json

    taken = lead.delete(f"/api/v1/certificates/{given['id']}")

    assert taken.status_code == 204
    assert len(warnings(lead, deployment)) == 1


def test_a_dog_asks_for_its_handler(lead, operation):
    deployment = deploy(lead, operation, kind="patrol")
    before = warnings(lead, deployment)
    reserve(lead, deployment, asset("dog", name="PD Rex"))

    assert before == []
    assert "dog handler" in warnings(lead, deployment)[0]


def test_nobody_gives_certificates_to_people_of_another_organisation(lead):
    theirs = factories.person("officer", organisation=factories.organisation("NWP")).id

    given = lead.post(f"/api/v1/people/{theirs}/certificates", json={"skill": "search"})
    read = lead.get(f"/api/v1/people/{theirs}/certificates")

    assert (given.status_code, read.status_code) == (404, 404)


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_a_lead_or_administrator_gives_certificates(client_as, role):
    assert give(client_as(role), factories.person("officer")).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"skill": "juggling"}, "skill"),
        ({"skill": "search", "from_on": "2026-02-01", "expires_on": "2026-01-31"}, "expires_on"),
        ({"skill": "search", "from_on": "soon"}, "from_on"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused_by_field(lead, body, field):
    person = factories.person("officer")

    reply = lead.post(f"/api/v1/people/{person.id}/certificates", json=body)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_the_page_gives_and_takes_back(lead):
    officer = factories.person("officer", name="Sam Sample")
    about = {"person": str(officer.id)}

    given = lead.post("/skills", data={**about, "skill": "search", "from_on": "2026-01-01"})
    refused = lead.post("/skills", data={**about, "from_on": "2026-01-01"})
    page = lead.get(f"/skills?person={officer.id}").text
    [kept] = lead.get(f"/api/v1/people/{officer.id}/certificates").json
    taken = lead.post("/skills", data={**about, "withdraw": kept["id"]})

    assert (given.status_code, refused.status_code, taken.status_code) == (303, 422, 303)
    assert "Search-trained" in page
    assert "Does not expire" in page
    assert "No certificate" in lead.get(f"/skills?person={officer.id}").text
