"""A briefing is filled from the plan, written, issued once, read, and withdrawn for all to see."""

import datetime as dt
import hashlib

import pytest
import sqlalchemy as sa

from ops.briefings.models import Briefing
from ops.geo.models import Area
from ops.results.kinds.warrants import Warrant
from tests import factories
from tests.briefings.conftest import NOW, change, equip, join, move, put_on, record, train


def test_a_draft_is_filled_from_the_plan(begin, officer):
    made = begin()

    said = made["sections"]
    assert (made["version"], made["state"], made["marking"]) == (1, "draft", "OFFICIAL-SENSITIVE")
    assert "Operation Lantern (LAN-1) is a week of action." in said["information"]
    assert "- Cheetham Hill (target area)" in said["information"]
    assert said["intention"] == "Close two lines."
    assert "1 deployment by kind: warrant 1." in said["method"]
    assert "Deployed: 1 person in 1 team." in said["administration"]
    assert "Forced entry is planned at these deployments: 1." in said["risk_assessment"]
    assert "Misuse of Drugs Act 1971 s.23(3)" in said["legal"]
    for word in ("Necessity", "Proportionality", "CPIA 1996", "Modern Slavery Act 2015 s.52"):
        assert word in said["legal"]
    [door] = made["plan"]["deployments"]
    assert (door["address"], door["postcode"]) == ("12 Moulton Street", "M8 8DQ")
    assert [person["name"] for person in door["people"]] == [officer.person.name]


def test_there_is_one_draft_at_a_time(begin, lead, here):
    begin()

    again = lead.post(here)

    assert again.status_code == 409
    assert again.json["detail"] == "There is a draft already; write in that one."


def test_a_write_says_which_version_it_read(begin, lead, here):
    begin()
    there = f"{here}/1"

    without = lead.patch(there, json={"intention": "Close three lines."})
    stale = lead.patch(there, json={"intention": "No."}, headers={"If-Match": '"0"'})

    assert (without.status_code, stale.status_code) == (428, 412)


def test_a_changed_plan_is_shown_and_taken_without_what_the_lead_wrote(
    begin, act, lead, here, operation, visit
):
    made = begin()
    written = made["sections"]["information"] + "\nThe yard is closed."
    assert act(1, method="patch", information=written).status_code == 200
    factories.area(operation, name="Derker")
    move(visit, hours=2)

    shown = lead.get(f"{here}/1/plan").json
    taken = act(1, "plan").json
    after = lead.get(f"{here}/1/plan").json

    assert {each["section"] for each in shown["sections"]} == {"information", "administration"}
    [moved] = shown["deployments"]
    assert (moved["act"], moved["name"]) == ("moved", "Door one")
    assert "- Derker (target area)" in taken["sections"]["information"]
    assert taken["sections"]["information"].endswith("The yard is closed.")
    assert (after["sections"], after["deployments"]) == ([], [])


def test_a_section_that_is_not_taken_stays_and_is_shown_again(begin, act, lead, here, operation):
    begin()
    change(operation, aim="Close three lines.")

    kept = act(1, "plan", sections=["method"]).json

    assert kept["sections"]["intention"] == "Close two lines."
    [left] = lead.get(f"{here}/1/plan").json["sections"]
    assert left["section"] == "intention"


def test_what_is_issued_stays_as_it_is(issue, act, lead, here, session, visit):
    made = issue(intention="Close them all.")
    move(visit, hours=3)

    refused = [
        act(1, method="patch", intention="Something else."),
        act(1, "plan"),
        act(1, "issue"),
    ]
    with pytest.raises(sa.exc.IntegrityError, match="stays as it is"), session.begin_nested():
        session.execute(sa.update(Briefing).values(intention="Something else."))

    assert [reply.status_code for reply in refused] == [409] * 3
    now = lead.get(f"{here}/1").json
    assert now["sections"]["intention"] == "Close them all."
    assert now["plan"] == made["plan"]
    content = session.scalar(sa.select(Briefing.content))
    assert hashlib.sha256(content).hexdigest() == now["hash"] == made["hash"]


def test_an_empty_section_is_not_issued(begin, act):
    begin()
    assert act(1, method="patch", communications=None).status_code == 200

    refused = act(1, "issue")

    assert refused.status_code == 409
    assert refused.json["detail"].startswith("Nothing is written yet in: Communications.")


def test_a_briefing_is_marked_no_lower_than_its_operation(begin, act):
    begin()

    refused = act(1, method="patch", marking="OFFICIAL")

    assert refused.status_code == 422
    assert "can't be OFFICIAL" in refused.json["detail"]


def test_the_next_version_keeps_what_was_written(issue, begin, operation):
    issue(communications="Channel 4.\nLog each result here when it happens.")
    factories.area(operation, name="Derker")

    following = begin()

    assert following["version"] == 2
    assert following["sections"]["communications"].startswith("Channel 4.")
    assert "Derker" in following["sections"]["information"]


def test_one_reads_a_version_once(issue, officer, here):
    issue()

    first = officer.post(f"{here}/1/read")
    again = officer.post(f"{here}/1/read")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["read_at"] == again.json["read_at"] is not None


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_nobody_is_briefed_by_what_is_not_in_force(state, begin, issue, lead, officer, here):
    if state == "draft":
        begin()
    else:
        issue()
        assert lead.post(f"{here}/1/withdraw", json={"reason": "Wrong."}).status_code == 200

    refused = officer.post(f"{here}/1/read")

    assert refused.status_code == 409
    assert "nobody is briefed by it" in refused.json["detail"]


def test_a_reader_is_told_what_changed_since_they_read(issue, officer, here, operation, visit):
    cancelled = factories.deployment(operation, NOW + dt.timedelta(days=2), name="Door two")
    issue()
    officer.post(f"{here}/1/read")
    move(visit, hours=1)
    factories.deployment(operation, NOW + dt.timedelta(days=3), name="Door three")
    change(cancelled, status="cancelled")
    issue(intention="Close three lines.")

    told = officer.get(f"{here}/2/changes").json

    assert told["since"] == 1
    assert {each["name"]: each["act"] for each in told["deployments"]} == {
        "Door one": "moved",
        "Door two": "cancelled",
        "Door three": "added",
    }
    [intention] = [each for each in told["sections"] if each["section"] == "intention"]
    assert {"act": "added", "text": "three"} in intention["parts"]


def test_who_read_nothing_before_is_told_of_no_change(issue, officer, here):
    issue()
    issue(intention="Close three lines.")

    assert officer.get(f"{here}/2/changes").json["since"] is None


def test_the_lead_sees_who_has_read_it_and_who_has_not(issue, officer, lead, here, visit):
    other = factories.person("officer", name="Never Read")
    sent = put_on(visit, other, "Team South")
    join(sent, factories.person("officer", name="Late Comer"))
    gone = put_on(visit, factories.person("officer", name="Was Released"), "Team West")
    change(gone, released_at=NOW)
    issue()
    officer.post(f"{here}/1/read")

    readers = lead.get(f"{here}/1/readers").json["readers"]

    assert {each["name"]: each["read_at"] is not None for each in readers} == {
        officer.person.name: True,
        "Late Comer": False,
        "Never Read": False,
    }
    assert {tuple(each["deployments"]) for each in readers} == {("Door one",)}


def test_what_is_withdrawn_says_so_and_only_once(issue, lead, here):
    issue()

    done = lead.post(f"{here}/1/withdraw", json={"reason": "Wrong door."})
    again = lead.post(f"{here}/1/withdraw", json={"reason": "Wrong door."})

    assert (done.json["state"], done.json["withdrawn_why"]) == ("withdrawn", "Wrong door.")
    assert again.status_code == 409


def test_the_database_lets_nobody_issue_in_somebody_elses_name(begin, session, lead, client_as):
    begin()
    other = client_as("lead").person
    values = {"state": "issued", "issued_at": NOW, "content": b"x",
              "hash": hashlib.sha256(b"x").digest()}  # fmt: skip
    session.execute(sa.text("set local role ops_application"))
    session.execute(
        sa.text("select set_config('ops.actor', :id, true)"), {"id": str(lead.person.id)}
    )

    with pytest.raises(sa.exc.IntegrityError, match="own name"), session.begin_nested():
        session.execute(sa.update(Briefing).values(issued_by=other.id, **values))


def test_what_goes_with_the_people_and_what_they_are_trained_for_is_taken(
    issue, officer, here, visit
):
    van = equip(visit, "vehicle", "Van 7", note="Seats eight")
    equip(visit, "dog", "Rex")
    equip(visit, "custody_suite", "Longsight", cells=3)
    train(officer.person, "search", NOW.date() + dt.timedelta(days=90))
    issue()
    officer.post(f"{here}/1/read")

    [told] = officer.get(f"{here}/1").json["plan"]["deployments"]
    assert [(each["kind"], each["name"], each["cells"]) for each in told["assets"]] == [
        ("custody_suite", "Longsight", 3),
        ("dog", "Rex", None),
        ("vehicle", "Van 7", None),
    ]

    change(van, released_at=NOW)
    train(officer.person, "driver", None)
    issue()
    [changed] = officer.get(f"{here}/2/changes").json["deployments"]
    assert changed["act"] == "changed"
    assert "Vehicles: none (was Van 7)." in changed["lines"]
    [skills] = [line for line in changed["lines"] if line.startswith("Skills: ")]
    assert f"Response driver: {officer.person.name} (no end)" in skills


def test_a_reader_is_told_of_areas_teams_and_warrants_that_changed(
    issue, officer, lead, here, operation, visit, session
):
    area = session.scalar(sa.select(Area).where(Area.operation_id == operation.id))
    detail = {"power": "mda_23", "reference": "W/1", "executed": False}
    record(lead, operation, "warrant", detail)
    issue()
    officer.post(f"{here}/1/read")
    change(area, geom=sa.func.ST_Multi(sa.func.ST_Buffer(Area.geom, 0.001)))
    factories.area(operation, name="Derker")
    put_on(visit, factories.person("officer", name="Bo Late"), "Team South")
    session.execute(sa.update(Warrant).values(expires_on=dt.date(2027, 1, 2)))
    session.commit()
    issue()

    told = officer.get(f"{here}/2/changes").json["other"]
    power, no_day = "Warrant W/1: Misuse of Drugs Act 1971 s.23(3)", "no day of expiry yet"

    assert told == [
        "Area Cheetham Hill was redrawn.",
        "Area Derker was added: target area.",
        "Team Team South was added: Bo Late.",
        f"{power}, expires on 2 Jan 2027, one entry (was {power}, {no_day}, one entry).",
    ]


@pytest.mark.parametrize("visibility", ["restricted", "covert"])
def test_what_the_lead_alone_sees_of_other_operations_is_not_taken(
    lead, issue, officer, here, operation, visit, visibility
):
    hidden = factories.operation(
        created_by=lead.person.id, name="Operation Zqparent", visibility=visibility
    )
    change(operation, parent_id=hidden.id)
    change(visit, line_id=record(lead, hidden, "line", {"name": "Zqline"}))
    assert "Zqparent" in lead.get(f"/operations/{operation.id}").text

    issue()

    said = officer.get(f"{here}/1").text
    assert "Zqparent" not in said
    assert "Zqline" not in said
