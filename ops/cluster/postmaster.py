"""One server process over one data directory: make it, start it, find it, stop it."""

import dataclasses
import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ops.cluster.programs import ClusterError, Server, find_server, run_as

# Appended to postgresql.conf once, when the cluster is made; an operator may change them there.
SETTINGS = """
# What follows was set by the operations tracker when it made this cluster.
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1           # no spinning disks
max_locks_per_transaction = 256   # a migration, or a test with its savepoints, holds many at once
jit = off                        # our statements are short; compiling costs more than it saves
max_parallel_workers_per_gather = 0  # and there are many at once: to share one out doubles its time
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse      # neither the values of a row
log_min_error_statement = panic  # nor a statement: they are records about people
"""

# A server may need this long to replay what was written before a crash.
PATIENCE_S = 120

# Reasons not to start that pass once the last processes of a killed server are gone.
PASSING = ("lock file", "shared memory block")
# The archive ends before the moment that a restore asks for: no other try gets further.
SHORT_OF_TARGET = "recovery ended before configured recovery target was reached"
# For any other reason it is tried this often: a server may be killed while it starts, too.
MOST_FAILURES = 3
PORT_TAKEN = ("could not bind", "could not create any TCP/IP sockets")

# A socket's path holds 107 bytes, of which PostgreSQL's own name for it takes 20. Its list of
# directories is read with commas and quotes, so an odd name will not do either.
SOCKET_DIRECTORY = re.compile(r"[\w./+-]{1,85}", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Postmaster:
    """The server of one cluster, owned by one user who is not root."""

    place: Path
    owner: pwd.struct_passwd

    @property
    def data(self) -> Path:
        """The data directory, the cluster itself."""
        return self.place / "data"

    @property
    def log(self) -> Path:
        """What the server has said since it started; the one before is kept beside it."""
        return self.place / "run/server.log"

    def make(self, administrator: str, password: str) -> None:
        """Make the data directory; it gets its name last, so that half of one is never used."""
        server = find_server()
        self.give("run")
        unfinished = self.give("data.unfinished", anew=True)
        with tempfile.NamedTemporaryFile("w", dir=self.place / "run") as secret:
            secret.write(password)
            secret.flush()
            os.chown(secret.fileno(), self.owner.pw_uid, self.owner.pw_gid)
            words = [f"--pgdata={unfinished}", f"--username={administrator}"]
            words += [f"--pwfile={secret.name}", "--auth=scram-sha-256", "--data-checksums"]
            # A bare Debian has no other locale of UTF-8.
            words += ["--encoding=UTF8", "--locale=C.UTF-8"]
            made = self._run(server, "initdb", *words)
        if made.returncode:
            raise ClusterError(
                f"The cluster in {self.place} could not be made: {_why(made.stdout)}"
            )
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS)
        unfinished.rename(self.data)

    def start(self, chosen: Sequence[str] = (), patience_s: int = PATIENCE_S) -> None:
        """Start the server, or find it running; wait out the end of one that was killed.

        `chosen` are options of its own, for one that is started.
        """
        server = self._server()
        port = self._port()
        deadline = time.monotonic() + patience_s
        failures, is_started = 0, False
        while not self._is_ready():
            if not self.process():
                # One that was started, and ended before it was ready, says why in its log.
                why = _why(self.log.read_text(errors="replace")) if is_started else ""
                why = why or self._try_to_start(server, port, chosen)
                is_started = not why
                if any(reason in why for reason in PORT_TAKEN):
                    port = _free_port()
                elif why and not any(reason in why for reason in PASSING):
                    failures += 1
                if failures == MOST_FAILURES or SHORT_OF_TARGET in why:
                    raise ClusterError(f"The cluster in {self.place} did not start: {why}")
            if time.monotonic() > deadline:
                raise ClusterError(f"The cluster in {self.place} is not ready; see {self.log}.")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server, ending its connections."""
        if not self.process():
            return
        directory = Path(self.address()[0])
        words = ["--mode=fast", "--wait", f"--timeout={PATIENCE_S}"]
        stopped = self._run(self._server(), "pg_ctl", "stop", f"--pgdata={self.data}", *words)
        if stopped.returncode and self.process():
            raise ClusterError(f"The cluster in {self.place} did not stop: {_why(stopped.stdout)}")
        if directory.parent != self.place:
            shutil.rmtree(directory, ignore_errors=True)

    def process(self) -> int | None:
        """Find the process that the pid file names, if it works in the data directory.

        A zombie works nowhere, and a number given to another program since works elsewhere.
        Only the owner may look there: in many containers even root may not.
        """
        try:
            pid = int(self._pid_file()[0])
        except (OSError, ValueError, IndexError):
            return None
        at = run_as(self.owner, "test", f"/proc/{pid}/cwd", "-ef", str(self.data))
        return pid if at.returncode == 0 else None

    def address(self) -> tuple[str, int]:
        """Tell the socket's directory and the port of the running server."""
        if not self.process():
            raise ClusterError(
                f"The cluster in {self.place} is not running: `ops db start` does it."
            )
        lines = self._pid_file()
        return lines[4], int(lines[3])

    def _server(self) -> Server:
        return find_server(int((self.data / "PG_VERSION").read_text()))

    def _is_ready(self) -> bool:
        """Tell whether the server runs and takes connections: it says so in its pid file."""
        try:
            return bool(self.process()) and self._pid_file()[7].strip() == "ready"
        except (OSError, IndexError):
            return False

    def _pid_file(self) -> list[str]:
        return (self.data / "postmaster.pid").read_text().splitlines()

    def _try_to_start(self, server: Server, port: int, chosen: Sequence[str]) -> str:
        """Start the server once; say why it would not."""
        options = shlex.join(["-p", str(port), "-k", str(self._socket_directory()), *chosen])
        self._forget_the_dead()
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        words = ["--wait", f"--timeout={PATIENCE_S}", f"--log={self.log}", f"--options={options}"]
        started = self._run(server, "pg_ctl", "start", f"--pgdata={self.data}", *words)
        if started.returncode:
            return _why(
                self.log.read_text(errors="replace") if self.log.exists() else started.stdout
            )
        (self.place / "port").unlink(missing_ok=True)
        (self.place / "port").write_text(str(port))
        return ""

    def _forget_the_dead(self) -> None:
        """Remove a pid file whose number has gone to a zombie or to another program.

        PostgreSQL removes one whose number is free, but takes any process of its own
        user for a living server. One that lives and may not be looked at, as from another user
        namespace, keeps its file: a server whose file is gone ends itself.
        """
        try:
            pid = int(self._pid_file()[0])
            os.kill(pid, 0)
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return
        if not self.process() and os.fsencode(self.data) not in words.split(b"\0"):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _port(self) -> int:
        """Give the port used before if it is free, so that what people wrote down stays true."""
        try:
            port = int((self.place / "port").read_text())
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except (OSError, ValueError, OverflowError):
            return _free_port()
        return port

    def _socket_directory(self) -> Path:
        """Give a directory short enough for a socket, and open to the owner alone."""
        run = self.give("run")
        if SOCKET_DIRECTORY.fullmatch(str(run)):
            return run
        with suppress(OSError, IndexError):
            # That of a server which was killed, so that its address stays what it was.
            before = Path(self._pid_file()[4])
            if before.stat().st_uid == self.owner.pw_uid:
                return before
        short = Path(tempfile.mkdtemp(prefix="ops-", dir="/tmp"))  # nosec B108
        os.chown(short, self.owner.pw_uid, self.owner.pw_gid)
        return short

    def give(self, name: str, *, anew: bool = False) -> Path:
        """Have a directory in the place that belongs to the owner alone."""
        directory = self.place / name
        if anew:
            shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        os.chown(directory, self.owner.pw_uid, self.owner.pw_gid)
        return directory

    def _run(self, server: Server, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        path = str(server.programs / program)
        return run_as(self.owner, path, *words, environment=server.environment)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _why(said: str) -> str:
    """Pick the sentence that matters from what a program said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if re.search(r"FATAL|PANIC|error:", line)]
    return (grave or lines or ["it did not say why."])[-1]
