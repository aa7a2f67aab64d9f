"""The whole of what we run, with its own database, that is taken down and read afterwards."""

import collections
import contextlib
import http.client
import json
import os
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.faults.conftest import Server
from tests.faults.database import children

# How often each drill is done.
ROUNDS = range(int(os.environ.get("OPS_DRILL_ROUNDS", "1")))


class Drilled(Server):
    """A server with two workers, and the log of what it answered."""

    def workers(self):
        return sorted(children(self.process.pid))

    def faults(self):
        """Give the lines of the log that are neither a refusal nor told as 503."""
        said = Path(self.log.name).read_text().splitlines()
        lines = [json.loads(each) for each in said if each.startswith("{")]
        return [each for each in lines if each["event"] == "failed" and each["status"] != 503]

    def get(self, path):
        connection = http.client.HTTPConnection(self.bind, timeout=120)
        with contextlib.closing(connection):
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read()

    def is_ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/readyz")[0] == 200
        return False

    def told(self):
        """Give what Prometheus is told: by name of the metric, and by endpoint."""
        connection = http.client.HTTPConnection(self.env["OPS_METRICS_BIND"], timeout=120)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        # What was counted nowhere yet, as by a server that was begun anew, is none.
        told = collections.defaultdict(collections.Counter)
        for metric in text_string_to_metric_families(text):
            for name, labels, value, *_ in metric.samples:
                told[name][labels.get("endpoint") or labels.get("by")] += value
        return told


def at_home(env, home):
    """Give the settings of a server that keeps its database itself, and so brings it back."""
    ours = {name: value for name, value in env.items() if name != "OPS_DATABASE_URL"}
    return ours | {"OPS_HOME": str(home)}


@contextlib.contextmanager
def drilling(database, filled, folder, **settings):
    """Have a server that keeps this database itself, for the block."""
    with (folder / "log").open("w") as log:
        drilled = Drilled(at_home(filled[2], database.cluster.home.parent) | settings, 2, log)
        try:
            drilled.start()
            yield drilled
        finally:
            drilled.kill()


def holds_true(writers, drilled, world):
    writers.finish()
    writers.holds_true(world.engine)
    assert drilled.faults() == []
