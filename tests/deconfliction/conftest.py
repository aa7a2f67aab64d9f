"""Two forces that plan one street, and what is found at each statement, not at the commit."""

import pytest
import sqlalchemy as sa

from ops import db
from tests import factories


@pytest.fixture
def session(session):
    """A session in which conflicts are found at once: its own commits are savepoints."""
    session.execute(sa.text("set constraints all immediate"))
    session.commit()
    return session


@pytest.fixture
def lead(client_as):
    """A lead of the force."""
    return client_as("lead")


@pytest.fixture
def elsewhere(client_as):
    """A lead of another force."""
    return client_as("lead", organisation=factories.organisation("LANCS"))


@pytest.fixture
def desk(client_as):
    """Somebody at the force's deconfliction desk."""
    return client_as("desk")


@pytest.fixture
def mine(lead):
    """An operation of the force."""
    return factories.operation(created_by=lead.person.id, name="Operation Mine")


@pytest.fixture
def theirs(elsewhere):
    """An operation of the other force."""
    return factories.operation(
        organisation=db.session.get(
            type(factories.organisation()), elsewhere.person.organisation_id
        ),
        created_by=elsewhere.person.id,
        name="Operation Zqtheirs",
    )


def settle():
    """Find what was left for after the save, as the server does every second."""
    db.session.execute(sa.text("reset role"))
    found = db.session.scalar(sa.text("select settle_conflicts()"))
    db.session.commit()
    return found


def conflicts(client, deployment, **query):
    """Read a deployment's conflicts."""
    settle()
    reply = client.get(f"/api/v1/deployments/{deployment.id}/conflicts", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def desk_list(client, **query):
    """Read what the desk looks after."""
    settle()
    reply = client.get("/api/v1/deconfliction/conflicts", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


def change(thing, **values):
    """Change a record behind everybody's back."""
    model = type(thing)
    db.session.execute(sa.update(model).where(model.id == thing.id).values(**values))
    db.session.commit()
