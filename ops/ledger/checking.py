"""Walk the sealed ledger and name the first row that is not as it was sealed."""

import bisect
import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from psycopg.rows import namedtuple_row

from ops.ledger import chain
from ops.ledger.sealing import BATCH, Connection, transaction

# A server's clock may be set back by so much without anybody's being at fault.
SLACK = dt.timedelta(minutes=1)
_SEALED = f"""
select sealed.position, sealed.source, sealed.row_id as id, sealed.hash as link,
    coalesce(change.hash, log_entry.hash) as hash,
    coalesce(change.is_whole, log_entry.is_whole) as is_whole,
    coalesce(change.at, log_entry.at) as at, coalesce(change.txid, log_entry.txid) as txid
from sealed
left join ({chain.rows_of("change")} offset 0) change
    on sealed.source = 'change' and change.id = sealed.row_id
left join ({chain.rows_of("log_entry")} offset 0) log_entry
    on sealed.source = 'log_entry' and log_entry.id = sealed.row_id
order by sealed.position
"""  # noqa: S608 - our own names
_UNSEALED = f"""
select * from ({chain.ROWS}) each_row
where not exists (
    select from sealed where sealed.source = each_row.source and sealed.row_id = each_row.id)
order by txid, source, id
"""  # noqa: S608
_SEALS = "select * from seal order by first_position"
_NEXT = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_txid,"
_NEXT += " (select system_identifier from pg_control_system()) as cluster"
# What an erasure says it erased, where that entry itself is as it was written.
_ERASED = f"""
select erased.part ->> 'kind' as source, (id_of.text)::uuid as id
from log_entry join ({chain.rows_of("log_entry")}) each_row using (id)
cross join jsonb_array_elements(log_entry.seen) as erased (part)
cross join jsonb_array_elements_text(erased.part -> 'ids') as id_of (text)
where log_entry.act = 'erasure' and each_row.is_whole
    and erased.part ->> 'kind' in ('change', 'log_entry')
"""  # noqa: S608


@dataclasses.dataclass(frozen=True)
class Fault:
    """The first row that is not as it was sealed."""

    what: str
    source: str
    id: uuid.UUID | str
    at: dt.datetime | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        when = f", written at {self.at.astimezone(dt.UTC).isoformat()}" if self.at else ""
        return f"{self.source} {self.id}{when}: {self.what}"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What verifying found: how many rows are sealed and whole, and how many wait for a seal."""

    sealed: int
    seals: int
    waiting: int
    fault: Fault | None = None


def verify(engine: sa.Engine, exported: Iterator[Mapping[str, Any]] | None = None) -> Verdict:
    """Walk the whole ledger, and hold it against seals that were kept elsewhere."""
    with transaction(engine) as connection:
        # One moment for every statement, however much is written meanwhile.
        connection.execute("set transaction isolation level repeatable read, read only")
        return _Walk(connection).verdict(exported)


class _Walk:
    """One walk along the chain."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        with connection.cursor(row_factory=namedtuple_row) as cursor:
            self.seals: list[Any] = cursor.execute(_SEALS).fetchall()
            self.here: Any = cursor.execute(_NEXT).fetchone()
            erased: list[Any] = cursor.execute(_ERASED).fetchall()
        self.erased = {(row.source, row.id) for row in erased}
        # Of each server, the seals that were walked: the number that was next, and the time.
        self.before: dict[int, tuple[list[int], list[dt.datetime]]] = {}
        self.sealed = self.waiting = 0

    def verdict(self, exported: Iterator[Mapping[str, Any]] | None) -> Verdict:
        faults = self._faults()
        fault = next(faults, None) or next(self._against(exported or iter(())), None)
        return Verdict(self.sealed, len(self.seals), self.waiting, fault)

    def _faults(self) -> Iterator[Fault]:
        yield from self._chain()
        yield from self._unsealed()

    def _rows(self, statement: str) -> Iterator[Any]:
        with self.connection.cursor(name="walk", row_factory=namedtuple_row) as cursor:
            cursor.itersize = BATCH
            yield from cursor.execute(statement)

    def _chain(self) -> Iterator[Fault]:
        previous = chain.GENESIS
        seals = iter(self.seals)
        seal: Any = None
        order: tuple[Any, ...] = ()
        for position, row in enumerate(self._rows(_SEALED), 1):
            if seal is None:
                seal, order = next(seals, None), ()
                if seal is None or seal.first_position != position:
                    yield _of(row, "it is linked where no seal has a place for it")
                    return
            if row.position != position:
                yield _of(row, f"the link before it, number {position}, was removed")
            previous = yield from self._link(row, previous)
            if (place := (row.txid, row.source, row.id)) < order:
                yield _of(row, "it stands after rows that were written later: re-ordered")
            order = place
            yield from self._time(row, seal)
            self.sealed += 1
            if position == seal.last_position:
                previous = yield from _close(seal, previous)
                numbers, times = self.before.setdefault(seal.cluster, ([], []))
                numbers.append(seal.next_txid)
                times.append(seal.at)
                seal = None
        if seal is not None or (seal := next(seals, None)):
            missing = f"the rows up to number {seal.last_position} are not linked"
            yield Fault(missing, "seal", seal.id, seal.at)

    def _link(self, row: Any, previous: bytes) -> Any:
        if row.hash is None:
            yield _of(row, "it was removed")
        elif row.is_whole is False:
            yield _of(row, "its content was changed")
        elif row.is_whole is None and (row.source, row.id) not in self.erased:
            yield _of(row, "its content is gone, and no entry says that it was erased")
        elif chain.link(previous, row.hash) != row.link:
            yield _of(row, "it was changed, or stands in another's place")
        return row.link

    def _time(self, row: Any, seal: Any) -> Iterator[Fault]:
        """Hold a row's time against the seals: it was written before its own, after others."""
        if row.at > seal.at + SLACK:
            yield _of(row, "it says that it was written after it was sealed")
        # The last seal made, on the same server, before the row's transaction began to write.
        numbers, times = self.before.get(seal.cluster, ([], []))
        earlier = bisect.bisect_right(numbers, row.txid)
        if earlier and row.at < times[earlier - 1] - SLACK:
            yield _of(row, "it says that it was written before it can have been: inserted")

    def _unsealed(self) -> Iterator[Fault]:
        last: Any = self.seals[-1] if self.seals else None
        is_same = last is not None and last.cluster == self.here.cluster
        for row in self._rows(_UNSEALED):
            if is_same and not last.horizon <= row.txid < self.here.next_txid:
                yield _of(row, "it was inserted: a row of that transaction would be sealed")
            if row.is_whole is False:
                yield _of(row, "its content was changed")
            if row.is_whole is None and (row.source, row.id) not in self.erased:
                yield _of(row, "its content is gone, and no entry says that it was erased")
            if is_same and row.txid >= last.next_txid and row.at < last.at - SLACK:
                yield _of(row, "it says that it was written before it can have been: inserted")
            self.waiting += 1

    def _against(self, exported: Iterator[Mapping[str, Any]]) -> Iterator[Fault]:
        """Hold the seals against those kept elsewhere, for who rewrites all rewrites these too."""
        here = {str(seal.id): told(seal) for seal in self.seals}
        for kept in exported:
            name = str(kept["id"])
            if (found := here.get(name)) is None:
                yield Fault("this seal was kept elsewhere and is gone here", "seal", name)
            elif found != kept:
                rows = f"{kept['first_position']} to {kept['last_position']}"
                what = f"it is not as it was kept elsewhere: rows {rows} were rewritten"
                yield Fault(what, "seal", name)


def told(seal: Any) -> dict[str, Any]:
    """Write a seal as it is kept elsewhere."""
    return {**facts_of(seal).told(), "hash": bytes(seal.hash).hex()}


def facts_of(seal: Any) -> chain.SealFacts:
    """Give what a row of the table says beside its hash."""
    names = [field.name for field in dataclasses.fields(chain.SealFacts)]
    return chain.SealFacts(**{name: getattr(seal, name) for name in names})


def _close(seal: Any, last_link: bytes) -> Any:
    if facts_of(seal).hash(last_link) != seal.hash:
        yield Fault("the seal itself was changed", "seal", seal.id, seal.at)
    return seal.hash


def _of(row: Any, what: str) -> Fault:
    return Fault(what, row.source, row.id, row.at)
