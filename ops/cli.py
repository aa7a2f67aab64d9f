"""The command line `ops`: serve, the database, and the commands of each feature."""

import copy
import functools
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import click
import sqlalchemy as sa
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
from ops import database_commands, db, demo, logs, serving
from ops.access.models import Organisation
from ops.cluster import ClusterError
from ops.config import Settings
from ops.errors import OpsError
from ops.exports import logins
from ops.running import application, cluster_of, database, read_settings
from ops.upgrading import migrate

# Any number that no other program uses.
DEMONSTRATION_LOCK = 3_141_592_654


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
    with serving.claimed(settings), database(settings, keep=True) as settings:
        migrate(settings)
        if settings.demo:
            _tell(_demonstrate(settings))
        serving.serve(settings)


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
