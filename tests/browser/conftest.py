"""A real server, a real browser, and no patience for faults of the page."""

import contextlib
import functools
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import alembic.command
import alembic.config
import pytest

from tests.browser.seed import PASSWORD
from tests.conftest import ROOT

# How long a server may take to answer for the first time, on a slow machine.
PATIENCE_S = 60
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
# The browser itself writes this for every reply above 399, wanted or not.
REFUSED = "Failed to load resource: the server responded with a status of"
# And this where a test takes the network away.
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


@pytest.fixture(scope="session")
def seeded(cluster, tmp_path_factory):
    """A database of the browser's own, and what is in it."""
    name = f"browser_{secrets.token_hex(4)}"
    cluster.create_database(name)
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.attributes["url"] = cluster.url(name)
    alembic.command.upgrade(configuration, "head")
    env = os.environ | {
        "OPS_DATABASE_URL": cluster.url(name),
        "OPS_DEMO": "no",
        "OPS_ATTACHMENTS": str(tmp_path_factory.mktemp("photos")),
        "OPS_SECRET_KEY": secrets.token_hex(32),
    }
    seed = [sys.executable, "-m", "tests.browser.seed"]
    output = subprocess.run(seed, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    yield json.loads(output.stdout) | {"env": env}
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def base_url(seeded):
    """The server, on a free port of this machine."""
    with serving(seeded["env"]) as url:
        yield url


@contextlib.contextmanager
def serving(env):
    """Run a server with these settings for the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = env | {"OPS_BIND": bind, "OPS_WORKERS": "1"}
    command = [sys.executable, "-c", "from ops.cli import main; main()", "serve"]
    server = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        _wait_for(f"http://{bind}/healthz", server)
        yield f"http://{bind}"
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _wait_for(url, server):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 - our own server
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The server did not answer at {url}.")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Drive the system's own Chromium; as root it needs to be told to go without its sandbox."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return {
        **browser_type_launch_args,
        "executable_path": shutil.which("chromium"),
        "args": arguments,
    }


@pytest.fixture(scope="session")
def state_of(browser, base_url, seeded):
    """Give the cookies of the person in a role, who signs in once, through the page."""

    @functools.cache
    def make(role):
        if role is None:
            return None
        context = browser.new_context(base_url=base_url)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill(seeded["people"][role])
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/operations")
        state = context.storage_state()
        context.close()
        return state

    return make


@pytest.fixture
def open_as(browser, base_url, state_of):
    """Open a browser window in a role; the test fails on any fault the page reports."""
    faults, contexts = [], []

    def make(role="lead", viewport=DESK, **options):
        context = browser.new_context(
            base_url=base_url,
            viewport=viewport,
            locale="en-GB",
            storage_state=state_of(role),
            **options,
        )
        contexts.append(context)
        context.on("page", lambda page: watch(page, base_url, faults))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def draw(open_as):
    """Open the editor of an operation that a lead has just planned."""

    def make(name, **options):
        page = open_as(**options)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.request.get("/account").text())
        planned = page.request.post(
            "/api/v1/operations",
            headers={"X-CSRF-Token": token[1]},
            data={
                "kind": "week_of_action",
                "name": f"Operation {name}",
                "starts_at": "2026-12-07T00:00:00Z",
                "ends_at": "2026-12-14T00:00:00Z",
            },
        )
        page.goto(f"/operations/{planned.json()['id']}/map?edit=new")
        return page

    return make


def watch(page, base_url, faults):
    """Note every error, and every request to another host."""
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"console: {message.text}")
            if message.type in {"error", "warning"}
            and not message.text.startswith((REFUSED, OFFLINE))
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((base_url, "data:", "blob:"))
            else faults.append(f"request: {request.url}")
        ),
    )
