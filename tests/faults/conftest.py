"""A real server that can be killed, a real browser that can be killed, and a real database."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa

from tests.browser.conftest import _wait_for
from tests.browser.seed import PASSWORD
from tests.conftest import ROOT

SIZE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000


class Server:
    """The server on one address, through any number of its deaths."""

    def __init__(self, env):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.bind = f"127.0.0.1:{free.getsockname()[1]}"
        self.url = f"http://{self.bind}"
        self.env = env | {"OPS_BIND": self.bind, "OPS_WORKERS": "1"}
        self.process = None

    def start(self):
        command = [sys.executable, "-c", "from ops.cli import main; main()", "serve"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, start_new_session=True)
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
        self.people, self.operation, self.deployment = (
            told[name] for name in ("people", "operation", "deployment")
        )
        self.engine = sa.create_engine(url, poolclass=sa.NullPool)

    def ids(self):
        """Give the id of each result there is, as often as it is there."""
        with self.engine.connect() as connection:
            found = connection.execute(sa.text("select id from result order by id"))
            return [str(row.id) for row in found]

    def run(self, statement, **values):
        with self.engine.begin() as connection:
            return connection.execute(sa.text(statement), values)


@pytest.fixture(scope="session")
def seeded(cluster):
    name = f"faults_{secrets.token_hex(4)}"
    cluster.create_database(name)
    url = cluster.url(name)
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
    yield json.loads(output.stdout), url, env
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def world(seeded):
    told, url, _env = seeded
    return World(told, url)


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
    if running.process.poll() is not None:
        running.start()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium"),
        "args": arguments,
    }


@pytest.fixture(scope="session")
def state_of(browser, running, world):
    """Give the cookies of somebody who signed in on the page."""
    known = {}

    def make(name):
        if name not in known:
            context = browser.new_context(base_url=running.url)
            sign_in(context.new_page(), world.people[name])
            known[name] = context.storage_state()
            context.close()
        return known[name]

    return make


def sign_in(page, email):
    page.goto("/sign-in?next=/phone")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/phone")


@pytest.fixture
def phone_of(browser, server, state_of):
    """Open the page of somebody's phone, in a browser context of its own."""
    contexts = []

    def make(name="first", **options):
        context = browser.new_context(
            base_url=server.url,
            viewport=SIZE,
            has_touch=True,
            locale="en-GB",
            storage_state=state_of(name),
            **options,
        )
        contexts.append(context)
        return opened(context.new_page())

    yield make
    for context in contexts:
        with contextlib.suppress(Exception):
            context.close()


def opened(page):
    """Wait until the page is there, and the shift with it."""
    page.goto("/phone")
    page.get_by_role("link", name="Arrest", exact=True).wait_for(timeout=PATIENCE_MS)
    return page


def until(claim, patience_s=PATIENCE_MS / 1000):
    """Wait until this is so."""
    deadline = time.monotonic() + patience_s
    while not claim():
        assert time.monotonic() < deadline, "It did not come true in time."
        time.sleep(0.02)
