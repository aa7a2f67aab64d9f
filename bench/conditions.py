"""The conditions a benchmark ran under: without them its figures say nothing."""

import os
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psycopg

from bench.wire import CONNECTIONS, client
from ops import db

PACKAGES = ("flask", "flask-smorest", "granian", "psycopg", "sqlalchemy")
SETTINGS = (
    "shared_buffers",
    "work_mem",
    "max_connections",
    "fsync",
    "synchronous_commit",
    "jit",
    "max_parallel_workers_per_gather",
)


def conditions(url: str) -> Mapping[str, str]:
    """Describe the machine, the versions and the settings."""
    with psycopg.connect(url.replace("+psycopg", "", 1)) as connection:
        [server, postgis] = connection.execute(
            "select current_setting('server_version'), postgis_lib_version()"
        ).fetchone() or ("", "")
        settings = [
            f"{name} {connection.execute(f'show {name}').fetchone()[0]}"  # type: ignore[index]
            for name in SETTINGS
        ]
        size = connection.execute(
            "select pg_size_pretty(pg_database_size(current_database()))"
        ).fetchone()
    return {
        "machine": f"{_processor()}, {len(os.sched_getaffinity(0))} cores shared by load, "
        f"server and database, {_memory()} of memory; {platform.system()} {platform.release()}",
        "database": f"PostgreSQL {server.split()[0]}, PostGIS {postgis}; {', '.join(settings)}; "
        f"{size[0] if size else '?'} on disk",
        "server": f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        + f"; one worker a core, {db.POOL_SIZE} threads each",
        "load": f"{client()}, {CONNECTIONS} connections that stay open",
        "code": _commit(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    [kilobytes] = (
        line.split()[1]
        for line in Path("/proc/meminfo").read_text().splitlines()
        if line.startswith("MemTotal")
    )
    return f"{int(kilobytes) / 2**20:.0f} GiB"


def _commit() -> str:
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "no repository"
