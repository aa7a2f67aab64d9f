"""A dry check shows what one may see anyway, and says the same whatever else there is."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.deconfliction import rules
from ops.deconfliction.models import Conflict, ConflictCheck
from tests import factories
from tests.deconfliction.conftest import desk_list

ASKED = {
    "kind": "warrant",
    "starts_at": "2026-11-02T12:30:00Z",
    "ends_at": "2026-11-02T13:00:00Z",
    "point": {"type": "Point", "coordinates": [-2.2401, 53.4851]},
}
CHECKS = "/api/v1/deconfliction/checks"


@pytest.mark.parametrize("visibility", ["open", "restricted", "covert"])
def test_of_what_is_not_seen_it_says_nothing(lead, elsewhere, visibility):
    nothing = lead.post(CHECKS, json=ASKED)
    hidden = factories.operation(
        organisation=factories.organisation("LANCS"),
        created_by=elsewhere.person.id,
        visibility=visibility,
    )
    factories.deployment(hidden)

    reply = lead.post(CHECKS, json=ASKED)

    assert reply.json == nothing.json == {"seen": [], "said": rules.CHECKED}
    assert db.session.scalars(sa.select(Conflict)).all() == []


def test_it_shows_what_is_seen_and_keeps_that_it_was_asked(lead, mine):
    there = factories.deployment(mine)

    reply = lead.post(CHECKS, json=ASKED)

    [seen] = reply.json["seen"]
    assert (seen["deployment"]["id"], seen["reasons"]) == (str(there.id), ["radius"])
    kept = db.session.scalars(sa.select(ConflictCheck)).one()
    assert (kept.person_id, kept.found) == (lead.person.id, 1)
    page = lead.post(
        "/deconfliction/check",
        data={"kind": "warrant", "starts_at": "2026-11-02T12:30", "ends_at": "2026-11-02T13:00",
              "point.lon": "-2.2401", "point.lat": "53.4851"},
    )  # fmt: skip
    assert there.name in page.text
    assert rules.CHECKED in page.text


def test_each_is_logged_also_where_nothing_is_seen(client_as, lead, session):
    auditor = client_as("auditor")

    lead.post(CHECKS, json=ASKED)

    log = auditor.get("/api/v1/log").json
    [entry] = [each for each in log if each["endpoint"] == "deconfliction.Checks"]
    assert [part["kind"] for part in entry["seen"]] == ["conflict_check"]


def test_there_are_so_many_an_hour_and_no_more(lead, monkeypatch, elsewhere):
    monkeypatch.setattr(rules, "CHECKS_AN_HOUR", 2)

    statuses = [lead.post(CHECKS, json=ASKED).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert elsewhere.post(CHECKS, json=ASKED).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": "2026-11-02T12:00:00Z"}, "ends_at"),
        ({"ends_at": "2027-11-02T12:00:00Z"}, "ends_at"),
        ({"point": None}, "site"),
        ({"site": "01890000-0000-7000-8000-000000000001", "point": None}, "site"),
        ({"point": {"type": "Point", "coordinates": [-92, 0]}}, "point"),
        ({"kind": "siege"}, "kind"),
        ({"radius_m": 9}, "radius_m"),
    ],
)
def test_what_can_not_be_meant_gets_a_sentence(lead, change, field):
    reply = lead.post(CHECKS, json=ASKED | change)

    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])


@pytest.mark.parametrize("role", ["officer", "analyst", "desk", "auditor"])
def test_who_plans_nothing_checks_nothing(client_as, role):
    assert client_as(role).post(CHECKS, json=ASKED).status_code == 403


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"radius_m": 5001}, "radius_m"),
        ({"minutes": -1}, "minutes"),
        ({"same_days": 400}, "same_days"),
        ({"kind": "siege"}, "kind"),
        ({"marking": "SECRET"}, "marking"),
    ],
)
def test_a_rule_that_can_not_be_meant_gets_a_sentence(desk, rule, field):
    sent = {"radius_m": 300, "minutes": 60, "same_days": 28} | rule

    reply = desk.put("/api/v1/deconfliction/rules", json=sent)

    assert (reply.status_code, list(reply.json["errors"])) == (422, [field])


def test_a_desk_looks_after_its_own_organisation_and_its_parts(client_as, mine, theirs):
    region = factories.organisation("REGION")
    above = client_as("desk", organisation=region)
    other = client_as("desk", organisation=factories.organisation("CUMBRIA"))
    there = client_as("desk", organisation=factories.organisation("LANCS"))
    factories.deployment(mine)
    factories.deployment(theirs)

    assert len(desk_list(there)) == 1
    assert desk_list(other) == desk_list(above) == []
    lancs = factories.organisation("LANCS")
    db.session.execute(
        sa.update(type(lancs)).where(type(lancs).id == lancs.id).values(parent_id=region.id)
    )
    db.session.commit()
    assert len(desk_list(above)) == 1


def test_no_two_references_say_which_came_first(desk, mine, theirs):
    factories.deployment(mine)
    for _ in range(8):
        factories.deployment(theirs)

    references = db.session.scalars(
        sa.select(Conflict.reference).order_by(Conflict.found_at, Conflict.id)
    ).all()

    assert len(set(references)) == 8
    assert all(len(each) == 12 and each.startswith("DC-") for each in references)
    assert len({each[3:7] for each in references}) > 1


def test_taken_given_back_and_listed_as_mine(desk, client_as, mine, theirs):
    factories.deployment(mine)
    factories.deployment(theirs)
    [seen] = desk_list(desk)
    page = f"/deconfliction/{seen['reference']}"

    assert desk.post(page, data={"act": "take"}).status_code == 303
    assert len(desk_list(desk, which="mine")) == 1
    assert desk_list(client_as("desk"), which="mine") == []
    assert desk.post(page, data={"act": "return"}).status_code == 303

    assert desk_list(desk, which="mine") == []
    assert desk.post(page, data={"act": "resolve"}).status_code == 422
    assert desk.post(page, data={"act": "resolve", "outcome": "joint"}).status_code == 303
    assert len(desk_list(desk, which="resolved")) == 1
