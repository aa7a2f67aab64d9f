"""What tests of exports share: results of every kind, and a file read back."""

import csv
import io

import pytest

from tests.results.conftest import SMALLEST, lead, log, operation, payload, second

__all__ = ["lead", "log", "operation", "payload", "second"]
HERE = {"type": "Point", "coordinates": [-2.2441, 53.4936]}
ADDRESS = "/api/v1/results."


@pytest.fixture
def taken():
    """Take results away in a format, and give the reply with the whole file in it."""

    def take(client, form, **asked):
        reply = client.get(f"{ADDRESS}{form}", query_string=asked)
        assert reply.status_code == 200, reply.text
        return reply

    return take


@pytest.fixture
def every_kind(log):
    """Log a result of each kind."""
    return {kind: log(kind, position=HERE) for kind in SMALLEST}


def rows(reply):
    """Read a CSV file."""
    return list(csv.DictReader(io.StringIO(reply.get_data(as_text=True), newline="")))
