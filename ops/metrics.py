"""Metrics, for Prometheus to fetch from an address of its own.

Each worker keeps its own in a file, and the process that began them answers for all. Nothing
names a record, a person or an operation: an endpoint is a name of ours, never an address.
"""

import importlib.metadata
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask
import sqlalchemy as sa
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    multiprocess,
    start_http_server,
    values,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ops import intake
from ops.timer import Job

# Where the library looks for the files of workers.
_FILES = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# Any other is what somebody made up, and would be a series of its own.
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}


def init_app(app: flask.Flask) -> None:
    """Count and time the requests of this app, if anybody is to be told."""
    if not app.config["SETTINGS"].metrics_bind:
        return
    registry = app.extensions["metrics"] = CollectorRegistry()
    route = ("endpoint", "method")
    seconds = Histogram(
        "ops_request_seconds",
        "How long answers took to begin",
        route,
        registry=registry,
        buckets=_SECONDS,
    )
    requests = Counter(
        "ops_requests", "Requests that were answered", (*route, "status"), registry=registry
    )

    @app.after_request
    def count(response: flask.Response) -> flask.Response:
        if not intake.is_inner():
            asked = flask.request
            method = asked.method if asked.method in _METHODS else "other"
            labels = (asked.endpoint or "none", method)
            seconds.labels(*labels).observe(time.perf_counter() - flask.g.began)
            requests.labels(*labels, f"{response.status_code // 100}xx").inc()
        return response

    _watch(app.extensions["engine"], registry)


def _watch(engine: sa.Engine, registry: CollectorRegistry) -> None:
    """Say how the connections of this worker are used, whenever that changes."""
    as_sum: Any = {"registry": registry, "multiprocess_mode": "livesum"}
    in_use = Gauge("ops_pool_connections_in_use", "Connections that a request holds", **as_sum)
    size = Gauge("ops_pool_connections_size", "Connections that are kept open", **as_sum)
    overflow = Gauge("ops_pool_connections_overflow", "Connections beyond those", **as_sum)

    def note(pool: Any, held: int) -> None:
        in_use.set(held)
        size.set(pool.size())
        overflow.set(max(pool.overflow(), 0))

    def taken(*_: object) -> None:
        note(engine.pool, engine.pool.checkedout())  # type: ignore[attr-defined]

    def given_back(*_: object) -> None:
        # Told just before it is.
        note(engine.pool, engine.pool.checkedout() - 1)  # type: ignore[attr-defined]

    sa.event.listen(engine, "checkout", taken)
    sa.event.listen(engine, "checkin", given_back)
    note(engine.pool, 0)


class Jobs(Collector):
    """How the work beside the server goes."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self.jobs = list(jobs)

    def collect(self) -> Iterator[Metric]:
        """Say when each job last went well, and how often it failed."""
        went_well = GaugeMetricFamily(
            "ops_job_last_success_timestamp_seconds", "When a job last went well", labels=["job"]
        )
        failures = CounterMetricFamily("ops_job_failures", "Turns that failed", labels=["job"])
        for each in self.jobs:
            failures.add_metric([each.code], each.failures)
            if each.succeeded_at is not None:
                went_well.add_metric([each.code], each.succeeded_at)
        yield went_well
        yield failures


class _Workers(multiprocess.MultiProcessCollector):
    """What the workers wrote down, without the connections of those that are gone."""

    def collect(self) -> Iterable[Metric]:
        for file in Path(self._path).glob("gauge_live*.db"):
            pid = file.stem.rpartition("_")[2]
            if not Path("/proc", pid).exists():
                multiprocess.mark_process_dead(pid, self._path)
        return super().collect()


@contextmanager
def served(address: tuple[str, int] | None, collectors: Iterable[Collector]) -> Iterator[None]:
    """Answer Prometheus during the block, if there is an address for that.

    What is begun within the block, writes down what these read.
    """
    if address is None:
        yield
        return
    host, port = address
    with tempfile.TemporaryDirectory(prefix="ops-metrics-") as files:
        os.environ[_FILES] = files
        # The library chooses when it is imported, which was before anybody knew.
        values.ValueClass = values.get_value_class()
        registry = CollectorRegistry()
        _Workers(registry)
        version = {"version": importlib.metadata.version("ops")}
        Info("ops_build", "Which release this is", registry=registry).info(version)
        for each in collectors:
            registry.register(each)
        server, thread = start_http_server(port, host, registry)
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            del os.environ[_FILES]
            values.ValueClass = values.get_value_class()
