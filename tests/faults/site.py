"""All that docs/operating.md says of more than one machine, on ports of this one.

The files in deploy/cluster are used as they are, with our ports for their addresses.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import fsspec
import redis
import sqlalchemy as sa

from ops.cluster import APPLICATION, OWNER
from ops.cluster.programs import UNPACKED, environment_of, owner_of
from tests.conftest import ROOT
from tests.faults.conftest import fill, until
from tests.faults.database import Database, Standby
from tests.faults.drilled import Drilled
from tests.test_cli import free_port

DEPLOY = ROOT / "deploy/cluster"
NAMES = ("a", "b", "c")
MACHINES = ("10.20.0.11", "10.20.0.12", "10.20.0.13")
APPS = ("10.20.0.21:8000", "10.20.0.22:8000")
NGINX = """
daemon off;
user root;
worker_processes 1;
pid nginx.pid;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {}
}}
"""


def program(name):
    """Find a program that is installed, or only unpacked."""
    unpacked = (str(UNPACKED / "usr" / each) for each in ("bin", "sbin"))
    return shutil.which(name, path=os.pathsep.join((os.defpath, "/usr/sbin", *unpacked)))


class Site:
    """Three database servers with a pool each, two app servers, a proxy, Redis and storage."""

    def __init__(self, log):
        self.place = Path(tempfile.mkdtemp(prefix="site-"))
        self.place.chmod(0o755)
        self.log = log
        self.stack = contextlib.ExitStack()
        self.stack.callback(shutil.rmtree, self.place)
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def _build(self):
        self.ports = {
            name: free_port()
            for name in ("pool a", "pool b", "pool c", "proxy", "redis", "storage", *APPS)
        }
        self.servers, self.pools = {"a": Database()}, {}
        self.stack.callback(self._close_servers)
        self.told, _, env = fill(self.servers["a"].url)
        self._found_servers()
        self._start_services()
        settings = dict(
            line.split("=", 1)
            for line in self.written("ops.env").splitlines()
            if "=" in line and not line.startswith("#")
        )
        self.env = {k: v for k, v in env.items() if k != "OPS_RATE_LIMIT"} | settings
        self.env |= {"OPS_RATE_LIMIT": "1000000/minute", "OPS_SECRET_KEY": env["OPS_SECRET_KEY"]}
        self.engine = sa.create_engine(settings["OPS_OWNER_DATABASE_URL"], poolclass=sa.NullPool)
        self.storage().mkdir("ops")
        self.apps = [self._app(address) for address in APPS]
        self.url = f"http://127.0.0.1:{self.ports['proxy']}"

    def close(self):
        self.stack.close()

    def written(self, name):
        """Give a file of deploy/cluster with our ports for the addresses in it."""
        text = (DEPLOY / name).read_text()
        ports = [str(each.cluster.postmaster.address()[1]) for each in self.servers.values()]
        if len(ports) == len(NAMES):
            for machine, port, which in zip(MACHINES, ports, NAMES, strict=True):
                text = text.replace(f"{machine}:5432", f"127.0.0.1:{port}")
                text = text.replace(f"{machine}:6432", f"127.0.0.1:{self.ports[f'pool {which}']}")
        for address, port in (
            *((each, self.ports[each]) for each in APPS),
            ("10.20.0.31:80", self.ports["proxy"]),
            ("10.20.0.31:6379", self.ports["redis"]),
            ("10.20.0.41:9000", self.ports["storage"]),
        ):
            text = text.replace(address, f"127.0.0.1:{port}")
        passwords = self.servers["a"].cluster._passwords()
        text = text.replace(":PASSWORD@", f":{passwords[APPLICATION]}@")
        text = text.replace(":OWNER@", f":{passwords[OWNER]}@")
        text = re.sub(r"(?m)^(AWS_\w+_\w*KEY\w*)=$", r"\1=drill", text)
        # There is no TLS before it here.
        text = text.replace("URL=https://", "URL=http://")
        return re.sub(r"10\.20\.0\.\d+", "127.0.0.1", text)

    def redis(self):
        return redis.Redis(port=self.ports["redis"], password="REDIS")

    def storage(self):
        return fsspec.filesystem(
            "s3",
            key="drill",
            secret="drill",
            endpoint_url=f"http://127.0.0.1:{self.ports['storage']}",
        )

    def primary(self):
        """Name the server that is no standby."""
        with self.engine.connect() as connection:
            port = connection.scalar(sa.text("select inet_server_port()"))
        return next(
            name
            for name, each in self.servers.items()
            if not each.is_dead and each.cluster.postmaster.address()[1] == port
        )

    def standbys(self):
        return [name for name in NAMES if name != self.primary()]

    def fail_over(self, dead):
        """Do what the book says when the primary is gone; give the name of the next one."""

        def received(name):
            with self.servers[name].cluster._administration() as connection:
                query = "select pg_last_wal_receive_lsn() - '0/0'::pg_lsn"
                return connection.execute(query).fetchone()[0]

        chosen = max((name for name in NAMES if name != dead), key=received)
        self.servers[chosen].promote()
        # What it told those who asked it as a standby, it would tell on.
        _end(self.pools[chosen])
        self.start_pool(chosen)
        return chosen

    def kill(self, name):
        """End a database server as a power cut would; its pool is bound to it by systemd."""
        self.servers[name].kill()
        _end(self.pools[name])

    def rejoin(self, name):
        """Make a server that was a primary follow the one that is it now, from the beginning."""
        server = self.servers[name]
        shutil.rmtree(server.cluster.postmaster.data)
        server.copy(self.servers[self.primary()])
        self._configure(server)
        self.start(name)
        self.until_followed()

    def start(self, name):
        """Begin a database server that was killed, and its pool."""
        server = self.servers[name]
        server.cluster.postmaster.start(["-c", f"cluster_name={name}"])
        server.is_dead = False
        self.start_pool(name)

    def start_pool(self, name):
        """Begin the pool beside a server."""
        owner = owner_of(self.servers["a"].cluster._place)
        self.pools[name] = self._run(
            [program("pgbouncer"), "-q", str(self.place / f"pgbouncer-{name}.ini")],
            user=owner.pw_uid,
            group=owner.pw_gid,
            extra_groups=[],
        )

    def until_followed(self, number=2):
        """Wait until so many servers follow the primary."""
        query = "select count(*) from pg_stat_replication where state = 'streaming'"

        def is_followed():
            with self.servers[self.primary()].cluster._administration() as connection:
                return connection.execute(query).fetchone()[0] >= number

        until(is_followed, 60)

    def _found_servers(self):
        """Have two servers follow the first, each ready to take the others' place."""
        first = self.servers["a"]
        with first.cluster._administration() as connection:
            connection.execute("create role replicator login replication password 'drill'")
        for name in NAMES[1:]:
            self.servers[name] = Standby(first, name)
        ports = ",".join(
            str(each.cluster.postmaster.address()[1]) for each in self.servers.values()
        )
        known = self.place / "pgpass"
        known.write_text("*:*:*:replicator:drill\n")
        self._own(known)
        conf = self.written("postgresql.conf").replace("port=5432,5432,5432", f"port={ports}")
        conf = conf.replace("user=replicator", f"user=replicator passfile={known}")
        (self.place / "postgresql.conf").write_text(conf)
        for name, server in self.servers.items():
            postmaster = server.cluster.postmaster
            postmaster.stop()
            self._configure(server)
            postmaster.start(["-c", f"cluster_name={name}"])

    def _configure(self, server):
        data = server.cluster.postmaster.data
        included = f"include '{self.place}/postgresql.conf'\n"
        conf = data / "postgresql.conf"
        if included not in conf.read_text():
            with conf.open("a") as file:
                file.write(included)
        # Written by pg_basebackup, it would hold against what is included.
        (data / "postgresql.auto.conf").write_text("")

    def _own(self, path):
        owner = owner_of(self.servers["a"].cluster._place)
        os.chown(path, owner.pw_uid, owner.pw_gid)
        path.chmod(0o600)

    def _start_services(self):
        users = self.place / "userlist.txt"
        users.write_text(f'"{APPLICATION}" "{self.servers["a"].cluster._passwords()[APPLICATION]}"')
        self._own(users)
        for name in NAMES:
            port = self.servers[name].cluster.postmaster.address()[1]
            text = self.written("pgbouncer.ini").replace("port=5432", f"port={port}")
            text = text.replace("port = 6432", f"port = {self.ports[f'pool {name}']}")
            file = self.place / f"pgbouncer-{name}.ini"
            file.write_text(text.replace("/etc/pgbouncer/userlist.txt", str(users)))
            self.start_pool(name)
        text = self.written("redis.conf").replace("port 6379", f"port {self.ports['redis']}")
        (self.place / "redis.conf").write_text(text)
        self._run(
            ["redis-server", str(self.place / "redis.conf")], executable=program("redis-check-rdb")
        )
        nginx = self.place / "nginx.conf"
        nginx.write_text(NGINX.format(self.written("nginx.conf")))
        self._run([program("nginx"), "-p", str(self.place), "-c", str(nginx), "-e", "stderr"])
        port = str(self.ports["storage"])
        self._run([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port])

    def _run(self, command, **how):
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment_of(UNPACKED)},
            cwd=self.place,
            stdout=self.log,
            stderr=self.log,
            **how,
        )
        self.stack.callback(_end, process)
        return process

    def _app(self, address):
        env = self.env | {"OPS_METRICS_BIND": f"127.0.0.1:{free_port()}"}
        app = Drilled(env, 1, self.log)
        app.bind = f"127.0.0.1:{self.ports[address]}"
        app.url = f"http://{app.bind}"
        app.env["OPS_BIND"] = app.bind
        app.start()
        self.stack.callback(app.kill)
        return app

    def _close_servers(self):
        for each in self.servers.values():
            each.close()


def _end(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
