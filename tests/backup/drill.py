"""An installation that is written to, backed up, destroyed and restored, and what it had told."""

import contextlib
import dataclasses
import hashlib
import http.client
import io
import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from PIL import Image

from ops.access import guard
from ops.backup import keeping
from ops.cluster import Cluster
from ops.config import Settings
from tests.faults.database import children
from tests.test_cli import OPS, answer_of, free_port

SEED = """
insert into organisation (id, code, name, kind) values ('{organisation}', 'F', 'F', 'force');
insert into person (id, organisation_id, name, email, role)
values ('{person}', '{organisation}', 'An officer', 'officer@example.test', 'officer');
insert into token (id, person_id, token_hash)
values (gen_random_uuid(), '{person}', '\\x{hash}');
insert into operation (id, reference, kind, name, organisation_id, starts_at, ends_at, status,
    version, created_by, content_hash)
values ('{operation}', 'A', 'week_of_action', 'A', '{organisation}', '2026-11-01', '2026-11-09',
    'live', 1, '{person}', '');
"""


@dataclasses.dataclass
class Told:
    """What was answered about one record: when it was asked, when answered, and what it is since.

    `versions` are its texts, `photo` the bytes that were added.
    """

    versions: list[tuple[float, float | None, str]]
    photo: bytes = b""
    photo_at: tuple[float, float | None] | None = None


class Installation:
    """One installation below a directory of its own, with its server and its backups."""

    def __init__(self):
        self.root = Path(tempfile.mkdtemp(prefix="drill-"))
        self.root.chmod(0o755)
        self.home, self.folder = self.root / "home", self.root / "backup"
        for each in (self.home, self.folder):
            each.mkdir(mode=0o755)
        self.port = free_port()
        theirs = {name: each for name, each in os.environ.items() if not name.startswith("OPS_")}
        self.env = theirs | {
            "OPS_HOME": str(self.home),
            "OPS_BACKUP": str(self.folder),
            "OPS_BACKUP_KEY": secrets.token_hex(32),
            "OPS_BIND": f"127.0.0.1:{self.port}",
            "OPS_WORKERS": "1",
            "OPS_DEMO": "no",
            "OPS_RATE_LIMIT": "off",
        }
        self.server = None

    @property
    def cluster(self):
        return Cluster(self.home / "postgres")

    def start(self):
        self.server = subprocess.Popen([OPS, "serve"], env=self.env, start_new_session=True)
        assert answer_of(self.server, self.port) == 200

    def seed(self):
        """Have a live operation and an officer; give its id and their token."""
        ids = {name: str(uuid.uuid4()) for name in ("organisation", "person", "operation")}
        token = secrets.token_urlsafe(32)
        with self.sql() as connection:
            connection.execute(SEED.format(**ids, hash=guard.hash_of(token).hex()))
        return ids["operation"], token

    def ops(self, *words):
        """Run a command; give its code, and all that it said."""
        done = subprocess.run(
            [OPS, *words], env=self.env, check=False, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def copy(self):
        """Do now what `ops serve` does within a minute."""
        engine = sa.create_engine(self.cluster.url(), poolclass=sa.NullPool)
        keeping.copy(engine, Settings.from_env(self.env))

    def destroy(self):
        """End every process of it at once, and remove all but the backups."""
        postmaster = self.cluster.postmaster.process()
        for process in (postmaster, *children(postmaster)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()
        shutil.rmtree(self.home)
        self.home.mkdir(mode=0o755)

    def close(self):
        if self.server and self.server.poll() is None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
        if (self.home / "postgres/data").exists():
            self.cluster.stop()
        shutil.rmtree(self.root)

    def written(self):
        """Name the file of the log that is being written to."""
        with self.sql() as connection:
            named = "select pg_walfile_name(pg_current_wal_insert_lsn())"
            return connection.execute(named).fetchone()[0]

    def is_archived(self, file):
        """Tell whether the archive has this file of the log, and so all before it."""
        with self.sql() as connection:
            [last] = connection.execute("select last_archived_wal from pg_stat_archiver").fetchone()
        return (last or "") >= file

    def copied_at(self):
        """Tell when the photos were last copied."""
        return (self.home / "backup/copied").stat().st_mtime

    def switch(self):
        """Let what was written go to the archive now; by itself it does within a minute."""
        with self.cluster._administration() as connection:
            connection.execute("select pg_switch_wal()")

    def sql(self):
        return psycopg.connect(self.cluster.url().replace("+psycopg", ""), autocommit=True)


class Writers:
    """Officers who log, correct and photograph as fast as they are answered."""

    def __init__(self, port, told, number, pause):
        self.pause = pause
        self.port, (self.operation, self.token) = port, told
        self.told: dict[str, Told] = {}
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._write) for _ in range(number)]
        for each in self.threads:
            each.start()

    def count(self):
        return sum(1 for each in list(self.told.values()) if each.versions[0][1])

    def stop(self):
        self.over.set()
        for each in self.threads:
            each.join()

    def _write(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        chance = random.Random(secrets.randbits(64))  # noqa: S311 - no secret
        while not self.over.is_set():
            try:
                self._log(connection, chance)
                self.over.wait(self.pause)
            except (OSError, http.client.HTTPException):
                connection.close()
                self.over.wait(0.1)

    def _log(self, connection, chance):
        record = str(uuid.uuid4())
        note = secrets.token_hex(chance.randrange(8, 200))
        body = {
            "id": record,
            "kind": "arrest",
            "occurred_at": "2026-11-02T12:00:00Z",
            "note": note,
            "detail": {"reason": "supply_class_a"},
        }
        self.told[record] = told = Told([(time.time(), None, note)])
        path = f"/api/v1/operations/{self.operation}/results"
        tag = self._send(connection, "POST", path, json.dumps(body))
        told.versions[0] = (told.versions[0][0], time.time(), note)
        if chance.random() < 0.2:
            note = secrets.token_hex(16)
            told.versions.append((begun := time.time(), None, note))
            self._send(
                connection,
                "PATCH",
                f"/api/v1/results/{record}",
                json.dumps({"note": note, "reason": "Misread"}),
                {"If-Match": tag},
            )
            told.versions[-1] = (begun, time.time(), note)
        if chance.random() < 0.1:
            told.photo = _photo(chance)
            told.photo_at = (begun := time.time(), None)
            query = {"result": record, "sha256": hashlib.sha256(told.photo).hexdigest()}
            path = f"/api/v1/attachments?{urlencode(query)}"
            self._send(connection, "POST", path, told.photo, {"Content-Type": "image/jpeg"})
            told.photo_at = (begun, time.time())

    def _send(self, connection, method, path, body, headers=()):
        """Send a request; give the tag of what there is now, or fail unless it was done."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, path, body, sent | dict(headers))
        reply = connection.getresponse()
        said = reply.read()
        if reply.status == 503:
            raise OSError("not now")
        assert reply.status in (200, 201), said
        return reply.headers.get("ETag", "")


def _photo(chance):
    buffer = io.BytesIO()
    Image.frombytes("RGB", (16, 16), chance.randbytes(16 * 16 * 3)).save(buffer, "JPEG")
    return buffer.getvalue()


@dataclasses.dataclass
class Compared:
    """What is wrong with what was restored, of how much."""

    records: int = 0
    corrections: int = 0
    photos: int = 0
    faults: list[str] = dataclasses.field(default_factory=list)


def compare(told, moment, rows, photo_of):
    """Hold restored rows against what had been answered by a moment, and asked after it.

    `rows` are texts by id, `photo_of` gives a photo's bytes by its record, or none.
    """
    found = Compared()
    for record, each in told.items():
        by_then = [text for _, answered, text in each.versions if answered and answered < moment]
        maybe = [text for asked, _, text in each.versions if asked <= moment]
        if by_then:
            found.records += 1
            found.corrections += len(by_then) - 1
        # What was asked before and answered after it may be there or not.
        allowed = {*maybe[len(by_then) :], *by_then[-1:]} | (set() if by_then else {None})
        if rows.get(record) not in allowed:
            found.faults.append(f"{record} is {rows.get(record)}, and not one of {allowed}")
        if each.photo_at:
            asked, answered = each.photo_at
            kept = photo_of(record)
            if answered and answered < moment:
                found.photos += 1
                if kept != each.photo:
                    found.faults.append(f"the photo of {record} is not there as it was")
            elif kept is not None and (asked > moment or kept != each.photo):
                found.faults.append(f"the photo of {record} is there, and ought not to be")
    found.faults += [f"{record} was never sent" for record in rows.keys() - told.keys()]
    return found
