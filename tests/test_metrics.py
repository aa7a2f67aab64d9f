"""What Prometheus is told of requests: by endpoint, and never which record."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ops import create_app, db, metrics
from ops.config import Settings
from ops.timer import Job


@pytest.fixture
def watched(app):
    """An app that somebody watches, on the tests' database."""
    settings = Settings(
        database_url=app.config["DATABASE_URL"], rate_limit="off", metrics_bind="127.0.0.1:9100"
    )
    made = create_app(settings)
    yield made
    made.extensions["engine"].dispose()
    db.session.remove()
    db.session.configure(bind=app.extensions["engine"])


def told(app):
    return generate_latest(app.extensions["metrics"]).decode()


def test_requests_are_counted_and_timed_by_endpoint_method_and_class(watched):
    client = watched.test_client()
    secret = "0193e9a0-1111-7222-8333-444455550000"

    client.get(f"/api/v1/operations/{secret}?q={secret}")
    client.get("/healthz")
    client.get(f"/{secret}")
    client.open("/healthz", method="MADEUP")

    text = told(watched)
    counts = [line for line in text.splitlines() if line.startswith("ops_requests_total")]
    assert sorted(counts) == [
        'ops_requests_total{endpoint="health.healthz",method="GET",status="2xx"} 1.0',
        'ops_requests_total{endpoint="none",method="GET",status="3xx"} 1.0',
        'ops_requests_total{endpoint="none",method="other",status="4xx"} 1.0',
        'ops_requests_total{endpoint="operations.OperationById",method="GET",status="4xx"} 1.0',
    ]
    assert (
        'ops_request_seconds_bucket{endpoint="health.healthz",le="+Inf",method="GET"} 1.0' in text
    )
    assert secret not in text


def test_connections_are_counted_as_they_are_taken_and_given_back(watched):
    engine = watched.extensions["engine"]
    held = [engine.connect() for _ in range(db.POOL_SIZE + 1)]
    during = told(watched)
    for each in held:
        each.close()
    after = told(watched)

    assert f"ops_pool_connections_in_use {db.POOL_SIZE + 1}.0" in during
    assert "ops_pool_connections_overflow 1.0" in during
    assert f"ops_pool_connections_size {db.POOL_SIZE}.0" in during
    assert "ops_pool_connections_in_use 0.0" in after


def test_nothing_is_measured_that_nobody_asked_for(app):
    assert "metrics" not in app.extensions


def test_jobs_say_when_they_went_well_and_how_often_they_failed():
    registry = CollectorRegistry()
    jobs = [
        Job("seal", "seals", 1, print, succeeded_at=12.5, failures=2),
        Job("tak", "a TAK server", 1, print),
    ]
    registry.register(metrics.Jobs(jobs))

    text = generate_latest(registry).decode()

    assert 'ops_job_last_success_timestamp_seconds{job="seal"} 12.5' in text
    assert 'timestamp_seconds{job="tak"}' not in text
    assert 'ops_job_failures_total{job="seal"} 2.0' in text
