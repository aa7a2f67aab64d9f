"""Work that is done every so often, beside the server."""

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Iterable

import sqlalchemy as sa

logger = logging.getLogger(__name__)

Work = Callable[[sa.Engine], object]


@dataclasses.dataclass
class Job:
    """A piece of work, every so many minutes (0 is never), and how its turns went."""

    code: str
    # What it brings up to date.
    title: str
    minutes: float
    work: Work
    succeeded_at: float | None = None
    failures: int = 0


class Timer:
    """Does jobs until it is told to stop, each on a thread of its own."""

    def __init__(self, database_url: str, jobs: Iterable[Job]) -> None:
        self.jobs = [each for each in jobs if each.minutes > 0]
        self._engine = sa.create_engine(database_url, poolclass=sa.NullPool)
        self._over = threading.Event()
        self._stopped_at = float("inf")
        self._threads = [
            threading.Thread(target=self._go_on, args=(each,), name=each.code, daemon=True)
            for each in self.jobs
        ]

    def start(self) -> None:
        """Begin; the first turn of each is after its first pause."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """Begin nothing any more."""
        if not self._over.is_set():
            self._stopped_at = time.monotonic()
            self._over.set()

    def join(self, seconds: float) -> None:
        """Wait for what is under way, so long after the stop; what is cut off, is undone."""
        self.stop()
        deadline = self._stopped_at + seconds
        for each in self._threads:
            each.join(max(deadline - time.monotonic(), 0))

    def _go_on(self, job: Job) -> None:
        while not self._over.wait(job.minutes * 60):
            try:
                job.work(self._engine)
            except Exception as error:
                # The next turn does what this one left, whatever it was.
                name = type(error).__name__
                logger.error("%s could not be brought up to date: %s", job.title, name)
                job.failures += 1
            else:
                job.succeeded_at = time.time()
