"""A database server that can be killed as a power cut would."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

import psycopg

from ops.cluster import ADMINISTRATOR, Cluster
from ops.cluster.programs import find_server
from tests.clusters import fresh_home, remove


class Database:
    """A cluster of one's own, through any number of its server's deaths."""

    def __init__(self, home=None):
        self.cluster = Cluster(home or fresh_home())
        self.cluster.start()
        self.url = self.cluster.url()
        self.is_dead = False

    def kill(self):
        """End all its processes at once."""
        postmaster = self.cluster.postmaster.process()
        # First the one that would start the others again.
        for process in (postmaster, *children(postmaster)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.is_dead = True

    def start(self):
        """Have it running, once it has replayed what it had written."""
        if self.is_dead:
            self.cluster.postmaster.start()
        self.is_dead = False

    @contextlib.contextmanager
    def hanging_commits(self):
        """Let whoever commits in the block wait to be told so, until the server is killed."""
        with self.cluster._administration() as connection:
            # A copy that does not exist: what is committed is written, and never confirmed.
            connection.execute("alter system set synchronous_standby_names = 'nobody'")
            connection.execute("select pg_reload_conf()")
            yield
            # Read by the next server; whoever waits, waits on.
            connection.execute("alter system reset synchronous_standby_names")

    def copy(self, primary, name="standby"):
        """Copy a primary, to follow it."""
        host, port = primary.cluster.postmaster.address()
        where = psycopg.conninfo.make_conninfo(
            host=host,
            port=port,
            user=ADMINISTRATOR,
            password=self.cluster._passwords()[ADMINISTRATOR],
            application_name=name,
        )
        postmaster = self.cluster.postmaster
        words = [f"--pgdata={postmaster.give('data')}", f"--dbname={where}", "--checkpoint=fast"]
        made = postmaster._run(
            find_server(), "pg_basebackup", *words, "--write-recovery-conf", "--no-sync"
        )
        assert made.returncode == 0, made.stdout

    def promote(self):
        """Let it be a primary from now on."""
        with self.cluster._administration() as connection:
            connection.execute("select pg_promote()")

    @contextlib.contextmanager
    def falling_behind(self):
        """Let it take what comes and show none of it, for the block."""
        with self.cluster._administration() as connection:
            connection.execute("select pg_wal_replay_pause()")
            try:
                yield
            finally:
                connection.execute("select pg_wal_replay_resume()")

    @contextlib.contextmanager
    def standing_still(self):
        """Stop all its processes where they are, for the block."""
        postmaster = self.cluster.postmaster.process()
        everybody = [postmaster, *children(postmaster)]
        for process in everybody:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in everybody:
                os.kill(process, signal.SIGCONT)

    def close(self):
        remove(self.cluster.home)


class Standby(Database):
    """A server that follows another, until it is promoted."""

    def __init__(self, primary, name="standby"):
        self.cluster = Cluster(fresh_home())
        shutil.copy(primary.cluster._place / "passwords", self.cluster._place)
        self.copy(primary, name)
        self.cluster.postmaster.start()
        self.url = self.cluster.url()
        self.is_dead = False


def children(parent):
    """Give the processes that this one began."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # Behind the name, which may hold anything, are the state and the parent.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(stat.parent.name)
