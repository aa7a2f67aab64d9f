"""A database server that can be killed as a power cut would."""

import contextlib
import os
import signal
from pathlib import Path

from ops.cluster import Cluster
from tests.test_cluster import fresh_home, remove


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

    def close(self):
        remove(self.cluster.home)


def children(parent):
    """Give the processes that this one began."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # Behind the name, which may hold anything, are the state and the parent.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                yield int(stat.parent.name)
