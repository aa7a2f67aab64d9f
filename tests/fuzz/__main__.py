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

import alembic.command
import alembic.config
import sqlalchemy as sa

from ops.cluster import Cluster
from ops.exports import analysis
from ops.results import measures
from tests.fuzz import grammar, house, running

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / ".local" / "fuzz"
EVERY_S = 30


@contextlib.contextmanager
def database() -> Iterator[None]:
    """Make a database of the private cluster for this run alone."""
    with Cluster(ROOT / ".local" / "postgres").lease() as cluster:
        name = f"fuzz_{secrets.token_hex(4)}"
        cluster.create_database(name)
        try:
            configuration = alembic.config.Config(ROOT / "alembic.ini")
            configuration.attributes["url"] = cluster.url(name)
            alembic.command.upgrade(configuration, "head")
            engine = sa.create_engine(cluster.url(name), poolclass=sa.NullPool)
            with engine.begin() as connection:
                measures.publish_built_ins(connection)
                analysis.publish(connection)
            os.environ[house.URL] = cluster.url(name)
            yield
        finally:
            cluster.drop_database(name)


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
    with database():
        if asked.replay:
            # In a process of its own, which is over before its database goes.
            tried = multiprocessing.get_context("spawn").Process(
                target=running.replay, args=(asked.replay,)
            )
            tried.start()
            tried.join()
            sys.exit(tried.exitcode)
        print(f"fuzz: seed {asked.seed}; the same again: make fuzz SEED={asked.seed}", flush=True)
        names = asked.grammar or list(grammar.SHARES)
        run, began = running.Run(FOLDER, asked.workers), time.monotonic()
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
