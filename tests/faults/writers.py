"""Programs that log results and keep the id of each that was acknowledged, and that read boards."""

import collections
import contextlib
import datetime as dt
import functools
import hashlib
import http.client
import json
import random
import threading
import time

import sqlalchemy as sa

from ops.db import new_id
from tests.backup.drill import _photo

# How long a reply may take, and how long is waited before the same is sent again.
PATIENCE_S = 60
PAUSE_S = 0.1
AT_ONCE = 10
WORDS = {"created", "replayed"}


class Crowd:
    """So many at once who do one thing over and over, and count what they were answered."""

    def __init__(self, url, works):
        self.address = url.removeprefix("http://")
        self.counts, self.wrong = collections.Counter(), []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in works]

    def __enter__(self):
        for each in self._threads:
            each.start()
        return self

    def _until(self, count, more, patience_s, nothing):
        """Wait until so many more are counted; give the seconds that took."""
        begun, aim = time.monotonic(), count() + more
        while count() < aim:
            waited = time.monotonic() - begun
            assert waited < patience_s, f"{nothing}: {self.counts} {self.wrong[:3]}"
            time.sleep(0.02)
        return time.monotonic() - begun


class Writers(Crowd):
    """So many writers at once; every second one sends batches."""

    def __init__(self, url, told, number=4, *, keep_alive=True, photos=False):
        each = [functools.partial(self._write, number % 2 == 1) for number in range(number)]
        super().__init__(url, each)
        self.told = told
        self.keep_alive, self.photos = keep_alive, photos
        self.word = f"drill {new_id()}"
        self.at = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=3)).isoformat()
        self.acknowledged = []
        # The hash of each photo that was acknowledged.
        self.photographed = set()
        self.last_at = time.monotonic()
        self.longest_pause = 0.0
        self._lock = threading.Lock()

    def __exit__(self, *_):
        self._over.set()

    def finish(self):
        """Let each have acknowledged what it has begun, and begin nothing more."""
        self._over.set()
        for each in self._threads:
            each.join(PATIENCE_S * 2)
            assert not each.is_alive(), f"Nothing was acknowledged in the end: {self.counts}"

    def until_acknowledged(self, more=20, patience_s=PATIENCE_S * 2):
        """Wait until so many more results are acknowledged; give the seconds that took."""
        return self._until(
            lambda: len(self.acknowledged), more, patience_s, "Nothing is acknowledged"
        )

    def holds_true(self, engine):
        """Compare what was acknowledged with what is stored, and look at each reply."""
        with engine.connect() as connection:
            stored = connection.execute(STORED, {"word": f"{self.word}%"}).all()
        ids = [str(row.id) for row in stored]
        lost = set(self.acknowledged) - set(ids)
        doubled = {n: t for n, t in collections.Counter(r.note for r in stored).items() if t > 1}
        often = [row for row in stored if row.inserts != 1]
        with engine.connect() as connection:
            photos = set(connection.scalars(PHOTOS, {"word": f"{self.word}%"}))
        lost |= self.photographed - photos
        found = {
            "acknowledged": len(self.acknowledged),
            **({"photos": len(photos)} if self.photos else {}),
            "stored": len(ids),
            "lost": len(lost),
            "doubled": len(doubled) + len(often),
            "longest pause s": round(self.longest_pause, 1),
            **self.counts,
        }
        print(found)  # noqa: T201
        assert (lost, doubled, often, self.wrong) == (set(), {}, [], []), found
        assert len(set(self.acknowledged)) == len(self.acknowledged) == len(ids), found
        return found

    def _write(self, in_batches):
        with contextlib.closing(self._connection()) as connection:
            while not self._over.is_set():
                results = [self._result() for _ in range(AT_ONCE if in_batches else 1)]
                while not self._send(connection, results, in_batches):
                    time.sleep(PAUSE_S)
                if self.photos and not in_batches:
                    self._photograph(connection, results[0]["id"])

    def _connection(self):
        return http.client.HTTPConnection(self.address, timeout=PATIENCE_S)

    def _result(self):
        key = str(new_id())
        return {
            "id": key,
            "kind": "engagement",
            "occurred_at": self.at,
            "note": f"{self.word} {key}",
            "detail": {"activity": "school_session"},
        }

    def _send(self, connection, results, in_batches):
        """Send once; tell whether all of it is settled."""
        here = f"/api/v1/operations/{self.told['operation']}/results"
        body = results[0]
        if in_batches:
            here = "/api/v1/results/batch"
            body = {"items": [each | {"operation": self.told["operation"]} for each in results]}
        replied = self._post(connection, here, json.dumps(body), "application/json")
        return replied is not None and self._judge(*replied, [each["id"] for each in results])

    def _photograph(self, connection, result):
        photo = _photo(random.Random(result))  # noqa: S311 - no secret
        sha256 = hashlib.sha256(photo).hexdigest()
        here = f"/api/v1/attachments?result={result}&sha256={sha256}"
        while True:
            replied = self._post(connection, here, photo, "image/jpeg")
            if replied is not None and self._judge(*replied, []):
                self.photographed.add(sha256)
                return
            time.sleep(PAUSE_S)

    def _post(self, connection, here, body, media_type):
        """Send once; give the reply and its text, if there is one."""
        headers = {"Authorization": f"Bearer {self.told['token']}", "Content-Type": media_type}
        if not self.keep_alive:
            headers["Connection"] = "close"
        try:
            connection.request("POST", here, body, headers)
            reply = connection.getresponse()
            return reply, reply.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._count(type(error).__name__)
            return None

    def _judge(self, reply, text, ids):
        self._count(reply.status)
        if reply.status in (200, 201):
            self._acknowledge(ids)
            return True
        if reply.status == 207:
            outcomes = [each["outcome"] for each in json.loads(text)["items"]]
            if set(outcomes) <= WORDS:
                self._acknowledge(ids)
                return True
        # Told to come back; anything else is no clear answer.
        if reply.status != 503 or not reply.getheader("Retry-After"):
            self.wrong.append((reply.status, text[:300]))
        return False

    def _count(self, what):
        with self._lock:
            self.counts[str(what)] += 1

    def _acknowledge(self, ids):
        with self._lock:
            now = time.monotonic()
            self.longest_pause = max(self.longest_pause, now - self.last_at)
            self.last_at = now
            self.acknowledged += ids


STORED = sa.text(
    "select result.id, note, (select count(*) from change where object_id = result.id"
    " and object = 'result' and before is null) as inserts from result where note like :word"
)
PHOTOS = sa.text(
    "select encode(sha256, 'hex') from attachment join result on result.id = result_id"
    " where note like :word"
)


class Readers(Crowd):
    """So many readers of boards at once, who count what they were answered."""

    def __init__(self, url, cookie, paths, number=2):
        super().__init__(url, [self._read] * number)
        self.cookie, self.paths = cookie, paths
        self.longest_s = 0.0

    def __exit__(self, *_):
        self._over.set()
        for each in self._threads:
            each.join(PATIENCE_S)

    def until_answered(self, more=10):
        """Wait until so many more are answered with what was asked for."""
        self._until(lambda: self.counts["200"], more, PATIENCE_S * 2, "Nothing is answered")

    def _read(self):
        headers = {"Cookie": f"{self.cookie['name']}={self.cookie['value']}"}
        while not self._over.is_set():
            for path in self.paths:
                connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_S)
                begun = time.monotonic()
                with contextlib.closing(connection):
                    try:
                        connection.request("GET", path, headers=headers)
                        reply = connection.getresponse()
                        text = reply.read()
                    except (OSError, http.client.HTTPException) as error:
                        self.wrong.append((path, type(error).__name__))
                        continue
                self.longest_s = max(self.longest_s, time.monotonic() - begun)
                self.counts[str(reply.status)] += 1
                if reply.getheader("X-Behind-Seconds"):
                    self.counts["behind"] += 1
                if reply.status == 503 and reply.getheader("Retry-After"):
                    time.sleep(PAUSE_S)
                elif reply.status != 200:
                    self.wrong.append((path, reply.status, text[:300]))
