"""Feeds a TAK server what operations show: what is new and changed, and what is there no more.

TAK answers nothing, so what it shows is kept here, compared with what there is, and sent anew
before it goes stale. What was not surely taken is not written down, and is sent again.
"""

import dataclasses
import datetime as dt
import fcntl
import logging
import socket
import ssl
import struct
import termios
import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops.config import Settings
from ops.operations.models import MARKINGS
from ops.results.kinds import KINDS
from ops.subscriptions import cot, queries, tak_queries
from ops.subscriptions.tak_models import TakObject

logger = logging.getLogger(__name__)

# Any number that no other program uses: one of us feeds at a time.
_TURN = 3_141_592_655
CONNECT_S = 5.0
SEND_S = 15.0
# How long the server has to take the last bytes, and to close in its turn.
CLOSE_S = 3.0
_LONGEST_PAUSE_S = 300.0
_LOG = sa.text(
    "select set_config('ops.actor', :actor, true), log_access('disclosure', 'subscriptions.tak',"
    " cast(:seen as jsonb), '{}', :recipient, 'Switched on for the operation')"
)


@dataclasses.dataclass(frozen=True)
class _Act:
    """One event to send, and what is written down once it was."""

    body: bytes
    object_id: uuid.UUID
    uid: str
    kept: dict[str, Any]


class Feeder:
    """Sends what is new at each call; a server that is away is asked less and less often."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._failures = 0
        self._not_before = 0.0

    def __call__(self, engine: sa.Engine) -> int:
        """Send what is new, and count it."""
        if not self.settings.tak_url or time.monotonic() < self._not_before:
            return 0
        try:
            sent = feed(engine, self.settings)
        except OSError as error:
            self._failures += 1
            pause = min(2.0**self._failures, _LONGEST_PAUSE_S)
            self._not_before = time.monotonic() + pause
            logger.warning("the TAK server did not take what it was sent: %s", type(error).__name__)
            return 0
        self._failures = 0
        return sent


def feed(engine: sa.Engine, settings: Settings) -> int:
    """Send what is new, and count it; OSError where the server did not take it all."""
    with engine.begin() as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_TURN))):
            return 0
        now = dt.datetime.now(dt.UTC)
        acts: list[_Act] = []
        for each in connection.execute(tak_queries.feeds()).all():
            of_it = list(_of_operation(connection, each, settings, now))
            if shown := [act.object_id for act in of_it if act.kept["gone_at"] is None]:
                # In a transaction of its own, which stands before anything has left.
                with engine.begin() as before:
                    _log(before, each, shown, settings.tak_url)
            acts += of_it
        _forget(connection, now)
        if not acts:
            return 0
        order = {
            row.object_id: (row.txid, row.id)
            for row in connection.execute(tak_queries.written({act.object_id for act in acts}))
        }
        never = (0, uuid.UUID(int=0))
        acts.sort(key=lambda act: (order.get(act.object_id, never), act.uid))
        _send(settings, b"".join(act.body for act in acts))
        for act in acts:
            _write_down(connection, act)
    return len(acts)


def _of_operation(
    connection: sa.Connection, feed: Any, settings: Settings, now: dt.datetime
) -> Iterator[_Act]:
    """Compare what an operation shows with what the server was sent of it."""
    stale_at = now + dt.timedelta(minutes=settings.tak_stale_minutes)
    current = {each.uid: each for each in _current(connection, feed, settings)}
    before = {row.uid: row for row in connection.execute(tak_queries.shown(feed.id))}
    said = {"operation_id": feed.id, "sent_at": now, "stale_at": stale_at}
    for uid, shown in current.items():
        kept, digest = before.get(uid), shown.digest()
        # Half of its time is left for a server, or for us, to be away.
        if (
            kept is not None
            and kept.stale_at - now > (stale_at - now) / 2
            and kept.gone_at is None
            and kept.content_hash == digest
        ):
            continue
        new = {"content_hash": digest, "cot_type": shown.type, "gone_at": None, **said}
        yield _Act(cot.event(shown, now, stale_at), shown.object_id, uid, new)
    for uid, kept in before.items():
        if uid not in current and kept.gone_at is None:
            body = cot.deletion(uid, kept.cot_type, now, stale_at)
            same = {"content_hash": kept.content_hash, "cot_type": kept.cot_type}
            yield _Act(body, kept.object_id, uid, {**same, "gone_at": now, **said})


def _current(connection: sa.Connection, feed: Any, settings: Settings) -> list[cot.Shown]:
    """Give what an operation shows, as whoever switched it on sees it now."""
    if not feed.is_on:
        return []
    # All up to the one that is configured.
    markings = MARKINGS[: MARKINGS.index(settings.tak_marking) + 1]
    connection.execute(queries.as_owner(feed.switched_by))
    marking = connection.scalar(tak_queries.operation(feed.id, markings))
    shown: list[cot.Shown] = []
    if marking is not None:
        if feed.with_areas:
            for row in connection.execute(tak_queries.areas(feed.id)):
                shown += cot.areas(row, marking)
        kinds = [each for each in feed.kinds if each in cot.TYPES]
        for row in connection.execute(tak_queries.results(feed.id, kinds)):
            shown.append(cot.result(row, KINDS[row.kind].label, marking))
    connection.execute(queries.AS_OURSELVES)
    return shown


def _log(connection: sa.Connection, feed: Any, object_ids: list[uuid.UUID], url: str) -> None:
    kinds: dict[str, list[str]] = {}
    areas = set(
        connection.scalars(sa.text("select id from area where id = any(:ids)"), {"ids": object_ids})
    )
    for each in dict.fromkeys(object_ids):
        kinds.setdefault("area" if each in areas else "result", []).append(str(each))
    seen = [{"kind": kind, "operation": str(feed.id), "ids": ids} for kind, ids in kinds.items()]
    connection.execute(
        _LOG,
        {
            "actor": str(feed.switched_by),
            "seen": orjson.dumps(seen).decode(),
            "recipient": f"TAK server {urlsplit(url).hostname}",
        },
    )


def _write_down(connection: sa.Connection, act: _Act) -> None:
    values = {"uid": act.uid, "object_id": act.object_id, **act.kept}
    connection.execute(
        postgresql.insert(TakObject)
        .values(values)
        .on_conflict_do_update(index_elements=[TakObject.uid], set_=act.kept)
    )


def _forget(connection: sa.Connection, now: dt.datetime) -> None:
    """Forget what was taken away and would be stale by now, even where nobody heard of it."""
    gone = sa.delete(TakObject).where(TakObject.gone_at.is_not(None), TakObject.stale_at < now)
    connection.execute(gone)


def _send(settings: Settings, body: bytes) -> None:
    """Send events by a connection of their own, and see that the server has taken them all."""
    there = urlsplit(settings.tak_url)
    address = (there.hostname or "", there.port or 0)
    # The second is the same connection, below whatever TLS makes of it.
    with socket.create_connection(address, timeout=CONNECT_S) as plain, plain.dup() as ours:
        is_secure = there.scheme == "tls"
        with _secured(plain, there.hostname or "", settings) if is_secure else plain as connection:
            connection.settimeout(SEND_S)
            connection.sendall(body)
            if isinstance(connection, ssl.SSLSocket):
                _take_leave(connection)
            _finish(ours)


def _secured(plain: socket.socket, host: str, settings: Settings) -> socket.socket:
    context = ssl.create_default_context(cafile=settings.tak_ca or None)
    if settings.tak_certificate:
        context.load_cert_chain(settings.tak_certificate, settings.tak_key)
    return context.wrap_socket(plain, server_hostname=host)


def _take_leave(connection: ssl.SSLSocket) -> None:
    """End TLS in order; a server that does not know our certificate says so only here."""
    connection.settimeout(CLOSE_S)
    try:
        connection.unwrap()
    except (TimeoutError, ssl.SSLEOFError):
        pass  # Many a server just goes.
    except ssl.SSLError as error:
        if error.reason != "APPLICATION_DATA_AFTER_CLOSE_NOTIFY":
            raise


def _finish(ours: socket.socket) -> None:
    """Read away what the server says meanwhile, until it has our last byte.

    To close with something unread would cut off what is still on its way.
    """
    ours.shutdown(socket.SHUT_WR)
    until = time.monotonic() + CLOSE_S
    ours.settimeout(0.1)
    while time.monotonic() < until:
        try:
            if not ours.recv(65_536):
                break
        except TimeoutError:
            continue
    if _unacknowledged(ours):
        raise TimeoutError("the server did not take it all")


def _unacknowledged(connection: socket.socket) -> int:
    """Count the bytes that the other side's system has not taken."""
    packed = fcntl.ioctl(connection, termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", packed)[0])
