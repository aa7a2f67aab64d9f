"""Whether this instance can do its work, and how much of it waits.

What is asked here has no person behind it: nothing is told of any record, nor of how this
instance is set up beyond what is wrong with it.
"""

import datetime as dt
import functools
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import flask
import sqlalchemy as sa
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ops import backup, db, logs, replica
from ops.config import Settings
from ops.ledger import sealing
from ops.operations import progress_queries
from ops.operations.models import Operation
from ops.operations.progress import Patience
from ops.replica import Replica
from ops.results import attachments

PROJECT = Path(__file__).parents[1]
OK = "ok"
# Storage elsewhere is not asked more often than that, however often we are.
PROBE_SECONDS = 15
# What is asked for the metrics may take no longer.
COUNT_SECONDS = 5

_UP = "Whether the database answers"
_UNSEALED = "Rows of the ledger that no seal covers yet"
_OVERDUE = "Deployments that wait for a step, without those of covert operations"
_FAILING = "Whether what is written does not get to the backups, or the last one is too old"
_BEHIND = "How far the replica was behind the primary when it was last asked"
_SERVES = "Whether the replica can be read from"
_AGE, _LAG = "Since the last base backup", "Since the last piece of the log was archived"

blp = flask.Blueprint("health", __name__)


@blp.get("/healthz")
def healthz() -> flask.typing.ResponseReturnValue:
    """Say that the process runs"""
    return {"status": OK}


@blp.get("/readyz")
def readyz() -> flask.typing.ResponseReturnValue:
    """Say whether requests can be answered, and what stands in the way"""
    checks = look(flask.current_app.config["SETTINGS"])
    wrong = {name: said for name, said in checks.items() if said != OK}
    if not wrong:
        return {"status": "ready", "checks": {**checks, **_replica()}}
    logs.explain(**wrong)
    said = {"status": "not ready", "checks": checks}
    return said, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"}


def look(settings: Settings) -> Mapping[str, str]:
    """Look at each thing that has to be there; say `ok`, or in a few words what is wrong."""
    database, migrations = _database()
    return {
        "database": database,
        "migrations": migrations,
        "disk": _disk(settings),
        "attachments": _storage.look(settings.attachments_at()),
    }


def _replica() -> dict[str, str]:
    """Say how the replica is, if there is one; without it nothing is missing."""
    wrong = replica.look()
    if wrong is None:
        return {}
    return {"replica": f"{wrong}; the primary is read" if wrong else OK}


def _database() -> tuple[str, str]:
    """Ask the database which migration it is at, and with that whether it answers."""
    try:
        at = db.session.scalar(sa.text("select migrated_to()"))
    except (sa.exc.OperationalError, sa.exc.TimeoutError):
        db.session.rollback()
        return "does not answer", "not known"
    except sa.exc.ProgrammingError:
        db.session.rollback()
        at = None
    # During an upgrade a release that is about to end meets tables newer than itself.
    return OK, OK if at is not None and at >= newest() else "not up to date"


@functools.cache
def newest() -> str:
    """Name the newest migration of this release: their files are numbered."""
    return max(file.name[:4] for file in (PROJECT / "migrations/versions").glob("[0-9]*.py"))


def places(settings: Settings) -> dict[str, Path]:
    """Name the folders of this machine in which something of ours grows."""
    home = settings.home_at()
    found = {"home": home, "attachments": Path(settings.attachments_at())}
    with suppress(OSError):
        found["cluster"] = Path((home / "postgres/place").read_text().strip())
    return {name: place for name, place in found.items() if place.is_dir()}


def _disk(settings: Settings) -> str:
    least = settings.disk_least_mb
    short = [name for name, place in places(settings).items() if _free_mb(place) < least]
    return f"less than {least} MB free: {', '.join(short)}" if short else OK


def _free_mb(place: Path) -> int:
    return shutil.disk_usage(place).free // 2**20


class Work(Collector):
    """What waits to be done, counted whenever Prometheus asks; as the owner, who sees it all.

    What is covert is left out where a count could tell of it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine = sa.create_engine(
            settings.as_owner().database_url,
            poolclass=sa.NullPool,
            connect_args={"connect_timeout": COUNT_SECONDS},
        )
        self._replica = Replica(settings) if settings.replica_database_url else None

    def collect(self) -> Iterator[Metric]:
        """Count; a database that does not answer is what is told then."""
        free = GaugeMetricFamily("ops_disk_free_bytes", "Room where we write", labels=["place"])
        for name, place in places(self._settings).items():
            free.add_metric([name], shutil.disk_usage(place).free)
        yield free
        try:
            with self._engine.begin() as connection:
                connection.execute(sa.text(f"set local statement_timeout = '{COUNT_SECONDS}s'"))
                unsealed = sealing.unsealed(connection)
                overdue = connection.scalar(self._overdue())
                kept = backup.state(self._settings, connection)
                of_replica = list(self._of_replica(connection))
        except sa.exc.SQLAlchemyError:
            yield GaugeMetricFamily("ops_database_up", _UP, 0)
            return
        yield GaugeMetricFamily("ops_database_up", _UP, 1)
        yield GaugeMetricFamily("ops_ledger_unsealed_rows", _UNSEALED, unsealed)
        yield GaugeMetricFamily("ops_deployments_overdue", _OVERDUE, overdue)
        yield from of_replica
        if kept is not None:
            yield GaugeMetricFamily("ops_backup_failing", _FAILING, int(kept.is_failing))
            for name, (said, seconds) in {
                "ops_backup_age_seconds": (_AGE, kept.backup_age_s),
                "ops_backup_archive_lag_seconds": (_LAG, kept.archive_lag_s),
            }.items():
                if seconds is not None:
                    yield GaugeMetricFamily(name, said, seconds)

    def _of_replica(self, connection: sa.Connection) -> Iterator[Metric]:
        if self._replica is None:
            return
        if state := self._replica.open(lambda *asked: connection.execute(*asked).one()):
            state.close()
        yield GaugeMetricFamily("ops_replica_up", _SERVES, int(not self._replica.wrong))
        if self._replica.behind_s is not None:
            yield GaugeMetricFamily("ops_replica_lag_seconds", _BEHIND, self._replica.behind_s)

    def _overdue(self) -> sa.Select[int]:
        late = progress_queries.overdue(
            dt.datetime.now(dt.UTC), Patience(*self._settings.overdue())
        )
        known = late.where(Operation.visibility != "covert").order_by(None)
        return sa.select(sa.func.count()).select_from(known.subquery())


class _Storage:
    """Whether photos can be kept: tried every so often, by one request at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._found: dict[str, tuple[float, str]] = {}

    def look(self, url: str) -> str:
        """Try to write, or say what the last try found."""
        at, said = self._found.get(url, (float("-inf"), "not tried yet"))
        if time.monotonic() - at >= PROBE_SECONDS and self._turn.acquire(blocking=False):
            try:
                said = _try(lambda: attachments.probe(url))
                self._found[url] = (time.monotonic(), said)
            finally:
                self._turn.release()
        return said


_storage = _Storage()


def _try(work: Callable[[], object]) -> str:
    try:
        work()
    except Exception:
        # Each sort of storage fails in its own way.
        return "cannot be written"
    return OK
