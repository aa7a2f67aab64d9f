"""OGC API beside TiPg, which serves the same table without row-level security: in turns.

TiPg comes from PyPI into an environment of its own when this is run; it is no part of the product.
"""

import contextlib
import dataclasses
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import flask
import psycopg
import sqlalchemy as sa

from bench.fill import Size, fill
from bench.wire import Request, load
from ops import create_app, db
from ops.ogc import kept

VERSION = "1.6.1"
HOME = Path(__file__).parents[1] / ".local" / "peers" / "tipg"
PATIENCE_S = 240
TURNS = 3
SIZE = Size(areas=4_000, results=50_000)
# How many times TiPg's throughput it has to be.
ITEMS_AT_LEAST, TILE_AT_LEAST = 6.0, 1.8
# As peers are measured with: eighteen corners, and the first of them again.
SHAPES = """
update area set geom = st_multi(st_makepolygon(st_makeline(array(
    select st_setsrid(st_makepoint(
        st_x(centre) + 0.005 * cos(corner %% 18 * pi() / 9),
        st_y(centre) + 0.003 * sin(corner %% 18 * pi() / 9)), 4326)
    from generate_series(0, 18) corner order by corner))))
from (select id, st_centroid(geom) as centre from area) place where place.id = area.id
""".replace("%%", "%")
_AREAS = "/ogc/collections/areas"
_THEIRS = "/collections/public.area"


@dataclasses.dataclass(frozen=True)
class Turn:
    """The same asked of both."""

    label: str
    ours: Sequence[Request]
    theirs: Sequence[Request]
    least: float
    # Whether ours is asked of a server that keeps nothing.
    is_bare: bool = False


def _tiles(z: int, ys: range, xs: range) -> tuple[list[Request], list[Request]]:
    ours = [Request("GET", f"{_AREAS}/tiles/WebMercatorQuad/{z}/{y}/{x}") for y in ys for x in xs]
    theirs = [
        Request("GET", f"{_THEIRS}/tiles/WebMercatorQuad/{z}/{x}/{y}") for y in ys for x in xs
    ]
    return ours, theirs


TURNS_OF = (
    Turn(
        "1,000 polygons of 19 points as GeoJSON",
        [Request("GET", f"{_AREAS}/items?limit=1000&f=json")],
        [Request("GET", f"{_THEIRS}/items?limit=1000&f=geojson")],
        ITEMS_AT_LEAST,
    ),
    Turn(
        "an uncached tile of level 11",
        *_tiles(11, range(660, 663), range(1009, 1013)),
        TILE_AT_LEAST,
        is_bare=True,
    ),
    Turn(
        "an uncached tile of level 8 with all 4,000 areas",
        *_tiles(8, range(82, 83), range(126, 127)),
        TILE_AT_LEAST,
        is_bare=True,
    ),
)


def create_forgetful_app() -> flask.Flask:
    """Build the app, and let it keep nothing."""
    kept.MOST_BYTES = 0
    return create_app()


def prepare(url: str) -> str:
    """Fill a database, and give the token of somebody in the force."""
    token = fill(url, SIZE)
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("alter table area disable trigger user")
        connection.execute(SHAPES)
        connection.execute("alter table area enable trigger user")
        connection.execute("vacuum analyze area")
    return token


def compare(ours: str, forgetful: str, theirs: str, token: str, seconds: float) -> bool:
    """Ask each in turns, print what came of it, and tell whether ours is fast enough."""
    is_enough = True
    for turn in TURNS_OF:
        here = forgetful if turn.is_bare else ours
        found: tuple[list[float], list[float]] = ([], [])
        sides = ((here, turn.ours), (theirs, turn.theirs))
        for address, requests in sides:
            load(address, token, requests, 2)
        for _ in range(TURNS):
            for kept_speeds, (address, requests) in zip(found, sides, strict=True):
                speed = load(address, token, requests, seconds)
                if speed.failed or not speed.per_second:
                    sys.exit(f"{turn.label}: requests to {address} failed, or none was answered.")
                kept_speeds.append(speed.per_second)
        mine, other = map(statistics.median, found)
        is_enough &= mine >= turn.least * other
        print(
            f"{turn.label}: {mine:,.0f} req/s, TiPg {other:,.0f}: {mine / other:.1f} times"
            f" (at least {turn.least:.1f}); load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    return is_enough


def _by_host(url: str) -> str:
    """Name the socket of a database where TiPg's settings want a host."""
    given = sa.make_url(url)
    host, port = given.query["host"], given.query["port"]
    return (
        f"postgresql://{given.username}:{given.password}@{quote(str(host), safe='')}:{port}"
        f"/{given.database}"
    )


@contextlib.contextmanager
def tipg(url: str) -> Iterator[str]:
    """Serve the database by TiPg, as its own documentation says, with a worker for each core."""
    program = HOME / "bin" / "uvicorn"
    if not program.exists():
        print(f"Installing TiPg {VERSION} into {HOME}.", flush=True)
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        packages = [f"tipg=={VERSION}", "uvicorn"]
        subprocess.run([HOME / "bin" / "pip", "install", "--quiet", *packages], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "tipg.main:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(len(os.sched_getaffinity(0))), "--log-level", "warning"]
    settings = {
        "DATABASE_URL": _by_host(url),
        "TIPG_DB_SCHEMAS": '["public"]',
        "DB_MIN_CONN_SIZE": "1",
        "DB_MAX_CONN_SIZE": str(db.POOL_SIZE),
    }
    server = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}{_THEIRS}", timeout=5)  # noqa: S310  (our own)
                break
            if time.monotonic() > until or server.poll() is not None:
                raise RuntimeError("TiPg did not start.")
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
