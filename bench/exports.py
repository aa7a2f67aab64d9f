"""How fast results are taken away, in how much memory, and what is left of one who leaves."""

import contextlib
import dataclasses
import os
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

# How many records a second there must be at least.
LEAST = {"csv": 50_000, "gpkg": 15_000}
MOST_MB = 300
# A sheet holds no more, so a workbook is of one kind.
OF_ONE_KIND = {"xlsx", "csv (one kind)"}
FORMS = ("csv", "csv (one kind)", "geojson", "parquet", "gpkg", "xlsx")
PATIENCE_S = 60
_BLOCK = 2**18
_LEFT = """
select count(*) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend'
    and pid <> pg_backend_pid() and (state <> 'idle' or xact_start is not null)
"""


@dataclasses.dataclass(frozen=True)
class Taken:
    """What one file took."""

    form: str
    records: int
    megabytes: float
    seconds: float
    # What the server's processes worked, the database's not among them.
    worked: float
    # Of all the server's processes, above what they held before.
    peak_mb: float

    @property
    def per_second(self) -> float:
        """Give how many records were sent in a second."""
        return self.records / self.seconds


def measure(address: str, token: str, url: str, records: int) -> Iterator[Taken]:
    """Take everything away in each format, one after the other."""
    # Once before, so that what a process loads but once is no part of it.
    _take(address, token, "csv", limit=_BLOCK)
    for form in FORMS:
        name, query = form.partition(" ")[0], ""
        count = records
        if form in OF_ONE_KIND:
            query, count = "?kind=warrant", records // 5
        _wait_until_closed(url)
        idle, before = _memory(address), _worked(address)
        with _watched(address) as peak:
            started = time.monotonic()
            size = _take(address, token, name, query)
            took = time.monotonic() - started
        worked = _worked(address) - before
        yield Taken(form, count, size / 2**20, took, worked, (peak[0] - idle) / 1024)


def leave(address: str, token: str, url: str) -> str:
    """Take a little and go; say what is left of it."""
    _take(address, token, "csv", limit=2**20)
    took = _wait_until_closed(url)
    with psycopg.connect(_plain(url)) as connection:
        [said] = connection.execute(
            "select reason from log_entry where reason like 'Cut short%' order by at desc limit 1"
        ).fetchone() or ("NOTHING IN THE LEDGER",)
    return f"Who leaves: closed after {took:.1f} s; the ledger says: {said}"


def told(taken: Taken) -> str:
    """Say it in a line."""
    return (
        f"{taken.form:15} {taken.records:9,} records in {taken.seconds:6.1f} s:"
        f" {taken.per_second:8,.0f}/s, {taken.worked / taken.records * 1e6:5.0f} us of work each,"
        f" {taken.megabytes:7,.1f} MB, memory +{taken.peak_mb:,.0f} MB"
    )


def _take(address: str, token: str, form: str, query: str = "", limit: int | None = None) -> int:
    request = urllib.request.Request(  # noqa: S310  (an address of our own)
        f"{address}/api/v1/results.{form}{query}", headers={"Authorization": f"Bearer {token}"}
    )
    size = 0
    with urllib.request.urlopen(request, timeout=3600) as reply:  # noqa: S310
        while block := reply.read(_BLOCK):
            size += len(block)
            if limit is not None and size >= limit:
                break
    return size


@contextlib.contextmanager
def _watched(address: str) -> Iterator[list[int]]:
    """Look at the server's memory while the block runs; give the most it held, in kB."""
    peak, is_over = [0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.1):
            peak[0] = max(peak[0], _memory(address))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        is_over.set()
        watcher.join()


def _memory(address: str) -> int:
    """Add up what the server's processes hold, in kB."""
    held = 0
    for process in _processes(address):
        with contextlib.suppress(OSError):
            lines = (process / "status").read_text().splitlines()
            held += sum(int(each.split()[1]) for each in lines if each.startswith("VmRSS"))
    return held


def _worked(address: str) -> float:
    """Add up what the server's processes worked so far, in seconds of a processor."""
    ticks = 0
    for process in _processes(address):
        with contextlib.suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _processes(address: str) -> Iterator[Path]:
    """Find the server's processes by the address that they were given."""
    mark = f"OPS_BIND={urlsplit(address).netloc}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        if process.name != str(os.getpid()):
            with contextlib.suppress(OSError):
                if mark in (process / "environ").read_bytes() + b"\0":
                    yield process


def _wait_until_closed(url: str) -> float:
    """Wait until no transaction is open, and say how long that took."""
    started = time.monotonic()
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        while connection.execute(_LEFT).fetchone() != (0,):
            if time.monotonic() - started > PATIENCE_S:
                raise RuntimeError("Something is left open.")
            time.sleep(0.1)
    return time.monotonic() - started


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)
