"""The image that `make container` built, run as the composition runs it."""

import json
import secrets
import socket
import subprocess
import urllib.request

import pytest
import sqlalchemy as sa

from install.container import IMAGE

pytestmark = pytest.mark.container

# What works where no systemd runs, and where more may not be had.
RUNTIME = ("--runtime=runc", "--cgroup-manager=cgroupfs")
WITHOUT_SYSTEMD = ("--no-healthcheck", "--ulimit=nofile=1024:1024", "--ulimit=nproc=2048:2048")
LEAST = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp")


@pytest.fixture(scope="module")
def address():
    """Where it is to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "127.0.0.1:{1}".format(*free.getsockname())


@pytest.fixture(scope="module")
def container(cluster, address):
    """The image, serving on a database of its own that is empty."""
    name = f"container_{secrets.token_hex(4)}"
    cluster.create_database(name)
    # By the network, as from another machine.
    urls = [sa.make_url(cluster.url(name, role)) for role in ("ops_application", "ops")]
    there = [url.set(host="127.0.0.1", port=int(url.query["port"]), query={}) for url in urls]
    application, owner = (url.render_as_string(hide_password=False) for url in there)
    given = {
        "OPS_DATABASE_URL": application,
        "OPS_OWNER_DATABASE_URL": owner,
        "OPS_SECRET_KEY": secrets.token_hex(32),
        "OPS_BIND": address,
    }
    words = ["--network=host", *WITHOUT_SYSTEMD, *LEAST]
    words += [f"--env={key}={value}" for key, value in given.items()]
    begun = podman("run", "--detach", *words, IMAGE)
    yield begun
    podman("rm", "--force", "--time=60", begun)
    cluster.drop_database(name)


def podman(*words):
    """Have podman do something."""
    done = subprocess.run(["podman", *RUNTIME, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_image_serves_read_only_and_without_privileges(container, address):
    words = ("--silent", "--fail", "--retry", "120", "--retry-delay", "1", "--retry-connrefused")
    ready = podman("exec", container, "curl", *words, f"http://{address}/readyz")
    status = podman("exec", container, "cat", "/proc/1/status")
    with urllib.request.urlopen(f"http://{address}/sign-in") as reply:
        page = reply.read().decode()

    assert json.loads(ready)["status"] == "ready"
    assert "Sign in" in page
    said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert (said["NoNewPrivs"], int(said["CapBnd"], 16)) == ("1", 0)
    assert said["Uid"].split() == ["10001"] * 4


def test_the_image_holds_no_secret_and_nothing_that_only_builds(container):
    history = podman("history", "--no-trunc", IMAGE)
    there = podman("exec", container, "ls", "-A", "/opt/ops", "/opt/ops/.venv/bin")

    assert "OPS_SECRET_KEY" not in history
    assert not {"node", "node_modules", "tests", ".git"} & set(there.split())
