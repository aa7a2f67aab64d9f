"""What tests of plans share."""

import pytest
import sqlalchemy as sa

from ops.operations.models import Operation


@pytest.fixture
def close(session):
    """Close an operation, whatever was asked of it before."""

    def make(operation_id):
        session.execute(
            sa.update(Operation).where(Operation.id == operation_id).values(status="closed")
        )
        session.commit()

    return make
