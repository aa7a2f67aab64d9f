"""The private PostGIS cluster: the database of an installation that was given no other.

Whoever needs it holds a lease. The first lease starts the server, the last to end stops
it. A lease is a shared lock of the kernel's on a file, so a process that is killed gives
its own back too; a server that nobody stopped is found and used again.
"""

import fcntl
import hashlib
import json
import logging
import os
import pwd
import secrets
import select
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ops.cluster.postmaster import Postmaster
from ops.cluster.programs import ClusterError, run_as

__all__ = ["Cluster", "ClusterError"]

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
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
# Comparing two boxes betrays no row, so an index may do it before row-level security is asked.
LEAKPROOF = "ALTER FUNCTION geometry_overlaps(geometry, geometry) LEAKPROOF"

# The catalogue tells everybody how many rows a table has and what is written to it, and PostGIS
# where they lie and how densely, hidden ones included. From here on they tell the owner, and who
# watches over the server.
COUNTS = """
do $$
declare
    shown text;
    each regprocedure;
begin
    select string_agg(quote_ident(attname), ', ') into shown from pg_attribute
        where attrelid = 'pg_class'::regclass and not attisdropped
            and attname not in ('reltuples', 'relpages', 'relallvisible', 'relallfrozen');
    execute 'revoke select on pg_catalog.pg_class from public';
    execute format('grant select (%s) on pg_catalog.pg_class to public', shown);
    execute 'grant select on pg_catalog.pg_class to ops, pg_monitor';
    for each in
        select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace
            and (proname in ('pg_relation_size', 'pg_table_size', 'pg_indexes_size',
                    'pg_total_relation_size')
                or proname ~ '^pg_stat_get_(xact_)?(tuples|blocks|numscans|live|dead|mod_|ins_)'
                or proname ~ '^pg_stat_get_.*(vacuum|analyze)')
            or prosrc in ('gserialized_estimated_extent', 'geometry_estimated_extent',
                '_postgis_gserialized_index_extent', '_postgis_gserialized_stats',
                '_postgis_gserialized_sel', '_postgis_gserialized_joinsel')
    loop
        execute format('revoke execute on function %s from public', each);
        execute format('grant execute on function %s to ops, pg_monitor', each);
    end loop;
end $$
"""
# Whether that was never run in a database, or by a version that left PostGIS as it was.
_IS_COUNTED = """
select 1 from pg_proc
where proname = '_postgis_stats' and has_function_privilege('public', oid, 'execute')
"""

# Where a cluster goes when its own user may not enter the project, as below root's home.
ELSEWHERE = Path("/var/lib")

# Between two tries to bring back a server that would not start.
PAUSE_S = 5


class Cluster:
    """One private server and its databases, known by its home directory."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()

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
                    if _is_last(leases) and not self._pin.exists():
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
            if stopped := _is_last(leases):
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
                _create(connection, name, template)
                return
            # It gets its name last, so that one cut short never passes for whole.
            unfinished = f"{name}.unfinished"
            _drop(connection, unfinished)
            _create(connection, unfinished, "template0")
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
            _drop(connection, name)

    def _ensure_running(self) -> None:
        postmaster = self.postmaster
        if not postmaster.data.exists():
            postmaster.make(ADMINISTRATOR, self._passwords(make=True)[ADMINISTRATOR])
        postmaster.start()
        with self._administration() as connection:
            for role in (OWNER, APPLICATION):
                if not _exists(connection, "pg_roles", "rolname", role):
                    create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                    password = sql.Literal(self._passwords(lacking=role)[role])
                    connection.execute(create.format(sql.Identifier(role), password))
                    if role == APPLICATION:
                        self._welcome_application(connection)
            if not _exists(connection, "pg_roles", "rolname", ANALYST):
                connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(ANALYST)))
            if not _exists(connection, "pg_roles", "rolname", READER):
                made = f"CREATE ROLE {READER} IN ROLE {APPLICATION}; GRANT {READER} TO {OWNER}"
                connection.execute(made.encode())
            if _exists(connection, "pg_database", "datname", OWNER):
                self._hide_counts()
            else:
                self.create_database(OWNER)

    def _welcome_application(self, connection: psycopg.Connection) -> None:
        """Let the owner act as the application, also in databases made before there was one."""
        grant = sql.SQL("GRANT {} TO {}")
        connection.execute(grant.format(sql.Identifier(APPLICATION), sql.Identifier(OWNER)))
        if _exists(connection, "pg_database", "datname", OWNER):
            with self._administration(OWNER) as inside:
                inside.execute(LEAKPROOF)

    def _hide_counts(self) -> None:
        """Keep from analysts what the catalogue tells, also in a database made before them."""
        with self._administration(OWNER) as inside:
            if inside.execute(_IS_COUNTED).fetchone():
                inside.execute(COUNTS)

    def administer(self, statements: Iterable[str]) -> None:
        """Do what only the superuser may, such as letting somebody in."""
        with self._administration() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @property
    def postmaster(self) -> Postmaster:
        """The server of this cluster, running or not, and whose it is."""
        place = self._place
        owner = _owner_of(place)
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
            elif _may_enter(self.home):
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
    def _pin(self) -> Path:
        return self._place / "pinned"

    def _passwords(self, *, make: bool = False, lacking: str | None = None) -> dict[str, str]:
        """Read the roles' passwords, made up with the cluster; that of a role it lacked, then."""
        file = self._place / "passwords"
        if make:
            file.unlink(missing_ok=True)
            _keep(file, {ADMINISTRATOR: secrets.token_urlsafe(24)})
        try:
            passwords = dict(json.loads(file.read_text()))
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"The passwords of the cluster cannot be read from {file}."
            ) from error
        if lacking is not None and lacking not in passwords:
            passwords[lacking] = secrets.token_urlsafe(24)
            _keep(file, passwords)
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


def _keep(file: Path, passwords: Mapping[str, str]) -> None:
    """Write the passwords, for this user alone, whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        json.dump(passwords, written)
    fresh.replace(file)


def _is_last(leases: int) -> bool:
    """Tell whether nobody else holds a lease."""
    try:
        fcntl.flock(leases, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _user(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise ClusterError(
            f"User {uid} has no name on this machine, and PostgreSQL needs one: "
            "add the user to /etc/passwd, or set OPS_DATABASE_URL to another server."
        ) from error


def _owner_of(place: Path) -> pwd.struct_passwd:
    data = place / "data"
    return _user(data.stat().st_uid) if data.exists() else _unprivileged()


def _unprivileged() -> pwd.struct_passwd:
    """Choose who owns a new cluster: the one who runs this, but never root."""
    if os.geteuid() != 0:
        return _user(os.geteuid())
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise ClusterError("Root needs the user postgres to own the cluster, and there is none.")


def _may_enter(directory: Path) -> bool:
    """Tell whether the cluster's owner can reach this directory through its parents."""
    owner = _owner_of(directory)
    if os.geteuid() not in (0, owner.pw_uid):
        return True  # and whose it is will be said
    return run_as(owner, "test", "-x", str(directory)).returncode == 0


def _exists(connection: psycopg.Connection, catalogue: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s")
    found = connection.execute(
        query.format(sql.Identifier(catalogue), sql.Identifier(column)), [name]
    )
    return found.fetchone() is not None


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    connection.execute(create.format(*map(sql.Identifier, (name, OWNER, template))))


def _drop(connection: psycopg.Connection, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    connection.execute(drop.format(sql.Identifier(name)))
