import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest

from ops.cluster import ELSEWHERE, Cluster, ClusterError
from ops.cluster.postmaster import Postmaster
from tests.clusters import fresh_home, remove, until

# Hold a lease until standard input ends, and say which server it is on.
HOLD = """
import sys
from pathlib import Path
from ops.cluster import Cluster
with Cluster(Path(sys.argv[1])).lease() as cluster:
    print(cluster.postmaster.process(), flush=True)
    sys.stdin.read()
"""


def connect(cluster, database="ops"):
    return psycopg.connect(cluster.url(database).replace("+psycopg", ""), autocommit=True)


def server_of(cluster):
    return cluster.postmaster.process()


def holder(home):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="module")
def home():
    """A cluster of these tests' own, made once; each test leaves it stopped."""
    home = fresh_home()
    with Cluster(home).lease():
        pass
    yield home
    remove(home)


@pytest.fixture
def new_home():
    """A place for a cluster that is not there yet."""
    home = fresh_home()
    yield home
    remove(home)


def test_runs_until_the_last_lease_ends(home):
    with Cluster(home).lease() as first:
        with Cluster(home).lease() as second:
            server = server_of(second)

        after_one = server_of(first)

    assert server == after_one is not None
    assert server_of(Cluster(home)) is None


def test_a_started_cluster_outlives_its_leases_until_it_is_stopped(home):
    cluster = Cluster(home)
    cluster.start()

    with cluster.lease():
        pass

    assert server_of(cluster) is not None
    assert cluster.stop()
    assert server_of(cluster) is None


def test_stopping_is_left_to_the_last_lease(home):
    cluster = Cluster(home)
    cluster.start()

    with cluster.lease():
        stopped = cluster.stop()
        running = server_of(cluster)

    assert not stopped
    assert running is not None
    assert server_of(cluster) is None


def test_a_server_whose_process_was_killed_is_found_and_used_again(home):
    with holder(home) as process:
        server = int(process.stdout.readline())
        process.kill()

    with Cluster(home).lease() as cluster:
        found = server_of(cluster)

    assert found == server
    assert server_of(Cluster(home)) is None


def test_two_starts_at_once_share_one_server(new_home):
    with holder(new_home) as one, holder(new_home) as other:
        servers = {process.stdout.readline() for process in (one, other)}
        one.stdin.close()
        other.stdin.close()

    assert len(servers) == 1
    assert int(servers.pop())
    assert server_of(Cluster(new_home)) is None


def test_a_killed_server_comes_back_with_every_row(home):
    with Cluster(home).lease() as cluster, cluster.kept():
        with connect(cluster) as connection:
            connection.execute("create table kept as select generate_series(1, 100) as n")
        killed = server_of(cluster)

        os.kill(killed, signal.SIGKILL)
        until(lambda: server_of(cluster) not in (None, killed))

        with Cluster(home).lease(), connect(cluster) as connection:
            rows = connection.execute("select count(*) from kept").fetchone()
            connection.execute("drop table kept")
    assert rows == (100,)
    assert server_of(cluster) is None


def test_a_killed_server_that_would_not_start_at_first_is_tried_again(home, monkeypatch):
    """As on a disk that is full for a while."""
    monkeypatch.setattr("ops.cluster.PAUSE_S", 0)
    failing, watched = ["There is no room."], threading.Event()
    with Cluster(home).lease() as cluster:
        killed, ensure = server_of(cluster), cluster._ensure_running

        def fail_first():
            if failing and not server_of(cluster):
                raise ClusterError(failing.pop())
            ensure()
            watched.set()

        monkeypatch.setattr(cluster, "_ensure_running", fail_first)
        with cluster.kept():
            watched.wait()
            os.kill(killed, signal.SIGKILL)
            until(lambda: server_of(cluster) not in (None, killed))

    assert failing == []


def test_a_pid_file_that_names_another_living_program_does_not_stop_it(home):
    cluster = Cluster(home)
    postmaster = cluster.postmaster
    with cluster.lease():
        pid_file = (postmaster.data / "postmaster.pid").read_text()
    uid = postmaster.owner.pw_uid
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=uid) as other:
        _, rest = pid_file.split("\n", 1)
        (postmaster.data / "postmaster.pid").write_text(f"{other.pid}\n{rest}")

        with cluster.lease():
            server = server_of(cluster)

        other.stdin.close()
    assert server not in (None, other.pid)


def test_a_living_server_that_may_not_be_looked_at_keeps_its_pid_file(home, monkeypatch):
    """As from another user namespace: without the file it would end itself."""
    with Cluster(home).lease() as cluster:
        postmaster = cluster.postmaster
        monkeypatch.setattr(Postmaster, "process", lambda _: None)

        with pytest.raises(ClusterError, match="is not ready"):
            postmaster.start(patience_s=1)

        assert (postmaster.data / "postmaster.pid").exists()
        monkeypatch.undo()


def test_chooses_another_port_when_its_own_is_taken(home):
    before = int((home / "port").read_text())
    with (
        socket.create_server(("127.0.0.1", before)),
        Cluster(home).lease() as cluster,
        connect(cluster) as connection,
    ):
        after = connection.info.port

    assert after != before


def test_nobody_gets_in_without_a_password(home, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", os.devnull)
    with Cluster(home).lease() as cluster:
        directory, port = cluster.postmaster.address()

        for host in (directory, "127.0.0.1"):
            for user in ("ops", "cluster_administrator"):
                with pytest.raises(psycopg.OperationalError, match="no password supplied"):
                    psycopg.connect(host=host, port=port, user=user, dbname="ops")


def test_the_application_owns_its_database_and_is_no_superuser(home):
    with Cluster(home).lease() as cluster, connect(cluster) as connection:
        role = connection.execute(
            "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "select pg_get_userbyid(datdba) from pg_database where datname = 'ops'"
        ).fetchone()

    assert role == (False, False, False)
    assert owner == ("ops",)


def test_what_postgis_tells_is_closed_also_in_a_database_from_before(home):
    told = "_postgis_stats(regclass, text, text)"
    with Cluster(home).lease() as cluster, cluster._administration("ops") as inside:
        inside.execute(f"grant execute on function {told} to public")

    with Cluster(home).lease() as cluster, connect(cluster) as connection:
        [[is_open]] = connection.execute(
            f"select has_function_privilege('public', '{told}', 'execute')"
        )

    assert not is_open


def test_its_files_are_closed_to_others(home):
    postmaster = Cluster(home).postmaster

    modes = {
        name: stat.S_IMODE((home / name).stat().st_mode) for name in ("data", "run", "passwords")
    }

    assert modes == {"data": 0o700, "run": 0o700, "passwords": 0o600}
    assert postmaster.data.stat().st_uid != 0


def test_a_database_has_the_extensions_and_can_be_copied(home):
    with Cluster(home).lease() as cluster:
        cluster.create_database("original")
        with connect(cluster, "original") as connection:
            connection.execute("create table place (shape geometry)")

        cluster.create_database("copy", template="original")
        with connect(cluster, "copy") as connection:
            extensions = connection.execute("select extname from pg_extension").fetchall()
            connection.execute("select st_area(shape) from place")

            cluster.drop_database("copy")
        cluster.drop_database("original")

    assert {("postgis",), ("btree_gist",), ("pg_trgm",)} < set(extensions)


def test_a_database_cut_short_is_made_anew(home):
    with Cluster(home).lease() as cluster:
        cluster.create_database("whole.unfinished")

        cluster.create_database("whole")
        with connect(cluster, "whole") as connection:
            names = connection.execute(
                "select datname from pg_database where datname like 'whole%'"
            ).fetchall()
        cluster.drop_database("whole")

    assert names == [("whole",)]


def test_a_path_too_long_for_a_socket_gets_a_short_directory():
    home = fresh_home()
    deep = home / ("d" * 60) / ("e" * 60)

    with Cluster(deep).lease() as cluster, connect(cluster) as connection:
        directory = Path(connection.info.host)

    assert len(str(directory)) < 60
    assert not directory.exists()
    remove(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's homes are closed to the cluster's user")
def test_goes_elsewhere_when_its_user_may_not_enter(new_home):
    new_home.parent.chmod(0o700)

    with Cluster(new_home).lease() as cluster, connect(cluster):
        place = Path((new_home / "place").read_text().strip())

    assert place.parent == ELSEWHERE
    assert (place / "data").is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's homes are closed to the cluster's user")
def test_says_that_it_was_moved_where_its_user_may_not_enter(new_home):
    with Cluster(new_home).lease():
        pass
    new_home.parent.chmod(0o700)

    with pytest.raises(ClusterError, match="a user who may not enter there"):
        Cluster(new_home).start()
    new_home.parent.chmod(0o755)


def test_says_which_server_a_cluster_of_another_version_needs(new_home):
    data = new_home / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("99\n")
    os.chown(data, Cluster(new_home.parent / "other").postmaster.owner.pw_uid, -1)

    with (
        pytest.raises(
            ClusterError, match="made by PostgreSQL 99, and that version with PostGIS is not"
        ),
        Cluster(new_home).lease(),
    ):
        pass


def test_says_where_it_cannot_be_kept():
    with (
        pytest.raises(ClusterError, match="Set OPS_HOME to a directory that you may write to"),
        Cluster(Path(os.devnull) / "postgres").lease(),
    ):
        pass


def test_says_that_it_is_not_running(home):
    with pytest.raises(ClusterError, match="is not running: `ops db start` does it"):
        Cluster(home).url()


def test_what_is_archived_stays_so_whoever_starts_it_and_a_restored_copy_is_not(home):
    cluster = Cluster(home)
    configuration = home / "pgbackrest.conf"
    before = cluster._archiving(cluster.postmaster)

    configuration.touch()
    archived = cluster._archiving(cluster.postmaster)
    cluster.restored.touch()
    restored = cluster._archiving(cluster.postmaster)

    assert (before, restored) == ([], [])
    assert "archive_mode=on" in archived
    assert [each for each in archived if f"--config={configuration}" in each]
    with pytest.raises(ClusterError, match="ops backup --take-over"):
        cluster.check_own()
    cluster.take_over()
    cluster.check_own()
    configuration.unlink()


def test_what_was_there_is_moved_aside_by_a_restore_and_kept(home, new_home):
    cluster, restored = Cluster(home), Cluster(new_home)
    with restored.lease():
        pass
    restored.restored.touch()
    was = (home / "passwords").read_text()

    before = cluster.take_in(restored)

    assert (before / "PG_VERSION").exists()
    assert (home / "passwords").read_text() != was
    with cluster.lease(), connect(cluster) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    cluster.take_over()


def test_nothing_is_moved_under_a_server_that_runs(home, new_home):
    with (
        Cluster(home).lease() as cluster,
        pytest.raises(ClusterError, match="runs; stop it first"),
    ):
        cluster.take_in(Cluster(new_home))
