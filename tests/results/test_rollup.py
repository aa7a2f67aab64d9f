"""What is kept added up gives the figures of the plain query, whatever was written meanwhile."""

import datetime as dt
import random
import threading
import uuid

import pytest
import sqlalchemy as sa

from ops import db
from ops.access.models import Organisation
from ops.operations.models import Operation
from ops.results import measures, rollup
from ops.results.models import Result, RollupState
from tests import factories
from tests.results.conftest import payload

FIRST = dt.datetime(2026, 9, 20, 12, tzinfo=dt.UTC)
DAYS = 70
PARTS = ("ward", "square", "square_5km", "hour")
BREAKDOWNS = (
    {},
    *({"by": by} for by in ("month", "district", "district_month", "theme", *PARTS)),
)
PERIODS = ({}, {"from": "2026-10-01", "to": "2026-10-31"}, {"from": "2026-09-25T13:00:00+01:00"})
QUANTITIES = [{"quantity": "2"}, {"quantity": "3", "qualifier": "more_than"}, {}]


@pytest.fixture
def world(committed):
    """Two forces with people and operations of every visibility, really stored."""
    db.session.remove()
    with committed.extensions["engine"].begin() as connection:
        measures.publish_built_ins(connection)
    factories.boundary()
    factories.boundary("E05000650", layer="ward")
    region = factories.organisation("REGION", kind="force")
    forces = [factories.organisation("GMP", parent_id=region.id), factories.organisation("LANCS")]
    found = {"people": {}, "operations": []}
    for force in forces:
        lead, second = (factories.person("lead", organisation=force) for _ in range(2))
        found["people"][force.code] = (lead, second)
        for visibility in ("open", "open", "restricted", "covert"):
            operation = factories.operation(
                organisation=force,
                visibility=visibility,
                created_by=lead.id,
                starts_at=FIRST - dt.timedelta(days=5),
                ends_at=FIRST + dt.timedelta(days=100),
            )
            factories.member(operation, second, "lead")
            found["operations"].append((force.code, operation.id))
    found["people"]["REGION"] = (factories.person("analyst", organisation=region),)
    found["people"]["partner"] = (factories.person("officer", organisation=forces[1]),)
    member = db.session.get(Operation, found["operations"][0][1])
    factories.member(member, found["people"]["partner"][0], "partner")
    found["tokens"] = {
        person.id: factories.token(person) for several in found["people"].values()
        for person in several
    }  # fmt: skip
    found["people"] = {code: [p.id for p in each] for code, each in found["people"].items()}
    db.session.remove()
    yield found
    # Whoever asked last is no longer the actor.
    db.session.remove()


class Desk:
    """One person's client, outside the session of the test."""

    def __init__(self, app, world, person):
        self.client = app.test_client()
        self.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {world['tokens'][person]}"

    def outcomes(self, **query):
        """Ask for the figures of all that one sees; but for the moment of asking."""
        body = self.client.get("/api/v1/outcomes", query_string=query).json
        return {name: value for name, value in body.items() if name != "as_at"}


def write(app, world, chance, logged):
    """Log something, or change something that was logged."""
    code, operation = chance.choice(world["operations"])
    lead, second = (Desk(app, world, each).client for each in world["people"][code])
    act = chance.choice(
        ["log", "log", "log", "log", "correct", "strike", "confirm", "move", "theme"]
    )
    mine = [each for each in logged if each[0] == code]
    if act == "theme":
        there = f"/api/v1/operations/{operation}"
        etag = {"If-Match": lead.get(there).headers["ETag"]}
        lead.patch(there, json={"theme": chance.choice(["drugs", "firearms"])}, headers=etag)
        return
    if act == "log" or not mine:
        kind, detail = chance.choice(
            [
                ("arrest", {}),
                ("seizure", {"category": "package"}),
                ("seizure", {"category": "phones", **chance.choice(QUANTITIES)}),
                ("line_closure", {"line_name": str(uuid.uuid4()), "deactivated_on": "2026-09-20"}),
            ]
        )
        inside = [each for each in mine if each[2] == "package" and each[3] == operation]
        if detail.get("category") == "phones" and inside and chance.random() < 0.5:
            detail = detail | {"parent": chance.choice(inside)[1]}
        body = payload(kind, detail, occurred_at=at(chance), **place(chance))
        reply = lead.post(f"/api/v1/operations/{operation}/results", json=body)
        if reply.status_code == 201:
            logged.append((code, reply.json["id"], detail.get("category", kind), operation))
        return
    _, result, _, _ = chance.choice(mine)
    there = f"/api/v1/results/{result}"
    if act == "strike":
        lead.post(f"{there}/strike", json={"reason": "It was another."})
    elif act == "confirm":
        second.post(f"{there}/confirm", json={})
    else:
        change = {"note": "Another"} if act == "correct" else {"occurred_at": at(chance)}
        etag = {"If-Match": lead.get(there).headers["ETag"]}
        lead.patch(there, json=change | {"reason": "Misread"}, headers=etag)


def at(chance):
    """Choose a moment over four months, edges of months among them."""
    moment = FIRST + dt.timedelta(days=chance.randrange(DAYS), hours=chance.randrange(24))
    edge = dt.datetime(2026, chance.choice([10, 11]), 1, tzinfo=dt.UTC)
    before = dt.timedelta(seconds=chance.choice([-1, 0, 3599, -3600, -3601]))
    return min(chance.choice([moment, edge + before]), dt.datetime.now(dt.UTC)).isoformat()


def place(chance):
    """Choose a place in the district, or none."""
    inside = {"position": {"type": "Point", "coordinates": [-2.24, 53.485]}}
    return chance.choice([inside, {}])


def compare(app, world):
    """Hold what everybody sees with what is kept against the same without it.

    Of each breakdown each period, by some of them.
    """
    everybody = [person for several in world["people"].values() for person in several]
    asked = [
        (person, breakdown | PERIODS[(place + number) % len(PERIODS)])
        for place, person in enumerate(everybody)
        for number, breakdown in enumerate(BREAKDOWNS)
    ]
    kept = [Desk(app, world, person).outcomes(**query) for person, query in asked]
    with app.extensions["engine"].begin() as connection:
        state = connection.execute(sa.select(RollupState.__table__)).mappings().one()
        connection.execute(sa.delete(RollupState))
    plain = [Desk(app, world, person).outcomes(**query) for person, query in asked]
    with app.extensions["engine"].begin() as connection:
        connection.execute(sa.insert(RollupState).values(**state))
    for (person, query), one, other in zip(asked, kept, plain, strict=True):
        assert one == other, (person, query)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_figures_are_those_of_the_plain_query_after_any_writes(committed, world, seed):
    chance, logged = random.Random(seed), []  # noqa: S311  (nothing secret)
    for _ in range(2):
        for _ in range(25):
            write(committed, world, chance, logged)
        compare_after(committed, world, refresh=True)
        for _ in range(10):
            write(committed, world, chance, logged)
        compare_after(committed, world, refresh=False)


def compare_after(app, world, *, refresh):
    """Compare, with what is kept brought up to date or left as it was."""
    if refresh:
        rollup.refresh(app.extensions["engine"])
    compare(app, world)


def test_what_several_write_while_it_is_refreshed_is_not_lost(committed, world):
    engine = committed.extensions["engine"]
    logged = []

    def go_on(seed):
        with committed.app_context():
            chance = random.Random(seed)  # noqa: S311
            for _ in range(25):
                write(committed, world, chance, logged)
            db.session.remove()

    rollup.refresh(engine)
    writers = [threading.Thread(target=go_on, args=(seed,)) for seed in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        rollup.refresh(engine)
    for writer in writers:
        writer.join()

    compare_after(committed, world, refresh=False)


def test_what_was_written_by_a_transaction_that_commits_late_is_counted(committed, world):
    engine = committed.extensions["engine"]
    code, operation = world["operations"][0]
    lead = Desk(committed, world, world["people"][code][0])
    lead.client.post(f"/api/v1/operations/{operation}/results", json=payload("arrest"))

    with engine.begin() as late:
        [result] = late.scalars(sa.select(Result.id))
        late.execute(sa.update(Result).where(Result.id == result).values(struck_at=sa.func.now()))
        rollup.refresh(engine)

    arrests = next(e for e in lead.outcomes()["measures"] if e["code"] == "arrests")
    assert arrests["value"] == "0"


def test_only_the_days_that_were_written_to_are_read_anew(committed, world):
    engine = committed.extensions["engine"]
    code, operation = world["operations"][0]
    lead = Desk(committed, world, world["people"][code][0])

    def log(day):
        arrest = payload("arrest", occurred_at=f"2026-10-{day}T12:00:00Z")
        lead.client.post(f"/api/v1/operations/{operation}/results", json=arrest)

    for day in ("05", "06"):
        log(day)
    rollup.refresh(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(rollup.Rollup).values(value=rollup.Rollup.value + 100))
    log("05")

    arrests = next(e for e in lead.outcomes()["measures"] if e["code"] == "arrests")
    assert arrests["value"] == str(2 + 1 + 100)
    assert rollup.refresh(engine) == 1


def test_an_operation_that_is_hidden_leaves_the_figures_of_those_who_see_it_no_more(
    committed, world
):
    code, operation = world["operations"][0]
    lead = Desk(committed, world, world["people"][code][0])
    analyst = Desk(committed, world, world["people"]["REGION"][0])
    lead.client.post(f"/api/v1/operations/{operation}/results", json=payload("arrest"))
    rollup.refresh(committed.extensions["engine"])

    with committed.extensions["engine"].begin() as connection:
        covert = sa.update(Operation).where(Operation.id == operation).values(visibility="covert")
        connection.execute(covert)

    arrests = next(e for e in analyst.outcomes()["measures"] if e["code"] == "arrests")
    assert arrests["value"] == "0"


def test_nothing_of_what_a_member_alone_sees_is_kept(committed, world):
    chance, logged = random.Random(7), []  # noqa: S311
    for _ in range(20):
        write(committed, world, chance, logged)

    rollup.refresh(committed.extensions["engine"])

    with committed.extensions["engine"].connect() as connection:
        for kept in (rollup.Rollup, rollup.RollupPart):
            audiences = set(connection.scalars(sa.select(kept.audience_id)))
            assert audiences
            assert audiences <= set(connection.scalars(sa.select(Organisation.id)))
