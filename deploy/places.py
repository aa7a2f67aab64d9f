"""Where things are on a server, and how a command is run there."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from install.step import PROJECT

RELEASES = Path("/opt/ops/releases")
# What serves now, and what served before it: both point into RELEASES.
CURRENT = Path("/opt/ops/current")
PREVIOUS = Path("/opt/ops/previous")
SETTINGS = Path("/etc/ops/ops.env")
STATE = Path("/var/lib/ops")
COMMAND = Path("/usr/local/bin/ops")
UNITS = Path("/etc/systemd/system")
SITE = Path("/etc/nginx/sites-available/ops")
ENABLED = Path("/etc/nginx/sites-enabled")
USER = "ops"
SERVICES = ("ops.service", "ops-ledger.service", "ops-backup.service")
TIMERS = ("ops-ledger.timer", "ops-backup.timer")


def say(sentence: str) -> None:
    """Tell what is being done, one line a step."""
    print(f"deploy: {sentence}", flush=True)


def do(*command: object, environment: Mapping[str, str] | None = None, cwd: Path = PROJECT) -> None:
    """Run a command whose words on the way may be seen."""
    subprocess.run([str(word) for word in command], env=environment, cwd=cwd, check=True)


def run_ops(release: Path, settings: Mapping[str, str], *words: str) -> None:
    """Run the command line of a release as its own user, with the settings of the service."""
    subprocess.run(
        ["runuser", "--user", USER, "--", release / ".venv/bin/ops", *words],
        env={**os.environ, **settings},
        cwd=STATE,
        umask=0o077,
        check=True,
    )
