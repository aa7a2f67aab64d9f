"""The server: its address, its workers, and what is done beside them from time to time."""

import ctypes
import dataclasses
import functools
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import click
import flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from ops import create_app, db, intake, logs, timer
from ops.config import Settings
from ops.deconfliction import settling
from ops.ledger import sealing
from ops.live import forgetting
from ops.results import attachments, rollup
from ops.subscriptions import delivering, tak

# From <linux/prctl.h>: which signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1
# How often what is too old is looked for.
FORGET_MINUTES = 60


def serve(settings: Settings) -> None:
    """Serve the pages and the API, on a database that is up to date, until told to stop."""
    host, port = _address(settings.bind)
    server = Granian(
        "ops:create_app",
        host,
        port,
        interface=Interfaces.WSGI,
        workers=max(settings.workers, 0) or len(os.sched_getaffinity(0)),
        blocking_threads=db.POOL_SIZE,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    )
    # A closed terminal ends the server; granian would only begin its workers anew.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    click.echo(f"Serving on {settings.public_url or f'http://{settings.bind}'} - Ctrl-C stops it.")
    if intake.is_nameless(settings):
        click.echo(
            "Only this machine can use it so far: say in OPS_PUBLIC_URL or OPS_TRUSTED_HOSTS "
            "under which name others reach it."
        )
    _begin_timers(settings)
    requests = dataclasses.replace(settings, owner_database_url="")
    server.serve(target_loader=functools.partial(_worker, requests), wrap_loader=False)


def _begin_timers(settings: Settings) -> None:
    owner = settings.as_owner().database_url
    timer.begin(owner, settings.seal_minutes, "the ledger's seals", sealing.seal)
    timer.begin(owner, settings.rollup_minutes, "the kept figures", rollup.refresh)
    each_second = settling.SECONDS / 60
    timer.begin(owner, each_second, "conflicts kept from their other side", settling.settle)
    if days := settings.position_days:
        forget = functools.partial(forgetting.forget, days=days)
        timer.begin(owner, FORGET_MINUTES, "what is kept of positions", forget)
    sweep = functools.partial(attachments.sweep, url=settings.attachments_at())
    timer.begin(owner, FORGET_MINUTES, "what is kept of photos", sweep)
    tell = functools.partial(delivering.deliver, settings=settings)
    often = settings.deliver_seconds / 60
    timer.begin(owner, often, "what subscriptions are told", tell)
    timer.begin(owner, FORGET_MINUTES, "what is kept of deliveries", delivering.forget)
    timer.begin(owner, often, "what a TAK server is fed", tak.Feeder(settings))


def _worker(settings: Settings) -> flask.Flask:
    """Build the app in a worker, which is to end when the process that began it does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    logs.to_stderr()
    return create_app(settings)


@contextmanager
def claimed(bind: str) -> Iterator[None]:
    """Make sure of the address: granian would share one with another granian in silence."""
    host, port = _address(bind)
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
                f"or choose another address, such as OPS_BIND=127.0.0.1:{port + 1}."
            ) from error
        yield


def _address(bind: str) -> tuple[str, int]:
    """Read a host and a port."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 2**16):
        raise click.ClickException(
            f"OPS_BIND cannot be {bind!r}: give a host and a port, such as 127.0.0.1:8000."
        )
    return host.strip("[]"), int(port)
