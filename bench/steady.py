"""How even answers are at a load below the top, and what they cost as results grow in number."""

import dataclasses
import math
import os
import sys
from collections.abc import Iterator, Sequence

import psycopg

from bench import processes
from bench.cases import CASES, Case
from bench.fill import RESULTS_AN_OPERATION, Size
from bench.wire import by_ourselves, hold, load

# At so much of the top load, the slowest of a hundred may take so many times the middle one.
PART, MOST_TIMES = 0.8, 5.0
STEADY = ("log", "list", "areas", "covering")
# What is about one record or one operation, however many others there are.
SINGLE = ("log", "list", "areas", "one")
SIZES = (10_000, 100_000, 1_000_000)
# What the processor's time of such short runs strays by.
NOISE = 1.25


@dataclasses.dataclass(frozen=True)
class Steady:
    """How long answers took at a fixed rate, each from the moment it was due."""

    case: Case
    top: float
    p50_ms: float
    p99_ms: float
    failed: int

    @property
    def is_even(self) -> bool:
        """Tell whether the slow ones are as near the middle as they have to be."""
        return not self.failed and self.p99_ms <= MOST_TIMES * self.p50_ms

    def told(self) -> str:
        """Write it down."""
        return (
            f"{self.case.name}: top {self.top:,.0f} req/s; at {self.top * PART:,.0f}:"
            f" p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms,"
            f" {self.p99_ms / self.p50_ms:.1f} times (at most {MOST_TIMES:.0f}), {self.failed}"
            f" failed; load {os.getloadavg()[0]:.1f}"
        )


def steady(address: str, token: str, size: Size, seconds: float) -> Iterator[Steady]:
    """Find the top of each case, then hold a part of it by a clock that waits for nobody."""
    for case in (each for each in CASES if each.name in STEADY):
        requests = case.of(size)
        by_ourselves(address, token, requests, 2)
        # By the same client, which takes the same of the cores.
        top = by_ourselves(address, token, requests, seconds).per_second
        took, failed = hold(address, token, requests, seconds * 2, top * PART)
        middle, last = took[len(took) // 2], took[len(took) * 99 // 100]
        yield Steady(case, top, middle, last, failed)


@dataclasses.dataclass(frozen=True)
class Cost:
    """The processor's milliseconds that one request takes among so many results."""

    case: Case
    results: int
    server_ms: float
    database_ms: float
    p50_ms: float

    @property
    def work_ms(self) -> float:
        """Give both together."""
        return self.server_ms + self.database_ms


def grown(results: int) -> Size:
    """Give a database of so many results: twenty areas an operation, and as many again without."""
    operations = max(results // RESULTS_AN_OPERATION * 2, 50)
    return Size(areas=operations * 20, results=results)


def costs(
    address: str, pid: int, token: str, url: str, size: Size, seconds: float
) -> Iterator[Cost]:
    """Ask for each case by one connection, and count what that takes of the processor."""
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection:
        for case in (each for each in CASES if each.name in {*SINGLE, "covering", "records"}):
            requests = case.of(size)
            load(address, token, requests, 3, 2)
            before = _worked(pid, connection)
            speed = load(address, token, requests, seconds, 1)
            after = _worked(pid, connection)
            if speed.failed or not speed.per_second:
                sys.exit(f"{case.name}: {speed.failed} failed, or none was answered in time.")
            answered = speed.per_second * seconds
            server, database = (
                (now - then) / answered * 1000 for now, then in zip(after, before, strict=True)
            )
            yield Cost(case, size.results, server, database, speed.p50_ms)


def _worked(pid: int, connection: psycopg.Connection) -> tuple[float, float]:
    server = processes.worked_s(processes.below(pid))
    return server, processes.worked_s(processes.backends(connection))


def growth(found: Sequence[Cost]) -> tuple[str, list[str]]:
    """Write the costs as a Markdown table, and name what grows faster than by the logarithm."""
    sizes = sorted({each.results for each in found})
    names = list(dict.fromkeys(each.case for each in found))
    by = {(each.case, each.results): each for each in found}
    lines = [
        f"| what | {' | '.join(f'{size:,} results' for size in sizes)} | last by first |",
        f"|---|{'---|' * len(sizes)}---|",
    ]
    fast = []
    may = math.log(sizes[-1]) / math.log(sizes[0]) * NOISE
    for case in names:
        row = [by[case, size] for size in sizes]
        times = row[-1].work_ms / row[0].work_ms
        cells = (f"{each.server_ms:.1f} + {each.database_ms:.1f}" for each in row)
        label = case.label.format(areas="all", results="all")
        lines.append(f"| {label} | {' | '.join(cells)} | {times:.2f} |")
        if case.name in SINGLE and times > may:
            fast.append(case.name)
    return "\n".join(lines), fast
