"""A server of their own: on a shared one, what others have open holds the seals back."""

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa

from ops import create_app, db
from ops.cluster import Cluster
from ops.config import Settings
from tests.conftest import ROOT


@pytest.fixture(scope="session")
def own_server(tmp_path_factory):
    """A cluster that only these tests use."""
    with Cluster(tmp_path_factory.mktemp("ledger") / "postgres").lease() as running:
        yield running


@pytest.fixture(scope="session")
def own_app(own_server):
    """The app on a database of that cluster."""
    own_server.create_database("ledger")
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.attributes["url"] = own_server.url("ledger")
    alembic.command.upgrade(configuration, "head")
    app = create_app(Settings(database_url=own_server.url("ledger"), demo=False, rate_limit="off"))
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def engine(own_app, app):
    """The owner's connections to it, with real commits; emptied after each test."""
    engine = own_app.extensions["engine"]
    db.session.remove()
    db.session.configure(bind=engine)
    with own_app.app_context():
        yield engine
        db.session.rollback()
        kept = {"retention_group", "erasure_keeps"}
        tables = [each.name for each in db.Model.metadata.sorted_tables if each.name not in kept]
        names = ", ".join(tables)
        with db.transaction():
            db.session.execute(sa.text(f"truncate {names} cascade"))
    db.session.remove()
    db.session.configure(bind=app.extensions["engine"])
