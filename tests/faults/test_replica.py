"""A standby that boards and exports are read from: right while it lags, lacks, hangs or is dead."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from prometheus_client import generate_latest

from ops import create_app, db, health, replica
from ops.cluster import APPLICATION
from ops.config import Settings
from ops.db import new_id
from tests.factories import Statements
from tests.faults.conftest import until
from tests.faults.database import Standby

# Once, and once more where it was not level.
ASKED_WHETHER_IT_SERVES = 2
BOARDS = ("/api/v1/outcomes", "/targets/board", "/boards/map?measure=arrests")


@pytest.fixture(scope="module")
def standby(seeded, database):
    made = Standby(database)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(seeded, database, standby):
    """An app that reads boards from the standby, as the tests' own app is bound elsewhere."""
    bound = dict(db.session.session_factory.kw)
    made = create_app(
        Settings(
            database_url=over_tcp(APPLICATION, database),
            replica_database_url=over_tcp(APPLICATION, standby),
            rate_limit="off",
            attachments="memory://replica",
            metrics_bind="127.0.0.1:9100",
        )
    )
    yield made
    made.extensions["engine"].dispose()
    made.extensions["replica"]._engine.dispose()
    db.session.remove()
    db.session.configure(**bound)


def over_tcp(role, *servers, attributes=""):
    """Give the address of servers, of which one is to be found by what it is."""
    [url, *_] = (sa.make_url(each.cluster.url(role=role)) for each in servers)
    hosts = "&".join(f"host=127.0.0.1:{each.cluster.postmaster.address()[1]}" for each in servers)
    return f"postgresql+psycopg://{role}:{url.password}@/{url.database}?{hosts}{attributes}"


@pytest.fixture
def client(app, seeded, world, standby):
    """A client of an officer's, once the standby has all there is and is tried again."""
    app.extensions["replica"].wrong = ""
    until(lambda: is_level(world, standby))
    made = app.test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {seeded[0]['token']}"
    return made


def is_level(world, standby):
    there = world.run("select pg_current_wal_flush_lsn()").scalar_one()
    with standby.cluster._administration() as connection:
        query = "select pg_last_wal_replay_lsn() >= %s::pg_lsn"
        return connection.execute(query, [there]).fetchone()[0]


@pytest.fixture
def board(seeded):
    return f"/api/v1/operations/{seeded[0]['operation']}/outcomes/board"


def asked(app):
    """Tell what is asked of the replica from here on."""
    return Statements(app.extensions["replica"]._engine).counted()


def answered_there(app, client, address):
    """Ask until the replica answers: what the servers write for themselves, it may lack yet."""
    replies = []

    def is_answered_there():
        with asked(app) as found:
            replies.append(client.get(address))
            replies[-1].get_data()
        return len(found) > ASKED_WHETHER_IT_SERVES

    until(is_answered_there)
    return replies[-1]


def log(client, seeded):
    sent = {
        "id": str(new_id()),
        "kind": "engagement",
        "occurred_at": (dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)).isoformat(),
        "detail": {"activity": "school_session"},
    }
    return client.post(f"/api/v1/operations/{seeded[0]['operation']}/results", json=sent)


def sessions(reply):
    [found] = [each for each in reply.json["measures"] if each["code"] == "sessions_delivered"]
    return int(found["value"])


def test_boards_and_exports_are_read_from_the_replica_and_nothing_else_is(
    app, client, board, world, database
):
    seen = "select count(*) from log_entry"
    for address in (board, *BOARDS, "/api/v1/results.csv"):
        before = world.run(seen).scalar_one()
        reply = answered_there(app, client, address)

        assert (reply.status_code, replica._BEHIND in reply.headers) == (200, False), address
        # That it was looked at is written where it can be.
        assert world.run(seen).scalar_one() > before
    with asked(app) as found:
        for address in ("/api/v1/operations", "/api/v1/results", f"{board.removesuffix('/board')}"):
            assert client.get(address).status_code == 200
    assert found == []
    told = generate_latest(app.extensions["metrics"]).decode()
    assert f'ops_replica_reads_total{{by="replica"}} {len(BOARDS) + 2}.0' in told
    settings = dataclasses.replace(app.config["SETTINGS"], owner_database_url=database.url)
    work = health.Work(settings)
    metrics = {each.name: each.samples for each in work.collect()}
    work._replica._engine.dispose()
    assert [each.value for each in metrics["ops_replica_up"]] == [1]
    assert metrics["ops_replica_lag_seconds"][0].value < 60


@pytest.fixture
def told_at_once(monkeypatch):
    """Tell how old a state is, be it the least bit."""
    monkeypatch.setattr(replica, "_TELLING_S", 0)


@pytest.fixture
def other(app, client, seeded, world):
    """Somebody else's browser: the cookie of a colleague."""
    made = app.test_client()
    made.set_cookie("ops_session", world.cookie("second", "")["value"])
    return made


@pytest.mark.usefixtures("told_at_once")
def test_a_replica_that_lags_says_by_how_much_and_hides_from_nobody_what_they_wrote(
    app, client, other, board, seeded, standby, world
):
    other.get(board)
    with standby.falling_behind():
        before = sessions(client.get(board))
        assert log(client, seeded).status_code == 201
        mine, theirs = client.get(board), other.get(board)
        page = other.get(f"/operations/{seeded[0]['operation']}/outcomes/board")
        file = other.get("/api/v1/results.csv")
        file.get_data()

    assert (sessions(mine), replica._BEHIND in mine.headers) == (before + 1, False)
    assert (sessions(theirs), int(theirs.headers[replica._BEHIND]) >= 0) == (before, True)
    at = dt.datetime.fromisoformat(theirs.json["as_at"])
    assert at < dt.datetime.fromisoformat(mine.json["as_at"])
    assert "Figures as at " in page.text
    assert replica._BEHIND in file.headers
    until(lambda: is_level(world, standby))
    assert sessions(other.get(board)) == before + 1


def test_who_may_see_what_is_as_it_is_now_however_far_behind_the_replica_is(
    other, board, seeded, standby, world
):
    hide = "update operation set visibility = :to, version = version + 1 where id = :id"
    assert other.get(board).status_code == 200
    with standby.falling_behind():
        world.run(hide, to="covert", id=seeded[0]["operation"])
        hidden = other.get(board)
        world.run(hide, to="open", id=seeded[0]["operation"])

    assert hidden.status_code == 404


def test_a_replica_too_far_behind_is_left_alone(app, client, other, board, seeded, standby):
    app.extensions["replica"]._most_s = 0
    with standby.falling_behind():
        log(client, seeded)
        replies = [other.get(board) for _ in range(2)]
        with asked(app) as found:
            ready = client.get("/readyz")
    app.extensions["replica"]._most_s = 60

    assert [(each.status_code, replica._BEHIND in each.headers) for each in replies] == [
        (200, False)
    ] * 2
    assert found == []
    assert (ready.status_code, ready.json["status"]) == (200, "ready")
    assert ready.json["checks"]["replica"] == "is too far behind; the primary is read"


def test_boards_are_answered_while_the_replica_stands_still(
    app, client, board, standby, monkeypatch
):
    monkeypatch.setattr(replica, "SECONDS", 0.5)
    assert client.get(board).status_code == 200
    with standby.standing_still():
        frozen = client.get(board)
        with asked(app) as found:
            replies = [client.get(address).status_code for address in (board, "/readyz")]
        said = client.get("/readyz").json["checks"]["replica"]

    assert (frozen.status_code, replies, found) == (200, [200, 200], [])
    assert said == "does not answer; the primary is read"


def test_a_replica_that_dies_in_the_midst_of_a_board_is_not_missed(
    app, client, board, standby, monkeypatch
):
    engine = app.extensions["replica"]._engine
    answered = client.get(board)

    def kill(_connection, _cursor, statement, *_rest):
        if "measure" in statement and not standby.is_dead:
            standby.kill()

    sa.event.listen(engine, "before_cursor_execute", kill)
    replies = [client.get(board) for _ in range(2)]
    sa.event.remove(engine, "before_cursor_execute", kill)
    assert standby.is_dead
    standby.start()
    monkeypatch.setattr(app.extensions["replica"], "_again_at", 0)
    until(lambda: client.get("/readyz").json["checks"]["replica"] == "ok")

    assert answered_there(app, client, board).status_code == 200
    assert [each.status_code for each in replies] == [200, 200]
    assert [each.json["measures"] for each in replies] == [answered.json["measures"]] * 2


def test_a_commit_that_is_cancelled_while_it_waits_for_a_standby_is_not_called_stored(
    client, seeded, database, world
):
    with ThreadPoolExecutor(1) as other:
        with database.hanging_commits():
            waiting = other.submit(log, client, seeded)
            until(world.is_committing)
            world.run(
                "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
            )
            reply = waiting.result()
        other.submit(db.session.remove).result()
    # The next look is written by a server that waits for nobody again.
    database.kill()
    database.start()

    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    assert "Send the same once more" in reply.json["detail"]


def test_what_is_written_to_a_standby_is_refused_until_the_primary_is_found(
    app, client, seeded, database, standby, world
):
    servers = (standby, database)
    here = create_app(
        Settings(database_url=over_tcp(APPLICATION, standby), rate_limit="off", demo=False)
    )
    there = create_app(
        Settings(
            database_url=over_tcp(
                APPLICATION, *servers, attributes="&target_session_attrs=read-write"
            ),
            rate_limit="off",
        )
    )
    clients = [made.test_client() for made in (here, there)]
    for each in clients:
        each.environ_base = client.environ_base

    db.session.configure(bind=here.extensions["engine"])
    refused = log(clients[0], seeded)
    kept = here.extensions["engine"].pool.checkedin()
    db.session.configure(bind=there.extensions["engine"])
    db.session.remove()
    first = log(clients[1], seeded)
    # And now the primary dies.
    database.kill()
    standby.promote()
    replies = [log(clients[1], seeded) for _ in range(2)]

    assert (refused.status_code, refused.headers["Retry-After"], kept) == (503, "5", 0)
    assert "another server" in refused.json["detail"]
    assert first.status_code == 201
    assert (replies[0].status_code, replies[0].headers["Retry-After"]) == (503, "5")
    assert replies[1].status_code == 201
    for made in (here, there):
        made.extensions["engine"].dispose()
    db.session.remove()
    db.session.configure(bind=app.extensions["engine"])
