"""What processes took of the machine, as the kernel counts it: others at work do not blur that."""

import os
from collections.abc import Iterable, Set
from pathlib import Path

import psycopg

_TICKS_S = os.sysconf("SC_CLK_TCK")


def below(pid: int) -> Set[int]:
    """Give a process and all that come from it."""
    found, left = set[int](), [pid]
    while left:
        found.add(each := left.pop())
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            left += map(int, task.read_text().split())
    return found


def backends(connection: psycopg.Connection) -> Set[int]:
    """Give the processes that serve this database's clients, but for this very one."""
    rows = connection.execute(
        "select pid from pg_stat_activity where datname = current_database()"
        " and backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    return {pid for (pid,) in rows}


def worked_s(pids: Iterable[int]) -> float:
    """Give the processor's seconds that processes took so far; those that ended took none."""
    return sum(map(_worked_s, pids))


def memory_mb(pid: int) -> tuple[float, float]:
    """Give what a process holds in memory, and its part of it where pages are shared."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {name: int(size.split()[0]) for name, size in (line.split(":") for line in lines)}
    return sizes["Rss"] / 1024, sizes["Pss"] / 1024


def _worked_s(pid: int) -> float:
    try:
        # Behind the name, which may hold anything: user and system time are the 14th and 15th.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_S
