"""A past operation as a template: its plan on other days, and nothing of what happened."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa

from ops.access.models import Person
from ops.operations.models import Assignment, Operation
from ops.outcomes.models import Target
from tests import factories
from tests.operations.test_assets import asset, reserve
from tests.operations.test_deployment_views import assign, deploy, team_of
from tests.plans.test_guided import say
from tests.wellformed import faults

# Sixteen weeks on, the clocks have gone forward.
COPY = {"name": "Lantern again", "starts_on": "2027-04-05"}


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def source(session):
    """A week of action that was carried out: from Monday 2 November 2026, seven days."""
    made = factories.operation(
        name="Lantern",
        theme="county_lines",
        aim="Close lines.",
        starts_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 11, 9, tzinfo=dt.UTC),
    )
    # What is tried or refused is rolled back, and would take the record of a test with it.
    session.expunge(made)
    return made


def copy(client, source, **change):
    sent = {"id": str(uuid.uuid4())} | COPY | change
    return client.post(f"/api/v1/operations/{source.id}/copies", json=sent)


def of(client, operation, what):
    return client.get(f"/api/v1/operations/{operation}/{what}").json


def test_a_plan_is_copied_to_other_days_and_nothing_of_what_happened(lead, session, source):
    person = factories.person("officer")
    area = factories.area(source, name="Derker")
    team = team_of(lead, source, person)
    square = deploy(lead, source, area=str(area.id), point=None, name="Sweep", power="pace_8")
    door = deploy(lead, source, starts_at="2026-11-04T05:00:00Z", ends_at="2026-11-04T07:00:00Z",
                  address="4 Moulton Street", method_of_entry="manual")  # fmt: skip
    gone = deploy(lead, source, name="Called off")
    change = {"status": "cancelled"}
    tag = lead.get(f"/api/v1/deployments/{gone['id']}").headers["ETag"]
    lead.patch(f"/api/v1/deployments/{gone['id']}", json=change, headers={"If-Match": tag})
    assign(lead, square, team=team["id"])
    reserve(lead, door, asset(name="Van 1"))
    lead.post(f"/api/v1/deployments/{door['id']}/steps", json={"status": "finished"})
    plan = f"/api/v1/operations/{source.id}/plan"
    say(lead, plan, is_national=False, priorities=["Lines"],
        sites_by_day=[{"on": "2026-11-03", "sites": 5}])  # fmt: skip
    action = {"four_p": "protect", "what": "Visit homes", "due_on": "2026-11-10",
              "review_on": "2026-11-06"}  # fmt: skip
    made = lead.post(f"/api/v1/operations/{source.id}/actions", json=action)
    path, tag = f"/api/v1/actions/{made.json['id']}", made.headers["ETag"]
    lead.patch(path, json={"status": "done"}, headers={"If-Match": tag})
    of_it = {"measure": "arrests", "value": "5", "operation": str(source.id)}
    for days in ({"starts_on": "2026-11-02", "ends_on": "2026-11-08"}, {"period": "2026/27"}):
        assert lead.post("/api/v1/targets", json=of_it | days).status_code == 201
    result = {"kind": "arrest", "occurred_at": "2026-11-04T06:00:00Z",
              "detail": {"reason": "supply_class_a"}}  # fmt: skip
    lead.post(f"/api/v1/operations/{source.id}/results", json=result)

    reply = copy(lead, source)

    said = reply.json
    assert reply.status_code == 201, said
    new = said["operation"]
    assert said["copied"] == {
        "areas": 1, "phases": 0, "exit_criteria": 0, "guided_plan": 1, "actions": 1, "targets": 1,
        "teams": 1, "deployments": 2, "people": 1, "things": 1,
    }  # fmt: skip
    assert said["left_off"] == [
        "Targets of other periods than the operation’s: 1.",
        "Called off, 3 Nov 2026: It was cancelled.",
    ]
    assert said["changed"] == []
    operation = lead.get(f"/api/v1/operations/{new}").json
    # Midnight to midnight by the clock, in summer time.
    assert (operation["starts_at"], operation["ends_at"]) == (
        "2027-04-04T23:00:00+00:00",
        "2027-04-11T23:00:00+00:00",
    )
    assert (operation["status"], operation["theme"], operation["aim"], operation["visibility"]) == (
        "draft", "county_lines", "Close lines.", "open",
    )  # fmt: skip
    assert operation["predecessor"]["id"] == str(source.id)
    first, second = of(lead, new, "deployments")
    # 05:00 by the clock stays 05:00.
    assert (first["name"], first["starts_at"]) == ("Sweep", "2027-04-06T04:00:00+00:00")
    assert (second["starts_at"], second["ends_at"]) == (
        "2027-04-07T04:00:00+00:00",
        "2027-04-07T06:00:00+00:00",
    )
    assert first["place"]["name"] == "Derker"
    assert first["place"]["id"] != str(area.id)
    assert (first["teams"], first["people"], first["power"]) == (["Team North"], 1, "pace_8")
    assert (second["address"], second["method_of_entry"]) == ("4 Moulton Street", "manual")
    assert {each["status"] for each in (first, second)} == {"planned"}
    [van] = lead.get(f"/api/v1/deployments/{second['id']}/reservations").json
    assert van["name"] == "Van 1"
    plan = of(lead, new, "plan")
    assert (plan["is_national"], plan["priorities"]) == (False, ["Lines"])
    assert plan["sites_by_day"] == [{"on": "2027-04-06", "sites": 5}]
    [action] = of(lead, new, "actions")
    assert (action["status"], action["due_on"], action["review_on"]) == (
        "open", "2027-04-13", "2027-04-09",
    )  # fmt: skip
    [target] = session.scalars(sa.select(Target).where(Target.operation_id == uuid.UUID(new)))
    assert (target.starts_on, target.ends_on) == (dt.date(2027, 4, 5), dt.date(2027, 4, 11))
    assert of(lead, new, "results") == []
    assert of(lead, new, "copied") == said


def test_a_place_based_plan_is_copied_with_its_phases_criteria_and_meetings(lead, session):
    source = factories.operation(kind="place_based", name="Derker", ends_at=None)
    here = f"/api/v1/operations/{source.id}"
    phase = {"kind": "clear", "starts_at": "2026-11-02", "ends_at": "2026-11-30", "aim": "Safe"}
    phase_id = lead.post(f"{here}/phases", json=phase).json["id"]
    held = lead.post(f"{here}/exit-criteria", json={"phase": phase_id, "text": "Quiet"})
    tag = {"If-Match": held.headers["ETag"]}
    lead.patch(f"/api/v1/exit-criteria/{held.json['id']}", json={"is_met": True}, headers=tag)
    meeting = {"at": "2026-11-10T10:00:00Z", "place": "Town hall", "outcome": "Go on"}
    say(lead, f"{here}/plan", meetings=[meeting])

    reply = copy(lead, source, starts_on="2027-04-04")

    new = reply.json["operation"]
    [copied] = of(lead, new, "phases")
    assert (copied["kind"], copied["aim"]) == ("clear", "Safe")
    assert copied["starts_at"] == "2027-04-04T23:00:00+00:00"
    [criterion] = of(lead, new, "exit-criteria")
    assert (criterion["phase"], criterion["text"], criterion["is_met"]) == (
        copied["id"], "Quiet", None,
    )  # fmt: skip
    [moved] = of(lead, new, "plan")["meetings"]
    assert moved == {"at": "2027-04-13T09:00:00+00:00", "place": "Town hall"}
    assert lead.get(f"/api/v1/operations/{new}").json["ends_at"] is None


def test_whoever_and_whatever_is_elsewhere_then_is_left_off_and_named(lead, session, source):
    busy, free, left = (factories.person("officer", name=name) for name in ("Bo", "Flo", "Lou"))
    team = team_of(lead, source, busy, free, left)
    there = deploy(lead, source)
    van = asset(name="Van 1")
    assign(lead, there, team=team["id"])
    reserve(lead, there, van)
    other = factories.operation(
        starts_at=dt.datetime(2027, 4, 1, tzinfo=dt.UTC),
        ends_at=dt.datetime(2027, 4, 30, tzinfo=dt.UTC),
    )
    when = {"starts_at": "2027-04-06T05:00:00Z", "ends_at": "2027-04-06T06:00:00Z"}
    elsewhere = deploy(lead, other, name="Elsewhere", **when)
    assign(lead, elsewhere, person=str(busy.id))
    reserve(lead, elsewhere, van)
    session.execute(sa.update(Person).where(Person.id == left.id).values(disabled_at=sa.func.now()))
    session.commit()

    said = copy(lead, source).json

    assert said["left_off"] == [
        "Team North: Lou may no longer sign in.",
        (
            "Moulton Street, 6 Apr 2027: Lou may no longer sign in."
            " Bo is already deployed at that time: Elsewhere."
            " Van 1 is already reserved at that time: Elsewhere."
        ),
    ]
    assert (said["copied"]["people"], said["copied"]["things"]) == (1, 0)
    [made] = of(lead, said["operation"], "deployments")
    assert (made["people"], made["teams"]) == (1, ["Team North"])
    [named] = of(lead, said["operation"], "teams")
    assert [each["name"] for each in named["members"]] == ["Bo", "Flo"]


def test_a_clash_with_what_one_may_not_see_is_named_without_its_place(lead, client_as, source):
    busy, free = factories.person("officer", name="Bo"), factories.person("officer", name="Flo")
    there = deploy(lead, source)
    for person in (busy, free):
        assign(lead, there, person=str(person.id))
    hidden = factories.operation(
        visibility="restricted",
        starts_at=dt.datetime(2027, 4, 1, tzinfo=dt.UTC),
        ends_at=dt.datetime(2027, 4, 30, tzinfo=dt.UTC),
    )
    another = client_as("lead")
    factories.member(hidden, another.person, "lead")
    when = {"starts_at": "2027-04-06T05:00:00Z", "ends_at": "2027-04-06T06:00:00Z"}
    assign(another, deploy(another, hidden, name="Secret", **when), person=str(busy.id))

    said = copy(lead, source).json

    assert said["left_off"] == [
        "Moulton Street, 6 Apr 2027: Bo is already deployed at that time elsewhere."
    ]
    assert said["copied"]["people"] == 1


def test_trying_stores_nothing_and_says_the_same(lead, session, source):
    deploy(lead, source)
    before = session.scalar(sa.select(sa.func.count(Operation.id)))

    tried = copy(lead, source, dry_run=True)
    made = copy(lead, source)

    assert tried.status_code == 200
    assert session.scalar(sa.select(sa.func.count(Operation.id))) == before + 1
    assert tried.json | {"operation": made.json["operation"]} == made.json


def test_the_same_copy_sent_twice_is_one_and_other_content_is_refused(lead, session, source):
    deploy(lead, source)
    key = str(uuid.uuid4())

    first, again = (copy(lead, source, id=key) for _ in range(2))
    other = copy(lead, source, id=key, name="Another")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json == first.json
    assert len(of(lead, key, "deployments")) == 1


def test_who_leads_and_sees_a_copy(client_as, session, source):
    """Of one's own force it is as the original; for another force it is not open."""
    ours = client_as("lead")
    theirs = client_as("lead", organisation=factories.organisation("LANCS"))
    factories.member(source, theirs.person, "lead")

    own, other = copy(ours, source), copy(theirs, source)
    wider = copy(theirs, source, visibility="open")

    assert (own.json["organisation"], own.json["visibility"]) == ("GMP", "open")
    assert (other.json["organisation"], other.json["visibility"]) == ("LANCS", "restricted")
    assert "no more people" in wider.json["errors"]["visibility"][0]
    # A lead of the force sees no more of it than anybody: it is not theirs.
    assert ours.get(f"/api/v1/operations/{other.json['operation']}").status_code == 404


def test_a_covert_copy_stays_covert_and_takes_nobody_who_was_let_out(lead, client_as, session):
    source = factories.operation(name="Hidden", visibility="covert")
    factories.member(source, lead.person, "lead")
    inside, out = (factories.person("officer", name=name) for name in ("Ina", "Otto"))
    there = deploy(lead, source)
    for person in (inside, out):
        assign(lead, there, person=str(person.id))
    for member in of(lead, source.id, "members"):
        if member["person"]["name"] == "Otto":
            lead.delete(f"/api/v1/members/{member['id']}")
    stranger = client_as("lead")
    seen = stranger.get("/api/v1/operations").json

    reply = copy(lead, source)
    wider = copy(lead, source, visibility="restricted")

    new = reply.json["operation"]
    assert (reply.json["visibility"], wider.status_code) == ("covert", 422)
    assert reply.json["left_off"] == [
        "Moulton Street, 7 Apr 2027: Otto no longer belongs to the operation that is copied."
    ]
    on_it = session.scalars(sa.select(Assignment.person_id).order_by(Assignment.id)).all()
    assert on_it.count(inside.id) == 2
    assert on_it.count(out.id) == 1
    assert {each["person"]["name"] for each in of(lead, new, "members")} == {
        lead.person.name,
        "Ina",
    }
    assert copy(stranger, source).status_code == 404
    for what in ("", "/copied", "/deployments"):
        assert stranger.get(f"/api/v1/operations/{new}{what}").status_code == 404
    assert stranger.get("/api/v1/operations").json == seen


def test_only_who_may_plan_it_and_may_plan_at_all_copies_it(client_as, session, source):
    officer = client_as("officer")
    lead_here = client_as("officer")
    factories.member(source, lead_here.person, "lead")

    assert copy(officer, source).status_code == 403
    assert copy(lead_here, source).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_on": "1027-01-01"}, "starts_on"),
        ({"visibility": "secret"}, "visibility"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_can_not_be_is_refused_by_its_field(lead, source, change, field):
    reply = copy(lead, source, **change)

    assert reply.status_code == 422
    assert field in reply.json["errors"]


def test_what_is_no_copy_says_so(lead, source):
    reply = lead.get(f"/api/v1/operations/{source.id}/copied")

    assert reply.status_code == 404
    assert reply.json["detail"] == "There is no such copy of an operation."


def test_the_clocks_are_told_of_where_an_hour_never_comes(lead, source):
    deploy(lead, source, name="Night", starts_at="2026-11-08T01:30:00Z",
           ends_at="2026-11-08T04:00:00Z")  # fmt: skip

    said = copy(lead, source, starts_on="2027-03-22").json

    assert said["changed"] == [
        "Night begins at 02:00 on 28 Mar 2027: the clocks change that night."
    ]


def test_a_lead_looks_at_a_copy_before_they_make_it(lead, source):
    deploy(lead, source, name="</script>Door")
    page = f"/operations/{source.id}/copy"
    key = str(uuid.uuid4())
    typed = {"id": key, "name": "Lantern again", "starts_on": "2027-04-05", "visibility": ""}

    asked = lead.get(page).text
    tried = lead.post(page, data=typed | {"act": "look"})
    unnamed = lead.post(page, data=typed | {"name": "", "act": "look"})
    made = lead.post(page, data=typed | {"act": "copy"})
    shown = lead.get(made.location)

    assert "Lantern began on Monday 2 November 2026." in asked
    assert "1 deployment" in tried.text
    assert "Nothing is stored yet" in tried.text
    assert "Enter name of the new operation." in unnamed.text
    assert made.location == f"/operations/{key}/copied?done=copied"
    assert "Copied from" in shown.text
    overview = lead.get(f"/operations/{key}").text
    assert "What was copied" in overview
    assert [faults(text) for text in (asked, tried.text, shown.text, overview)] == [[]] * 4
