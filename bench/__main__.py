"""Measure how fast it is: `python -m bench [--only NAME] [--quick] [--write]`."""

import argparse
import contextlib
import dataclasses
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psycopg
import sqlalchemy as sa

from bench import (
    briefing,
    deconfliction,
    drawing,
    drf,
    exports,
    hidden,
    memory,
    ogc,
    report,
    safeguards,
    steady,
)
from bench.cases import CASES, Case
from bench.conditions import conditions
from bench.fill import QUICK, Size, fill
from bench.limit import limit
from bench.wire import load
from ops import create_app, db
from ops.cluster import APPLICATION, Cluster
from ops.config import Settings
from ops.results import rollup
from tests import databases

ROOT = Path(__file__).parents[1]
# How long the server may take to answer its first request.
PATIENCE_S = 240
WARM_UP_S = 2.0
# The server of an installation, with an app of ours.
OWN = (
    "granian", "--interface", "wsgi", "--factory", "--host", "127.0.0.1", "--port", "{port}",
    "--workers", str(len(os.sched_getaffinity(0))), "--blocking-threads", str(db.POOL_SIZE),
    "--no-ws", "--log-level", "warning",
)  # fmt: skip


def main(words: Sequence[str]) -> None:
    """Fill a database of its own, serve it, measure each case, and remove it again."""
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, help="measure this case alone")
    parser.add_argument("--quick", action="store_true", help="less data and less time")
    parser.add_argument("--areas", type=int, help="how many areas there are")
    parser.add_argument("--seconds", type=float, help="how long each run lasts")
    for name, (what, _) in APART.items():
        parser.add_argument(f"--{name}", action="store_true", help=what)
    parser.add_argument("--growth", action="store_true", help="costs among more and more results")
    parser.add_argument("--most", action="store_true", help="with --growth: 10,000,000 too")
    parser.add_argument("--memory", action="store_true", help="what a worker holds, by the minute")
    parser.add_argument("--minutes", type=int, default=60, help="with --memory: for how long")
    parser.add_argument("--write", action="store_true", help="put the figures into the docs")
    chosen = parser.parse_args(words)
    size = QUICK if chosen.quick else Size()
    if chosen.areas:
        size = dataclasses.replace(size, areas=chosen.areas)
    seconds = chosen.seconds or (3.0 if chosen.quick else 10.0)
    cases = [case for case in CASES if not chosen.only or case.name in chosen.only]
    for name, (_, measure) in APART.items():
        if getattr(chosen, name):
            measure(size, seconds)
            return
    if chosen.growth:
        sizes = steady.SIZES[:2] if chosen.quick else steady.SIZES
        _grow([*sizes, *([10 * sizes[-1]] if chosen.most else [])], seconds)
        return
    if chosen.memory:
        _remember(size, chosen.minutes)
        return
    with _database() as (url, _):
        print(f"Filling a database: {size.areas:,} areas, {size.results:,} results.", flush=True)
        token = fill(url, size)
        told = conditions(url)
        with _served({"OPS_DATABASE_URL": url}) as address:
            measured = [_measured(case, size, seconds, url, address, token) for case in cases]
    print(f"\n{report.table(size, measured)}")
    for name, value in told.items():
        print(f"{name}: {value}")
    if chosen.write:
        report.write(size, measured, told, seconds)
    if any(each.speed.failed for each in measured):
        sys.exit("Some requests failed, so the figures mean nothing.")


def _take_away(size: Size, _seconds: float) -> None:
    """Take all results away in each format; it ends with an error where that is too slow."""
    slow = []
    with _database() as (url, application_url):
        token = fill(url, size)
        told = conditions(url)
        urls = {"OPS_DATABASE_URL": application_url, "OPS_OWNER_DATABASE_URL": url}
        with _served(urls) as address:
            for taken in exports.measure(address, token, url, size.results):
                print(exports.told(taken), flush=True)
                if taken.per_second < exports.LEAST.get(taken.form, 0):
                    slow.append(taken.form)
                if taken.peak_mb > exports.MOST_MB:
                    slow.append(f"{taken.form} (memory)")
            print(exports.leave(address, token, url))
    for name, value in told.items():
        print(f"{name}: {value}")
    if slow:
        sys.exit(f"Slower or larger than they may be: {', '.join(slow)}.")


def _draw(_size: Size, _seconds: float) -> None:
    """Have a browser draw the map of one operation."""
    with _database() as (url, _):
        fill(url, Size(drawing.AREAS, drawing.RESULTS))
        told = conditions(url)
        with _served({"OPS_DATABASE_URL": url}) as address:
            drawing.measure(url, address)
    for name, value in told.items():
        print(f"{name}: {value}")


def _brief(_size: Size, _seconds: float) -> None:
    """Measure how long a briefing takes; it ends with an error where that is too long."""
    with _database() as (url, _):
        found, took, worked = briefing.measure(url)
    print(briefing.told(found, took, worked))
    # What others do on the machine at the time is not the briefing's.
    if worked > briefing.MOST_S:
        sys.exit("A briefing takes longer than it may.")


def _stand_beside(_size: Size, seconds: float) -> None:
    """Compare features and tiles with what another server makes of the same table."""
    forgetful = (*OWN, "bench.ogc:create_forgetful_app")
    with _database() as (url, application_url):
        token = ogc.prepare(url)
        urls = {"OPS_DATABASE_URL": application_url, "OPS_OWNER_DATABASE_URL": url}
        with (
            _served(urls) as ours,
            _served(urls, forgetful) as bare,
            ogc.tipg(url) as theirs,
        ):
            is_enough = ogc.compare(ours, bare, theirs, token, seconds)
        for name, value in conditions(url).items():
            print(f"{name}: {value}")
    if not is_enough:
        sys.exit("It is slower than it has to be.")


def _stand_beside_django(size: Size, seconds: float) -> None:
    """Compare logging, areas and lists with what GeoDjango makes of the same data."""
    with _filled(size) as (address, pid, token, url):
        is_enough = drf.compare(drf.Served(address, token, pid), url, size, seconds)
        _tell_conditions(url)
    if not is_enough:
        sys.exit("It is slower than it has to be.")


def _hold(size: Size, seconds: float) -> None:
    """Hold a part of the top load, and see how far the slow ones are from the middle."""
    with _filled(size) as (address, _, token, url):
        found = list(steady.steady(address, token, size, seconds))
        for each in found:
            print(each.told())
        _tell_conditions(url)
    if uneven := [each.case.name for each in found if not each.is_even]:
        sys.exit(f"The slowest of a hundred take too long: {', '.join(uneven)}.")


def _grow(sizes: Sequence[int], seconds: float) -> None:
    """Compare what the same costs among more and more results."""
    found = []
    for results in sizes:
        size = steady.grown(results)
        with _filled(size) as (address, pid, token, url):
            found += steady.costs(address, pid, token, url, size, seconds)
    table, fast = steady.growth(found)
    print(table)
    if fast:
        sys.exit(f"Grows faster than by the logarithm: {', '.join(fast)}.")


def _remember(size: Size, minutes: int) -> None:
    """See what a worker holds in memory, and whether that grows."""
    with _filled(size, {"PYTHONPATH": str(ROOT / "bench" / "bare")}) as (address, pid, token, url):
        wrong = memory.faults(*memory.measure(address, pid, token, size, minutes))
        _tell_conditions(url)
    if wrong:
        sys.exit(f"{'; '.join(wrong)}.")


@contextlib.contextmanager
def _filled(
    size: Size, more: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int, str, str]]:
    """Serve a filled database: the address, the process, a token and the owner's URL."""
    with _database() as (url, application_url):
        token = fill(url, size)
        urls = {"OPS_DATABASE_URL": application_url, "OPS_OWNER_DATABASE_URL": url}
        with _started(urls | dict(more or {})) as (address, pid):
            yield address, pid, token, url


def _tell_conditions(url: str) -> None:
    for name, value in conditions(url).items():
        print(f"{name}: {value}")


def _deconflict(_size: Size, _seconds: float) -> None:
    """Measure how fast conflicts of deployments are found, and what hidden ones tell."""
    with _database() as (url, _):
        print(deconfliction.measure(url).told())
        print(hidden.measure(url))


def _weigh(size: Size, seconds: float) -> None:
    """Compare lists and outcomes with the safeguards off and on."""
    cases = [case for case in CASES if case.name in {"list", "summary"}]
    with _database() as (url, application_url):
        token = fill(url, size)
        urls = {"OPS_DATABASE_URL": application_url, "OPS_OWNER_DATABASE_URL": url}
        with (
            _served(urls, (*OWN, "bench.safeguards:create_bare_app")) as bare,
            _served(urls) as whole,
        ):
            costs = [
                safeguards.compare(case, size, token, seconds, url, (bare, whole)) for case in cases
            ]
    print(safeguards.told(costs))
    if any(each.part > safeguards.MOST for each in costs):
        sys.exit(f"More than the {safeguards.MOST:.0%} that they may cost.")


def _measured(
    case: Case, size: Size, seconds: float, url: str, address: str, token: str
) -> report.Measured:
    """Measure one case over HTTP and in the database alone."""
    requests = case.of(size)
    # As the server does every few minutes, so that what one case logs is no part of the next.
    rollup.refresh(sa.create_engine(url, poolclass=sa.NullPool))
    load(address, token, requests, WARM_UP_S, case.connections)
    _settle(url)
    speed = load(address, token, requests, seconds * case.times, case.connections)
    _settle(url)
    app = create_app(Settings(database_url=url, demo=False, rate_limit="off"))
    raw = limit(app, token, requests, seconds * case.times, case.connections)
    app.extensions["engine"].dispose()
    found = report.Measured(case, speed, raw)
    print(
        f"{case.name}: {speed.per_second:,.0f} req/s, p50 {speed.p50_ms:,.1f} ms, "
        f"p99 {speed.p99_ms:,.1f} ms, {found.fraction:.0%} of {raw.per_second:,.0f}"
        + (f", {speed.failed} FAILED" if speed.failed else ""),
        flush=True,
    )
    return found


def _settle(url: str) -> None:
    """Wait until the database has answered what the load left behind."""
    busy = (
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and backend_type = 'client backend' and state <> 'idle' and pid <> pg_backend_pid()"
    )
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        while connection.execute(busy).fetchone() != (0,):
            time.sleep(0.1)


@contextlib.contextmanager
def _database() -> Iterator[tuple[str, str]]:
    """Have a database of its own in the private cluster: its addresses for owner and requests."""
    with (
        Cluster(ROOT / ".local" / "postgres").lease() as cluster,
        databases.own(cluster, "bench") as name,
    ):
        yield cluster.url(name), cluster.url(name, role=APPLICATION)


@contextlib.contextmanager
def _served(urls: Mapping[str, str], command: Sequence[str] = ("ops", "serve")) -> Iterator[str]:
    """Serve that database the way an installation does, on a free port."""
    with _started(urls, command) as (address, _):
        yield address


@contextlib.contextmanager
def _started(
    urls: Mapping[str, str], command: Sequence[str] = ("ops", "serve")
) -> Iterator[tuple[str, int]]:
    """Give the server's process as well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bind = f"127.0.0.1:{port}"
    program, *words = command
    server = subprocess.Popen(
        [Path(sys.executable).with_name(program), *(word.format(port=port) for word in words)],
        env={
            **os.environ,
            **urls,
            "OPS_BIND": bind,
            "OPS_DEMO": "0",
            # One person asks as often as the server can answer.
            "OPS_RATE_LIMIT": "off",
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://{bind}/readyz", server)
        yield f"http://{bind}", server.pid
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address, timeout=5)  # noqa: S310  (an address of our own)
            return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")


# What is measured by itself, under its own name.
APART = {
    "safeguards": ("what row-level security and the log cost", _weigh),
    "drawing": ("how long a browser takes to draw a map", _draw),
    "briefing": ("a briefing of twenty pages", _brief),
    "deconfliction": ("how fast conflicts of deployments are found", _deconflict),
    "ogc": ("OGC API beside TiPg", _stand_beside),
    "steady": ("how far the slow ones are from the middle at 80% of the top load", _hold),
    "drf": ("logging, areas and lists beside GeoDjango and DRF-GIS", _stand_beside_django),
    "exports": ("how fast results are taken away as files", _take_away),
}

main(sys.argv[1:])
