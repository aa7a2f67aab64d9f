"""What tests of the OGC API share: a reader, and something to read."""

import pytest
import sqlalchemy as sa
from shapely.geometry import MultiPolygon, box

from ops import db
from ops.ledger.models import LogEntry
from tests import factories


@pytest.fixture
def lead(client_as):
    """An operational lead's client."""
    return client_as("lead")


@pytest.fixture
def operation(session):
    """A live operation."""
    return factories.operation()


@pytest.fixture
def areas(operation):
    """Five areas in a row from west to east, each in force a day longer than the one before."""
    return [
        factories.area(
            operation,
            MultiPolygon([box(-2.3 + n / 10, 53.4, -2.25 + n / 10, 53.5)]),
            name=f"Area {'ABCDE'[n]}",
            purpose="cordon" if n % 2 else "target",
            valid_from=factories.NOON,
            valid_to=factories.NOON + factories.dt.timedelta(days=n + 1),
        )
        for n in range(5)
    ]


@pytest.fixture
def names(lead, areas):
    """Ask for areas, and give the last letters of their names."""

    def ask(**query):
        reply = lead.get("/ogc/collections/areas/items", query_string=query)
        assert reply.status_code == 200, reply.text
        told = reply.json
        assert told["numberMatched"] == told["numberReturned"] == len(told["features"])
        return "".join(each["properties"]["name"][-1] for each in told["features"])

    return ask


@pytest.fixture
def last_look(session):
    """Give the newest entry of the log, with what was seen as its readers find it."""
    seen = sa.func.unpacked_looks(LogEntry.packed_kind, LogEntry.packed).label("seen")
    entry = sa.select(LogEntry.endpoint, LogEntry.operations, LogEntry.asked, seen)
    return lambda: db.session.execute(entry.order_by(LogEntry.id.desc()).limit(1)).one()
