"""The load: requests over 16 connections that stay open, by wrk or by a client of our own."""

import dataclasses
import http.client
import itertools
import json
import multiprocessing
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 16
THREADS = 2
# So many of each process ask at a fixed rate.
ASKING = 32
# What is open in a body, and how it is filled; `wire.lua` does the same.
_OPEN = re.compile(r"\{(id|lon|lat|at)\}")
_FRESH: Mapping[str, Callable[[], str]] = {
    "id": lambda: str(uuid.uuid4()),
    "lon": lambda: f"{random.uniform(-2.7, -1.8):.6f}",
    "lat": lambda: f"{random.uniform(53.35, 53.7):.6f}",
    "at": lambda: (
        f"2026-{random.randint(4, 9):02}-{random.randint(1, 28):02}"
        f"T{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}Z"
    ),
}


@dataclasses.dataclass(frozen=True)
class Request:
    """One request; `{id}` in its body becomes an id never used before.

    `{lon}`, `{lat}` and `{at}` become another place and time: what is logged again and again is
    no double of what was logged before.
    """

    method: str
    path: str
    body: str = ""


class Sender:
    """One connection that stays open."""

    def __init__(self, host: str, token: str) -> None:
        self.connection = http.client.HTTPConnection(host, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, request: Request) -> int:
        """Send one, read the reply, and give its status."""
        body = written(request.body) or None
        self.connection.request(request.method, request.path, body, self.headers)
        reply = self.connection.getresponse()
        reply.read()
        return reply.status


@dataclasses.dataclass(frozen=True)
class Speed:
    """What a run came to."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def written(body: str) -> str:
    """Fill in what is another each time."""
    return _OPEN.sub(lambda found: _FRESH[found[1]](), body)


def client() -> str:
    """Say which client makes the load here."""
    if shutil.which("wrk"):
        version = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
        return " ".join(version.split()[:2])
    return "our own Python client"


def load(
    url: str,
    token: str,
    requests: Sequence[Request],
    seconds: float,
    connections: int = CONNECTIONS,
) -> Speed:
    """Send the requests for so many seconds, over and over, and say how fast they were answered."""
    if shutil.which("wrk"):
        return _by_wrk(url, token, requests, seconds, connections)
    return by_ourselves(url, token, requests, seconds, connections)


def _by_wrk(
    url: str, token: str, requests: Sequence[Request], seconds: float, connections: int
) -> Speed:
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines(f"{each.method}\t{each.path}\t{each.body}\n" for each in requests)
        file.flush()
        command = [
            "wrk",
            "-t",
            str(min(THREADS, connections)),
            "-c",
            str(connections),
            "-d",
            f"{seconds:.0f}s",
        ]
        command += ["--timeout", "60s", "-s", str(Path(__file__).with_name("wire.lua"))]
        command += ["-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json"]
        told = subprocess.run(
            [*command, url, "--", file.name], capture_output=True, text=True, check=True
        ).stdout
    found = json.loads(told.splitlines()[-1])
    return Speed(
        found["requests"] / found["seconds"], found["p50_ms"], found["p99_ms"], found["failed"]
    )


def by_ourselves(
    url: str,
    token: str,
    requests: Sequence[Request],
    seconds: float,
    connections: int = CONNECTIONS,
) -> Speed:
    """Send them by our own client."""
    results = multiprocessing.get_context("spawn").Queue()
    processes = [
        multiprocessing.get_context("spawn").Process(
            target=_connections,
            args=(url, token, requests, seconds, results, max(connections // THREADS, 1)),
        )
        for _ in range(min(THREADS, connections))
    ]
    for process in processes:
        process.start()
    told = [results.get() for _ in processes]
    for process in processes:
        process.join()
    took = sorted(ms for each, _failed in told for ms in each)
    return Speed(
        len(took) / seconds,
        took[len(took) // 2],
        took[len(took) * 99 // 100],
        sum(failed for _each, failed in told),
    )


def _connections(
    url: str,
    token: str,
    requests: Sequence[Request],
    seconds: float,
    results: "multiprocessing.Queue[tuple[list[float], int]]",
    connections: int,
) -> None:
    took: list[float] = []
    failed: list[int] = []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_connection, args=(url, token, requests, until, took, failed))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((took, len(failed)))


def _connection(
    url: str,
    token: str,
    requests: Sequence[Request],
    until: float,
    took: list[float],
    failed: list[int],
) -> None:
    sender = Sender(urlsplit(url).netloc, token)
    turn = random.randrange(len(requests))
    while time.monotonic() < until:
        turn = (turn + 1) % len(requests)
        start = time.perf_counter()
        status = sender.send(requests[turn])
        took.append((time.perf_counter() - start) * 1000)
        if status >= 400:
            failed.append(status)


def hold(
    address: str, token: str, requests: Sequence[Request], seconds: float, rate: float
) -> tuple[list[float], int]:
    """Send so many a second, whoever is slow; give how long each took, in order, and failures.

    Each counts from the moment it was due; one that waits for somebody free to ask is late.
    """
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    each = (address, token, requests, seconds, rate / THREADS, results)
    askers = [context.Process(target=_ask, args=each) for _ in range(THREADS)]
    for asker in askers:
        asker.start()
    told = [results.get() for _ in askers]
    for asker in askers:
        asker.join()
    return sorted(ms for took, _ in told for ms in took), sum(failed for _, failed in told)


def _ask(
    address: str,
    token: str,
    requests: Sequence[Request],
    seconds: float,
    rate: float,
    results: "multiprocessing.Queue[tuple[list[float], int]]",
) -> None:
    took: list[float] = []
    failed: list[int] = []
    turns = itertools.count()
    began = time.perf_counter()

    def ask() -> None:
        sender = Sender(urlsplit(address).netloc, token)
        # To count is one step of the interpreter: no two get the same turn.
        while (due := began + next(turns) / rate) < began + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            status = sender.send(requests[int(due * rate) % len(requests)])
            took.append((time.perf_counter() - due) * 1000)
            if status >= 400:
                failed.append(status)

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((took, len(failed)))
