"""The API of deployments and teams: nobody in two places at once."""

import datetime as dt
import uuid

import pytest

from tests import factories

MORNING = {
    "kind": "warrant",
    "name": "Moulton Street",
    "starts_at": "2026-11-03T05:00:00Z",
    "ends_at": "2026-11-03T09:00:00Z",
    "point": {"type": "Point", "coordinates": [-2.244, 53.4936]},
}


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def operation(session):
    return factories.operation()


def deploy(client, operation, **changes):
    response = client.post(f"/api/v1/operations/{operation.id}/deployments", json=MORNING | changes)
    assert response.status_code == 201, response.json
    return response.json


def team_of(client, operation, *people, name="Team North"):
    members = [str(person.id) for person in people]
    response = client.post(
        f"/api/v1/operations/{operation.id}/teams", json={"name": name, "members": members}
    )
    assert response.status_code == 201, response.json
    return response.json


def change(client, deployment, **content):
    path = f"/api/v1/deployments/{deployment['id']}"
    tag = client.get(path).headers["ETag"]
    return client.patch(path, json=content, headers={"If-Match": tag})


def assign(client, deployment, **who):
    return client.post(f"/api/v1/deployments/{deployment['id']}/assignments", json=who)


def test_deploys_to_a_point_a_site_or_an_area(lead, operation):
    site, area = factories.site(name="HMP Test"), factories.area(operation, name="Square")
    nowhere = {"point": None}

    point = deploy(lead, operation)
    prison = deploy(lead, operation, site=str(site.id), **nowhere)
    square = deploy(lead, operation, area=str(area.id), **nowhere)

    assert point["place"]["point"]["coordinates"] == [-2.244, 53.4936]
    assert (prison["place"]["type"], prison["place"]["name"]) == ("site", "HMP Test")
    assert (square["place"]["type"], square["place"]["name"]) == ("area", "Square")


def test_a_form_whose_time_never_comes_says_so_and_keeps_what_was_typed(lead, session):
    operation = factories.operation(ends_at=factories.NOON + dt.timedelta(days=200))
    typed = {"id": str(uuid.uuid4()), "kind": "visit", "name": "Night", "point.lon": "-2.24",
             "point.lat": "53.48", "starts_at": "2027-03-28T01:30",
             "ends_at": "2027-03-28T04:00"}  # fmt: skip

    reply = lead.post(f"/operations/{operation.id}/deployments/new", data=typed)

    assert reply.status_code == 422
    assert "01:30 on 28 March 2027 never comes: the clocks go forward." in reply.text
    assert 'value="2027-03-28T01:30"' in reply.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"point": None}, "site"),
        ({"ends_at": "2026-11-03T05:00:00Z"}, "ends_at"),
        ({"ends_at": "2027-11-03T05:00:00Z"}, "ends_at"),
        ({"starts_at": "2025-11-03T05:00:00Z", "ends_at": "2025-11-03T06:00:00Z"}, "ends_at"),
        ({"point": None, "site": str(uuid.uuid4())}, "site"),
        ({"point": None, "area": str(uuid.uuid4())}, "area"),
        ({"point": {"type": "Point", "coordinates": ["x", 1]}}, "point"),
        ({"kind": "raid"}, "kind"),
        ({"postcode": "nowhere"}, "postcode"),
        ({"power": "might"}, "power"),
        ({"method_of_entry": "chimney"}, "method_of_entry"),
        ({"line": str(uuid.uuid4())}, "line"),
        ({"status": "started"}, "status"),
    ],
)
def test_refuses_by_field_what_cannot_be_deployed(lead, operation, changes, field):
    response = lead.post(f"/api/v1/operations/{operation.id}/deployments", json=MORNING | changes)

    assert response.status_code == 422
    assert field in response.json["errors"]


def test_says_where_how_and_under_which_power(lead, operation):
    said = {"address": "4 Moulton Street", "power": "pace_8", "method_of_entry": "manual"}

    made = deploy(lead, operation, postcode="m31ea", **said)
    cleared = change(lead, made, power=None).json

    assert {**said, "postcode": "M3 1EA", "line": None}.items() <= made.items()
    assert (cleared["power"], cleared["address"]) == (None, "4 Moulton Street")


def line_of(client, operation, name="Snowy"):
    body = {
        "kind": "line",
        "occurred_at": "2026-11-02T12:00:00Z",
        "detail": {"name": name},
    }
    return client.post(f"/api/v1/operations/{operation.id}/results", json=body).json["id"]


def test_a_line_is_named_to_whoever_sees_it_and_missing_to_all_others(lead, client_as, operation):
    hidden, its_lead = factories.operation(visibility="covert"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    factories.member(operation, its_lead.person, "lead")
    line = line_of(its_lead, hidden)

    made = deploy(its_lead, operation, line=line)
    seen_by_a_stranger = lead.get(f"/api/v1/deployments/{made['id']}").json
    linked_by_a_stranger = change(lead, made, line=line)

    assert made["line"] == {"id": line, "name": "Snowy"}
    assert seen_by_a_stranger["line"] is None
    assert linked_by_a_stranger.status_code == 422
    assert linked_by_a_stranger.json["errors"]["line"] == ["There is no such line."]


def test_an_area_of_another_operation_is_no_place_to_deploy_to(lead, operation):
    area = factories.area(factories.operation())

    response = lead.post(
        f"/api/v1/operations/{operation.id}/deployments",
        json=MORNING | {"point": None, "area": str(area.id)},
    )

    assert response.status_code == 422


def test_the_same_deployment_sent_again_is_the_same(lead, operation):
    path, body = (
        f"/api/v1/operations/{operation.id}/deployments",
        MORNING | {"id": str(uuid.uuid4())},
    )

    first = lead.post(path, json=body)
    change(lead, first.json, name="Moved on")
    again = lead.post(path, json=body)
    other = lead.post(path, json=body | {"name": "Elsewhere"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)


def test_lists_deployments_by_their_windows(lead, operation):
    later = deploy(
        lead, operation, starts_at="2026-11-04T05:00:00Z", ends_at="2026-11-04T06:00:00Z"
    )
    first = deploy(lead, operation)

    path = f"/api/v1/operations/{operation.id}/deployments"
    found = lead.get(path).json
    page = lead.get(f"{path}?limit=1")
    rest = lead.get(page.headers["Link"].split("<")[1].split(">")[0])
    on_the_fourth = lead.get(f"{path}?from=2026-11-04&to=2026-11-04").json

    assert [each["id"] for each in found] == [first["id"], later["id"]]
    assert [each["id"] for each in page.json + rest.json] == [first["id"], later["id"]]
    assert [each["id"] for each in on_the_fourth] == [later["id"]]


def test_lists_cost_few_statements_whatever_their_length(lead, operation, statements):
    people = [factories.person("officer") for _ in range(3)]
    team = team_of(lead, operation, *people)
    for hour in range(4):
        deployment = deploy(
            lead,
            operation,
            starts_at=f"2026-11-03T{hour + 5:02}:00:00Z",
            ends_at=f"2026-11-03T{hour + 5:02}:30:00Z",
        )
        assign(lead, deployment, team=team["id"])

    for part in ("deployments", "teams"):
        with statements.counted() as seen:
            lead.get(f"/api/v1/operations/{operation.id}/{part}")
        assert len(seen) <= 3


def test_a_team_is_deployed_with_all_its_members(lead, operation):
    people = [factories.person("officer", name=name) for name in ("Ann A", "Bob B")]
    team = team_of(lead, operation, *people)
    deployment = deploy(lead, operation)

    assigned = assign(lead, deployment, team=team["id"])
    shown = lead.get(f"/api/v1/deployments/{deployment['id']}").json

    assert [each["person"]["name"] for each in assigned.json] == ["Ann A", "Bob B"]
    assert (shown["people"], shown["teams"]) == (2, ["Team North"])


def test_nobody_is_in_two_places_and_the_clash_has_a_name(lead, operation):
    officer = factories.person("officer", name="Sam Sample")
    first, second = deploy(lead, operation), deploy(lead, operation, name="Mary Street")
    assign(lead, first, person=str(officer.id))

    response = assign(lead, second, person=str(officer.id))

    assert response.status_code == 409
    assert response.json["detail"] == (
        "Sam Sample is already deployed at that time: Moulton Street."
    )


def test_a_clash_with_an_operation_somebody_does_not_see_gives_nothing_of_it_away(
    lead, client_as, operation
):
    officer = factories.person("officer", name="Sam Sample")
    hidden, its_lead = factories.operation(visibility="restricted"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    assign(its_lead, deploy(its_lead, hidden, name="Secret Street"), person=str(officer.id))

    to_a_stranger = assign(lead, deploy(lead, operation), person=str(officer.id))
    to_its_lead = assign(its_lead, deploy(its_lead, operation), person=str(officer.id))

    assert (to_a_stranger.status_code, to_its_lead.status_code) == (409, 409)
    assert to_a_stranger.json["detail"] == (
        "Somebody assigned here is already deployed elsewhere at that time."
    )
    assert to_its_lead.json["detail"] == "Sam Sample is already deployed at that time elsewhere."


def test_a_covert_operation_makes_no_clash_with_any_other(lead, client_as, operation):
    officer = factories.person("officer", name="Sam Sample")
    hidden, its_lead = factories.operation(visibility="covert"), client_as("lead")
    factories.member(hidden, its_lead.person, "lead")
    first, second = (deploy(its_lead, hidden, name=name) for name in ("Secret", "Other"))
    assign(its_lead, first, person=str(officer.id))

    elsewhere = assign(lead, deploy(lead, operation), person=str(officer.id))
    within = assign(its_lead, second, person=str(officer.id))

    assert (elsewhere.status_code, within.status_code) == (201, 409)


def test_a_window_moves_its_people_or_is_refused(lead, operation):
    officer = factories.person("officer", name="Sam Sample")
    first = deploy(lead, operation)
    second = deploy(
        lead, operation, starts_at="2026-11-03T09:00:00Z", ends_at="2026-11-03T11:00:00Z"
    )
    assign(lead, first, person=str(officer.id))
    assign(lead, second, person=str(officer.id))

    refused = change(lead, first, ends_at="2026-11-03T10:00:00Z")
    moved = change(lead, first, ends_at="2026-11-03T08:00:00Z")

    assert refused.status_code == 409
    assert "Sam Sample" in refused.json["detail"]
    assert moved.json["ends_at"] == "2026-11-03T08:00:00+00:00"


def test_a_cancelled_deployment_frees_its_people(lead, operation):
    officer = factories.person("officer")
    first, second = deploy(lead, operation), deploy(lead, operation)
    assign(lead, first, person=str(officer.id))

    change(lead, first, status="cancelled")

    assert assign(lead, second, person=str(officer.id)).status_code == 201
    history = lead.get(f"/api/v1/deployments/{first['id']}/assignments").json
    assert history[0]["released_at"] is not None


def test_somebody_released_can_go_elsewhere_and_stays_in_the_history(lead, operation):
    officer = factories.person("officer")
    first, second = deploy(lead, operation), deploy(lead, operation)
    [assignment] = assign(lead, first, person=str(officer.id)).json

    gone = lead.delete(f"/api/v1/assignments/{assignment['id']}")

    assert gone.status_code == 204
    assert assign(lead, second, person=str(officer.id)).status_code == 201


def test_somebody_who_is_on_a_deployment_already_stays_on_it_once(lead, operation):
    officer, deployment = factories.person("officer"), deploy(lead, operation)
    assign(lead, deployment, person=str(officer.id))

    again = assign(lead, deployment, person=str(officer.id))

    assert again.status_code == 201
    assert [each["person"]["id"] for each in again.json] == [str(officer.id)]


def test_a_member_who_is_not_there_is_refused(lead, operation):
    response = lead.post(
        f"/api/v1/operations/{operation.id}/teams",
        json={"name": "Team", "members": [str(uuid.uuid4())]},
    )

    assert response.status_code == 422


def test_two_teams_of_an_operation_have_two_names(lead, operation):
    team_of(lead, operation, name="Team North")

    response = lead.post(f"/api/v1/operations/{operation.id}/teams", json={"name": "Team North"})

    assert response.status_code == 409
    assert "team with this name" in response.json["detail"]


def test_a_team_gets_new_members_and_a_new_name(lead, operation):
    team, officer = team_of(lead, operation), factories.person("officer", name="Sam Sample")

    changed = lead.patch(
        f"/api/v1/teams/{team['id']}", json={"name": "Team South", "members": [str(officer.id)]}
    )

    assert changed.json["name"] == "Team South"
    assert [member["name"] for member in changed.json["members"]] == ["Sam Sample"]


@pytest.mark.parametrize("who", [{}, {"team": str(uuid.uuid4()), "person": str(uuid.uuid4())}])
def test_a_team_or_a_person_is_deployed_one_of_the_two(lead, operation, who):
    assert assign(lead, deploy(lead, operation), **who).status_code == 422


def test_a_team_without_anybody_cannot_be_deployed(lead, operation):
    team = team_of(lead, operation)

    response = assign(lead, deploy(lead, operation), team=team["id"])

    assert response.status_code == 409
    assert "Nobody is on this team" in response.json["detail"]


def test_nothing_of_an_operation_that_is_over_can_be_changed(lead, session):
    over = factories.operation(status="closed")
    deployment = {"id": factories.deployment(over).id}
    path = f"/api/v1/operations/{over.id}"

    added = lead.post(f"{path}/deployments", json=MORNING)
    team = lead.post(f"{path}/teams", json={"name": "Team"})
    changed = change(lead, deployment, name="New")

    assert [r.status_code for r in (added, team, changed)] == [409, 409, 409]


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_only_those_who_plan_can_deploy(client_as, operation, role):
    client = client_as(role)

    response = client.post(f"/api/v1/operations/{operation.id}/deployments", json=MORNING)

    assert response.status_code == 403
