"""What `ops restore` and `ops db downgrade` refuse before they touch anything."""

import pytest
from click.testing import CliRunner

from ops import database_commands


@pytest.fixture
def run(monkeypatch, tmp_path):
    for name in ("OPS_DATABASE_URL", "OPS_BACKUP", "OPS_BACKUP_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPS_HOME", str(tmp_path))
    runner = CliRunner()
    return lambda command, *words: runner.invoke(command, words)


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-30", "2026-11-30T04:15:00"])
def test_a_moment_needs_its_zone(run, moment):
    told = run(database_commands.restore, "--to", moment)

    assert told.exit_code == 2
    assert "a time with its zone, such as 2026-11-30T04:15:00Z" in told.output


def test_a_restore_needs_to_know_from_where(run):
    told = run(database_commands.restore)

    assert "Say in OPS_BACKUP which folder" in str(told.exception)


def test_a_downgrade_asks_first(run):
    told = run(database_commands.database_group, "downgrade", "0041")

    assert told.exit_code == 1
    assert "Is there a backup" in told.output
