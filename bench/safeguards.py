"""What row-level security and the log of looks cost: the same requests, with both off and on."""

import dataclasses
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import flask
import psycopg

from bench.cases import Case
from bench.fill import Size
from bench.wire import load
from ops import create_app
from ops.ledger import consultation

# Turns are short and many, so that whatever else the machine does falls on both alike.
TURNS = 5
# The most that both together may take of the throughput.
MOST = 0.15


@dataclasses.dataclass(frozen=True)
class Cost:
    """How fast a case is without the safeguards and with them."""

    case: Case
    without: float
    with_them: float

    @property
    def part(self) -> float:
        """Give the part of the throughput that the safeguards take."""
        return 1 - self.with_them / self.without


def create_bare_app() -> flask.Flask:
    """Build the app without the log of looks; row-level security is the database's to leave out."""
    app = create_app()
    hooks = app.after_request_funcs[None]
    hooks.remove(next(hook for hook in hooks if hook.__module__ == consultation.__name__))
    return app


def compare(
    case: Case,
    size: Size,
    token: str,
    seconds: float,
    owner_url: str,
    addresses: tuple[str, str],
) -> Cost:
    """Measure a case in turns on the bare server and on the whole one."""
    requests = case.of(size)
    found: tuple[list[float], list[float]] = ([], [])
    bare, whole = addresses
    for address in (bare, whole):
        load(address, token, requests, 2)
    for _ in range(TURNS):
        with _unprotected(owner_url):
            found[0].append(load(bare, token, requests, seconds).per_second)
        found[1].append(load(whole, token, requests, seconds).per_second)
    return Cost(case, *(statistics.median(each) for each in found))


def told(costs: Sequence[Cost]) -> str:
    """Write the comparison as a Markdown table."""
    rows = "".join(
        f"| {each.case.label} | {each.without:,.1f} | {each.with_them:,.1f} | {each.part:.0%} |\n"
        for each in costs
    )
    return f"| what | req/s without | req/s with | cost |\n|---|---|---|---|\n{rows}"


@contextmanager
def _unprotected(owner_url: str) -> Iterator[None]:
    """Leave row-level security out for the block."""
    with psycopg.connect(owner_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        tables = connection.execute(
            "select format('%I', relname) from pg_class where relrowsecurity order by relname"
        ).fetchall()
        try:
            for (table,) in tables:
                connection.execute(f"alter table {table} disable row level security".encode())
            yield
        finally:
            for (table,) in tables:
                connection.execute(f"alter table {table} enable row level security".encode())
