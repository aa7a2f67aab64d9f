import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import psycopg
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from ops import cli, db, running
from ops.cluster import Cluster, ClusterError
from ops.errors import Refused
from tests import factories

OPS = Path(sys.executable).with_name("ops")


@pytest.fixture
def run(app, database_url, monkeypatch):
    """Run a command of `ops` on the tests' own database, in this process."""
    monkeypatch.setenv("OPS_DATABASE_URL", database_url)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield lambda *words: CliRunner().invoke(cli.main, words)
    for number, handler in before.items():
        signal.signal(number, handler)
    db.session.remove()
    db.session.configure(bind=app.extensions["engine"])


@pytest.fixture
def command():
    """Add a command to `ops` for one test; it does what the test says."""

    def add(does):
        @click.command("try")
        def attempt():
            does()

        cli.main.add_command(cli.in_app(attempt))

    yield add
    cli.main.commands.pop("try", None)


@pytest.fixture
def home():
    """A home for a cluster, which the cluster's own user may enter."""
    home = Path(tempfile.mkdtemp(prefix="ops-home-"))
    home.chmod(0o755)
    yield home
    Cluster(home / "postgres").stop()
    shutil.rmtree(home)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def serving(home, port, demo="no"):
    """Start `ops serve` on a cluster of its own."""
    ours = {"OPS_HOME": str(home), "OPS_BIND": f"127.0.0.1:{port}", "OPS_WORKERS": "1"}
    ours["OPS_DEMO"] = demo
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("OPS_")}
    return subprocess.Popen(
        [OPS, "serve"], env=theirs | ours, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def answer_of(process, port):
    """Wait until the server answers, or has ended."""
    pause = threading.Event()
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as reply:
                return reply.status
        except urllib.error.URLError:
            pause.wait(0.05)
    return process.stderr.read()


def test_serves_with_its_own_database_until_it_is_told_to_stop(home):
    port = free_port()

    with serving(home, port) as process:
        status = answer_of(process, port)
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate()

    assert status == 200
    assert f"http://127.0.0.1:{port}" in printed
    assert process.returncode == 0
    assert Cluster(home / "postgres").postmaster.process() is None


def test_the_accounts_of_the_demonstration_are_printed_by_the_first_start_alone(home):
    port = free_port()
    printed = []

    for _ in range(2):
        with serving(home, port, demo="yes") as process:
            answer_of(process, port)
            process.send_signal(signal.SIGTERM)
            printed.append(process.communicate()[0])

    first, second = printed
    assert "lead@demo.example" in first
    assert "@" not in second


def test_workers_end_with_a_server_that_is_killed(home):
    port = free_port()
    with serving(home, port) as first:
        answer_of(first, port)
        first.kill()

    with serving(home, port) as second:
        status = answer_of(second, port)
        second.send_signal(signal.SIGTERM)

    assert status == 200


def test_a_busy_address_is_said_in_one_sentence(run, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("OPS_BIND", f"127.0.0.1:{port}")

        result = run("serve")

    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: Nothing can be served on 127.0.0.1:{port}: Address already in use. Stop what runs "
        f"there, or choose another address, such as OPS_BIND=127.0.0.1:{port + 1}.\n"
    )


@pytest.mark.parametrize("bind", ["8000", "localhost", "127.0.0.1:http", "127.0.0.1:70000", ":80"])
def test_refuses_an_address_that_is_none(run, monkeypatch, bind):
    monkeypatch.setenv("OPS_BIND", bind)

    result = run("serve")

    assert result.exit_code == 1
    assert "give a host and a port, such as 127.0.0.1:8000" in result.stderr


def test_a_setting_of_the_wrong_type_is_said_by_name(run, monkeypatch):
    monkeypatch.setenv("OPS_WORKERS", "many")

    result = run("serve")

    assert result.exit_code == 1
    assert result.stderr == "Error: OPS_WORKERS cannot be 'many'.\n"


def test_upgrading_twice_changes_nothing(run, database_url):
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    version = sa.text("select version_num from alembic_version")
    with engine.connect() as connection:
        before = connection.scalar(version)

    result = run("db", "upgrade")

    with engine.connect() as connection:
        after = connection.scalar(version)
    assert result.exit_code == 0
    assert before == after


def test_prints_the_address_of_the_database_as_other_programs_read_it(run, database_url):
    result = run("db", "url")

    assert result.stdout == database_url.replace("+psycopg", "") + "\n"


@pytest.mark.parametrize("verb", ["start", "stop"])
def test_another_server_is_neither_started_nor_stopped(run, verb):
    result = run("db", verb)

    assert result.exit_code == 1
    assert "OPS_DATABASE_URL names another server" in result.stderr


def test_starts_and_stops_the_private_cluster(home, run, monkeypatch):
    monkeypatch.delenv("OPS_DATABASE_URL")
    monkeypatch.setenv("OPS_HOME", str(home))
    cluster = Cluster(home / "postgres")

    started = run("db", "start")
    running = cluster.postmaster.process()
    stopped = run("db", "stop")

    assert (started.exit_code, stopped.exit_code) == (0, 0)
    assert running is not None
    assert cluster.postmaster.process() is None


@pytest.mark.parametrize("refusal", [Refused, ClusterError])
def test_a_refusal_is_one_sentence_and_no_traceback(run, command, refusal):
    def refuse():
        raise refusal("The sentence.")

    command(refuse)

    result = run("try")

    assert result.exit_code == 1
    assert result.stderr == "Error: The sentence.\n"


def test_a_feature_command_has_the_session(run, command):
    command(lambda: click.echo(db.session.scalar(sa.text("select 6 * 7"))))

    result = run("try")

    assert result.stdout == "42\n"


def test_help_needs_no_database(run, command, monkeypatch):
    monkeypatch.setenv("OPS_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    command(lambda: db.session.scalar(sa.text("select 1")))

    result = run("try", "--help")

    assert result.exit_code == 0


def test_a_database_that_is_down_is_said_in_one_sentence(run, command, monkeypatch):
    monkeypatch.setenv("OPS_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    command(lambda: db.session.scalar(sa.text("select 1")))

    result = run("try")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database does not answer: ")


def test_a_database_without_tables_is_said_in_one_sentence(run, command):
    command(lambda: db.session.execute(sa.text("select * from no_such_table")))

    result = run("try")

    assert result.exit_code == 1
    assert result.stderr == "Error: The database is not up to date: run `ops db upgrade`.\n"


def test_the_private_cluster_makes_its_own_key_once(tmp_path):
    file = tmp_path / "secret_key"

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: running.own_key(file), range(8)))

    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_an_analyst_is_let_in_and_out_by_what_a_superuser_is_told_to_run(committed, run, cluster):
    email = factories.person("analyst").email

    *statements, address = run("analyst", "add", email).stdout.splitlines()
    cluster.administer(each.removesuffix(";") for each in statements)
    with psycopg.connect(address) as analyst:
        mine = analyst.execute("select count(*) from operation").fetchone()
    ended = run("analyst", "remove", email)
    cluster.administer(each.removesuffix(";") for each in ended.stdout.splitlines())

    assert mine == (0,)
    assert ended.stderr == "A superuser of the server runs this:\nEnded: 1\n"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    unknown = run("analyst", "add", "nobody@example.test")
    assert "There is nobody with this e-mail address." in unknown.stderr
