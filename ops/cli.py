"""The command line `ops`: serve, the database, and the commands of each feature."""

import copy
import ctypes
import dataclasses
import functools
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, NoReturn

import alembic.command
import alembic.config
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
from ops import create_app, db, demo, health, intake, logs, metrics, timer
from ops.access import oidc_roles
from ops.access.models import Organisation
from ops.cluster import APPLICATION, Cluster, ClusterError
from ops.config import Settings
from ops.deconfliction import settling
from ops.errors import OpsError
from ops.exports import analysis, logins
from ops.ledger import sealing
from ops.live import forgetting
from ops.results import attachments, measures, rollup
from ops.subscriptions import delivering, tak

PROJECT = Path(__file__).parents[1]

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


def _settings() -> Settings:
    try:
        settings = Settings.from_env()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    # Here, since a worker that can't begin would only be begun again.
    oidc_roles.read(settings.oidc_roles)
    return settings


def _cluster(settings: Settings) -> Cluster:
    """Give the private cluster, if that is the database here."""
    if settings.database_url:
        raise click.ClickException("OPS_DATABASE_URL names another server, so there is no cluster.")
    return Cluster(PROJECT / settings.home / "postgres")


@contextmanager
def database(settings: Settings, *, keep: bool = False) -> Iterator[Settings]:
    """Have a database for the block: the one that the settings name, or the private cluster."""
    if settings.database_url:
        yield settings
        return
    with _cluster(settings).lease() as cluster, cluster.kept() if keep else nullcontext():
        yield dataclasses.replace(
            settings,
            database_url=cluster.url(role=APPLICATION),
            owner_database_url=cluster.url(),
            secret_key=settings.secret_key or _own_key(PROJECT / settings.home / "secret_key"),
        )


def _own_key(file: Path) -> str:
    """Read the key that seals secrets beside the private cluster; the first to ask makes it."""
    if not file.exists():
        with (
            tempfile.NamedTemporaryFile("w", dir=file.parent) as unnamed,
            suppress(FileExistsError),
        ):
            unnamed.write(secrets.token_hex(32))
            unnamed.flush()
            # All at once, and never over another's.
            os.link(unnamed.name, file)
    return file.read_text().strip()


def migrate(settings: Settings) -> None:
    """Bring the tables up to date, and the measures that come with the kinds."""
    configuration = alembic.config.Config(PROJECT / "alembic.ini")
    url = settings.as_owner().database_url
    configuration.attributes["url"] = url
    alembic.command.upgrade(configuration, "head")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        measures.publish_built_ins(connection)
        analysis.publish(connection)


@contextmanager
def application(settings: Settings) -> Iterator[flask.Flask]:
    """Have the app and its session for the block, as the owner, and leave no connection behind."""
    app = create_app(settings.as_owner())
    try:
        with app.app_context():
            yield app
    finally:
        app.extensions["engine"].dispose()


@main.command
def serve() -> None:
    """Serve the pages and the API until Ctrl-C."""
    settings = _settings()
    host, port = _address("OPS_BIND", settings.bind)
    watched = _address("OPS_METRICS_BIND", settings.metrics_bind) if settings.metrics_bind else None
    with (
        _claimed("OPS_BIND", host, port),
        _claimed("OPS_METRICS_BIND", *watched) if watched else nullcontext(),
        database(settings, keep=True) as settings,
    ):
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
            workers_kill_timeout=max(settings.stop_seconds, 1),
            log_level=LogLevels.warning,
        )
        click.echo(
            f"Serving on {settings.public_url or f'http://{settings.bind}'} - Ctrl-C stops it."
        )
        if intake.is_nameless(settings):
            click.echo(
                "Only this machine can use it so far: say in OPS_PUBLIC_URL or OPS_TRUSTED_HOSTS "
                "under which name others reach it."
            )
        work = timer.Timer(settings.as_owner().database_url, _jobs(settings))
        observed = [metrics.Jobs(work.jobs), health.Work(settings)]

        def stop(*_: object) -> None:
            work.stop()
            server.signal_handler_interrupt()

        def take_signals() -> None:
            # A closed terminal ends the server; granian would only begin its workers anew.
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, stop)

        server.on_startup(take_signals)
        requests = dataclasses.replace(settings, owner_database_url="")
        with metrics.served(watched, observed):
            work.start()
            try:
                load = functools.partial(_worker, requests)
                server.serve(target_loader=load, wrap_loader=False)
            finally:
                work.join(settings.stop_seconds)


def _jobs(settings: Settings) -> list[timer.Job]:
    """List the work that is done beside the server."""
    forget = functools.partial(forgetting.forget, days=settings.position_days)
    sweep = functools.partial(attachments.sweep, url=settings.attachments_at())
    tell = functools.partial(delivering.deliver, settings=settings)
    often = settings.deliver_seconds / 60
    erasing = FORGET_MINUTES if settings.position_days else 0
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
    ]


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
    # Until it serves, it ends at once; what it inherited would take the signal for its parent's.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    # Its parent tells it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    logs.to_stderr()
    return create_app(settings)


def _address(name: str, bind: str) -> tuple[str, int]:
    """Read the host and the port of a setting."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isdecimal() and 0 < int(port) < 2**16):
        raise click.ClickException(
            f"{name} cannot be {bind!r}: give a host and a port, such as 127.0.0.1:8000."
        )
    return host.strip("[]"), int(port)


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


@main.group("db")
def database_commands() -> None:
    """Look after the database."""


@database_commands.command
def upgrade() -> None:
    """Bring the tables up to date."""
    with database(_settings()) as settings:
        migrate(settings)


@database_commands.command
def url() -> None:
    """Print the database's address, password and all, for psql, pg_dump or QGIS."""
    with database(_settings()) as settings:
        click.echo(settings.as_owner().database_url.replace("+psycopg", "", 1))


@database_commands.command
def start() -> None:
    """Start the private cluster and keep it running."""
    _cluster(_settings()).start()
    click.echo("The cluster runs until `ops db stop`.", err=True)


@database_commands.command
def stop() -> None:
    """Stop the private cluster."""
    if _cluster(_settings()).stop():
        click.echo("The cluster is stopped.", err=True)
    else:
        click.echo("The cluster is in use, and stops when that ends.", err=True)


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
        with database(_settings()) as settings, application(settings):
            return run(*words, **options)

    return within


@main.group("analyst")
def analyst_commands() -> None:
    """Let analysts ask in SQL, each with the rights of a person."""


@analyst_commands.command("add")
@click.argument("email")
def add_analyst(email: str) -> None:
    """Make a login for a person; its address is printed alone on the last line."""
    with database(_settings()) as settings, application(settings):
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
    with database(_settings()) as settings, application(settings):
        dropped = logins.end(email)
        _administer(settings, dropped)
        click.echo(f"Ended: {len(dropped)}", err=True)


def _administer(settings: Settings, statements: Iterable[str]) -> None:
    """Do what takes a superuser; on a server of one's own, say what is to be done there."""
    if not Settings.from_env().database_url:
        _cluster(settings).administer(statements)
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
