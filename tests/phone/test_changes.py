"""The change feed of a phone: everything once, whoever is slow, and what is lost is dropped."""

import contextlib
import copy
import uuid

import pytest
import sqlalchemy as sa

from ops import api, db
from ops.operations.models import Team, TeamMember
from tests import factories
from tests.live.conftest import assign, client_of
from tests.phone.conftest import NOW, V1, Phone, operation


def do(statement, **values):
    """Change something as the owner, in a transaction of its own."""
    with db.transaction():
        db.session.execute(sa.text(statement), values)


@contextlib.contextmanager
def slowly(app, statement, **values):
    """Change something on a connection of its own, which commits at the end of the block."""
    with app.extensions["engine"].begin() as connection:
        connection.execute(sa.text(statement), values)
        yield


def test_a_transaction_that_ends_late_is_told_when_it_ends(committed, live, officer):
    area = factories.area(live, name="Old name")
    phone = Phone(officer)
    rename = "update area set name = 'New name', version = version + 1 where id = :id"
    with slowly(committed, rename, id=area.id):
        quick = factories.deployment(live, NOW, name="Quick")
        before = phone.read()
        nothing = phone.read()

    [after] = phone.read()

    [told] = before
    assert [each["id"] for each in told["deployments"]] == [str(quick.id)]
    assert (told["areas"], told["whole"]) == ([], False)
    assert "briefing" not in told
    assert nothing == []
    assert [each["name"] for each in after["areas"]] == ["New name"]
    assert after["deployments"] == []
    assert phone.read() == []
    assert phone.holds == Phone(officer).holds


def test_slow_writers_of_several_operations_are_told_each_as_it_ends(committed, live, officer):
    other = operation(created_by=live.created_by)
    phone = Phone(officer)
    names = "update operation set name = :name, version = version + 1 where id = :id"
    first = slowly(committed, names, id=live.id, name="First")
    second = slowly(committed, names, id=other.id, name="Second")
    first.__enter__()
    second.__enter__()

    second.__exit__(None, None, None)
    told = [each["name"] for each in phone.read()]
    first.__exit__(None, None, None)
    told += [each["name"] for each in phone.read()]

    assert told == ["Second", "First"]
    assert phone.holds == Phone(officer).holds


def test_each_sort_of_change_is_told_in_the_bundles_shape(lead, live, officer):
    gone = factories.area(live)
    team = factories._save(Team(operation_id=live.id, name="Blue"))
    phone = Phone(officer)
    factories.area(live, name="Another")
    do("delete from area where id = :id", id=gone.id)
    factories.briefing(live, "Be kind.")
    with_team = factories.deployment(live, NOW, name="With the team")
    assign(with_team, lead.person, team_id=team.id)
    phone.read()
    told = phone.holds[str(live.id)]
    assert {each["name"]: each["mine"] for each in told["deployments"]} == {
        "First door": True,
        "With the team": False,
    }

    factories._save(TeamMember(team_id=team.id, person_id=officer.person.id))
    step = {"status": "acknowledged"}
    here = f"{V1}/deployments/{officer.deployment.id}/steps"
    assert officer.post(here, json=step).status_code == 201
    read = f"{V1}/operations/{live.id}/briefings/1/read"
    assert officer.post(read).status_code == 200
    phone.read()

    told = phone.holds[str(live.id)]
    assert [each["name"] for each in told["areas"]] == ["Another"]
    assert {each["name"]: each["mine"] for each in told["deployments"]} == {
        "First door": True,
        "With the team": True,
    }
    assert told["deployments"][0]["status"] == "acknowledged"
    assert told["briefing"]["read_at"] is not None
    assert phone.read() == []


PARTS = {
    "operation": "update operation set name = 'New', version = version + 1 where id = :live",
    "its end": "update operation set ends_at = ends_at + interval '1 hour' where id = :live",
    "area": "update area set name = 'New', version = version + 1 where name = 'Old'",
    "area gone": "delete from area where name = 'Nowhere'",
    "deployment": "update deployment set note = 'New', version = version + 1 where id = :first",
    "deployment struck": "update deployment set status = 'cancelled' where id = :first",
    "its site": "update deployment set site_id = null, area_id = :area where id = :there",
    "site": "update site set name = 'New', version = version + 1",
    "place of a site": "update site set point = ST_SetSRID(ST_MakePoint(-2.3, 53.5), 4326)",
    "team": "update team set name = 'New'",
    "briefing withdrawn": (
        "update briefing set state = 'withdrawn', withdrawn_at = now(), withdrawn_by = issued_by,"
        " withdrawn_why = 'Late.'"
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_change_of_each_part_of_a_bundle_is_told(lead, live, officer, part):
    area, site = factories.area(live, name="Old"), factories.site(name="Old site")
    factories.area(live, name="Nowhere")
    team = factories._save(Team(operation_id=live.id, name="Blue"))
    there = factories.deployment(live, NOW, name="At the site", site_id=site.id)
    factories.deployment(live, NOW, name="In the area", area_id=area.id)
    assign(there, lead.person, team_id=team.id)
    factories.briefing(live, "Be kind.")
    phone = Phone(officer)
    before = copy.deepcopy(phone.holds)
    do(PARTS[part], live=live.id, first=officer.deployment.id, there=there.id, area=area.id)

    phone.read()

    assert phone.holds != before
    fresh = Phone(officer).holds
    # A site that nobody is deployed at any more is in nobody's way.
    for held in (phone.holds[str(live.id)], fresh[str(live.id)]):
        for name in ("areas", "deployments", "sites"):
            held[name] = {each["id"]: each for each in held[name]}
        if part == "its site":
            del held["sites"]
    assert phone.holds == fresh
    assert phone.read() == []


def test_other_forms_are_told_by_their_edition(officer, monkeypatch):
    phone = Phone(officer)
    phone.read()
    monkeypatch.setattr("ops.phone.forms.forms", lambda: ("another", {}))
    headers = {"If-None-Match": phone.etag}

    reply = officer.get(f"{V1}/changes", query_string={"after": phone.after}, headers=headers)

    assert (reply.status_code, reply.json["forms"]) == (200, "another")


def test_a_site_of_others_is_told_to_nobody(live, officer):
    site = factories.site(name="Elsewhere")
    factories.deployment(operation(visibility="covert"), NOW, site_id=site.id)
    phone = Phone(officer)
    do("update site set name = 'New'")

    assert phone.read() == []


def test_whoever_is_taken_off_a_deployment_is_told_that_it_is_not_theirs(live, officer):
    phone = Phone(officer)
    do("update assignment set released_at = now() where person_id = :id", id=officer.person.id)

    [told] = phone.read()

    assert [(each["name"], each["mine"]) for each in told["deployments"]] == [("First door", False)]


@pytest.mark.parametrize("how", ["covert", "closed", "taken back"])
def test_what_is_not_ones_own_any_more_is_told_as_gone_and_nothing_else(
    committed, live, officer, how
):
    stranger = client_of(
        committed, factories.person("officer", organisation=factories.organisation("LANCS"))
    )
    factories.member(live, stranger.person)
    reader = stranger if how == "taken back" else officer
    phone = Phone(reader)
    assert list(phone.holds) == [str(live.id)]
    do(
        {
            "covert": "update operation set visibility = 'covert', name = 'Hush' where id = :id",
            "closed": "update operation set status = 'closed' where id = :id",
            "taken back": "update membership set revoked_at = now() where operation_id = :id",
        }[how],
        id=live.id,
    )

    reply = reader.get(f"{V1}/changes", query_string={"after": phone.after})

    assert reply.json["gone"] == [str(live.id)]
    assert reply.json["operations"] == []
    assert phone.read() == [str(live.id)]
    assert phone.read() == []
    assert phone.holds == {}


def test_what_becomes_ones_own_is_told_whole(live, officer):
    phone = Phone(officer)
    new = operation(visibility="restricted", created_by=live.created_by)
    deployment = factories.deployment(new, NOW)
    assert phone.read() == []
    factories.member(new, officer.person)

    [told] = phone.read()

    assert told["whole"]
    assert [each["id"] for each in told["deployments"]] == [str(deployment.id)]
    assert phone.read() == []


def test_a_partner_is_told_of_their_part_as_it_comes_and_goes(committed, lead, live):
    council = factories.organisation("SALFORD", kind="council")
    partner = client_of(committed, factories.person("officer", organisation=council))
    factories.member(live, partner.person, "partner")
    deployment = factories.deployment(live, NOW, name="With the council")
    phone = Phone(partner)
    factories.deployment(live, NOW, name="Secret visit")
    assert phone.has("deployments") == set()
    assert phone.read() == []

    assign(deployment, partner.person)
    phone.read()
    with_it = phone.has("deployments")
    do("delete from assignment where person_id = :id", id=partner.person.id)
    phone.read()

    assert with_it == {str(deployment.id)}
    assert phone.has("deployments") == set()
    assert phone.read() == []


def test_more_than_fits_is_read_on(live, officer, monkeypatch):
    monkeypatch.setattr("ops.phone.changed.MOST", 2)
    phone = Phone(officer)
    added = {str(factories.area(live, name=name).id) for name in "abcde"}

    told = phone.read()

    assert len(told) == 3
    assert phone.has("areas") == added
    assert phone.holds == Phone(officer).holds


def test_nothing_new_is_not_modified_and_leaves_no_look_behind(officer):
    phone = Phone(officer)
    phone.read()
    looks = sa.text("select count(*) from log_entry")
    before = db.session.scalar(looks)
    db.session.rollback()
    headers = {"If-None-Match": phone.etag}

    reply = officer.get(f"{V1}/changes", query_string={"after": phone.after}, headers=headers)

    assert reply.status_code == 304
    assert db.session.scalar(looks) == before


def test_on_another_day_all_is_told_again(live, officer):
    phone = Phone(officer)
    place, _day, held = api.read_cursor(phone.after, 3)
    phone.after = api.write_cursor([place, "2020-01-01", held])

    [told] = phone.read()

    assert told["whole"]
    assert phone.read() == []


def test_what_is_done_to_a_covert_operation_moves_nothing(live, officer):
    phone = Phone(officer)
    phone.read()
    before = phone.after
    hidden = operation(visibility="covert", created_by=live.created_by)
    factories.deployment(hidden, NOW)

    assert (phone.read(), phone.after) == ([], before)


def test_ids_that_somebody_only_guesses_tell_nothing(live, officer):
    hidden = operation(visibility="covert")
    factories.area(hidden)
    place, day, held = api.read_cursor(Phone(officer).after, 3)

    replies = []
    for guessed in (hidden.id, uuid.uuid4()):
        after = api.write_cursor([place, day, f"{held},{guessed.hex}"])
        reply = officer.get(f"{V1}/changes", query_string={"after": after})
        assert reply.json["operations"] == []
        replies.append(reply.json["gone"])

    assert replies[0] == [str(hidden.id)]
    assert [len(each) for each in replies] == [1, 1]


@pytest.mark.parametrize(
    "after",
    ["nonsense", api.write_cursor(["x", "2026-01-01", ""]), api.write_cursor(["", "x", "y"])],
)
def test_a_place_that_is_none_is_refused_in_a_sentence(officer, after):
    reply = officer.get(f"{V1}/changes", query_string={"after": after})

    assert reply.status_code == 422
