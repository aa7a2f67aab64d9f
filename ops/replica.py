"""Reads that may be a little old, from a copy of the database that follows it.

Boards, sums over many operations and exports ask here. What is written, who is asking, and all
else that is read is the primary's. See docs/decisions/0037-more-than-one-machine.md.
"""

import contextlib
import dataclasses
import datetime as dt
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import flask
import psycopg
import sqlalchemy as sa
from prometheus_client import Counter

from ops import db, logs, wording
from ops.config import Settings

Read = TypeVar("Read")
# Runs one statement on the primary, and gives its row.
Ask = Callable[[sa.Executable, Mapping[str, object]], sa.Row[Any]]

# So long may it take to let us in and to say how far it is; libpq rounds less up to this.
SECONDS = 2
# Whoever finds that it is no good spares the others that for so long.
PAUSE_S = 10
# What was just committed is there in less, unless something is wrong.
MOMENT_S = 0.05
# A board takes a second or two. One that takes longer than this is read here, since a server that
# was stopped in the midst of it looks the same.
LONGEST_S = 10
# What is less is not worth a word.
_TELLING_S = 1
_BEHIND = "X-Behind-Seconds"
_STATE = "replica_state"

_REPLICA = sa.text(
    "select pg_is_in_recovery() as follows, pg_last_wal_replay_lsn()::text as replayed,"
    " pg_last_xact_replay_timestamp() as at,"
    " pg_snapshot_xmin(pg_current_snapshot())::text as since"
)
# Asked after the replica: what is committed in between makes it look older, never newer.
_PRIMARY = sa.text(
    "select clock_timestamp() as now,"
    " pg_current_wal_flush_lsn() <= cast(:replayed as pg_lsn) as is_level,"
    " needs_primary(cast(:since as bigint)) as is_needed"
)


class _BrokenOff(Exception):
    """The replica did not answer."""


@dataclasses.dataclass(frozen=True)
class State:
    """One state of the database, held open on the replica, and how old it is."""

    connection: sa.Connection
    at: dt.datetime
    behind_s: float

    def close(self) -> None:
        """Give the connection back."""
        with contextlib.suppress(sa.exc.DBAPIError):
            self.connection.close()


class Replica:
    """A replica, as one process knows it: whether it serves, and how far behind it was."""

    def __init__(self, settings: Settings) -> None:
        self._most_s = settings.replica_lag_seconds
        self._engine = db.engine_of(
            settings.replica_database_url,
            settings,
            SECONDS,
            pool_timeout=SECONDS,
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        )
        self.wrong = ""
        self.behind_s: float | None = None
        self._again_at = float("-inf")
        self._turn = threading.Lock()

    def open(self, ask: Ask) -> State | None:
        """Hold a state of it open, if it is there and has all that it needs to have."""
        if not self._may_try():
            return None
        with contextlib.ExitStack() as stack:
            try:
                connection = stack.enter_context(self._connected())
                here, there = self._ask_both(connection, ask)
            except sa.exc.TimeoutError:
                return None  # it serves, as many as it can
            except _BrokenOff:
                self.failed("does not answer")
                return None
            if not here.follows:
                self.failed("is no replica", connection)
                return None
            if self.behind_s is None or self.behind_s > self._most_s:
                self.failed("is too far behind", connection)
                return None
            self.wrong = ""
            if there.is_needed:
                return None
            stack.pop_all()
            return State(connection, there.now if there.is_level else here.at, self.behind_s)

    def _connected(self) -> sa.Connection:
        try:
            return self._engine.connect()
        except sa.exc.DBAPIError as error:
            raise _BrokenOff from error

    def _ask_both(self, connection: sa.Connection, ask: Ask) -> tuple[sa.Row[Any], sa.Row[Any]]:
        """Ask how far it is; if it lacks anything, once more a moment later, when most have it all.

        Who was quiet for an hour and writes something now, would make it look an hour behind.
        """
        for pause_s in (0, MOMENT_S):
            time.sleep(pause_s)
            try:
                with within(connection, SECONDS):
                    connection.rollback()
                    here = connection.execute(_REPLICA).one()
            except sa.exc.DBAPIError as error:
                raise _BrokenOff from error
            there = ask(_PRIMARY, {"replayed": here.replayed, "since": here.since})
            at = there.now if there.is_level else here.at
            self.behind_s = None if at is None else max((there.now - at).total_seconds(), 0)
            is_recent = self.behind_s is not None and self.behind_s < MOMENT_S
            if there.is_level or (is_recent and not there.is_needed) or not here.follows:
                break
        return here, there

    def failed(self, said: str, connection: sa.Connection | None = None) -> None:
        """Remember that it is no good; the next try is after a pause."""
        self.wrong = said
        # The next one may be another server.
        if connection is not None:
            connection.invalidate()
        self._engine.dispose()
        self._again_at = time.monotonic() + PAUSE_S

    def _may_try(self) -> bool:
        """Tell whether to ask it: while it is no good, one does after each pause."""
        if not self.wrong:
            return True
        with self._turn:
            if time.monotonic() < self._again_at:
                return False
            self._again_at = time.monotonic() + PAUSE_S
        return True


def init_app(app: flask.Flask) -> None:
    """Read from the replica that the settings of this app name, if they do."""
    app.jinja_env.globals["behind"] = _in_words
    settings: Settings = app.config["SETTINGS"]
    if not settings.replica_database_url:
        return
    app.extensions["replica"] = Replica(settings)
    if registry := app.extensions.get("metrics"):
        app.extensions["replica_reads"] = Counter(
            "ops_replica_reads", "Reads that a replica may answer", ["by"], registry=registry
        )

    @app.after_request
    def tell(response: flask.Response) -> flask.Response:
        if (state := _told()) is not None:
            response.headers[_BEHIND] = str(round(state.behind_s))
        return response


def look() -> str | None:
    """Say in a few words what is wrong with the replica, or nothing; None where there is none."""
    replica: Replica | None = flask.current_app.extensions.get("replica")
    if replica is None:
        return None
    if state := replica.open(_ask):
        state.close()
    return replica.wrong


def opened() -> State | None:
    """Hold a state of the replica open for the running request; None is for the primary."""
    replica: Replica | None = flask.current_app.extensions.get("replica")
    if replica is None:
        return None
    state = replica.open(_ask)
    # The request's own connection goes back.
    db.session.commit()
    if reads := flask.current_app.extensions.get("replica_reads"):
        reads.labels("replica" if state else "primary").inc()
    if state is not None:
        setattr(flask.g, _STATE, state)
    return state


def read(work: Callable[[dt.datetime], Read]) -> Read:
    """Do what only reads, in one state of the database, and say when that was.

    Where the replica breaks off in the midst of it, the same is read from the primary.
    """
    state = opened()
    if state is not None:
        try:
            with db.read_by(state.connection), within(state.connection, LONGEST_S):
                return work(state.at)
        except (sa.exc.OperationalError, sa.exc.InternalError) as error:
            if isinstance(error.orig, psycopg.errors.QueryCanceled):
                raise
            flask.current_app.extensions["replica"].failed("broke off", state.connection)
            logs.explain(replica=type(error.orig).__name__)
            flask.g.pop(_STATE)
        finally:
            state.close()
    db.read_one_state()
    return work(dt.datetime.now(dt.UTC))


@contextlib.contextmanager
def within(connection: sa.Connection, seconds: float) -> Iterator[None]:
    """Break a connection off that takes longer than the block may.

    A server that stands still keeps no limit of its own, and its machine goes on saying
    that it is there.
    """
    driver: Any = connection.connection.dbapi_connection
    with socket.socket(fileno=os.dup(driver.fileno())) as line:
        timer = threading.Timer(seconds, _break_off, [line])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _break_off(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _ask(statement: sa.Executable, values: Mapping[str, object]) -> sa.Row[Any]:
    return db.session.execute(statement, values).one()


def _told() -> State | None:
    """Give the state that the running request was answered from, if that is worth a word."""
    state: State | None = flask.g.get(_STATE)
    return state if state is not None and state.behind_s >= _TELLING_S else None


def _in_words() -> str:
    """Say on a page how old what it shows is; nothing where it is of now."""
    state = _told()
    if state is None:
        return ""
    at, ago = wording.local(state.at), round(state.behind_s)
    return f" Figures as at {at:%H:%M:%S}, {ago} s ago."
