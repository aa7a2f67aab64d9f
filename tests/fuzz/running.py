"""Runs inputs in processes of their own, which the system kills where one hangs or grows.

The clock of an input runs in the kernel, on the process's own processor time: it also ends what
hangs within C, and waits for a machine that others keep busy.
"""

import contextlib
import multiprocessing
import os
import resource
import signal
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from multiprocessing import connection
from pathlib import Path
from typing import Any, NamedTuple

from tests.fuzz import grammar

# One input's share of a processor, and how long it may wait for others, such as the database.
MOST_CPU_S, MOST_WALL_S = 2.0, 60.0
# How long a grammar may take until its first input can be tried, on a busy machine.
MOST_WARMING_S = 300.0
# What one input may add to the most that the process ever held.
MOST_GROWTH_MB = 256
# Beyond it the system gives no more, so that a bomb ends the input and not the machine.
MOST_ADDED = 2**30
AT_ONCE = 2000
# Of one fault, so many inputs are written down.
MOST_WRITTEN = 3
_ENDED_BY = {
    -signal.SIGPROF: f"hangs: more than {MOST_CPU_S:g} s of a processor",
    -signal.SIGALRM: f"hangs: more than {MOST_WALL_S:g} s",
}


class Chunk(NamedTuple):
    """Inputs of one grammar, from one number to before another."""

    name: str
    seed: int
    start: int
    stop: int


class Fault(NamedTuple):
    """What an input did that none may; `where` tells it from other faults."""

    name: str
    number: int
    where: str
    told: str


class Tally:
    """How many inputs of a grammar there were and what became of them."""

    def __init__(self) -> None:
        self.taken = self.refused = self.faults = 0
        self.seconds = self.slowest = 0.0

    @property
    def inputs(self) -> int:
        """Count them all."""
        return self.taken + self.refused + self.faults

    def add(self, told: dict[str, Any]) -> None:
        """Add what a process tells of a chunk."""
        self.taken += told["taken"]
        self.refused += told["refused"]
        self.seconds += told["seconds"]
        self.slowest = max(self.slowest, told["slowest"])


def chunks(seed: int, count: int, names: Sequence[str]) -> Iterator[Chunk]:
    """Share out so many inputs among grammars, mixed, so that each has had some at any time."""
    total = sum(grammar.SHARES.get(name, 1) for name in names)
    shares = {name: -(-count * grammar.SHARES.get(name, 1) // total) for name in names}
    steps = -(-max(shares.values()) // AT_ONCE)
    for step in range(steps):
        for name, share in shares.items():
            start, stop = share * step // steps, share * (step + 1) // steps
            if start < stop:
                yield Chunk(name, seed, start, stop)


class Run:
    """A run of inputs: what came of it, and where what failed is written.

    There is a process for each database. Two houses in one would wait for each other: both are
    written and never committed, and have the same codes and ids.
    """

    def __init__(self, folder: Path, databases: Sequence[str] = ("",)) -> None:
        self.folder, self.databases = folder, databases
        self.tallies: dict[str, Tally] = {}
        self.faults: dict[str, list[Fault]] = {}
        self._context = multiprocessing.get_context("spawn")

    def go(self, waiting: Iterator[Chunk], tell: Any = None) -> None:
        """Try every input, and go on behind one that ends its process."""
        busy: dict[Any, _Worker] = {}
        left: list[Chunk] = []
        try:
            while True:
                for url in {*self.databases} - {worker.url for worker in busy.values()}:
                    worker = _Worker(self._context, url)
                    busy[worker.pipe] = worker
                    worker.give(left.pop() if left else next(waiting, None))
                watched = [pipe for pipe, worker in busy.items() if worker.chunk is not None]
                if not watched:
                    return
                for pipe in connection.wait(watched):
                    worker = busy[pipe]
                    if (told := worker.told()) is None:
                        continue
                    self._note(worker.chunk, told)
                    if told["ended"] is None:
                        worker.give(left.pop() if left else next(waiting, None))
                    else:
                        left += _behind(busy.pop(pipe).chunk, told["at"])
                if tell is not None:
                    tell(self)
        finally:
            for worker in busy.values():
                worker.end()

    def _note(self, chunk: Chunk, told: dict[str, Any]) -> None:
        tally = self.tallies.setdefault(chunk.name, Tally())
        tally.add(told)
        found = [Fault(chunk.name, *each) for each in told["faults"]]
        if told["ended"] is not None:
            said = _ENDED_BY.get(told["ended"], f"ends the process ({told['ended']})")
            found.append(Fault(chunk.name, told["at"], f"{chunk.name} {said}", said))
        for fault in found:
            tally.faults += 1
            known = self.faults.setdefault(fault.where, [])
            known.append(fault)
            if len(known) <= MOST_WRITTEN:
                self._write(chunk.seed, fault)

    def _write(self, seed: int, fault: Fault) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{fault.name}-{seed}-{fault.number}"
        path.write_bytes(grammar.draw(fault.name, seed, fault.number))
        path.with_suffix(".txt").write_text(f"{fault.where}\n\n{fault.told}\n")


def _behind(chunk: Chunk, at: int) -> list[Chunk]:
    """Give what is left of a chunk behind the input that ended its process."""
    if at < chunk.start:
        raise RuntimeError(f"{chunk.name} can't be begun; what is above says why")
    return [chunk._replace(start=at + 1)] if at + 1 < chunk.stop else []


class _Worker:
    """A process that tries chunks, and what it was given last."""

    def __init__(self, context: Any, url: str) -> None:
        self.url = url
        self.pipe, theirs = context.Pipe()
        self.counts = context.RawArray("d", 5)
        self.process = context.Process(target=_work, args=(theirs, self.counts, url), daemon=True)
        self.process.start()
        theirs.close()
        self.chunk: Any = None
        self.faults: list[tuple[int, str, str]] = []

    def give(self, chunk: Chunk | None) -> None:
        """Hand over the next chunk, if there is one."""
        self.chunk, self.faults = chunk, []
        if chunk is not None:
            self.counts[:] = [0, 0, 0, 0, chunk.start - 1]
            self.pipe.send(chunk)

    def told(self) -> dict[str, Any] | None:
        """Give what became of the chunk, once it is done or the process has ended."""
        ended = None
        try:
            if (fault := self.pipe.recv()) is not None:
                # At once, so that it is not lost where a later input ends the process.
                self.faults.append(fault)
                return None
        except EOFError:
            self.process.join()
            ended = self.process.exitcode
        taken, refused, seconds, slowest, at = self.counts
        return {
            "taken": int(taken),
            "refused": int(refused),
            "seconds": seconds,
            "slowest": slowest,
            "at": int(at),
            "faults": self.faults,
            "ended": ended,
        }

    def end(self) -> None:
        """Let the process end; one that is busy has nothing to tell any more."""
        if self.chunk is None:
            self.pipe.send(None)
        else:
            self.process.kill()
        self.process.join()
        self.pipe.close()


def _work(pipe: Any, counts: Any, url: str) -> None:
    """Try chunks until there are none; tell each fault, and None when a chunk is done."""
    os.environ[grammar.DATABASE] = url
    # By their default these end the process, whatever code it is in.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a killed process used is no file that anybody reads.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The libraries find much of this odd, and say so.
    warnings.simplefilter("ignore")
    while (chunk := pipe.recv()) is not None:
        for fault in _try(chunk, counts):
            pipe.send(fault)
        pipe.send(None)


def _try(chunk: Chunk, counts: Any) -> Iterator[tuple[int, str, str]]:
    tried = grammar.load(chunk.name)
    with _warm(tried, chunk):
        for number in range(chunk.start, chunk.stop):
            counts[4] = number
            content = grammar.draw(chunk.name, chunk.seed, number)
            held = _held()
            began = time.process_time()
            try:
                with _clock():
                    is_taken = tried.take(content)
                grown = (_held() - held) // 2**20
                assert grown <= MOST_GROWTH_MB, f"more than {MOST_GROWTH_MB} MB were added"
                counts[0 if is_taken else 1] += 1
            except Exception as error:  # whatever it is, it is a fault
                yield number, _where(chunk.name, error), traceback.format_exc()
            took = time.process_time() - began
            counts[2] += took
            counts[3] = max(counts[3], took)


_WARM: set[str] = set()


@contextlib.contextmanager
def _warm(tried: grammar.Grammar, chunk: Chunk) -> Iterator[None]:
    """Load what the first input would load, then set the limit of what is added to that."""
    if chunk.name not in _WARM:
        _WARM.add(chunk.name)
        signal.setitimer(signal.ITIMER_REAL, MOST_WARMING_S)
        with contextlib.suppress(Exception):
            tried.take(grammar.draw(chunk.name, 0, 0))
        signal.setitimer(signal.ITIMER_REAL, 0)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    held = pages * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (held + MOST_ADDED, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


@contextlib.contextmanager
def _clock() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, MOST_CPU_S)
    signal.setitimer(signal.ITIMER_REAL, MOST_WALL_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _held() -> int:
    """Give the most bytes that this process ever held."""
    # Not by getrusage(), which goes on with what the process that began this one held.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _where(name: str, error: Exception) -> str:
    """Tell faults apart: by what was raised, and the last of our own lines it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "/ops/" in each.filename and "/.venv/" not in each.filename]
    last = (ours or frames)[-1]
    file = last.filename.rpartition("/ops/" if ours else "/")[2]
    said = str(error).split("\n", 1)[0][:80] if isinstance(error, AssertionError) else ""
    return f"{name}: {type(error).__name__} in {file}:{last.lineno} {said}".rstrip()


def replay(path: Path) -> None:
    """Try an input that was written down, and let what it raises be seen."""
    taken = grammar.load(path.name.partition("-")[0]).take(path.read_bytes())
    print("taken" if taken else "refused")


_ROW = "{:<10}{:>10,}{:>9,}{:>10,}{:>8,}{:>9.1f}{:>11.2f}"
_HEAD = "grammar       inputs    taken   refused  faults    CPU s  slowest s"


def report(run: Run) -> str:
    """Give the table of a run, and its faults."""
    total = Tally()
    for tally in run.tallies.values():
        total.add(vars(tally))
        total.faults += tally.faults
    lines = [_HEAD]
    for name, tally in [*sorted(run.tallies.items()), ("all", total)]:
        counts = (tally.inputs, tally.taken, tally.refused, tally.faults)
        lines.append(_ROW.format(name, *counts, tally.seconds, tally.slowest))
    for where, faults in sorted(run.faults.items()):
        lines.append(f"FAULT {len(faults):>6,} times  {where}  (input {faults[0].number})")
    return "\n".join(lines)
