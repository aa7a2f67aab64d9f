"""`make fuzz`: a million inputs, a table of what became of them, and what failed as files."""

import argparse
import contextlib
import multiprocessing
import os
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ops.cluster import Cluster
from tests import databases
from tests.databases import ROOT
from tests.fuzz import grammar, running

FOLDER = ROOT / ".local" / "fuzz"
EVERY_S = 30


@contextlib.contextmanager
def own_databases(number: int) -> Iterator[list[str]]:
    """Have so many databases of the private cluster for this run alone: their addresses."""
    with contextlib.ExitStack() as open_:
        cluster = open_.enter_context(Cluster(ROOT / ".local" / "postgres").lease())
        names = [open_.enter_context(databases.own(cluster, "fuzz"))]
        for _ in range(number - 1):
            names.append(open_.enter_context(databases.own(cluster, "fuzz", names[0])))
        yield [cluster.url(name) for name in names]


class Progress:
    """Says now and then how far a run is."""

    def __init__(self, count: int) -> None:
        self.count, self.began, self.said = count, time.monotonic(), time.monotonic()

    def __call__(self, run: running.Run) -> None:
        """Say it, where it was not said just now."""
        if time.monotonic() - self.said < EVERY_S:
            return
        self.said = time.monotonic()
        done = sum(each.inputs for each in run.tallies.values())
        faults = sum(each.faults for each in run.tallies.values())
        lasts = self.said - self.began
        print(
            f"{done:>11,} of {self.count:,} inputs in {lasts:,.0f} s, {done / lasts:,.0f} a second,"
            f" {faults} faulty, {len(run.faults)} faults",
            flush=True,
        )


def main() -> None:
    """Run what was asked for; fail where an input was a fault."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--grammar", choices=list(grammar.SHARES), action="append")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--replay", type=Path, help="an input that was written down")
    asked = parser.parse_args()
    with own_databases(1 if asked.replay else asked.workers) as urls:
        if asked.replay:
            os.environ[grammar.DATABASE] = urls[0]
            # In a process of its own, which is over before its database goes.
            tried = multiprocessing.get_context("spawn").Process(
                target=running.replay, args=(asked.replay,)
            )
            tried.start()
            tried.join()
            sys.exit(tried.exitcode)
        print(f"fuzz: seed {asked.seed}; the same again: make fuzz SEED={asked.seed}", flush=True)
        names = asked.grammar or list(grammar.SHARES)
        run, began = running.Run(FOLDER, urls), time.monotonic()
        try:
            run.go(running.chunks(asked.seed, asked.count, names), Progress(asked.count))
        except KeyboardInterrupt:
            print("fuzz: stopped before its end")
    print(running.report(run))
    print(f"{time.monotonic() - began:,.0f} s by the clock, with {asked.workers} processes")
    if run.faults:
        sys.exit(f"fuzz: what failed is in {FOLDER}; make fuzz REPLAY=.local/fuzz/NAME tries it")


if __name__ == "__main__":
    main()
