"""The command line `ops`: serve, the database, and the commands of each feature."""

import copy
import ctypes
import dataclasses
import functools
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
import flask
import sqlalchemy as sa
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from psycopg.errors import UndefinedColumn, UndefinedTable

import ops.access.commands
import ops.access.oidc_commands
import ops.evaluation.commands
import ops.geo.commands
import ops.ledger.commands
import ops.outcomes.commands
import ops.results.commands
import ops.retention.commands
import ops.subscriptions.commands
from ops import create_app, database_commands, db, demo, intake, logs, timer
from ops.access.models import Organisation
from ops.backup import keeping
from ops.cluster import ClusterError
from ops.config import Settings
from ops.deconfliction import settling
from ops.errors import OpsError
from ops.exports import logins
from ops.ledger import sealing
from ops.live import forgetting
from ops.results import attachments, rollup
from ops.running import application, cluster_of, database, read_settings
from ops.subscriptions import delivering, tak
from ops.upgrading import migrate

# From <linux/prctl.h>: which signal a process gets when its parent dies.
PR_SET_PDEATHSIG = 1

# Any number that no other program uses.
DEMONSTRATION_LOCK = 3_141_592_654
# How often what is too old is looked for.
FORGET_MINUTES = 60


class Commands(click.Group):
    """The root of the command line: a refusal is one sentence, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run what was asked for."""
        try:
            return super().invoke(ctx)
        except (OpsError, ClusterError) as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except sa.exc.ProgrammingError as error:
            if not isinstance(error.orig, UndefinedTable | UndefinedColumn):
                raise
            raise click.ClickException(
                "The database is not up to date: run `ops db upgrade`."
            ) from error
        except sa.exc.OperationalError as error:
            raise click.ClickException(f"The database does not answer: {error.orig}") from error


@click.group(cls=Commands)
def main() -> None:
    """Plan and track the operations of a police partnership."""
    logs.to_stderr()
    # Leave by the ordinary way, so that the cluster is stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


@main.command
def serve() -> None:
    """Serve the pages and the API until Ctrl-C."""
    settings = read_settings()
    host, port = _address(settings.bind)
    with _claimed(host, port), database(settings, keep=True) as settings:
        migrate(settings)
        if settings.demo:
            _tell(_demonstrate(settings))
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
        click.echo(
            f"Serving on {settings.public_url or f'http://{settings.bind}'} - Ctrl-C stops it."
        )
        if intake.is_nameless(settings):
            click.echo(
                "Only this machine can use it so far: say in OPS_PUBLIC_URL or OPS_TRUSTED_HOSTS "
                "under which name others reach it."
            )
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
        _copy_out(settings, owner)
        requests = dataclasses.replace(settings, owner_database_url="")
        server.serve(target_loader=functools.partial(_worker, requests), wrap_loader=False)


def _copy_out(settings: Settings, owner: str) -> None:
    """Keep the backups up to the minute, unless this is a copy of what is backed up there."""
    if not settings.backup:
        return
    if not Settings.from_env().database_url and cluster_of(read_settings()).restored.exists():
        click.echo("This was restored, and is backed up nowhere: see `ops backup --take-over`.")
        return
    copy_out = functools.partial(keeping.copy, settings=settings)
    timer.begin(owner, keeping.MINUTES, "the backups", copy_out)


def _demonstrate(settings: Settings) -> dict[str, str]:
    """Load the demonstration, all of it or nothing, if the database is empty."""
    with application(settings) as app, app.extensions["engine"].connect() as turn:
        # Two starts at once take turns; closing the connection ends the turn.
        turn.execute(sa.select(sa.func.pg_advisory_lock(DEMONSTRATION_LOCK)))
        is_empty = db.session.scalar(sa.select(~sa.exists(sa.select(Organisation.id))))
        return demo.load() if is_empty else {}


def _tell(accounts: dict[str, str]) -> None:
    """Show the passwords of the demonstration's accounts, this once."""
    if accounts:
        click.echo("The demonstration's accounts; these passwords are shown only now:")
    for email, password in accounts.items():
        click.echo(f"  {email:36} {password}")


def _worker(settings: Settings) -> flask.Flask:
    """Build the app in a worker, which is to end when the process that began it does."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    logs.to_stderr()
    return create_app(settings)


def _address(bind: str) -> tuple[str, int]:
    """Read a host and a port."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 2**16):
        raise click.ClickException(
            f"OPS_BIND cannot be {bind!r}: give a host and a port, such as 127.0.0.1:8000."
        )
    return host.strip("[]"), int(port)


@contextmanager
def _claimed(host: str, port: int) -> Iterator[None]:
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
                f"or choose another address, such as OPS_BIND=127.0.0.1:{port + 1}."
            ) from error
        yield


def in_app(command: click.Command) -> click.Command:
    """Put the app and its database around a feature's command, once it is really run."""
    around = copy.copy(command)
    if isinstance(around, click.Group):
        around.commands = {name: in_app(inner) for name, inner in around.commands.items()}
    elif around.callback:
        around.callback = _around(around.callback)
    return around


def _around(run: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(run)
    def within(*words: Any, **options: Any) -> Any:
        with database(read_settings()) as settings, application(settings):
            return run(*words, **options)

    return within


@main.group("analyst")
def analyst_commands() -> None:
    """Let analysts ask in SQL, each with the rights of a person."""


@analyst_commands.command("add")
@click.argument("email")
def add_analyst(email: str) -> None:
    """Make a login for a person; its address is printed alone on the last line."""
    with database(read_settings()) as settings, application(settings):
        login = logins.bind(email)
        _administer(settings, login.statements())
        address = sa.make_url(settings.as_owner().database_url)
        address = address.set(username=login.name, password=login.password)
        text = address.render_as_string(hide_password=False)
        click.echo("It reads the schema `analysis`; the password is shown only now:", err=True)
        click.echo(text.replace("+psycopg", "", 1))


@analyst_commands.command("remove")
@click.argument("email")
def remove_analyst(email: str) -> None:
    """End the logins of a person: they read nothing any more."""
    with database(read_settings()) as settings, application(settings):
        dropped = logins.end(email)
        _administer(settings, dropped)
        click.echo(f"Ended: {len(dropped)}", err=True)


def _administer(settings: Settings, statements: Iterable[str]) -> None:
    """Do what takes a superuser; on a server of one's own, say what is to be done there."""
    if not Settings.from_env().database_url:
        cluster_of(settings).administer(statements)
        return
    click.echo("A superuser of the server runs this:", err=True)
    for statement in statements:
        click.echo(f"{statement};")


@click.group("demo")
def demonstration_commands() -> None:
    """Load the demonstration programme, or take it away."""


@demonstration_commands.command
def load() -> None:
    """Load what is not there yet."""
    _tell(demo.load())


@demonstration_commands.command
def remove() -> None:
    """Take away what was loaded, and nothing that people added."""
    demo.remove()


@click.group("import")
def import_commands() -> None:
    """Bring in what is in a file; the same file again adds nothing."""


import_commands.add_command(ops.evaluation.commands.import_counts)
import_commands.add_command(ops.geo.commands.import_boundaries)
import_commands.add_command(ops.geo.commands.import_places)
import_commands.add_command(ops.outcomes.commands.published)
import_commands.add_command(ops.outcomes.commands.reported)
import_commands.add_command(ops.results.commands.import_results)
import_commands.add_command(ops.results.commands.template)
ops.access.commands.user.add_command(ops.access.oidc_commands.link)
ops.access.commands.user.add_command(ops.access.oidc_commands.unlink)
for feature_commands in (
    ops.access.commands.user,
    ops.access.commands.token,
    ops.access.commands.organisation,
    demonstration_commands,
    import_commands,
    ops.ledger.commands.ledger,
    ops.results.commands.figures,
    ops.retention.commands.retention,
    ops.subscriptions.commands.deliver,
):
    main.add_command(in_app(feature_commands))
for command in database_commands.COMMANDS:
    main.add_command(command)
