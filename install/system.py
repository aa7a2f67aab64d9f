"""What the operating system has to bring, and how it is had where it is missing."""

import os
import runpy
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from install import apt, browser, python, typeset
from install.step import PROJECT, UNPACKED, StepError


class Need(NamedTuple):
    """Something that has to be here, and the packages that bring it: the first that can be had."""

    what: str
    is_met: Callable[[], bool]
    choices: Sequence[Sequence[str]]


def install(*, for_tests: bool, own_database: bool) -> None:
    """Have all that Python and npm do not bring."""
    missing = [need for need in _needs(for_tests, own_database) if not need.is_met()]
    if not missing:
        return
    if not apt.is_here():
        names = " and ".join(need.what for need in missing)
        raise StepError(f"This system has no apt: install {names} yourself, then run make again.")
    source = apt.choose()
    source.update()
    packages: list[str] = []
    for need in missing:
        choice = next((choice for choice in need.choices if all(map(source.has, choice))), None)
        if choice:
            packages += choice
        elif need.is_met is not browser.is_there:
            raise StepError(f"apt knows no package for {need.what}; install it yourself.")
    if packages:
        source.install(packages)


def _needs(for_tests: bool, own_database: bool) -> list[Need]:
    needs = [
        Need("Python's pip", python.can_get_pip, [["python3-pip-whl"]]),
        Need("Pango, which lays out documents", typeset.is_there, [typeset.PACKAGES]),
    ]
    if own_database or for_tests:
        installed = [f"postgresql-{version}-postgis-3" for version in _postgresql_versions()]
        choices = [*([package] for package in installed), ["postgresql-postgis"]]
        needs.append(Need("PostgreSQL 15 or newer with PostGIS", _has_postgis, choices))
    if for_tests or os.environ.get("OPS_BACKUP"):
        needs.append(Need("pgBackRest, which makes backups", _has_pgbackrest, [["pgbackrest"]]))
    if for_tests:
        needs.append(Need("Chromium", browser.is_there, [browser.PACKAGES]))
        # The tools hold the server's program too, and unlike its own package start no service.
        needs.append(Need("Redis's tools", _has_redis, [["redis-tools"]]))
        # Somebody else's reader opens what is exported.
        needs.append(Need("GDAL's programs", _has_gdal, [["gdal-bin"]]))
    return needs


def _has_postgis() -> bool:
    # The application's own search; that module needs nothing beyond Python itself.
    programs = runpy.run_path(str(PROJECT / "ops/cluster/programs.py"))
    try:
        programs["find_server"]()
    except programs["ClusterError"]:
        return False
    return True


def _has_redis() -> bool:
    return bool(shutil.which("redis-check-rdb")) or (UNPACKED / "usr/bin/redis-check-rdb").exists()


def _has_gdal() -> bool:
    return bool(shutil.which("ogrinfo")) or (UNPACKED / "usr/bin/ogrinfo").exists()


def _has_pgbackrest() -> bool:
    return bool(shutil.which("pgbackrest")) or (UNPACKED / "usr/bin/pgbackrest").exists()


def _postgresql_versions() -> list[int]:
    """List the servers of the system, newest first, so that PostGIS joins one that is there."""
    programs = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return sorted((int(program.parts[4]) for program in programs), reverse=True)
