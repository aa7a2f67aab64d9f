"""Seal what the ledger holds: chain its rows, each to all before it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row

from ops.db import new_id
from ops.ledger import chain
from ops.ledger.models import Change, LogEntry, Seal

Connection: TypeAlias = psycopg.Connection[Any]

# Any number that no other program uses; two seals at once take turns on it.
LOCK = 3_141_592_655
# Rows on their way through this process at a time.
BATCH = 20_000
# No more than so many rows that wait are counted in each table.
MOST = 100_000
# `horizon`: every transaction below has ended. `next_txid`: none from there on has begun to write.
_NOW = """
select pg_snapshot_xmin(now)::text::bigint as horizon,
    pg_snapshot_xmax(now)::text::bigint as next_txid,
    clock_timestamp() as at, (select system_identifier from pg_control_system()) as cluster
from pg_current_snapshot() as now
"""
LAST = "select * from seal order by first_position desc limit 1"
# After a restore on another server the numbers of transactions begin anew: what came along has
# numbers that nothing here has had yet.
_SINCE = "txid >= %(from)s and txid < %(horizon)s"
_CAME_ALONG = "(txid < %(horizon)s or txid >= %(next_txid)s)"
_UNSEALED = """
(select * from ({rows}) each_row where {when}
    and not exists (select from sealed where source = '{source}' and row_id = each_row.id))
"""


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[Connection]:
    """Have a transaction of the driver's own, for statements that stream."""
    with engine.connect() as connection:
        driver = cast("Connection", connection.connection.driver_connection)
        with driver.transaction():
            yield driver


def seal(engine: sa.Engine) -> int:
    """Seal every row whose transaction has surely ended, and count them."""
    with transaction(engine) as connection:
        return _seal(connection)


def unsealed(connection: sa.Connection) -> int:
    """Count the rows that no seal covers, up to a number that is too much in any case."""
    last = sa.select(Seal.horizon).order_by(Seal.first_position.desc()).limit(1)
    since = sa.func.coalesce(last.scalar_subquery(), 0)
    waiting = (
        sa.select(table.id).where(table.txid >= since).limit(MOST).subquery()
        for table in (Change, LogEntry)
    )
    counts = (sa.select(sa.func.count()).select_from(each) for each in waiting)
    return sum(connection.execute(count).scalar_one() for count in counts)


def _seal(connection: Connection) -> int:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        last: Any = cursor.execute(LAST).fetchone()
        now: Any = cursor.execute(_NOW).fetchone()
    previous, position = (last.hash, last.last_position) if last else (chain.GENESIS, 0)
    first = position + 1
    for batch in _batches(connection, last, now):
        links = []
        for row in batch:
            position += 1
            previous = chain.link(previous, row.hash)
            links.append((position, row.source, row.id, previous))
        _keep(connection, links)
    if position < first:
        return 0
    facts = chain.SealFacts(
        id=new_id(),
        at=now.at,
        first_position=first,
        last_position=position,
        horizon=now.horizon,
        next_txid=now.next_txid,
        cluster=now.cluster,
    )
    connection.execute(
        "insert into seal"
        " (id, at, first_position, last_position, horizon, next_txid, cluster, hash)"
        " values (%(id)s, %(at)s, %(first_position)s, %(last_position)s, %(horizon)s,"
        " %(next_txid)s, %(cluster)s, %(hash)s)",
        {**vars(facts), "hash": facts.hash(previous)},
    )
    return position - first + 1


def _batches(connection: Connection, last: Any, now: Any) -> Iterator[list[Any]]:
    """Read what is to be sealed, in the order in which it is chained."""
    is_same = last is not None and last.cluster == now.cluster
    when = _SINCE if is_same else _CAME_ALONG
    unsealed = " union all ".join(
        _UNSEALED.format(rows=chain.rows_of(source), when=when, source=source)
        for source in chain.SOURCES
    )
    values = {"from": last.horizon if last else 0, **now._asdict()}
    with connection.cursor(name="to_seal", row_factory=namedtuple_row) as cursor:
        cursor.itersize = BATCH
        cursor.execute(f"{unsealed} order by txid, source, id", values)
        while batch := cursor.fetchmany(BATCH):
            yield batch


def _keep(connection: Connection, links: list[tuple[int, str, uuid.UUID, bytes]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("copy sealed (position, source, row_id, hash) from stdin") as copy,
    ):
        for each in links:
            copy.write_row(each)
