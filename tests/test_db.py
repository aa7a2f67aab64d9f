"""One place commits, all or nothing, and every change is written down."""

import dataclasses
import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range

from ops import create_app, db
from ops.config import Settings
from ops.errors import Conflict, Missing, Stale
from ops.ledger.models import Change
from ops.operations.models import Assignment, Operation
from tests import factories
from tests.live.conftest import client_of


def test_a_failed_block_leaves_nothing_behind(session):
    operation = factories.operation(name="Before")

    def change_and_fail():
        with db.transaction():
            operation.name = "After"
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert session.scalar(sa.select(Operation.name)) == "Before"


def test_a_broken_constraint_becomes_its_sentence(session):
    first = factories.operation(reference="SAME")

    with pytest.raises(Conflict, match="already an operation with this reference"):
        factories.operation(reference=first.reference)


def test_a_write_on_an_old_version_is_stale(session):
    operation = factories.operation()
    session.execute(sa.text("update operation set version = 7"))

    with pytest.raises(Stale), db.transaction():
        operation.name = "Late"


def test_what_is_not_there_is_missing(session):
    with pytest.raises(Missing, match="no such operation"):
        db.find(Operation, db.new_id(), "operation")


def test_a_change_is_written_with_actor_reason_before_and_after(session):
    operation, person = factories.operation(name="Before"), factories.person()

    db.act_as(person.id)
    with db.transaction():
        db.give_reason("The name was wrong.")
        operation.name = "After"

    found = sa.select(Change).where(Change.object_id == operation.id, Change.before.is_not(None))
    change = session.scalars(found).one()
    assert change.reason == "The name was wrong."
    assert change.before["name"] == "Before"
    assert change.after["name"] == "After"


@pytest.mark.parametrize(("patience", "limit"), [(None, "7min"), ("9min", "9min"), ("0", "0")])
def test_the_limit_that_the_database_has_holds_where_none_is_asked_for(session, patience, limit):
    session.execute(sa.text("set local statement_timeout = '7min'"))
    session.commit()

    db.act_as(factories.person().id, patience)

    assert session.scalar(sa.text("show statement_timeout")) == limit


def test_nobody_is_in_two_places_at_once(session):
    operation, person = factories.operation(), factories.person("officer")
    first, second = (factories.deployment(operation) for _ in range(2))
    with db.transaction():
        session.add(Assignment(deployment_id=first.id, during=first.during, person_id=person.id))

    with pytest.raises(Conflict, match="already deployed elsewhere"), db.transaction():
        session.add(Assignment(deployment_id=second.id, during=second.during, person_id=person.id))


def test_an_assignment_moves_with_its_deployment(session):
    deployment, person = factories.deployment(factories.operation()), factories.person("officer")
    with db.transaction():
        session.add(
            Assignment(deployment_id=deployment.id, during=deployment.during, person_id=person.id)
        )
    later = Range(deployment.during.lower, deployment.during.upper + dt.timedelta(hours=1))

    with db.transaction():
        deployment.during = later

    assert session.scalar(sa.select(Assignment.during)).upper == later.upper


def test_nothing_stays_prepared_behind_a_pool_of_connections(database_url):
    app = create_app(Settings(database_url=database_url, demo=False, database_prepare=False))

    with app.extensions["engine"].connect() as connection:
        for _ in range(10):
            connection.execute(sa.text("select 1"))
        kept = connection.scalar(sa.text("select count(*) from pg_prepared_statements"))

    app.extensions["engine"].dispose()
    assert kept == 0


def test_a_statement_written_for_the_driver_asks_the_same(session):
    asked = sa.bindparam("asked", type_=sa.Text())
    constants = ["50% of 'it' \\ :asked %(asked)s", "none"]
    statement = sa.select(
        asked.label("asked"),
        sa.literal(constants[0]).label("text"),
        sa.literal(constants, sa.ARRAY(sa.Text)).label("several"),
        asked.in_(constants).label("is_one"),
        sa.cast(sa.null(), sa.Text).label("nothing"),
        (sa.literal(7) % 4).label("rest"),
    )

    for value in constants:
        of_the_driver = session.connection().exec_driver_sql(
            db.written(statement), {"asked": value}
        )
        assert of_the_driver.all() == session.execute(statement, {"asked": value}).all()


def test_a_statement_that_takes_too_long_is_stopped_and_says_so(committed, monkeypatch):
    """Held up by a lock, which the same clock ends."""
    settings = dataclasses.replace(committed.config["SETTINGS"], statement_seconds=1)
    monkeypatch.setitem(committed.config, "SETTINGS", settings)
    lead = client_of(committed, factories.person("lead"))
    program, person = "/api/v1/areas/covering?lon=-2.24&lat=53.48", "/map"

    with committed.extensions["engine"].begin() as other:
        other.execute(sa.text("lock table area in access exclusive mode"))
        told, page = lead.get(program), lead.get(person)
    after = [lead.get(path).status_code for path in (program, person)]

    assert (told.status_code, told.json["type"]) == (503, "/problems/too-slow")
    assert told.headers["Retry-After"] == "30"
    assert "Ask for less at once" in told.json["detail"]
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "Ask for less at once" in page.text
    assert after == [200, 200]


def test_whoever_listens_to_statements_hears_what_the_driver_runs_by_itself(session, app):
    heard = []
    listener = (app.extensions["engine"], "before_cursor_execute", lambda *call: heard.append(call))
    sa.event.listen(*listener)

    rows = db.run("select %(one)s::int as one, 'a%%' as two", {"one": 1})

    sa.event.remove(*listener)
    assert [(row.one, row.two) for row in rows] == [(1, "a%")]
    # The test's own savepoint comes before it.
    assert (heard[-1][2], heard[-1][3]) == ("select %(one)s::int as one, 'a%%' as two", {"one": 1})


def test_what_statements_share_is_the_same_for_two_who_ask_at_once():
    first, second = threading.Event(), threading.Event()

    @db.shared
    def part(name):
        if first.is_set():
            second.set()
        first.set()
        # For the other one to come in, which has to wait outside.
        second.wait(0.2)
        return sa.select(sa.literal(1)).cte(name)

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(part, "part")
        first.wait(10)
        other = threads.submit(part, "part")

    assert one.result() is other.result()


def test_who_gets_no_connection_in_time_is_told_when_to_come_back(app, client_as, monkeypatch):
    def wait_in_vain():
        raise sa.exc.TimeoutError("QueuePool limit")

    monkeypatch.setitem(app.view_functions, "results.Batch", wait_in_vain)

    told = client_as().post("/api/v1/results/batch", json={"items": []})

    assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    assert "Try again" in told.json["detail"]
