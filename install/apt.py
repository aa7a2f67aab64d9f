"""Debian's packages: installed as root or through sudo, or fetched and unpacked without either."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from install.step import LOCAL, UNPACKED, StepError, run, say

QUIET = "DEBIAN_FRONTEND=noninteractive"
# Another apt may be at work on a machine that was switched on just now.
PATIENT = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")

# While this file is there, a new PostgreSQL makes no cluster of the system's own.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/no-cluster-for-ops.conf")


def is_here() -> bool:
    """Tell whether this system is of Debian's family."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg") is not None


class Apt:
    """Installs packages on the system."""

    def __init__(self, prefix: Sequence[str]) -> None:
        self.prefix = tuple(prefix)
        self.options: tuple[str, ...] = PATIENT

    def update(self) -> None:
        """Fetch the lists of packages; old ones may still do when that fails in part."""
        say("fetching the lists of packages")
        try:
            run([*self.prefix, "apt-get", *self.options, "update"])
        except subprocess.CalledProcessError:
            say("not every list could be fetched; going on with what is here")

    def has(self, package: str) -> bool:
        """Tell whether there is such a package to be had."""
        policy = self._ask("apt-cache", "policy", package)
        return bool(re.search(r"Candidate: (?!\(none\))", policy))

    def install(self, packages: Sequence[str]) -> None:
        """Install packages, and leave every PostgreSQL of the system as it is."""
        say(f"installing {' '.join(packages)}")
        words = ["install", "--yes", "--no-install-recommends", *packages]
        script = 'mkdir -p "${1%/*}" && echo "create_main_cluster = false" > "$1"'
        run([*self.prefix, "sh", "-c", script, "sh", NO_CLUSTER])
        try:
            run([*self.prefix, "env", QUIET, "apt-get", *self.options, *words])
        finally:
            run([*self.prefix, "rm", "-f", NO_CLUSTER])

    def _ask(self, *command: str) -> str:
        program, *words = command
        told = subprocess.run(
            [program, *self.options, *words],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return told.stdout


class AptWithoutRoot(Apt):
    """Unpacks packages into the project, with lists and a cache of its own."""

    def __init__(self) -> None:
        super().__init__(())
        home = LOCAL / "apt"
        for name in ("lists/partial", "cache/archives/partial", "fetched"):
            (home / name).mkdir(parents=True, exist_ok=True)
        self.fetched = home / "fetched"
        own = {"Dir::State::lists": f"{home}/lists", "Dir::Cache": f"{home}/cache"}
        self.options = (
            *PATIENT,
            *(word for item in own.items() for word in ("-o", "=".join(item))),
        )

    def install(self, packages: Sequence[str]) -> None:
        """Unpack packages and what they need beyond what the system has."""
        words = ("install", "--simulate", "--no-install-recommends", *packages)
        plan = self._ask("apt-get", *words)
        # `Inst name [old version] (new version …`; the system's C library must stay the one.
        wanted = [
            f"{name}={version}"
            for name, version in re.findall(r"^Inst (\S+)(?: \[\S+\])? \((\S+)", plan, re.M)
            if name != "libc6"
        ]
        if not wanted:
            raise StepError(f"apt cannot plan for {' '.join(packages)}:\n{plan}")
        say(
            f"unpacking {' '.join(packages)} and what they need "
            f"into .local/debian ({len(wanted)} packages)"
        )
        run(["apt-get", *self.options, "download", *wanted], cwd=self.fetched)
        UNPACKED.mkdir(exist_ok=True)
        for package in sorted(self.fetched.glob("*.deb")):
            run(["dpkg", "--extract", package, UNPACKED])
            package.unlink()
        # The installed package does this by its alternatives.
        for control in UNPACKED.glob("usr/share/postgresql/*/extension/postgis*-3.control"):
            shutil.copy(control, control.with_name(control.name.replace("-3.", ".")))


def add(packages: Sequence[str], otherwise: str, source: Apt | None = None) -> None:
    """Have packages that are missing; where there is no apt, `otherwise` says what to do."""
    if not is_here():
        raise StepError(otherwise)
    source = source or choose()
    source.update()
    source.install(packages)


def choose() -> Apt:
    """Find out how packages may be had here."""
    if os.geteuid() == 0:
        return Apt(())
    if shutil.which("sudo"):
        allowed = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if allowed.returncode == 0:
            return Apt(("sudo", "-n"))
    return AptWithoutRoot()
