"""The private PostGIS cluster: the database of an installation that was given no other.

Whoever needs it holds a lease. The first lease starts the server, the last to end stops
it. A lease is a shared lock of the kernel's on a file, so a process that is killed gives
its own back too; a server that nobody stopped is found and used again.
"""

import datetime as dt
import fcntl
import hashlib
import json
import logging
import os
import secrets
import select
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops.cluster import archive as archiving
from ops.cluster.archive import Archive, BaseBackup
from ops.cluster.catalogue import COUNTS, EXTENSIONS, IS_COUNTED, LEAKPROOF, create, drop, exists
from ops.cluster.files import is_last, keep_passwords
from ops.cluster.postmaster import SHORT_OF_TARGET, Postmaster
from ops.cluster.programs import ClusterError, may_enter, owner_of

__all__ = ["COUNTS", "Archive", "BaseBackup", "Cluster", "ClusterError"]

log = logging.getLogger(__name__)

# The server's own superuser, used for nothing but making databases.
ADMINISTRATOR = "cluster_administrator"
# Owns the databases: for migrations and the command line.
OWNER = "ops"
# What requests are answered as. It owns nothing, so row-level security holds for it.
APPLICATION = "ops_application"
# What the logins of analysts belong to; it signs in nowhere by itself.
ANALYST = "ops_analyst"
# What their views read as: it may what the application may, owns those functions, and signs in
# nowhere.
READER = "ops_reader"
# What pgBackRest sets for the time of a restore.
_TARGETS = ("recovery_target_time", "recovery_target_action")

# Where a cluster goes when its own user may not enter the project, as below root's home.
ELSEWHERE = Path("/var/lib")

# To replay what was written since a base backup may take so long.
REPLAY_S = 6 * 60 * 60

# Between two tries to bring back a server that would not start.
PAUSE_S = 5


class Cluster:
    """One private server and its databases, known by its home directory."""

    def __init__(self, home: Path, archive: Archive | None = None) -> None:
        self.home = home.resolve()
        self.archive = archive

    @contextmanager
    def lease(self) -> Iterator["Cluster"]:
        """Have the cluster running for the block; the last lease to end stops it."""
        with self._opened("leases") as leases:
            try:
                with self._locked():
                    fcntl.flock(leases, fcntl.LOCK_SH)
                    self._ensure_running()
                yield self
            finally:
                with self._locked():
                    if is_last(leases) and not self._pin.exists():
                        self.postmaster.stop()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Start the server again if it dies during the block, which holds a lease."""
        over = threading.Event()

        def keep() -> None:
            while not over.is_set():
                try:
                    with self._locked():
                        if not over.is_set():
                            self._ensure_running()
                    with self._administration() as connection:
                        # Readable means ended: nothing else is sent to an idle connection.
                        select.select([connection], [], [])
                except ClusterError as error:
                    log.error("%s", error)
                    over.wait(PAUSE_S)

        threading.Thread(target=keep, name="cluster", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def start(self) -> None:
        """Start the cluster and keep it running until `stop`."""
        with self._locked():
            self._ensure_running()
            self._pin.touch()

    def stop(self) -> bool:
        """Stop the cluster, or leave that to its last lease; tell whether it has stopped."""
        with self._opened("leases") as leases, self._locked():
            self._pin.unlink(missing_ok=True)
            if stopped := is_last(leases):
                self.postmaster.stop()
        return stopped

    def url(self, database: str = OWNER, role: str = OWNER) -> str:
        """Give the SQLAlchemy URL of a database of the running cluster."""
        directory, port = self.postmaster.address()
        password = self._passwords()[role]
        where = f"host={quote(directory)}&port={port}"
        return f"postgresql+psycopg://{role}:{password}@/{quote(database)}?{where}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database that is empty but for the extensions, or a copy of another."""
        with self._administration() as connection:
            if template:
                create(connection, name, OWNER, template)
                return
            # It gets its name last, so that one cut short never passes for whole.
            unfinished = f"{name}.unfinished"
            drop(connection, unfinished)
            create(connection, unfinished, OWNER, "template0")
            with self._administration(unfinished) as inside:
                for extension in EXTENSIONS:
                    inside.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
                inside.execute(LEAKPROOF)
                inside.execute(COUNTS)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database, and end every connection to it."""
        with self._administration() as connection:
            drop(connection, name)

    def _ensure_running(self) -> None:
        postmaster = self.postmaster
        if not postmaster.data.exists():
            postmaster.make(ADMINISTRATOR, self._passwords(make=True)[ADMINISTRATOR])
        postmaster.start(self._archiving(postmaster))
        if self.archive and not self.restored.exists():
            try:
                self.archive.begin(postmaster, self._passwords()[ADMINISTRATOR])
            except ClusterError as error:
                # The database keeps what it can't send; the state of the backups says so too.
                log.error("Nothing is backed up: %s", error)
        with self._administration() as connection:
            for role in (OWNER, APPLICATION):
                if not exists(connection, "pg_roles", "rolname", role):
                    create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                    password = sql.Literal(self._passwords(lacking=role)[role])
                    connection.execute(create.format(sql.Identifier(role), password))
                    if role == APPLICATION:
                        self._welcome_application(connection)
            if not exists(connection, "pg_roles", "rolname", ANALYST):
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(ANALYST)))
            if not exists(connection, "pg_roles", "rolname", READER):
                made = f"CREATE ROLE {READER} IN ROLE {APPLICATION}; GRANT {READER} TO {OWNER}"
                connection.execute(made.encode())
            if exists(connection, "pg_database", "datname", OWNER):
                self._hide_counts()
            else:
                self.create_database(OWNER)

    def _archiving(self, postmaster: Postmaster) -> list[str]:
        """Give the options that archive: what one command writes without them would be missing."""
        if self.restored.exists():
            return []
        if self.archive:
            self.archive.configure(postmaster)
        file = archiving.configuration_of(postmaster)
        return archiving.options(file) if file.exists() else []

    def _welcome_application(self, connection: psycopg.Connection) -> None:
        """Let the owner act as the application, also in databases made before there was one."""
        grant = sql.SQL("GRANT {} TO {}")
        connection.execute(grant.format(sql.Identifier(APPLICATION), sql.Identifier(OWNER)))
        if exists(connection, "pg_database", "datname", OWNER):
            with self._administration(OWNER) as inside:
                inside.execute(LEAKPROOF)

    def _hide_counts(self) -> None:
        """Keep from analysts what the catalogue tells, also in a database made before them."""
        with self._administration(OWNER) as inside:
            if inside.execute(IS_COUNTED).fetchone():
                inside.execute(COUNTS)

    def administer(self, statements: Iterable[str]) -> None:
        """Do what only the superuser may, such as letting somebody in."""
        with self._administration() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def back_up(self) -> BaseBackup:
        """Make a base backup of the running cluster."""
        if self.archive is None:
            raise ClusterError("This cluster has no place for backups: set OPS_BACKUP.")
        self.check_own()
        with self._administration() as connection:
            if connection.execute("show archive_mode").fetchone() != ("on",):
                raise ClusterError(
                    "The database was started without OPS_BACKUP, so it archives nothing: stop "
                    "the tracker and `ops db stop`, then start it again."
                )
        postmaster, password = self.postmaster, self._passwords()[ADMINISTRATOR]
        self.archive.begin(postmaster, password)
        return self.archive.back_up(postmaster, password)

    def check_own(self) -> None:
        """Refuse to write to the backups of the one that this is a copy of."""
        if self.restored.exists():
            raise ClusterError(
                "This cluster was restored, and what it is a copy of may still be backed up there. "
                "If it is to take over, run `ops backup --take-over`."
            )

    def take_over(self) -> None:
        """Let a restored cluster archive from its next start on."""
        with self._locked():
            self.restored.unlink(missing_ok=True)

    def passwords(self) -> str:
        """Give the passwords of its roles as they are kept: without them nobody signs in."""
        return json.dumps(self._passwords())

    def restore(self, to: dt.datetime | None, passwords: str) -> BaseBackup:
        """Have what the archive has of this moment, or of the last, in a home that is empty."""
        if self.archive is None:
            raise ClusterError("Say in OPS_BACKUP where the backups are.")
        with self._locked():
            postmaster = self.postmaster
            postmaster.give("run")
            postmaster.give("data")
            keep_passwords(self._place / "passwords", json.loads(passwords))
            used = self.archive.restore(postmaster, to)
            try:
                # Nobody is let in before it is there.
                postmaster.start(("-c", "hot_standby=off"), REPLAY_S)
            except ClusterError as error:
                if SHORT_OF_TARGET not in str(error):
                    raise
                raise ClusterError(
                    "The archive ends before this moment. Without --to, the last moment that it "
                    "has is restored."
                ) from error
            with self._administration() as connection:
                for name in ("restore_command", *_TARGETS):
                    connection.execute(f"alter system reset {name}".encode())
                # Who follows the feed of the one that it is a copy of can't go on here.
                named = f"alter database {OWNER} set ops.lineage = '{secrets.randbits(62)}'"
                connection.execute(named.encode())
            postmaster.stop()
            self.restored.write_text(f"{to or 'the end'}\n")
        return used

    def take_in(self, other: "Cluster") -> Path | None:
        """Take the data of another cluster, both stopped; give where those of before are now."""
        with self._locked(), other._locked():
            for each in (self, other):
                if each.postmaster.process():
                    raise ClusterError(f"The cluster in {each._place} runs; stop it first.")
            before = None
            if self.postmaster.data.exists():
                before = self._place / f"data.before-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
                self.postmaster.data.rename(before)
            for name in ("passwords", "restored", "data"):
                os.replace(other._place / name, self._place / name)
        return before

    def discard(self) -> None:
        """Stop it, and remove all that is left of it."""
        with self._locked():
            self.postmaster.stop()
        shutil.rmtree(self._place)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def postmaster(self) -> Postmaster:
        """The server of this cluster, running or not, and whose it is."""
        place = self._place
        owner = owner_of(place)
        if os.geteuid() not in (0, owner.pw_uid):
            raise ClusterError(
                f"The cluster in {place} belongs to {owner.pw_name}: "
                f"run this as root or as {owner.pw_name}."
            )
        return Postmaster(place, owner)

    @cached_property
    def _place(self) -> Path:
        """Find where the cluster is kept: its home, or where a file there points."""
        pointer = self.home / "place"
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            if pointer.exists():
                place = Path(pointer.read_text().strip())
            elif may_enter(self.home):
                return self.home
            elif (self.home / "data").exists():
                raise ClusterError(
                    f"The cluster in {self.home} belongs to a user who may not enter there: "
                    "keep the project below directories that are open to all."
                )
            else:
                digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()
                place = ELSEWHERE / f"ops-{digest[:12]}"
                pointer.write_text(f"{place}\n")
            if os.geteuid() == 0:
                place.mkdir(exist_ok=True)
                place.chmod(0o755)
        except OSError as error:
            raise ClusterError(
                f"The cluster cannot be kept in {self.home}: {error.strerror} ({error.filename}). "
                "Set OPS_HOME to a directory that you may write to."
            ) from error
        return place

    @property
    def restored(self) -> Path:
        """The file of a cluster that was restored, and archives nothing until it takes over.

        The one that it is a copy of may live on, and two must not archive to one place.
        """
        return self._place / "restored"

    @property
    def _pin(self) -> Path:
        return self._place / "pinned"

    def _passwords(self, *, make: bool = False, lacking: str | None = None) -> dict[str, str]:
        """Read the roles' passwords, made up with the cluster; that of a role it lacked, then."""
        file = self._place / "passwords"
        if make:
            file.unlink(missing_ok=True)
            keep_passwords(file, {ADMINISTRATOR: secrets.token_urlsafe(24)})
        try:
            passwords = dict(json.loads(file.read_text()))
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"The passwords of the cluster cannot be read from {file}."
            ) from error
        if lacking is not None and lacking not in passwords:
            passwords[lacking] = secrets.token_urlsafe(24)
            keep_passwords(file, passwords)
        return passwords

    @contextmanager
    def _administration(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """Be connected as the superuser, each statement on its own."""
        host, port = self.postmaster.address()
        try:
            connection = psycopg.connect(
                host=host,
                port=port,
                user=ADMINISTRATOR,
                password=self._passwords()[ADMINISTRATOR],
                dbname=database,
                autocommit=True,
            )
            with closing(connection):
                yield connection
        except psycopg.OperationalError as error:
            raise ClusterError(f"The cluster in {self._place} breaks off: {error}") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only one who starts or stops this cluster."""
        with self._opened("lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _opened(self, name: str) -> Iterator[int]:
        """Open a file for its lock, and give the lock back, also from children that have it too."""
        file = self._place / name
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_CREAT, 0o644)
        except OSError as error:
            raise ClusterError(f"{file} cannot be opened: {error.strerror}.") from error
        try:
            yield descriptor
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)
