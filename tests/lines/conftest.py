"""What tests of lines share: an operation, two leads, and lines with what became of them."""

import pytest

from tests import factories
from tests.results.conftest import lead, log, operation, payload, second

__all__ = ["lead", "log", "operation", "second"]
DEACTIVATED = {"deactivated_on": "2026-11-02", "line_name": None}


@pytest.fixture
def line(log):
    """A line that was identified."""
    return log("line", {"name": "Ricky", "numbers": ["07700 900123"]})["id"]


@pytest.fixture
def close(log, second):
    """Log a closure of a line and have it confirmed; give its record."""

    def send(line, on="2026-11-02", **fields):
        detail = DEACTIVATED | {"line": line, "closed_on": on}
        closure = log("line_closure", detail, **fields)
        confirmed = second.post(f"/api/v1/results/{closure['id']}/confirm")
        assert confirmed.status_code == 200, confirmed.text
        return confirmed.json

    return send


@pytest.fixture
def change(log):
    """Log what became of a line; give its record."""

    def send(line, change="reopened", on="2026-11-05", **detail):
        return log("line_change", {"line": line, "line_name": None, "change": change, "on": on}
                   | detail)  # fmt: skip

    return send


def try_to_close(client, operation, line, on="2026-11-09", **fields):
    """Send a closure of a line; give the reply."""
    detail = DEACTIVATED | {"line": line, "closed_on": on}
    body = payload("line_closure", detail, **fields)
    return client.post(f"/api/v1/operations/{operation.id}/results", json=body)


def covert():
    """Make a covert operation."""
    return factories.operation(visibility="covert")
