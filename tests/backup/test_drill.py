"""The drill: written to, backed up, destroyed, restored to a second, compared row by row."""

import os
import re
import time
from pathlib import Path

import pytest

from ops.results import attachments
from tests.backup.drill import Installation, Writers, compare
from tests.clusters import until

# `make drill` writes for longer, and waits for what `ops serve` copies by itself.
SECONDS = int(os.environ.get("OPS_DRILL_SECONDS", "0"))
ROUNDS = int(os.environ.get("OPS_DRILL_ROUNDS", "1"))
WRITERS = 4 if SECONDS else 2
RECORDS = 40


@pytest.fixture
def installation():
    made = Installation()
    yield made
    made.close()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_what_was_answered_before_a_moment_is_there_after_a_restore_to_it(installation, number):
    installation.start()
    writers = Writers(installation.port, installation.seed(), WRITERS, 0 if SECONDS else 0.1)
    write(writers)
    code, said = installation.ops("backup")
    assert code == 0, said

    write(writers)
    moment = int(time.time()) + 1
    until(lambda: time.time() > moment)
    write(writers)
    file = installation.written()
    if SECONDS:
        # One copy may have begun before the moment, the next has not.
        for before in (moment, None):
            last = before or installation.copied_at()
            until(lambda last=last: installation.copied_at() > last)
    else:
        installation.copy()
        installation.switch()
    until(lambda: installation.is_archived(file))
    installation.destroy()
    writers.stop()

    began = time.monotonic()
    to = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    code, said = installation.ops("restore", "--to", to)
    took = time.monotonic() - began

    assert code == 0, said
    assert "The ledger is whole" in said
    found = compare(writers.told, moment, *read(installation))
    print(f"\n{len(writers.told)} sent; by {to}: {found.records} records,")  # noqa: T201
    print(f"{found.corrections} corrections, {found.photos} photos; back in {took:.0f} s")  # noqa: T201
    print(re.sub("(?m)^", "    ", said))  # noqa: T201
    assert found.faults == []
    assert found.records >= 2 * RECORDS
    assert found.photos > 0
    assert len(writers.told) > found.records


def write(writers):
    """Let them write for a while."""
    enough, end = writers.count() + RECORDS, time.time() + SECONDS
    until(lambda: writers.count() >= enough and time.time() > end)


def read(installation):
    """Give the texts of the records that are there, and their photos."""
    with installation.cluster.lease(), installation.sql() as connection:
        rows = dict(connection.execute("select id::text, note from result").fetchall())
        named = dict(
            connection.execute(
                "select result_id::text, encode(sha256, 'hex') from attachment"
            ).fetchall()
        )

    def photo_of(record):
        if record not in named:
            return None
        kept = attachments._path(str(installation.home / "attachments"), named[record])
        return Path(kept).read_bytes()

    return rows, photo_of
