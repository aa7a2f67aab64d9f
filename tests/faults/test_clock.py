"""The clock of the database jumps, away from the server's: nothing acknowledged is lost."""

import dataclasses
import datetime as dt
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

import pytest

from ops.cluster import postmaster
from tests.faults.conftest import World, until
from tests.faults.database import Database
from tests.faults.drilled import ROUNDS, drilling, holds_true
from tests.faults.writers import Writers

pytestmark = pytest.mark.drill

# Of Debian's package libfaketime.
LIBRARIES = "/usr/lib/*/faketime/libfaketimeMT.so.1"
# An hour on, then to two hours ago, then right: an hour is lived twice.
JUMPS = ("+3600", "-7200", "+0")


@pytest.fixture(scope="module")
def clock():
    """A file that says how far a clock is off, and what makes a process believe it.

    PostgreSQL does; Python would fail at its next sleep, and a worker it forks hang on a lock.
    """
    library = next(iter(Path("/").glob(LIBRARIES.lstrip("/"))), None)
    if library is None:
        pytest.skip("Debian's libfaketime is not here, so no clock can be made to jump.")
    # The database's own user is to read it, and may not enter pytest's directories.
    place = Path(tempfile.mkdtemp(prefix="clock-"))
    place.chmod(0o755)
    file = place / "offset"
    file.write_text("+0")
    yield (
        file,
        {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
    )
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def database(clock):
    """A database whose server goes by that clock too."""

    find = postmaster.find_server

    def believing(*version):
        server = find(*version)
        return dataclasses.replace(server, environment={**server.environment, **clock[1]})

    with patch.object(postmaster, "find_server", believing):
        made = Database()
    yield made
    made.close()


@pytest.fixture(scope="module")
def drilled(database, filled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clock")
    with drilling(database, filled, folder) as drilled:
        yield drilled


@pytest.mark.parametrize("_round", ROUNDS)
def test_clocks_that_jump_lose_nothing(_round, clock, drilled, filled):
    world = World(filled[0], filled[1])
    until(drilled.is_ready, 60)
    with Writers(drilled.url, filled[0]) as writers:
        for jump in JUMPS:
            clock[0].write_text(jump)
            until(lambda: off_by(world) == int(jump))  # noqa: B023
            writers.until_acknowledged(100)
        ready = drilled.get("/readyz")[0]

        holds_true(writers, drilled, world)
    assert ready == 200


def off_by(world):
    """Tell how far the database's clock is off, to the hour."""
    there = world.run("select clock_timestamp()").scalar_one()
    return round((there - dt.datetime.now(dt.UTC)) / dt.timedelta(hours=1)) * 3600
