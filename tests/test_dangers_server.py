"""The real server: what it does with requests that no client of ours would send."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.conftest import ROOT

# How long a server may take to answer for the first time, on a slow machine.
PATIENCE_S = 60
HOST = b"Host: 127.0.0.1\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def served(cluster, tmp_path_factory):
    """The server on a database of its own: its port, and the file of its log."""
    name = f"dangers_{secrets.token_hex(4)}"
    cluster.create_database(name)
    log = tmp_path_factory.mktemp("served") / "log"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "OPS_DATABASE_URL": cluster.url(name),
        "OPS_DEMO": "no",
        "OPS_BIND": f"127.0.0.1:{port}",
        "OPS_WORKERS": "1",
    }
    command = [sys.executable, "-c", "from ops.cli import main; main()", "serve"]
    with log.open("w") as stderr:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stderr=stderr)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield port, log
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
        cluster.drop_database(name)


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


def exchange(port, *parts):
    """Send these bytes as far as the server takes them; give its reply and how many it took."""
    taken = 0
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                taken += len(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered, and does not want the rest
        reply = b""
        try:
            while part := connection.recv(2**16):
                reply += part
        except ConnectionResetError:
            pass
    return reply, taken


def test_fifty_megabytes_are_refused_before_they_have_come(served):
    port, log = served
    size = 50 * 2**20
    before = len(log.read_text().splitlines())
    head = b"POST /api/v1/results/batch HTTP/1.1\r\n" + HOST
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % size

    _reply, taken = exchange(port, head, *[b" " * 2**16] * (size // 2**16))

    assert taken < size // 2
    [line] = log.read_text().splitlines()[before:]
    assert json.loads(line)["status"] == 413
    assert json.loads(line)["endpoint"] == "results.Batch"


def test_fifty_megabytes_get_problem_details_as_their_answer(served):
    head = b"POST /api/v1/results/batch HTTP/1.1\r\n" + HOST
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (50 * 2**20)

    reply, _taken = exchange(served[0], head)

    assert reply.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in reply
    assert b"x-content-type-options: nosniff" in reply


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /sign-in HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /sign-in HTTP/1.1\r\nConnection: close\r\n\r\n", b"400"),
        (b"GET /sign-in HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", b"400"),
        (b"GET /%s HTTP/1.1\r\n" % (b"a" * 70_000) + HOST + b"\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: %s\r\n\r\n" % (b"a" * 500_000), b"431"),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n", b"400"),
        (b"GET /healthz HTTP/9.9\r\n" + HOST + b"\r\n", b"400"),
        (b"\0\0\0\0\r\n\r\n", b"400"),
    ],
)
def test_a_request_that_nobody_means_is_refused(served, request_, status):
    reply, _taken = exchange(served[0], request_)

    assert reply.split(b" ")[1] == status


def test_two_lengths_of_one_body_do_not_hide_a_second_request(served):
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    head = b"POST /sign-in HTTP/1.1\r\n" + HOST
    head += b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"

    reply, _taken = exchange(served[0], head, smuggled)

    assert reply.count(b"HTTP/1.1 ") == 1


def test_the_server_names_no_version(served):
    reply, _taken = exchange(served[0], b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")

    assert b"\r\nserver: granian\r\n" in reply
    assert b"werkzeug" not in reply.lower()
