"""The private PostGIS cluster: the database of an installation that was given no other.

Whoever needs it holds a lease. The first lease starts the cluster, the last one to end
stops it. Leases are shared locks of the kernel's on one file, so a process that is killed
gives its lease back too; a server left behind by one is found and used again.
"""

import fcntl
import hashlib
import json
import logging
import os
import pwd
import re
import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops import postgres
from ops.postgres import ClusterError, Server

__all__ = ["Cluster", "ClusterError"]

log = logging.getLogger(__name__)

ADMINISTRATOR = "cluster_administrator"
OWNER = "ops"
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")

# Appended to postgresql.conf once, when the cluster is made; an operator may change them there.
SETTINGS = """
# Set by the operations tracker when it made this cluster.
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1          # no spinning disks
jit = off                       # our statements are short; compiling them costs more than it saves
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse     # neither values of rows
log_min_error_statement = panic # nor statements, for they hold records of people
"""

# A server may need this long to replay what was written before a crash.
PATIENCE_S = 120

# Reasons not to start that pass by themselves once a killed server's last processes are gone.
PASSING = ("lock file", "shared memory block")
PORT_TAKEN = ("could not bind", "could not create any TCP/IP sockets")

# A socket's path holds 107 bytes, and PostgreSQL adds its name and port to the directory.
LONGEST_SOCKET_DIRECTORY = 85

LARGEST_LOG = 10 * 2**20


class Cluster:
    """One private PostgreSQL server with PostGIS and its databases, kept below a home directory."""

    def __init__(self, home: Path) -> None:
        self.home = home.absolute()

    @contextmanager
    def lease(self) -> Iterator["Cluster"]:
        """Have the cluster running for the block; the last lease to end stops it."""
        with self._opened("leases") as leases:
            with self._locked():
                fcntl.flock(leases, fcntl.LOCK_SH)
                self._ensure_running()
            try:
                yield self
            finally:
                with self._locked():
                    if not self._pin.exists() and _is_last(leases):
                        self._shut_down()

    def start(self) -> None:
        """Start the cluster and keep it running until `stop`."""
        with self._locked():
            self._ensure_running()
            self._pin.touch()

    def stop(self) -> bool:
        """Stop the cluster, or let its last lease do so; tell whether it has stopped."""
        with self._opened("leases") as leases, self._locked():
            self._pin.unlink(missing_ok=True)
            if stopped := _is_last(leases):
                self._shut_down()
        return stopped

    def url(self, database: str = OWNER) -> str:
        """Give the SQLAlchemy URL of a database of the running cluster."""
        port, directory = self._address()
        password = self._passwords()[OWNER]
        return (
            f"postgresql+psycopg://{OWNER}:{password}@/{quote(database)}"
            f"?host={quote(directory)}&port={port}"
        )

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database, empty but for the extensions, or a copy of another."""
        with self._administration() as connection:
            if template:
                _create(connection, name, template)
                return
            # It gets its name last, so that one cut short never passes for whole.
            unfinished = f"{name}.unfinished"
            _drop(connection, unfinished)
            _create(connection, unfinished, "template0")
            with self._administration(unfinished) as inside:
                for extension in EXTENSIONS:
                    inside.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(unfinished), sql.Identifier(name)
                )
            )

    def drop_database(self, name: str) -> None:
        """Remove a database and whoever is connected to it."""
        with self._administration() as connection:
            _drop(connection, name)
