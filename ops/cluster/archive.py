"""Backups of a private cluster, made by pgBackRest: base backups, and all that is written between.

What goes into the repository is encrypted. Its configuration, which holds the key, lies beside the
data directory, so the key is in no backup.
"""

import dataclasses
import datetime as dt
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops.cluster.postmaster import Postmaster
from ops.cluster.programs import UNPACKED, ClusterError, environment_of, run_as

STANZA = "ops"
# What is written is out of the house after so many seconds, however little it is.
ARCHIVE_SECONDS = 60
# A base backup that holds everything, every so many days; those between hold what was changed.
FULL_DAYS = 7

CONFIGURATION = """\
# Written by the operations tracker whenever it starts this cluster.
[global]
repo1-path={repository}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass={key}
repo1-retention-full-type=time
repo1-retention-full={days}
lock-path={run}
log-level-file=off
log-level-console=warn
compress-type=zst
start-fast=y

[{stanza}]
pg1-path={data}
pg1-user={user}
"""


@dataclasses.dataclass(frozen=True)
class BaseBackup:
    """One base backup; every moment from its end on can be restored."""

    label: str
    kind: str
    ended_at: dt.datetime
    size_bytes: int


@dataclasses.dataclass(frozen=True)
class Archive:
    """Where the backups of a cluster are kept, and the key that opens them."""

    repository: Path
    key: str = dataclasses.field(repr=False)
    days: int
    user: str

    def begin(self, postmaster: Postmaster, password: str) -> None:
        """Make the repository ready for a running server, unless it is."""
        if (self.repository / "archive" / STANZA / "archive.info").exists():
            return
        owner = postmaster.owner
        if not self.repository.parent.is_dir():
            # Made here, it would be on this disk, and not on the one that is not mounted.
            raise ClusterError(f"There is no folder {self.repository.parent} for backups.")
        if not self.repository.exists():
            self.repository.mkdir(mode=0o700)
            os.chown(self.repository, owner.pw_uid, owner.pw_gid)
        if run_as(owner, "test", "-w", str(self.repository)).returncode:
            raise ClusterError(
                f"{owner.pw_name}, as whom the database runs, may not write to {self.repository}."
            )
        self._run(postmaster, "stanza-create", password=password)

    def back_up(self, postmaster: Postmaster, password: str) -> BaseBackup:
        """Make a base backup, and drop those that are too old; give the new one."""
        whole = [each for each in self.backups(postmaster) if each.kind == "full"]
        now = dt.datetime.now(dt.UTC)
        is_due = not whole or whole[-1].ended_at < now - dt.timedelta(days=FULL_DAYS, hours=-1)
        self._run(postmaster, "backup", f"--type={'full' if is_due else 'incr'}", password=password)
        return self.backups(postmaster)[-1]

    def backups(self, postmaster: Postmaster) -> list[BaseBackup]:
        """List the base backups, the oldest first."""
        told = self._run(postmaster, "info", "--output=json", "--log-level-console=off")
        found: list[dict[str, Any]] = [
            each for stanza in json.loads(told) for each in stanza.get("backup", ())
        ]
        return [
            BaseBackup(
                label=each["label"],
                kind=each["type"],
                ended_at=dt.datetime.fromtimestamp(each["timestamp"]["stop"], dt.UTC),
                size_bytes=each["info"]["size"],
            )
            for each in found
        ]

    def restore(self, postmaster: Postmaster, to: dt.datetime | None) -> BaseBackup:
        """Write a data directory that comes to this moment, or to the last, when it is started."""
        backups = self.backups(postmaster)
        if not backups:
            raise ClusterError(f"There is no backup in {self.repository}.")
        usable = [each for each in backups if to is None or each.ended_at < to]
        if not usable:
            raise ClusterError(
                f"Nothing before {backups[0].ended_at.isoformat()} can be restored: "
                "then the oldest backup ended."
            )
        words = [f"--set={usable[-1].label}"]
        if to is not None:
            moment = f"{to.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f+00}"
            words += ["--type=time", f"--target={moment}", "--target-action=promote"]
        self._run(postmaster, "restore", *words)
        return usable[-1]

    def configure(self, postmaster: Postmaster) -> Path:
        """Write the configuration, for the cluster's user alone."""
        owner = postmaster.owner
        postmaster.give("run")
        file = configuration_of(postmaster)
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
            os.fchown(written.fileno(), owner.pw_uid, owner.pw_gid)
            written.write(
                CONFIGURATION.format(
                    repository=self.repository,
                    key=self.key,
                    days=self.days,
                    run=postmaster.place / "run",
                    stanza=STANZA,
                    data=postmaster.data,
                    user=self.user,
                )
            )
        fresh.replace(file)
        return file

    def _run(self, postmaster: Postmaster, name: str, *words: str, password: str = "") -> str:
        """Run pgBackRest as the cluster's user; give what it said, or say why it failed."""
        environment = {**_environment(), "PGPASSWORD": password}
        if password:
            directory, port = postmaster.address()
            words = (*words, f"--pg1-socket-path={directory}", f"--pg1-port={port}")
        command = _command(self.configure(postmaster), name, *words)
        done: subprocess.CompletedProcess[str] = run_as(
            postmaster.owner, *command, environment=environment
        )
        if done.returncode:
            raise ClusterError(f"pgBackRest could not {name}: {_why(done.stdout)}")
        return done.stdout


def configuration_of(postmaster: Postmaster) -> Path:
    """Give the file that says how a cluster is archived; without it, it is not."""
    return postmaster.place / "pgbackrest.conf"


def options(configuration: Path) -> list[str]:
    """Give what a server starts with, so that it archives what it writes."""
    environment = [f"{name}={value}" for name, value in _environment().items()]
    command = shlex.join(["env", *environment, *_command(configuration, "archive-push")])
    chosen = {
        "archive_mode": "on",
        "archive_command": command.replace("%", "%%") + " %p",
        "archive_timeout": f"{ARCHIVE_SECONDS}s",
    }
    return [word for each in chosen.items() for word in ("-c", "=".join(each))]


def _command(configuration: Path, name: str, *words: str) -> list[str]:
    return [_program(), f"--config={configuration}", f"--stanza={STANZA}", *words, name]


def _root() -> Path:
    return UNPACKED if (UNPACKED / "usr/bin/pgbackrest").exists() else Path("/")


def _environment() -> Mapping[str, str]:
    return environment_of(_root())


def _program() -> str:
    found = shutil.which("pgbackrest", path=f"{_root() / 'usr/bin'}{os.pathsep}{os.defpath}")
    if found is None:
        raise ClusterError(
            "OPS_BACKUP needs pgBackRest: install it (`apt-get install pgbackrest`), "
            "or run `make run` with OPS_BACKUP set."
        )
    return found


def _why(said: str) -> str:
    """Pick what matters from what pgBackRest said: its first error, and the hint below it."""
    found = re.search(r"ERROR: (.*(?:\n +.*)*)", said)
    return " ".join((found[1] if found else said).split()) or "it did not say why."
