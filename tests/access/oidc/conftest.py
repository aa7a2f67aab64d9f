"""The app with a real provider, or one that lies, and clients that go there and back."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from ops import create_app, db
from ops.access import oidc
from ops.access.models import WebSession
from ops.config import Settings
from tests import factories, oidc_provider
from tests.conftest import undone
from tests.oidc_provider import fake as fakes

HERE = "http://localhost"
BACK = "/sign-in/oidc/callback"


@pytest.fixture(scope="module")
def provider():
    """A provider that knows the tracker."""
    with oidc_provider.running() as running:
        running.register(HERE)
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


@pytest.fixture(scope="module")
def liar():
    """A provider that does what the test wants."""
    with fakes.running() as fake:
        yield fake


@pytest.fixture
def fake(liar):
    """That provider, honest again."""
    liar.begin_again()
    return liar


@pytest.fixture(scope="module")
def believer(liar, database_url):
    """An app that believes in that provider."""
    settings = Settings(database_url=database_url, demo=False, rate_limit="off", **liar.settings())
    app = create_app(settings)
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def visitor(fake, believer):
    """A client of that app, which knows nothing of the provider yet."""
    oidc.init_app(believer)
    with undone(believer):
        factories.organisation()
        yield believer.test_client()


@pytest.fixture
def app_without(database_url):
    """The app without a provider."""
    app = create_app(Settings(database_url=database_url, demo=False, rate_limit="off"))
    yield app
    app.extensions["engine"].dispose()


def asked_of(client):
    """Begin; give what the provider is asked, by name."""
    asked = parse_qs(urlsplit(begin(client)).query)
    return {name: values[0] for name, values in asked.items()}


def lines(caplog):
    """Give what the log says of refusals."""
    return [json.loads(each.getMessage()) for each in caplog.records if each.name == "ops.logs"]


def refused(client, reply, status, caplog):
    """Hold a reply to be a refusal with a sentence, noted once, and that begins no session."""
    assert reply.status_code == status, reply.text
    noted = lines(caplog)
    assert [line["status"] for line in noted] == [status]
    assert not any(
        cookie.startswith("ops_session") for cookie in reply.headers.getlist("Set-Cookie")
    )
    assert db.session.query(WebSession).count() == 0
    return noted[0].get("oidc")
