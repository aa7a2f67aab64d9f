"""The sealed ledger is whole after an erasure, and is not where one only says so."""

import pytest
import sqlalchemy as sa

from ops import db
from ops.ledger import checking, sealing
from tests import factories
from tests.results.conftest import payload
from tests.retention.conftest import decide, erase
from tests.retention.test_erasure import MARK


@pytest.fixture
def clients(own_app, engine):
    """Two in charge, on the server of the ledger's own tests."""

    def client():
        made = own_app.test_client()
        token = factories.token(factories.person("lead"))
        made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return made

    yield client(), client()
    # Whoever asked last is no longer the actor.
    db.session.remove()


@pytest.fixture
def erased(clients, engine):
    """A result that was sealed before it was erased."""
    lead, second = clients
    operation = factories.operation(status="closed").id
    made = lead.post(f"/api/v1/operations/{operation}/results", json=payload(note=MARK)).json
    decide(lead, f"/results/{made['id']}")
    sealing.seal(engine)
    assert erase(second, f"/results/{made['id']}").status_code == 200
    return made["id"]


def test_the_ledger_is_whole_after_an_erasure(engine, erased):
    before = checking.verify(engine)
    sealing.seal(engine)
    after = checking.verify(engine)

    assert (before.fault, after.fault) == (None, None)
    assert after.waiting == 0
    with engine.connect() as connection:
        gone = connection.scalar(sa.text("select count(*) from change where salt is null"))
    assert gone > 0


def test_content_that_is_gone_without_an_entry_is_named(engine, clients, erased):
    with engine.begin() as connection:
        connection.execute(
            sa.text("update change set before = null, after = null, salt = null"
                    " where object = 'operation'")
        )  # fmt: skip

    verdict = checking.verify(engine)

    assert "no entry says that it was erased" in str(verdict.fault)
