"""Faults on the server's side, while programs log results: nothing acknowledged is lost or doubled.

Those marked as drills are run by `make test-server-faults`, each as often as OPS_DRILL_ROUNDS says.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import alembic.command
import alembic.config
import psycopg
import pytest

from ops import health
from ops.db import POOL_SIZE
from tests.conftest import ROOT
from tests.faults.conftest import until
from tests.faults.drilled import ROUNDS, Drilled, at_home, holds_true
from tests.faults.writers import Writers

# A worker that dies again within this time is not begun anew by granian, which then ends.
BETWEEN_DEATHS_S = 6
STORM = 150


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    with (tmp_path_factory.mktemp("drills") / "log").open("w") as file:
        yield file


@pytest.fixture(scope="module")
def _drilled(seeded, database, log):
    with socket.create_server(("127.0.0.1", 0)) as free:
        watched = f"127.0.0.1:{free.getsockname()[1]}"
    env = at_home(seeded[2], database.cluster.home.parent) | {"OPS_METRICS_BIND": watched}
    drilled = Drilled(env, 2, log)
    yield drilled
    if drilled.process:
        drilled.kill()


@pytest.fixture
def drilled(_drilled, world):
    """The server, up again for whoever is next."""
    if _drilled.process is None or _drilled.process.poll() is not None:
        _drilled.start()
    until(_drilled.is_ready, 60)
    until(lambda: len(_drilled.workers()) == 2)
    return _drilled


@pytest.fixture
def writers(drilled, seeded):
    with Writers(drilled.url, seeded[0]) as writers:
        writers.until_acknowledged()
        yield writers


def kill(*processes):
    for each in processes:
        os.kill(each, signal.SIGKILL)


def test_a_worker_that_is_killed_is_brought_back(writers, drilled, world):
    before = drilled.workers()

    kill(before[0])
    until(lambda: len(set(drilled.workers()) - set(before)) == 1 and drilled.is_ready(), 60)
    writers.until_acknowledged()

    assert drilled.process.poll() is None
    holds_true(writers, drilled, world)
    # What the dead one had counted is counted still, at an address of its own.
    told = drilled.told()
    assert told["ops_requests_total"]["results.Batch"] >= writers.counts["207"]
    assert told["ops_pool_connections_size"][None] == 2 * POOL_SIZE
    assert told["ops_database_up"][None] == 1
    assert drilled.get("/metrics")[0] == 302


def test_a_server_that_is_told_to_stop_answers_what_it_began(drilled, world, seeded):
    with (
        Writers(drilled.url, seeded[0], keep_alive=False) as writers,
        ThreadPoolExecutor(1) as other,
        world.engine.connect() as held,
    ):
        writers.until_acknowledged()
        held.exec_driver_sql("lock table alembic_version in access exclusive mode")
        slow = other.submit(drilled.get, "/readyz")
        until(world.is_waited_for)
        drilled.process.terminate()
        until(lambda: not is_open(drilled))
        held.rollback()
        status, _ = slow.result()
        ended = drilled.process.wait(60)
        drilled.start()
        holds_true(writers, drilled, world)

    assert (status, ended) == (200, 0)
    # Of those that were answered at all, each got what it came for.
    assert {name for name in writers.counts if name.isdecimal()} == {"201", "207"}


def is_open(drilled):
    """Tell whether somebody takes a new connection, be it only to break it."""
    try:
        drilled.get("/healthz")
    except ConnectionRefusedError:
        return False
    except (OSError, http.client.HTTPException):
        pass
    return True


@pytest.mark.drill
@pytest.mark.parametrize("_round", ROUNDS)
def test_workers_that_are_killed_all_at_once_are_brought_back(_round, writers, drilled, world):
    before = drilled.workers()

    kill(*before)
    until(lambda: len(set(drilled.workers()) - set(before)) == 2 and drilled.is_ready(), 60)
    took = writers.until_acknowledged()
    time.sleep(BETWEEN_DEATHS_S)

    print(f"acknowledged again {took:.1f} s after both were back")  # noqa: T201
    assert drilled.process.poll() is None
    holds_true(writers, drilled, world)


@pytest.mark.drill
@pytest.mark.parametrize("_round", ROUNDS)
def test_a_database_that_is_killed_is_brought_back(_round, writers, drilled, world, database):
    database.kill()
    took = writers.until_acknowledged()

    print(f"acknowledged again after {took:.1f} s")  # noqa: T201
    holds_true(writers, drilled, world)


@pytest.mark.drill
@pytest.mark.parametrize("_round", ROUNDS)
def test_a_storm_of_connections_passes(_round, writers, drilled, world, seeded):
    address = seeded[1].replace("+psycopg", "")
    with contextlib.ExitStack() as storm, world.engine.connect() as kept:
        more = storm.enter_context(Writers(drilled.url, seeded[0], STORM))
        writers.until_acknowledged()
        # Others take every connection that the database gives, and so again once ours are broken.
        take_all(address, storm)
        kept.exec_driver_sql(BREAK)
        take_all(address, storm)
        until(lambda: writers.counts["503"] > 0)
    more.finish()
    took = writers.until_acknowledged()

    print(f"acknowledged again {took:.1f} s after the storm")  # noqa: T201
    more.holds_true(world.engine)
    holds_true(writers, drilled, world)


def take_all(address, storm):
    """Connect until there is no connection left."""
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            storm.enter_context(psycopg.connect(address))


BREAK = """
select pg_terminate_backend(pid) from pg_stat_activity
where usename = 'ops_application' and datname = current_database()
"""


@pytest.mark.drill
@pytest.mark.parametrize("_round", ROUNDS)
def test_a_migration_runs_while_others_write(_round, writers, drilled, world, seeded, tmp_path):
    shutil.copytree(ROOT / "migrations", tmp_path / "migrations")
    (tmp_path / "migrations/versions/9000_drill.py").write_text(
        MIGRATION.replace("NEWEST", health.newest())
    )
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.set_main_option("script_location", str(tmp_path / "migrations"))
    configuration.attributes["url"] = seeded[1]

    alembic.command.upgrade(configuration, "head")
    writers.until_acknowledged()
    during = drilled.get("/readyz")[0]
    alembic.command.downgrade(configuration, "-1")
    writers.until_acknowledged()

    assert during == 200
    holds_true(writers, drilled, world)


# What migrations do to a table that is written to: a rewrite, a column, an index, a rule.
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "NEWEST"


def upgrade():
    op.add_column("result", sa.Column("drill", sa.Text(), server_default="none"))
    op.alter_column("result", "accuracy_m", type_=sa.Numeric(14, 4))
    op.create_index("ix_result_drill", "result", ["drill"])
    op.create_check_constraint("drill_short", "result", "length(drill) < 9")
    op.execute("select pg_sleep(2)")


def downgrade():
    op.drop_column("result", "drill")
    op.alter_column("result", "accuracy_m", type_=sa.Numeric())
    op.execute("select pg_sleep(2)")
"""
