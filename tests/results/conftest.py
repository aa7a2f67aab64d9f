"""What tests of results share: somebody who logs, and the smallest thing to log of each kind."""

import pytest

from tests import factories

AT = "2026-11-02T12:00:00Z"
SMALLEST = {
    "warrant": {"power": "mda_23", "outcomes": ["nil"]},
    "arrest": {"reason": "supply_class_a"},
    "seizure": {"category": "phones"},
    "line": {"name": "Ricky"},
    "line_closure": {"type": "type_2", "line_name": "Ricky"},
    "line_change": {"change": "reopened", "line_name": "Ricky"},
    "search": {"type": "prison"},
    "safeguarding": {"actions": ["safeguarded"]},
    "engagement": {"activity": "school_session"},
    "resource": {"counts": [{"what": "officers", "number": "60"}]},
    "court_order": {"order_type": "cbo"},
    "order_breach": {"order_type": "bail_conditions"},
    "disruption": {"four_p": "pursue", "level_claimed": "major", "target": "group"},
    "premises_closure": {"closure": "landlord_action"},
    "partner_action": {"action": "visit"},
}


def payload(kind="arrest", detail=None, **fields):
    """Give what is sent to log a result."""
    fields = {"kind": kind, "occurred_at": AT} | fields
    detail = detail or {}
    # The short log of a warrant stands for one entry.
    smallest = {"power": "mda_23"} if "entries" in detail else SMALLEST.get(kind, {})
    return fields | {"detail": smallest | detail}


@pytest.fixture
def operation(session):
    """A live operation."""
    return factories.operation()


@pytest.fixture
def lead(client_as):
    """An operational lead's client."""
    return client_as("lead")


@pytest.fixture
def second(client_as):
    """The client of another lead, who confirms what the first one recorded."""
    return client_as("lead")


@pytest.fixture
def log(lead, operation):
    """Log a result of the operation, and give its record."""

    def send(kind="arrest", detail=None, *, client=lead, to=operation, **fields):
        body = payload(kind, detail, **fields)
        reply = client.post(f"/api/v1/operations/{to.id}/results", json=body)
        assert reply.status_code in {200, 201}, reply.text
        return reply.json

    return send
