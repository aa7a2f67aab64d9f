"""The PostgreSQL programs with PostGIS that this machine has, and running them as one user."""

import dataclasses
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1]

# Where Debian and Red Hat keep the programs of each version, from the root of a system or of unpacked packages.
PLACES = ("usr/lib/postgresql/*/bin/pg_config", "usr/pgsql-*/bin/pg_config")

WHAT_TO_INSTALL = "`make run` installs it on Debian and Ubuntu; elsewhere install PostgreSQL 15 or newer with PostGIS."


class ClusterError(Exception):
    """The private cluster cannot be had; the sentence says what to do."""


@dataclasses.dataclass(frozen=True)
class Server:
    """One installed PostgreSQL that has PostGIS, and what its programs need around them."""

    version: int
    programs: Path
    environment: dict[str, str]

    def run(self, user: pwd.struct_passwd, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program of this server as the user who owns the cluster; refuse nothing."""
        return as_user(user, str(self.programs / program), *words, environment=self.environment)


def as_user(
    user: pwd.struct_passwd, *command: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command as this user, from a directory that everybody may read."""
    identity: dict[str, object] = {}
    if os.geteuid() != user.pw_uid:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    try:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **identity,
        )
    except PermissionError as error:
        raise ClusterError(
            f"This process may not run programs as {user.pw_name}; start it as an ordinary user."
        ) from error


def find(version: int | None, unpacked: Iterable[Path] = ()) -> Server:
    """Find the newest PostgreSQL with PostGIS, or the one of this version."""
    servers = list(_servers((Path("/"), PROJECT / ".local/debian", *unpacked)))
    if version is not None:
        servers = [server for server in servers if server.version == version]
    if not servers:
        wanted = "PostgreSQL with PostGIS" if version is None else f"PostgreSQL {version} with PostGIS, which made this cluster,"
        raise ClusterError(f"{wanted} is not installed: {WHAT_TO_INSTALL}")
    return max(servers, key=lambda server: server.version)


def _servers(roots: Iterable[Path]) -> Iterator[Server]:
    for root in roots:
        environment = _environment(root)
        for place in PLACES:
            for pg_config in root.glob(place):
                yield from _server(pg_config, environment)
    if pg_config := shutil.which("pg_config"):
        yield from _server(Path(pg_config), _environment(Path("/")))


def _server(pg_config: Path, environment: dict[str, str]) -> Iterator[Server]:
    """Ask pg_config what stands beside it; a client without a server, or one without PostGIS, is none."""
    told = subprocess.run(
        [pg_config, "--bindir", "--sharedir", "--version"],
        env=environment, capture_output=True, text=True, check=False,
    ).stdout.splitlines()
    if len(told) != 3 or not (version := re.search(r"\d+", told[2])):
        return
    programs, share = Path(told[0]), Path(told[1])
    if (programs / "initdb").exists() and (share / "extension/postgis.control").exists():
        yield Server(int(version[0]), programs, environment)


def _environment(root: Path) -> dict[str, str]:
    """Say in English what goes wrong, and find the libraries of packages that are only unpacked."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    if root != Path("/"):
        libraries = [
            folder / beneath
            for base in ("usr/lib", "lib")
            for folder in root.glob(f"{base}/*-linux-*")
            for beneath in ("", "blas", "lapack")
        ]
        environment["LD_LIBRARY_PATH"] = ":".join(map(str, libraries))
        environment["PROJ_DATA"] = str(root / "usr/share/proj")
    return environment
