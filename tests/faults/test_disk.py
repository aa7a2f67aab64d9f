"""The disk of the database fills up and has room again: nothing acknowledged is lost."""

import contextlib
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.faults.conftest import World, until
from tests.faults.database import Database
from tests.faults.drilled import ROUNDS, drilling, holds_true
from tests.faults.writers import Writers

pytestmark = pytest.mark.drill

SIZE_MB = 600
LEAST_MB = 64
# So many refusals that each writer has had some.
MANY = 40


@pytest.fixture(scope="module")
def volume():
    """A small file system of its own."""
    place = Path(tempfile.mkdtemp(prefix="volume-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        place.rmdir()
        pytest.skip("This machine lets us mount nothing, so no disk can be filled up.")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)
    place.rmdir()


@pytest.fixture(scope="module")
def database(volume):
    made = Database(volume / "home/postgres")
    yield made
    made.cluster.stop()


@pytest.fixture(scope="module")
def drilled(database, filled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk")
    with drilling(database, filled, folder, OPS_DISK_LEAST_MB=str(LEAST_MB)) as drilled:
        yield drilled


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_disk_that_fills_up_and_has_room_again_loses_nothing(
    _round, volume, database, drilled, filled
):
    world = World(filled[0], filled[1])
    until(drilled.is_ready, 60)
    with Writers(drilled.url, filled[0]) as writers:
        writers.until_acknowledged()

        balloon = blow_up(volume)
        until(lambda: writers.counts["503"] > MANY, 120)
        status, said = drilled.get("/readyz")
        # And now it dies, too, and finds no room to begin again, or to let anybody in.
        before = failures(drilled)
        database.kill()
        until(lambda: failures(drilled) > before, 120)
        balloon.unlink()
        took = writers.until_acknowledged()

        print(f"acknowledged again {took:.1f} s after there was room")  # noqa: T201
        assert status == 503
        assert b"less than 64 MB free: home" in said
        holds_true(writers, drilled, world)


def failures(drilled):
    """Count how often the database could not be had back: not begun, or not connected to."""
    return Path(drilled.log.name).read_text().count("The cluster in")


def blow_up(volume):
    """Take all the room that there is."""
    balloon = volume / "balloon"
    with contextlib.suppress(OSError), balloon.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(2**16))
    return balloon
