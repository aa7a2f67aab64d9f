"""A covert operation in a conflict does not exist for those outside it, unless they are told."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.access.member_models import Alert
from ops.deconfliction.models import Conflict
from ops.ledger.models import Change
from tests import factories
from tests.deconfliction.conftest import change, conflicts, desk_list, settle

# Wherever something could be said of it: lists, counts, alerts, logs, feeds and pages.
LISTS = (
    "/api/v1/conflicts",
    "/api/v1/conflicts?state=resolved",
    "/api/v1/conflicts?state=gone",
    "/api/v1/operations/{operation}/conflicts",
    "/api/v1/deployments/{deployment}/conflicts",
    "/api/v1/alerts",
    "/api/v1/operations/{operation}",
    "/api/v1/operations/{operation}/deployments",
    "/conflicts",
    "/to-do",
    "/alerts",
    "/operations",
    "/operations/{operation}",
    "/operations/{operation}/deployments/{deployment}",
)


@pytest.fixture
def agent(client_as):
    """The lead of the covert operation, of a third force."""
    return client_as("lead", organisation=factories.organisation("MERSEY"))


@pytest.fixture
def covert(agent):
    """A covert operation of a third force."""
    return factories.operation(
        organisation=factories.organisation("MERSEY"),
        created_by=agent.person.id,
        name="Operation Zqcovert",
        visibility="covert",
    )


@pytest.fixture
def its_desk(client_as):
    """The desk of the third force."""
    return client_as("desk", organisation=factories.organisation("MERSEY"))


def said_to(client, operation, deployment):
    """Read every list there is, as it is sent."""
    settle()
    ids = {"operation": operation.id, "deployment": deployment.id}
    said = {path: client.get(path.format(**ids)).text for path in LISTS}
    # Of the log what others did: one's own looks are in it too.
    looks = client.get("/api/v1/log").json
    me = str(client.person.id)
    return said | {"log": str([each for each in looks if each["by"]["id"] != me])}


def test_nothing_says_that_a_covert_third_is_there(
    lead, elsewhere, desk, agent, its_desk, mine, theirs, covert
):
    first, second = factories.deployment(mine), factories.deployment(theirs)
    of_desk = desk.get("/api/v1/deconfliction/conflicts").text
    before = {who: said_to(who, *whose) for who, whose in
              ((lead, (mine, first)), (elsewhere, (theirs, second)))}  # fmt: skip

    third = factories.deployment(covert, name="Zqthird")

    # The covert side and its desk know; each sees of the others what it may.
    assert len(conflicts(agent, third)) == 2
    assert len(desk_list(its_desk)) == 2
    for who, whose in ((lead, (mine, first)), (elsewhere, (theirs, second))):
        after = said_to(who, *whose)
        assert {path for path in after if after[path] != before[who][path]} == set()
        assert len(conflicts(who, whose[1])) == 1
    assert desk.get("/api/v1/deconfliction/conflicts").text == of_desk
    told = db.session.scalars(sa.select(Alert.person_id).where(Alert.kind == "conflict")).all()
    assert sorted(told) == sorted([lead.person.id, elsewhere.person.id, *[agent.person.id] * 2])


def test_a_save_finds_nothing_that_who_saves_may_not_know(lead, its_desk, mine, covert):
    """What is found takes time, which tells as words do."""
    factories.deployment(covert)

    factories.deployment(mine)

    found = sa.select(sa.func.count()).select_from(Conflict)
    assert db.session.scalar(found) == 0
    assert settle() == 2
    assert db.session.scalar(found) == 1
    assert len(its_desk.get("/api/v1/deconfliction/conflicts").json) == 1
    assert settle() == 0


@pytest.mark.parametrize("what", ["site", "rule"])
def test_who_writes_what_many_share_finds_nothing_at_once(lead, desk, mine, theirs, what):
    site = factories.site()
    for each in (mine, theirs):
        factories.deployment(each, site_id=site.id)
    [told] = conflicts(lead, factories.deployment(mine, site_id=site.id))
    assert told["state"] == "open"
    before = db.session.scalars(sa.select(Conflict.basis).order_by(Conflict.id)).all()
    if what == "site":
        change(site, point=factories.from_shape(factories.Point(-2.3, 53.5), 4326))
    else:
        rule = {"kind": None, "radius_m": 0, "minutes": 0, "same_days": 0}
        desk.put("/api/v1/deconfliction/rules", json=rule)
        db.session.execute(sa.text("reset role"))

    assert db.session.scalars(sa.select(Conflict.basis).order_by(Conflict.id)).all() == before
    assert settle() == 3


def test_what_its_desk_looks_at_is_in_no_log_of_the_other_side(lead, its_desk, agent, mine, covert):
    factories.deployment(mine)
    third = factories.deployment(covert)
    [seen] = desk_list(its_desk)
    assert its_desk.get(f"/deconfliction/{seen['reference']}").status_code == 200

    mine_log = lead.get("/api/v1/log").text
    its_log = agent.get("/api/v1/log").json

    assert str(third.id) not in mine_log
    assert "conflict" not in mine_log
    looks = [each for each in its_log if any(part["kind"] == "conflict" for part in each["seen"])]
    assert looks


@pytest.mark.parametrize("act", ["owner", "resolution"])
def test_what_is_done_to_it_reaches_the_covert_side_alone(lead, its_desk, agent, mine, covert, act):
    first = factories.deployment(mine)
    factories.deployment(covert)
    [seen] = desk_list(its_desk)
    before = said_to(lead, mine, first)
    body = {"mine": True} if act == "owner" else {"outcome": "moved", "told": "Moved."}
    here = f"/api/v1/deconfliction/conflicts/{seen['reference']}"

    assert its_desk.post(f"{here}/{act}", json=body).status_code == 200

    assert said_to(lead, mine, first) == before
    kinds = {each["kind"] for each in agent.get("/api/v1/alerts").json}
    assert kinds == ({"conflict"} if act == "owner" else {"conflict", "conflict_resolved"})


@pytest.mark.parametrize("by", ["desk", "lead"])
def test_told_by_the_desk_or_the_covert_lead_the_other_gets_a_pointer(
    lead, desk, agent, its_desk, mine, covert, by
):
    first = factories.deployment(mine)
    third = factories.deployment(covert)
    reference = conflicts(agent, third)[0]["reference"]
    assert conflicts(agent, third)[0]["may_tell"]
    tell = f"/api/v1/conflicts/{reference}/tell"
    # Whoever is not told can neither find it nor tell of it.
    for nobody in (lead, desk):
        assert nobody.post(tell).status_code == 404
        assert nobody.get(f"/api/v1/deconfliction/conflicts/{reference}").status_code in {403, 404}

    assert {"desk": its_desk, "lead": agent}[by].post(tell).status_code == 204

    [told] = conflicts(lead, first)
    assert told["said"].endswith(f"contact the deconfliction desk, reference {reference}.")
    assert (told["other"], told["distance_m"]) == (None, None)
    assert "Zqcovert" not in str(said_to(lead, mine, first))
    assert [each["kind"] for each in lead.get("/api/v1/alerts").json] == ["conflict"]
    assert [each["reference"] for each in desk_list(desk)] == [reference]
    assert not conflicts(agent, third)[0]["may_tell"]


def test_a_rule_may_let_covert_operations_give_pointers(lead, desk, mine, covert):
    rule = {"kind": "warrant", "radius_m": 300, "minutes": 60, "same_days": 28}
    desk.put("/api/v1/deconfliction/rules", json=rule | {"tells_of_covert": True})
    first = factories.deployment(mine)

    factories.deployment(covert)

    assert len(conflicts(lead, first)) == 1


def test_between_two_covert_operations_the_desk_decides(client_as, lead, desk, covert, agent):
    other = factories.operation(created_by=lead.person.id, visibility="covert")
    first, third = factories.deployment(other), factories.deployment(covert)

    assert conflicts(lead, first) == conflicts(agent, third) == []
    [seen] = desk_list(desk)
    assert [side["is_told"] for side in seen["sides"]] == [False, False]
    assert lead.get("/api/v1/alerts").json == []
    assert desk.post(f"/api/v1/conflicts/{seen['reference']}/tell").status_code == 204
    assert len(conflicts(lead, first)) == len(conflicts(agent, third)) == 1


def test_one_that_is_covert_no_more_is_told_of_and_one_that_turns_covert_stays_told(
    lead, mine, covert, theirs
):
    first = factories.deployment(mine)
    factories.deployment(covert)
    assert conflicts(lead, first) == []

    change(covert, visibility="restricted")
    [told] = conflicts(lead, first)
    change(covert, visibility="covert")

    assert conflicts(lead, first) == [told]


def test_whoever_is_a_member_of_both_sees_both(client_as, lead, mine, covert):
    both = client_as("officer")
    factories.member(covert, both.person)
    first, third = factories.deployment(mine), factories.deployment(covert)

    [seen] = conflicts(both, first)

    assert seen["other"]["deployment"]["id"] == str(third.id)
    assert not seen["may_tell"]


def test_the_application_reads_no_table_of_conflicts(lead, mine, covert):
    factories.deployment(mine)
    factories.deployment(covert)
    db.session.execute(
        sa.select(
            sa.func.set_config("ops.actor", str(lead.person.id), True),
            sa.func.set_config("role", db.APPLICATION, True),
        )
    )
    for statement in (
        "select * from conflict",
        "select * from footprint",
        "update conflict set state = 'gone'",
        "delete from footprint",
        "select * from find_conflicts(array(select id from deployment))",
        "select deconflict('{}')",
        "select keep_footprints('{}')",
        "select conflict_party(gen_random_uuid())",
        "select desk_conflict_id('x')",
        "select tell_side(gen_random_uuid(), gen_random_uuid(), 'conflict')",
    ):
        refused = pytest.raises(sa.exc.ProgrammingError, match="permission denied")
        with refused, db.session.begin_nested():
            db.session.execute(sa.text(statement))
    seen = db.session.execute(sa.text("select * from desk_conflicts(null)")).all()
    filed = db.session.scalar(
        sa.select(sa.func.count()).select_from(Change).where(Change.object == "conflict")
    )
    db.session.execute(sa.text("reset role"))

    assert seen == []
    assert filed == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conflict)) == 1
