"""Each look is in the log, once, with what was seen, and nothing is shown without it."""

import sqlalchemy as sa

from ops.ledger.models import LogEntry
from tests import factories

API = "/api/v1"


def entries(session):
    session.execute(sa.text("reset role"))
    return session.scalars(sa.select(LogEntry).order_by(LogEntry.at)).all()


def test_a_look_at_an_operation_is_one_entry(client_as, session):
    lead = client_as()
    operation = factories.operation()

    reply = lead.get(f"{API}/operations/{operation.id}")

    [entry] = entries(session)
    assert reply.status_code == 200
    assert (entry.act, entry.endpoint, entry.count) == (
        "consultation",
        "operations.OperationById",
        1,
    )
    assert entry.operations == [operation.id]


def test_a_list_is_one_entry_with_the_records_by_operation(client_as, session):
    lead = client_as()
    operation = factories.operation()
    area = factories.area(operation)

    lead.get(f"{API}/operations/{operation.id}/areas")

    [entry] = entries(session)
    assert entry.seen == [{"kind": "area", "operation": str(operation.id), "ids": [str(area.id)]}]
