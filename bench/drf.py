"""Results and areas beside GeoDjango and DRF-GIS, on the same database, in turns.

Django comes from PyPI into an environment of its own when this is run; it is no part of the
product. What it serves is in `bench/geodjango`.
"""

import contextlib
import dataclasses
import os
import random
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psycopg
import sqlalchemy as sa

from bench import processes
from bench.cases import ARREST, CASES, Case, quiet
from bench.fill import Size
from bench.wire import Request, Speed, load

PACKAGES = (
    "django==5.2.19",
    "djangorestframework==3.18.3",
    "djangorestframework-gis==1.3.0",
    "gunicorn==27.0.1",
    "psycopg[binary,pool]",
)
BENCH = Path(__file__).parent
HOME = BENCH.parent / ".local" / "peers" / "drf"
PATIENCE_S = 240
TURNS = 3
AT_ONCE = 200
# The best that it was found to do: which is better depends on the call, so each is tried first.
SETTINGS: Mapping[str, tuple[str, Sequence[str]]] = {
    "2 workers of 8 threads, psycopg's pool": ("pool", ("--workers", "2", "--threads", "8")),
    "2 workers of 2 threads, lasting connections": ("kept", ("--workers", "2", "--threads", "2")),
}
LEFT_OUT = """\
Theirs signs in by a token and answers, and no more. It has no rights or visibility (row-level
security), no ledger of what was written and no log of who looked; a result sent twice is there
twice. Logging takes the operation on trust, checks no detail, finds no district, ward, square, area
or double, and puts the detail into one column of a table of its own. A batch is all or nothing.
Lists tell the result, who recorded it and the plain columns of its kind, but no rows below those
(entries, disposals), no credits, nor whether it was late or outside the operation's time. Areas
come without a version to ask for again."""


@dataclasses.dataclass(frozen=True)
class Served:
    """A server that answers, and the process that all of it comes from."""

    address: str
    token: str
    pid: int


@dataclasses.dataclass(frozen=True)
class Turn:
    """The same asked of both."""

    case: Case
    times: float | None = None
    # How many results a request logs, and how many a second it has to be.
    each: int = 1
    per_second: float | None = None


@dataclasses.dataclass
class Side:
    """What one of the two came to: its turns, and the processor's time for them."""

    speeds: list[Speed]
    answered: float = 0.0
    server_s: float = 0.0
    database_s: float = 0.0

    @property
    def per_second(self) -> float:
        """Give the median of the turns."""
        return statistics.median(speed.per_second for speed in self.speeds)

    def work_ms(self) -> tuple[float, float]:
        """Give the processor's milliseconds for a request, in the server and in the database."""
        return self.server_s / self.answered * 1000, self.database_s / self.answered * 1000


def _batch(size: Size, chance: random.Random) -> Request:
    item = f'{ARREST},"operation":"{quiet(size, chance)}"}}'
    return Request("POST", "/api/v1/results/batch", f'{{"items":[{",".join([item] * AT_ONCE)}]}}')


_BY_NAME = {case.name: case for case in CASES}
TURNS_OF = (
    Turn(_BY_NAME["log"], times=3),
    Turn(
        Case("batch", f"log {AT_ONCE} at once", _batch, connections=4),
        each=AT_ONCE,
        per_second=4_000,
    ),
    Turn(_BY_NAME["areas"], times=8),
    Turn(_BY_NAME["list"], times=5),
)


def compare(
    ours: Served, url: str, size: Size, seconds: float, names: Sequence[str] | None = None
) -> bool:
    """Ask each in turns, print what came of it, and tell whether ours is fast enough."""
    print(LEFT_OUT, flush=True)
    _install()
    is_enough = True
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        token = _prepare(url, connection)
        for turn in TURNS_OF:
            if names and turn.case.name not in names:
                continue
            requests = turn.case.of(size)
            asked = [_as_theirs(each) for each in requests]
            many = turn.case.connections
            name = _best(lambda chosen: _served(url, token, chosen), asked, seconds, many)
            with _served(url, token, name) as theirs:
                mine, other = Side([]), Side([])
                load(ours.address, ours.token, requests, 2, many)
                for _ in range(TURNS):
                    _measure(mine, ours, requests, seconds, connection, many)
                    _measure(other, theirs, asked, seconds, connection, many)
            is_enough &= _tell(turn, mine, other, name)
    return is_enough


def _tell(turn: Turn, mine: Side, other: Side, name: str) -> bool:
    mine_s, other_s = mine.per_second * turn.each, other.per_second * turn.each
    wanted = [f"at least {turn.times:.0f} times"] if turn.times else []
    wanted += [f"at least {turn.per_second:,.0f} a second"] if turn.per_second else []
    ours, theirs = mine.work_ms(), other.work_ms()
    p50, p99 = (
        statistics.median(getattr(each, name) for each in mine.speeds)
        for name in ("p50_ms", "p99_ms")
    )
    print(
        f"{turn.case.label}: {mine_s:,.0f} a second (p50 {p50:.1f} ms, p99 {p99:.1f}), theirs"
        f" {other_s:,.0f}: {mine_s / other_s:.1f} times ({', '.join(wanted)});"
        f" the processor's ms a request, server + database: {ours[0]:.2f} + {ours[1]:.2f}, theirs"
        f" {theirs[0]:.2f} + {theirs[1]:.2f}: {sum(theirs) / sum(ours):.1f} times;"
        f" theirs with {name}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )
    is_fast = turn.per_second is None or mine_s >= turn.per_second
    return is_fast and (turn.times is None or mine_s >= turn.times * other_s)


def _measure(
    side: Side,
    served: Served,
    requests: Sequence[Request],
    seconds: float,
    connection: psycopg.Connection,
    connections: int,
) -> None:
    before = _worked(served, connection)
    speed = load(served.address, served.token, requests, seconds, connections)
    after = _worked(served, connection)
    if speed.failed or not speed.per_second:
        said = f"{speed.failed} requests failed" if speed.failed else "none was answered in time"
        sys.exit(f"{requests[0].path} of {served.address}: {said}.")
    side.speeds.append(speed)
    side.answered += speed.per_second * seconds
    side.server_s += after[0] - before[0]
    side.database_s += after[1] - before[1]


def _worked(served: Served, connection: psycopg.Connection) -> tuple[float, float]:
    server = processes.worked_s(processes.below(served.pid))
    return server, processes.worked_s(processes.backends(connection))


def _best(
    serve: Callable[[str], contextlib.AbstractContextManager[Served]],
    requests: Sequence[Request],
    seconds: float,
    connections: int,
) -> str:
    """Try theirs with each of its settings, and name the fastest."""
    tried = {}
    for name in SETTINGS:
        with serve(name) as theirs:
            for how_long in (1, seconds / 2):
                speed = load(theirs.address, theirs.token, requests, how_long, connections)
            tried[name] = speed.per_second
    return max(tried, key=lambda name: tried[name])


def _as_theirs(request: Request) -> Request:
    """Ask theirs for the same at its own addresses."""
    path = request.path.removeprefix("/api/v1").removesuffix("?limit=100")
    if path != "/results/batch":
        return dataclasses.replace(request, path=path)
    # There the operation is in the address and not beside each result.
    operation = request.body.partition('"operation":"')[2][:36]
    body = request.body.replace(f',"operation":"{operation}"', "")
    items = body.removeprefix('{"items":').removesuffix("}")
    return Request("POST", f"/operations/{operation}/results/batch", items)


def _install() -> None:
    if (HOME / "bin" / "gunicorn").exists():
        return
    print(f"Installing {', '.join(PACKAGES)} into {HOME}.", flush=True)
    subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
    subprocess.run([HOME / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)


def _prepare(url: str, connection: psycopg.Connection) -> str:
    """Let Django make its own tables beside ours, and give a token of its own."""
    connection.execute("create schema peer")
    settings = _environment(url, "kept") | {"DJANGO_SUPERUSER_PASSWORD": secrets.token_urlsafe(32)}

    def manage(*words: str) -> str:
        command = [HOME / "bin" / "python", "-m", "django", *words]
        done = subprocess.run(command, env=settings, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    manage("migrate", "--run-syncdb", "--verbosity", "0")
    whose = ("--username", "bench", "--email", "bench@example.test")
    manage("createsuperuser", "--noinput", *whose)
    return manage("drf_create_token", "bench").split()[2]


def _environment(url: str, connections: str) -> dict[str, str]:
    given = sa.make_url(url)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "geodjango.settings",
        "PYTHONPATH": str(BENCH),
        "PEER_SECRET": secrets.token_urlsafe(32),
        "PEER_CONNECTIONS": connections,
        "PGHOST": str(given.query["host"]),
        "PGPORT": str(given.query["port"]),
        "PGUSER": given.username or "",
        "PGPASSWORD": given.password or "",
        "PGDATABASE": given.database or "",
    }


@contextlib.contextmanager
def _served(url: str, token: str, name: str) -> Iterator[Served]:
    """Serve the database by Django, with a worker for each core of two."""
    connections, words = SETTINGS[name]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [HOME / "bin" / "gunicorn", "django.core.wsgi:get_wsgi_application()"]
    command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", *words]
    server = subprocess.Popen(
        [*command, "--keep-alive", "60", "--log-level", "warning"],
        env=_environment(url, connections),
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, server)
        yield Served(address, token, server.pid)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)  # noqa: S310  (our own)
        except urllib.error.HTTPError:
            return  # It has nothing at its root, but says so.
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("Django did not start.")
