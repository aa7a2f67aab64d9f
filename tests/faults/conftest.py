"""A real server that can be killed, a real browser that can be killed, and a real database."""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa

from tests.browser.conftest import _wait_for
from tests.conftest import ROOT
from tests.faults.database import Database
from tests.faults.phone import HOLD_STORES, Phone
from tests.faults.proxy import Proxy

SIZE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000


class Server:
    """The server on one address, through any number of its deaths."""

    def __init__(self, env, workers=1, log=None):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{self.bind}"
        self.env = env | {"OPS_BIND": self.bind, "OPS_WORKERS": str(workers)}
        self.log = log
        self.process = None

    def start(self, release=ROOT):
        """Serve what stands in this directory."""
        self.release = release
        command = [sys.executable, "-c", "from ops.cli import main; main()", "serve"]
        self.process = subprocess.Popen(
            command, cwd=release, env=self.env, stderr=self.log, start_new_session=True
        )
        _wait_for(f"{self.url}/healthz", self.process)

    def kill(self):
        """End it as a power cut would: all its processes, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class World:
    """The database: who there is, and what has arrived."""

    def __init__(self, told, url):
        self.people, self.operation, self.deployment, self.other = (
            told[name] for name in ("people", "operation", "deployment", "other")
        )
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)

    def ids(self):
        """Give the id of each thing there is that a phone gives an id that its page says."""
        tables = ("result", "check_in", "deployment_step", "nil_return")
        there = " union all ".join(f"select id from {table}" for table in tables)  # noqa: S608
        with self.engine.connect() as connection:
            found = connection.execute(sa.text(f"{there} order by id"))
            return [str(row.id) for row in found]

    def begin_anew(self, deployment):
        """Put a deployment back to its beginning: planned, and nothing known of it."""
        for table in ("deployment_step", "nil_return"):
            self.run(f"delete from {table} where deployment_id = :id", id=deployment)  # noqa: S608
        self.run("update deployment set status = 'planned' where id = :id", id=deployment)

    def run(self, statement, **values):
        with self.engine.begin() as connection:
            return connection.execute(sa.text(statement), values)

    def cookie(self, name, url):
        """Sign somebody in, as the page to sign in does."""
        secret = secrets.token_urlsafe(32)
        hashed = hashlib.sha256(secret.encode()).digest()
        self.run(
            "with who as (select id from person where email = :email), browser as ("
            " insert into device (id, person_id, token_hash, user_agent)"
            " select gen_random_uuid(), id, :hash, 'A phone' from who returning id, person_id)"
            " insert into session (id, person_id, token_hash, csrf_token, expires_at, device_id)"
            " select gen_random_uuid(), person_id, :hash, :csrf, now() + interval '1 hour', id"
            " from browser",
            email=self.people[name],
            hash=hashed,
            csrf=secrets.token_urlsafe(32),
        )
        return {"name": "ops_session", "value": secret, "url": url}

    def sign_out(self):
        """Sign everybody out, as from another device of theirs."""
        self.run(
            "with gone as (delete from device returning id) "
            "update session set revoked_at = now(), device_id = null where revoked_at is null"
        )

    def is_waited_for(self):
        """Tell whether the server waits for a lock, in the midst of what it writes."""
        waiting = "select count(*) from pg_stat_activity where datname = current_database()"
        return self.run(f"{waiting} and wait_event_type = 'Lock'").scalar_one() > 0

    def is_committing(self):
        """Tell whether a commit of results waits to be confirmed."""
        waiting = "select count(*) from pg_stat_activity join pg_locks using (pid)"
        held = "relation = 'result'::regclass and wait_event = 'SyncRep'"
        return self.run(f"{waiting} where {held}").scalar_one() > 0

    def hang_up(self):
        """Break every connection to the database that waits for a lock."""
        self.run(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        )


@pytest.fixture(scope="session")
def database():
    made = Database()
    yield made
    made.close()


@pytest.fixture(scope="session")
def seeded(database):
    return fill(database.url)


@pytest.fixture(scope="module")
def filled(database):
    """What is in a database of one module alone."""
    return fill(database.url)


def fill(url):
    """Make the tables of a database and who is in them; say what is there, where, and settings."""
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.attributes["url"] = url
    alembic.command.upgrade(configuration, "head")
    env = os.environ | {
        "OPS_DATABASE_URL": url,
        "OPS_DEMO": "no",
        "OPS_SECRET_KEY": secrets.token_hex(32),
        "OPS_RATE_LIMIT": "off",
        "OPS_RATE_LIMIT_SIGN_IN": "off",
    }
    seed = [sys.executable, "-m", "tests.faults.seed"]
    output = subprocess.run(seed, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return json.loads(output.stdout), url, env


@pytest.fixture(scope="session")
def _world(seeded):
    told, url, _env = seeded
    return World(told, url)


@pytest.fixture
def world(_world, database):
    """The database, up again for whoever is next."""
    yield _world
    database.start()


@pytest.fixture(scope="session")
def running(seeded):
    server = Server(seeded[2])
    server.start()
    yield server
    server.kill()


@pytest.fixture
def server(running):
    """The server, up again for whoever is next."""
    yield running
    if running.release != ROOT:
        running.kill()
    if running.process.poll() is not None:
        running.start()


@pytest.fixture(scope="session")
def _network(running):
    proxy = Proxy(running.bind)
    yield proxy
    proxy.close()


@pytest.fixture
def network(_network, server):
    """The way from the phone to the server, whole again for whoever is next."""
    yield _network
    _network.mend()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium"),
        "args": arguments,
    }


OPTIONS = {"viewport": SIZE, "has_touch": True, "locale": "en-GB"}


@pytest.fixture
def phone_of(browser, network, world):
    """Open the page of somebody's phone, in a browser context of its own."""
    contexts = []

    def make(name="first", room=None, **options):
        context = browser.new_context(**{"base_url": network.url} | OPTIONS | options)
        contexts.append(context)
        context.add_init_script(HOLD_STORES)
        context.add_cookies([world.cookie(name, network.url)])
        page = context.new_page()
        if room:
            room(page)
        return opened(page)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def own_phone(browser_type, browser_type_launch_args, network, world, tmp_path):
    """Give a phone with a browser of its own, that can be killed and started on its profile."""
    made = []

    def make():
        def launch():
            context = browser_type.launch_persistent_context(
                tmp_path / "profile", base_url=network.url, **OPTIONS, **browser_type_launch_args
            )
            # A browser writes its cookies to the disk when it finds the time.
            context.add_cookies([world.cookie("first", network.url)])
            return context

        phone = OwnPhone(launch, str(tmp_path / "profile"), world)
        made.append(phone)
        phone.page = opened(phone.context.new_page())
        return phone

    yield make
    for phone in made:
        with contextlib.suppress(Exception):
            phone.context.close()


class OwnPhone(Phone):
    """A phone whose whole browser can die."""

    def __init__(self, launch, profile, world):
        self.launch, self.profile = launch, profile
        self.context = launch()
        super().__init__(None, world)

    def kill(self):
        """End every process of this profile, and of no other, at once."""
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if self.profile.encode() in process.read_bytes():
                    os.kill(int(process.parent.name), signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.context.close()

    def restart(self):
        for lock in Path(self.profile).glob("Singleton*"):
            lock.unlink()
        self.context = self.launch()
        self.page = opened(self.context.new_page())


def opened(page):
    """Wait until the page is there, and the shift with it."""
    page.goto("/phone")
    page.get_by_role("link", name="Arrest", exact=True).wait_for(timeout=PATIENCE_MS)
    return page


def stores_of(page):
    """Give the names of what this origin stores."""
    names = "indexedDB.databases().then(all => all.map(({name}) => name).sort())"
    return page.evaluate(names)


def until(claim, patience_s=PATIENCE_MS / 1000):
    """Wait until this is so."""
    deadline = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.02)
