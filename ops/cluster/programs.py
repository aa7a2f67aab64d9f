"""The PostgreSQL programs with PostGIS that this machine has, and running them as one user."""

import dataclasses
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

# Where `make` unpacks packages that it may not install.
UNPACKED = Path(__file__).parents[2] / ".local/debian"

# Where Debian and Red Hat keep each version, below the root of a system or of unpacked packages.
PLACES = ("usr/lib/postgresql/*/bin/pg_config", "usr/pgsql-*/bin/pg_config")

HOW_TO_INSTALL = (
    "`make run` installs it on Debian and Ubuntu; elsewhere install PostgreSQL 15 or newer "
    "with PostGIS, or set OPS_DATABASE_URL to a server that has it."
)


class ClusterError(Exception):
    """The private cluster cannot be had; the sentence says what to do."""


@dataclasses.dataclass(frozen=True)
class Server:
    """One installed PostgreSQL that has PostGIS, and the environment its programs need."""

    version: int
    programs: Path
    environment: Mapping[str, str]


def find_server(version: int | None = None) -> Server:
    """Find the newest PostgreSQL that has PostGIS, or the one of this version."""
    servers = [server for server in _servers() if version in (None, server.version)]
    if not servers:
        missing = "PostgreSQL with PostGIS"
        if version is not None:
            missing = (
                f"This cluster was made by PostgreSQL {version}, and that version with PostGIS"
            )
        raise ClusterError(f"{missing} is not installed: {HOW_TO_INSTALL}")
    return max(servers, key=lambda server: server.version)


def _servers() -> Iterator[Server]:
    for root in (Path("/"), UNPACKED):
        environment = environment_of(root)
        for place in PLACES:
            for pg_config in root.glob(place):
                yield from _server(pg_config, environment)
    if on_path := shutil.which("pg_config"):
        yield from _server(Path(on_path), environment_of(Path("/")))


def _server(pg_config: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Ask what stands beside this pg_config: a server with PostGIS, or nothing of use."""
    told = subprocess.run(
        [pg_config, "--bindir", "--sharedir", "--version"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    if len(told) == 3 and (version := re.search(r"\d+", told[2])):
        programs, share = Path(told[0]), Path(told[1])
        if (programs / "initdb").exists() and (share / "extension/postgis.control").exists():
            yield Server(int(version[0]), programs, environment)


def environment_of(root: Path) -> Mapping[str, str]:
    """Ask for messages in English, and name the libraries of packages that are only unpacked."""
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


def run_as(
    user: pwd.struct_passwd, *command: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command as this user, from a directory that everybody may enter."""
    become = os.geteuid() != user.pw_uid
    try:
        return subprocess.run(
            command,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=user.pw_uid if become else None,
            group=user.pw_gid if become else None,
            extra_groups=[] if become else None,
        )
    except PermissionError as error:
        raise ClusterError(
            f"This process may not run programs as {user.pw_name}; run it as an ordinary user."
        ) from error


def _user(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise ClusterError(
            f"User {uid} has no name on this machine, and PostgreSQL needs one: "
            "add the user to /etc/passwd, or set OPS_DATABASE_URL to another server."
        ) from error


def owner_of(place: Path) -> pwd.struct_passwd:
    """Tell whose the cluster in this place is, or would be."""
    data = place / "data"
    return _user(data.stat().st_uid) if data.exists() else _unprivileged()


def _unprivileged() -> pwd.struct_passwd:
    """Choose who owns a new cluster: the one who runs this, but never root."""
    if os.geteuid() != 0:
        return _user(os.geteuid())
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise ClusterError("Root needs the user postgres to own the cluster, and there is none.")


def may_enter(directory: Path) -> bool:
    """Tell whether the cluster's owner can reach this directory through its parents."""
    owner = owner_of(directory)
    if os.geteuid() not in (0, owner.pw_uid):
        return True  # and whose it is will be said
    return run_as(owner, "test", "-x", str(directory)).returncode == 0
