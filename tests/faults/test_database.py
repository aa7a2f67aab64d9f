"""The database dies and comes back: what was seen as saved is there once, or still on the phone."""

import pytest

from tests.faults.conftest import until
from tests.faults.phone import Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(phone_of, world):
    return Phone(phone_of(), world)


def test_a_database_that_is_killed_while_it_writes_loses_nothing(phone, world, database, server):
    saved = phone.log()
    writer = world.engine.connect()
    writer.exec_driver_sql("lock table result in share mode")
    with phone.page.expect_response("**/results/batch") as reply:
        phone.send()
        until(world.is_waited_for)
        database.kill()
    writer.invalidate()
    told = [reply.value, *(phone.page.request.get(f"{server.url}{path}") for path in ASKED)]

    database.start()

    assert [(each.status, "retry-after" in each.headers) for each in told] == [(503, True)] * 3
    assert "see first whether it was stored" in told[-1].json()["detail"]
    assert phone.page.request.get(f"{server.url}/healthz").ok
    phone.sends_all()
    assert server.process.poll() is None
    assert world.ids().count(saved) == 1
    phone.holds_true()


def test_a_database_that_is_killed_before_it_confirms_a_commit_makes_no_second_record(
    phone, world, database
):
    saved = phone.log()
    with phone.page.expect_response("**/results/batch") as reply:
        writer = world.engine.connect()
        writer.exec_driver_sql("lock table result in share mode")
        phone.send()
        until(world.is_waited_for)
        with database.hanging_commits():
            writer.close()
            until(world.is_committing)
        database.kill()
    database.start()

    assert reply.value.status == 503
    assert world.ids().count(saved) == 1
    phone.sends_all()
    assert world.ids().count(saved) == 1
    phone.holds_true()


# What asks the database: one that it is ready, one who asks.
ASKED = ("/readyz", "/api/v1/me")
