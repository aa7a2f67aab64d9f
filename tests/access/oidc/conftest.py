"""The app with a real provider, and a client that goes there and back."""

import pytest

from ops import create_app
from ops.config import Settings
from tests import factories, oidc_provider
from tests.conftest import undone

HERE = "http://localhost"


@pytest.fixture(scope="module")
def provider():
    """A provider that knows the tracker."""
    with oidc_provider.running(HERE) as running:
        yield running


@pytest.fixture(scope="module")
def app(database_url, provider):
    """The app, with that provider."""
    settings = Settings(
        database_url=database_url, demo=False, rate_limit="off", **provider.settings()
    )
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def session(app):
    """A session that is undone, and a force to belong to."""
    with undone(app) as session:
        factories.organisation()
        yield session


@pytest.fixture
def sign_in(client, provider):
    """Go to the provider and back as somebody; give the last reply."""

    def make(login, there="/map", **form):
        return client.get(provider.visit(begin(client, there), login, **form))

    return make


def begin(client, there="/map"):
    """Give where the tracker sends a browser to."""
    reply = client.get("/sign-in/oidc", query_string={"next": there})
    assert reply.status_code == 303, reply.text
    return reply.location
