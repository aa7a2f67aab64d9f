"""The server: its address, its workers, and what is done beside them from time to time."""

import ctypes
import dataclasses
import functools
import gc
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import click
import flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from ops import create_app, db, health, intake, logs, metrics, timer
from ops.backup import keeping
from ops.config import Settings
from ops.deconfliction import settling
from ops.ledger import sealing
from ops.live import forgetting
from ops.results import attachments, rollup
from ops.running import cluster_of, read_settings
from ops.subscriptions import delivering, tak

# From <linux/prctl.h>: which signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1
# How often what is too old is looked for.
FORGET_MINUTES = 60


def serve(settings: Settings) -> None:
    """Serve the pages and the API, on a database that is up to date, until told to stop."""
    host, port = _address("OPS_BIND", settings.bind)
    server = Granian(
        "ops:create_app",
        host,
        port,
        interface=Interfaces.WSGI,
        workers=max(settings.workers, 0) or len(os.sched_getaffinity(0)),
        blocking_threads=db.POOL_SIZE,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=max(settings.stop_seconds, 1),
        log_level=LogLevels.warning,
    )
    click.echo(f"Serving on {settings.public_url or f'http://{settings.bind}'} - Ctrl-C stops it.")
    if intake.is_nameless(settings):
        click.echo(
            "Only this machine can use it so far: say in OPS_PUBLIC_URL or OPS_TRUSTED_HOSTS "
            "under which name others reach it."
        )
    work = timer.Timer(settings.as_owner().database_url, _jobs(settings))

    def stop(*_: object) -> None:
        work.stop()
        server.signal_handler_interrupt()

    def take_signals() -> None:
        # A closed terminal ends the server; granian would only begin its workers anew.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)

    server.on_startup(take_signals)
    requests = dataclasses.replace(settings, owner_database_url="")
    with metrics.served(_watched(settings), [metrics.Jobs(work.jobs), health.Work(settings)]):
        work.start()
        # What is imported by now is the same for all workers. Once out of the collector's sight, it
        # stays in memory once for all of them.
        gc.collect()
        gc.freeze()
        try:
            server.serve(target_loader=functools.partial(_worker, requests), wrap_loader=False)
        finally:
            work.join(settings.stop_seconds)


def _jobs(settings: Settings) -> list[timer.Job]:
    """List the work that is done beside the server."""
    forget = functools.partial(forgetting.forget, days=settings.position_days)
    sweep = functools.partial(attachments.sweep, url=settings.attachments_at())
    tell = functools.partial(delivering.deliver, settings=settings)
    copy_out = functools.partial(keeping.copy, settings=settings)
    often = settings.deliver_seconds / 60
    erasing = FORGET_MINUTES if settings.position_days else 0
    copying = keeping.MINUTES if _is_backed_up(settings) else 0
    return [
        timer.Job("seal", "the ledger's seals", settings.seal_minutes, sealing.seal),
        timer.Job("figures", "the kept figures", settings.rollup_minutes, rollup.refresh),
        timer.Job(
            "conflicts",
            "conflicts kept from their other side",
            settling.SECONDS / 60,
            settling.settle,
        ),
        timer.Job("erase", "what is kept of positions", erasing, forget),
        timer.Job("sweep", "what is kept of photos", FORGET_MINUTES, sweep),
        timer.Job("deliver", "what subscriptions are told", often, tell),
        timer.Job("forget", "what is kept of deliveries", FORGET_MINUTES, delivering.forget),
        timer.Job("tak", "what a TAK server is fed", often, tak.Feeder(settings)),
        timer.Job("backup", "the backups", copying, copy_out),
    ]


def _is_backed_up(settings: Settings) -> bool:
    """Tell whether to keep the backups up to the minute: not for a copy of what they are of."""
    if not settings.backup:
        return False
    if not Settings.from_env().database_url and cluster_of(read_settings()).restored.exists():
        click.echo("This was restored, and is backed up nowhere: see `ops backup --take-over`.")
        return False
    return True


def _worker(settings: Settings) -> flask.Flask:
    """Build the app in a worker, which is to end when the process that began it does."""
    # Until it serves, it ends at once; what it inherited would take the signal for its parent's.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    # Its parent tells it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    logs.to_stderr()
    return create_app(settings)


@contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """Make sure of the addresses: granian would share one with another granian in silence."""
    watched = _watched(settings)
    with (
        _claimed("OPS_BIND", *_address("OPS_BIND", settings.bind)),
        _claimed("OPS_METRICS_BIND", *watched) if watched else nullcontext(),
    ):
        yield


def _watched(settings: Settings) -> tuple[str, int] | None:
    """Give the address that metrics are fetched from, if they are."""
    bind = settings.metrics_bind
    return _address("OPS_METRICS_BIND", bind) if bind else None


@contextmanager
def _claimed(name: str, host: str, port: int) -> Iterator[None]:
    """Make sure of the address: granian would share one with another granian in silence."""
    with socket.socket(socket.AF_UNIX) as claim:
        try:
            # A name without a file, ours while we live: of two starts at once one gets it.
            claim.bind(f"\0ops-serve-{port}")
            [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            raise click.ClickException(
                f"Nothing can be served on {host}:{port}: {error.strerror}. Stop what runs there, "
                f"or choose another address, such as {name}=127.0.0.1:{port + 1}."
            ) from error
        yield


def _address(name: str, bind: str) -> tuple[str, int]:
    """Read the host and the port of a setting."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 2**16):
        raise click.ClickException(
            f"{name} cannot be {bind!r}: give a host and a port, such as 127.0.0.1:8000."
        )
    return host.strip("[]"), int(port)
