"""How often one may ask."""

import os
import shutil
import socket
import subprocess
import time

import pytest
import redis

from ops import create_app
from ops.config import Settings
from tests import factories
from tests.access.conftest import PASSWORD
from tests.conftest import ROOT

# How long a server may take to answer for the first time, on a slow machine.
PATIENCE_S = 60
DEBIAN = ROOT / ".local" / "debian"
HERE = {"REMOTE_ADDR": "192.0.2.1"}
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.2"}


@pytest.fixture
def limited(app, session):
    """Make an app on the same database that counts as these settings say."""
    engines = []

    def make(**settings):
        engine = session.get_bind()
        settings = {"rate_limit": "5/minute"} | settings
        made = create_app(Settings(database_url=app.config["DATABASE_URL"], demo=False, **settings))
        engines.append(made.extensions["engine"])
        session.remove()
        session.configure(bind=engine, join_transaction_mode="create_savepoint")
        return made

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def redis_url():
    """A Redis of our own, on a free port."""
    program = shutil.which("redis-check-rdb") or DEBIAN / "usr/bin/redis-check-rdb"
    libraries = ":".join(str(folder) for folder in DEBIAN.glob("usr/lib/*-linux-*"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # One program is the server, the tools and their checks; it goes by the name it is called.
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        executable=program,
        env=os.environ | ({"LD_LIBRARY_PATH": libraries} if libraries else {}),
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _wait_for(port, server):
    deadline = time.monotonic() + PATIENCE_S
    with redis.Redis(port=port) as client:
        while time.monotonic() < deadline and server.poll() is None:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.05)
            else:
                return
    raise AssertionError("Redis did not answer.")


def signed_in(app, person=None, **environ):
    """Give a client with a token of somebody's own."""
    client = app.test_client()
    token = factories.token(person or factories.person())
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {token}"} | (environ or HERE)
    return client


def statuses(client, address="/api/v1/me", times=6, **how):
    return [client.open(address, **how).status_code for _ in range(times)]


def test_a_person_has_so_many_requests_and_is_told_when_to_come_back(limited):
    client = signed_in(limited())

    replies = [client.get("/api/v1/me") for _ in range(6)]

    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert [int(reply.headers["RateLimit-Remaining"]) for reply in replies] == [4, 3, 2, 1, 0, 0]
    refused = replies[-1]
    assert refused.headers["RateLimit-Limit"] == "5"
    # A minute, begun or about to begin.
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert refused.mimetype == "application/problem+json"
    assert refused.json["type"] == "/problems/too-many-requests"
    assert "wait" in refused.json["detail"]
    assert "Retry-After" not in replies[0].headers


def test_a_page_that_is_one_too_many_says_so_in_words(limited):
    client = signed_in(limited())
    statuses(client)

    reply = client.get("/operations")

    assert reply.status_code == 429
    assert "wait" in reply.text


def test_a_page_that_calls_the_api_for_its_reader_counts_once(limited):
    operation = factories.operation()
    client = signed_in(limited(rate_limit="100/minute"))

    reply = client.get("/outcomes")
    after = client.get(f"/api/v1/operations/{operation.id}")

    assert reply.status_code == 200
    assert after.headers["RateLimit-Remaining"] == "98"


def test_all_addresses_of_a_person_count_together_and_nobody_elses(limited):
    app = limited()
    person = factories.person()

    mine = statuses(signed_in(app, person, **HERE), times=3)
    still_mine = statuses(signed_in(app, person, **ELSEWHERE), times=3)
    colleague = statuses(signed_in(app, **HERE), times=5)

    assert mine + still_mine == [200] * 5 + [429]
    assert colleague == [200] * 5


def test_what_leads_nowhere_counts_too(limited):
    client = signed_in(limited())

    assert statuses(client, "/nothing") == [404] * 5 + [429]


def test_whoever_is_nobody_is_counted_by_address_and_shuts_nobody_out(limited):
    app = limited()
    stranger = app.test_client()
    stranger.environ_base |= HERE

    refused = statuses(stranger, headers={"Authorization": "Bearer wrong"})

    assert refused == [401] * 5 + [429]
    assert statuses(signed_in(app, **HERE), times=5) == [200] * 5
    assert stranger.get("/sign-in").status_code == 200
    assert stranger.get("/healthz").status_code == 200
    stranger.environ_base |= ELSEWHERE
    assert stranger.get("/api/v1/me").status_code == 401


def test_failed_sign_ins_are_counted_by_address_whatever_name_they_try(limited, somebody):
    client = limited(rate_limit_sign_in="3/minute").test_client()
    client.environ_base |= HERE
    right = {"email": somebody.email, "password": PASSWORD}

    tries = [
        client.post("/sign-in", data={"email": f"a{number}@example.test", "password": "x"})
        for number in range(4)
    ]
    shut_out = client.post("/sign-in", data=right)
    client.environ_base |= ELSEWHERE
    let_in = client.post("/sign-in", data=right)

    assert [reply.status_code for reply in tries] == [401] * 3 + [429]
    assert "Retry-After" in tries[-1].headers
    assert (shut_out.status_code, let_in.status_code) == (429, 303)


def test_a_whole_shift_signs_in_from_one_address(limited, somebody):
    client = limited(rate_limit_sign_in="3/minute").test_client()
    right = {"email": somebody.email, "password": PASSWORD}

    assert statuses(client, "/sign-in", times=8, method="POST", data=right) == [303] * 8


def test_ten_thousand_tries_reach_the_password_twenty_times(limited, somebody, monkeypatch):
    client = limited().test_client()
    looked = []
    monkeypatch.setattr("ops.access.passwords.is_right", lambda *words: looked.append(words))

    for number in range(10_000):
        guess = {"email": f"a{number}@example.test", "password": "x"}
        assert client.post("/sign-in", data=guess).status_code in {401, 429}

    # The minute may turn once or twice on the way.
    assert 20 <= len(looked) <= 60


def test_what_is_handed_out_is_counted_apart(limited):
    operation = factories.operation()
    client = signed_in(limited(rate_limit="100/minute", rate_limit_export="2/minute"))

    files = statuses(client, f"/operations/{operation.id}/map.html", times=3)

    assert files == [200, 200, 429]
    assert client.get("/operations").status_code == 200


def test_a_phone_that_comes_back_with_two_hundred_results_is_one_request(limited):
    client = signed_in(limited())
    items = [{"kind": "arrest"}] * 200

    reply = client.post("/api/v1/results/batch", json={"items": items})

    assert reply.status_code == 207
    assert reply.headers["RateLimit-Remaining"] == "4"


def test_off_counts_nothing(limited):
    client = signed_in(limited(rate_limit="off"))

    reply = client.get("/api/v1/me")

    assert "RateLimit-Limit" not in reply.headers
    assert statuses(client, times=20) == [200] * 20


@pytest.mark.parametrize("text", ["often", "0/minute", "5/fortnight", "5 minutes", "-1/minute"])
def test_a_limit_that_makes_no_sense_is_refused_at_the_start(text):
    with pytest.raises(ValueError, match="OPS_RATE_LIMIT_EXPORT"):
        Settings.from_env({"OPS_RATE_LIMIT_EXPORT": text})


def test_workers_and_machines_count_together_in_redis(limited, redis_url):
    person = factories.person()
    one = signed_in(limited(rate_limit_url=redis_url), person)
    other = signed_in(limited(rate_limit_url=redis_url), person)

    assert statuses(one, times=3) == [200] * 3
    assert statuses(other, times=3) == [200, 200, 429]


def test_without_redis_each_worker_counts_for_itself(limited):
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"redis://127.0.0.1:{free.getsockname()[1]}"
    client = signed_in(limited(rate_limit_url=nobody))

    assert statuses(client) == [200] * 5 + [429]
