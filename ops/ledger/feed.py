"""What was changed since a reader last looked: none twice, and none left out however late it ends.

A transaction gets its number when it begins and shows its rows when it ends, so neither number nor
clock says what is new. A place is therefore a snapshot of the database: what it holds was told, and
new is what a later snapshot holds besides.
"""

import dataclasses
import datetime as dt
import itertools
import re
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ops import api
from ops.errors import Invalid
from ops.ledger.models import Change

_TEXT = re.compile(r"(\d{1,18}):(\d{1,18}):((?:\d{1,18}(?:,\d{1,18})*)?)")
# A place that was not moved for so long moves on, also where nothing was new to the reader: what
# lies behind it is looked through each time. By the clock, so that it tells nothing.
STALE_S = 300


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """Which transactions had ended: all below `first`, none from `end` on, in between but these."""

    first: int
    end: int
    running: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what the database would not write."""
        bounds = (self.first - 1, *self.running, self.end)
        if self.first > self.end or any(a >= b for a, b in itertools.pairwise(bounds)):
            raise ValueError("no snapshot")

    @classmethod
    def of(cls, text: str) -> "Snapshot":
        """Read what the database wrote."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("no snapshot")
        running = tuple(map(int, found[3].split(","))) if found[3] else ()
        return cls(int(found[1]), int(found[2]), running)

    def __str__(self) -> str:
        return f"{self.first}:{self.end}:{','.join(map(str, self.running))}"

    def holds(self, txid: int) -> bool:
        """Tell whether what this transaction wrote was there."""
        return txid < self.first or (txid < self.end and txid not in self.running)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """How far somebody has read: all of one snapshot and, where there was more than fits on a
    page, of what came until a later one the rows up to `last`.

    Numbers of transactions tell something on one server alone: `cluster`.
    """

    cluster: int
    read_at: int
    since: Snapshot
    until: Snapshot | None = None
    last: tuple[int, uuid.UUID] | None = None

    def __str__(self) -> str:
        txid, row = self.last or ("", "")
        parts = (self.cluster, self.read_at, self.since, self.until or "", txid, row)
        return api.write_cursor([str(part) for part in parts])


def read(text: str) -> Place:
    """Read a place that somebody sends back, or refuse what is none of ours."""
    try:
        cluster, read_at, since, until, txid, row = api.read_cursor(text, 6)
        return Place(
            cluster=int(cluster),
            read_at=int(read_at),
            since=Snapshot.of(since),
            until=Snapshot.of(until) if until else None,
            last=(_number(txid), uuid.UUID(row)) if until else None,
        )
    except (ValueError, Invalid):
        raise _unknown() from None


def changes(
    operations: sa.ColumnElement[bool],
    place: Place | None,
    limit: int,
    *shown: sa.ColumnElement[bool],
) -> sa.Select[*tuple[Any, ...]]:
    """List what was changed in operations after a place, one row more than fits on the page.

    Without a place, the latest. `operations` says of which; `shown` narrows it before it is
    counted out, so that a page tells nothing of what is left out of it.
    """
    query = sa.select(
        Change.id,
        Change.txid,
        Change.at,
        Change.actor,
        Change.operation_id,
        Change.object,
        Change.object_id,
        Change.before,
        Change.after,
    ).where(operations, *shown)
    if place is None:
        return query.order_by(Change.txid.desc(), Change.id.desc()).limit(limit)
    query = query.where(_since(place.since), _until(place.until))
    if place.last is not None:
        txid, row = place.last
        query = query.where(sa.tuple_(Change.txid, Change.id) > sa.tuple_(txid, row))
    return query.order_by(Change.txid, Change.id).limit(limit + 1)


# In which snapshot a statement runs, and where.
NOW: tuple[sa.ColumnElement[Any], ...] = (
    sa.cast(sa.func.pg_current_snapshot(), sa.Text).label("snapshot"),
    sa.func.this_cluster(type_=sa.BigInteger()).label("cluster"),
)


def turn(
    place: Place | None, found: Sequence[Any], limit: int, now: Any, at: dt.datetime
) -> tuple[list[Any], Place, bool]:
    """Give the rows of the page, the place after it, and whether there is more already.

    `now` has the columns of `NOW`, as the statement that found the rows gave them.
    """
    snapshot, read_at = Snapshot.of(now.snapshot), int(at.timestamp())
    here = Place(cluster=now.cluster, read_at=read_at, since=snapshot)
    if place is None:
        return list(reversed(found)), here, False
    if place.cluster != now.cluster or max(_ends(place)) > snapshot.end:
        raise _unknown()
    if len(found) > limit:
        last = found[limit - 1]
        until = place.until or snapshot
        going_on = dataclasses.replace(place, until=until, last=(last.txid, last.id))
        return list(found[:limit]), going_on, True
    if place.until is not None:
        return list(found), dataclasses.replace(here, since=place.until), False
    is_stale = not 0 <= read_at - place.read_at < STALE_S
    return list(found), here if found or is_stale else place, False


def _ends(place: Place) -> list[int]:
    return [each.end for each in (place.since, place.until) if each is not None]


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError("no number of a transaction")
    return number


def _since(snapshot: Snapshot) -> sa.ColumnElement[bool]:
    """Tell what a snapshot does not hold.

    By plain comparisons, which an index serves and which are made before any policy is asked: while
    something runs for long, all that was written meanwhile would else be looked at each time. The
    least of them is said apart: there, reading in the order of the index begins; of an `or` alone,
    it would begin with the ledger.
    """
    least = min((snapshot.end, *snapshot.running))
    among = sa.or_(Change.txid >= snapshot.end, _is_one_of(snapshot.running))
    return sa.and_(Change.txid >= least, among)


def _until(snapshot: Snapshot | None) -> sa.ColumnElement[bool]:
    """Tell what a snapshot holds; without one, the statement's own, whose rows are all there is.

    What came along from another server has numbers that nothing here has had yet.
    """
    if snapshot is None:
        end = sa.func.pg_snapshot_xmax(sa.func.pg_current_snapshot())
        return Change.txid < sa.cast(sa.cast(end, sa.Text), sa.BigInteger)
    return sa.and_(Change.txid < snapshot.end, ~_is_one_of(snapshot.running))


def _is_one_of(txids: Sequence[int]) -> sa.ColumnElement[bool]:
    return Change.txid == sa.any_(sa.literal(list(txids), ARRAY(sa.BigInteger)))


def _unknown() -> Invalid:
    said = "This place in the feed is not one of ours; read it again from the start."
    return Invalid(said, {"after": [said]})
