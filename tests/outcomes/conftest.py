"""What tests of reconciling share: somebody who reports, and what stands beside it."""

import pytest

WEEK = {"starts_on": "2026-10-26", "ends_on": "2026-11-01", "as_at": "2026-11-01"}


@pytest.fixture
def lead(client_as):
    return client_as("lead")


@pytest.fixture
def report(lead, operation):
    """Report a figure of the operation."""

    def report(value, **said):
        body = {"measure": "arrests", "value": str(value), "unit": "count", "source": "A release",
                "operation": str(operation.id), **WEEK} | said  # fmt: skip
        body = {name: value for name, value in body.items() if value is not None}
        reply = lead.post("/api/v1/reported-figures", json=body)
        assert reply.status_code == 201, reply.text
        return reply.json["id"]

    return report


@pytest.fixture
def reconciled(lead):
    """Give what the API sets beside each other."""

    def reconciled(**query):
        return lead.get("/api/v1/reconciliation", query_string=query).json

    return reconciled
