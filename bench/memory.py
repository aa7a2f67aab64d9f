"""What a worker holds in memory under a mixed load, minute by minute, and whether that grows."""

import itertools
import random
import statistics
import time
from collections.abc import Mapping, Sequence

from bench import processes
from bench.cases import CASES, SEED
from bench.fill import Size
from bench.wire import Request, load

# A worker may hold so much: of what it shares with others, such as libraries, its part.
MOST_MB = 200
# What it has taken up by then it keeps; growth is looked for in the rest of the time.
SETTLED = 1 / 6
# Below this in an hour nobody needs to look for it, however straight the line is.
LEAST_MB_AN_HOUR = 5.0
# So many times its own standard error is no chance.
SURE = 3.0
CONNECTIONS = 8
_CASES = {"log", "list", "areas", "covering", "one", "records", "board"}
_PAGES = (
    "/operations",
    "/api/v1/operations",
    "/api/v1/measures",
    "/ogc/collections/areas/items?limit=100&f=json",
    "/ogc/collections/areas/tiles/WebMercatorQuad/11/661/1010",
)

Held = Mapping[int, list[float]]


def measure(address: str, pid: int, token: str, size: Size, minutes: int) -> tuple[Held, float]:
    """Load the server for so many minutes, print each, and give each worker's sizes."""
    requests = _mixed(size)
    held: dict[int, list[float]] = {}
    largest = 0.0
    load(address, token, requests, 5, CONNECTIONS)
    workers = sorted(processes.below(pid) - {pid})
    began = time.monotonic()
    for minute in range(1, minutes + 1):
        left = began + 60 * minute - time.monotonic()
        speed = load(address, token, requests, max(left, 1), CONNECTIONS)
        told = []
        for worker in workers:
            resident, own = processes.memory_mb(worker)
            held.setdefault(worker, []).append(own)
            largest = max(largest, own)
            told.append(f"{worker} {own:.1f} MB ({resident:.1f} with all that is shared)")
        said = f"{speed.per_second:,.0f} req/s, {speed.failed} failed"
        print(f"minute {minute}: {', '.join(told)}; {said}", flush=True)
    return held, largest


def growth(sizes: Sequence[float]) -> tuple[float, float]:
    """Fit a line to a worker's sizes after it has settled: MB an hour, and how sure that is."""
    settled = sizes[int(len(sizes) * SETTLED) :]
    if len(settled) < 3:
        return 0.0, 0.0
    minutes = range(len(settled))
    slope, start = statistics.linear_regression(minutes, settled)
    off = [size - start - slope * minute for minute, size in zip(minutes, settled, strict=True)]
    spread = sum((minute - statistics.mean(minutes)) ** 2 for minute in minutes)
    error = (sum(each**2 for each in off) / (len(off) - 2) / spread) ** 0.5
    return slope * 60, slope / error if error else 0.0


def faults(held: Held, largest: float) -> list[str]:
    """Say what is wrong, if anything is: too large, or still growing."""
    found = [f"a worker held {largest:.0f} MB"] if largest > MOST_MB else []
    for worker, sizes in held.items():
        an_hour, surely = growth(sizes)
        print(f"{worker}: {an_hour:+.2f} MB an hour, {surely:.1f} times its standard error")
        if an_hour > LEAST_MB_AN_HOUR and surely > SURE:
            found.append(f"worker {worker} grows by {an_hour:.1f} MB an hour")
    return found


def _mixed(size: Size) -> list[Request]:
    """Put what people and programs do all day in an order drawn by lot."""
    asked = [request for case in CASES if case.name in _CASES for request in case.of(size)]
    asked += [Request("GET", page) for page in itertools.chain(*[_PAGES] * 10)]
    random.Random(SEED).shuffle(asked)
    return asked
