"""Real PostGIS, built by the real migrations; each worker has its own database."""

from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import flask
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ops import create_app, db, intake
from ops.cluster import Cluster
from ops.config import Settings
from ops.exports import reading
from tests import databases, factories

ROOT = Path(__file__).parent.parent
# In the memory of the tests' own process.
PHOTOS = "memory://photos"
KEPT = {"measure", "framework_line", "retention_group", "erasure_keeps", "return_profile"}


@pytest.fixture(scope="session")
def cluster():
    """The private cluster, shared by every worker, stopped by the last."""
    with Cluster(ROOT / ".local" / "postgres").lease() as running:
        yield running


@pytest.fixture(scope="session")
def database_url(cluster):
    """A database of this worker's own, made by the migrations."""
    with databases.own(cluster, "test") as name:
        yield cluster.url(name)


@pytest.fixture(scope="session")
def app(database_url):
    """The app on that database."""
    app = create_app(
        Settings(database_url=database_url, demo=False, rate_limit="off", attachments=PHOTOS)
    )
    app.testing = True
    _end_what_is_rolled_back(app.extensions["engine"].dialect)
    yield app
    app.extensions["engine"].dispose()


@contextmanager
def undone(app):
    """Give a session whose commits are savepoints, all undone at the end of the block.

    A test arranges as the owner of the tables. A request gives up the owner's rights until its
    transaction ends, which here is the end of the test: so they are taken back after each.
    """
    engine = app.extensions["engine"]
    with (
        engine.connect() as connection,
        connection.begin() as outer,
        patch.object(reading.Reading, "lines", _copied_whole),
        flask.request_finished.connected_to(_read_whole, app),
        flask.request_tearing_down.connected_to(lambda *_, **__: _own_again(connection), app),
    ):
        db.session.remove()
        db.session.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield db.session
        db.session.remove()
        db.session.configure(bind=engine, join_transaction_mode="conditional_savepoint")
        outer.rollback()


def _end_what_is_rolled_back(dialect):
    """Release each savepoint that is rolled back.

    PostgreSQL keeps it otherwise, SQLAlchemy does not say, and each row that is looked at is
    compared with all of them: thousands of requests in one transaction take minutes more.
    """
    roll_back = dialect.do_rollback_to_savepoint

    def roll_back_and_release(connection, name):
        roll_back(connection, name)
        dialect.do_release_savepoint(connection, name)

    dialect.do_rollback_to_savepoint = roll_back_and_release


def _read_whole(_app, response, **_):
    """Read what is streamed at once: a test has but one connection, for all that follows too."""
    if response.is_streamed and not response.direct_passthrough:
        try:
            response.make_sequence()
        finally:
            response.close()


def _copied_whole(read, table, _lines=reading.Reading.lines):
    """Read a copy to its end first: while it runs, its connection does nothing else."""
    return iter(list(_lines(read, table)))


def _own_again(connection):
    if flask.request.environ.get(intake.INNER):
        return  # The page that asked is not done yet.
    # What the request left undone goes first: rolled back later, it would bring the role back.
    db.session.remove()
    connection.exec_driver_sql("reset role")


@pytest.fixture
def session(app):
    """A session whose commits are savepoints, all undone when the test ends."""
    with undone(app) as session:
        yield session


@pytest.fixture
def committed(app):
    """The app with real commits, for tests of several connections at once; emptied after each."""
    with app.app_context():
        yield app
        db.session.rollback()
        empty()


def empty():
    """Empty every table but those that the migrations fill."""
    tables = db.Model.metadata.sorted_tables
    names = [table.name for table in tables if table.name not in KEPT]
    with db.transaction():
        # Some of these name who wrote a row, so that they are emptied with the people.
        kept = {
            each: db.session.execute(sa.select(each)).all() for each in tables if each.name in KEPT
        }
        db.session.execute(sa.text(f"truncate {', '.join(names)} cascade"))
        for table, rows in kept.items():
            ours = [row._asdict() for row in rows if getattr(row, "made_by", None) is None]
            if ours:
                db.session.execute(postgresql.insert(table).on_conflict_do_nothing(), ours)


@pytest.fixture
def client(app, session):
    """A client that nobody is signed in to."""
    return app.test_client()


@pytest.fixture
def client_as(app, session):
    """A client with the bearer token of somebody in the role asked for."""

    def make(role="lead", **person):
        client = app.test_client()
        client.person = factories.person(role=role, **person)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {factories.token(client.person)}"
        # A request that is refused would leave it expired.
        session.expunge(client.person)
        return client

    return make


@pytest.fixture
def statements(app, session):
    """The SQL statements that ran, for tests that count them."""
    return factories.Statements(app.extensions["engine"])
