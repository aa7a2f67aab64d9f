"""Commands that look after the database: upgrade, backup, restore."""

import datetime as dt

import click
import sqlalchemy as sa

from ops import backup, upgrading
from ops.backup import keeping, restoring
from ops.cluster import Cluster
from ops.config import Settings
from ops.errors import Refused
from ops.running import cluster_of, database, read_settings


@click.group("db")
def database_group() -> None:
    """Look after the database."""


@database_group.command
def upgrade() -> None:
    """Bring the tables up to date."""
    with database(read_settings()) as settings:
        before = upgrading.revision(settings)
        upgrading.migrate(settings)
        click.echo(f"The tables are of {upgrading.newest()}; they were of {before}.", err=True)


@database_group.command
@click.argument("revision")
@click.confirmation_option(
    prompt="What only newer tables can hold is lost. Is there a backup, and is the tracker stopped?"
)
def downgrade(revision: str) -> None:
    """Take the tables back to an older revision, before an older version of the tracker is run."""
    with database(read_settings()) as settings:
        before = upgrading.revision(settings)
        upgrading.undo(settings, revision)
        click.echo(f"The tables are of {upgrading.revision(settings)}; they were of {before}.")


@database_group.command
def url() -> None:
    """Print the database's address, password and all, for psql, pg_dump or QGIS."""
    with database(read_settings()) as settings:
        click.echo(settings.as_owner().database_url.replace("+psycopg", "", 1))


@database_group.command
def start() -> None:
    """Start the private cluster and keep it running."""
    cluster_of(read_settings()).start()
    click.echo("The cluster runs until `ops db stop`.", err=True)


@database_group.command
def stop() -> None:
    """Stop the private cluster."""
    if cluster_of(read_settings()).stop():
        click.echo("The cluster is stopped.", err=True)
    else:
        click.echo("The cluster is in use, and stops when that ends.", err=True)


@click.command("backup")
@click.option("--state", "only_state", is_flag=True, help="Only say how the backups stand.")
@click.option("--copy", "only_copy", is_flag=True, help="Only copy the photos that are new.")
@click.option(
    "--take-over",
    is_flag=True,
    help="This was restored, and is from now on what is backed up there.",
)
def back_up(only_state: bool, only_copy: bool, take_over: bool) -> None:
    """Back up everything to OPS_BACKUP, encrypted; say what was done, and drop what is too old."""
    settings = read_settings()
    cluster = None if settings.database_url else cluster_of(settings)
    if take_over and cluster is not None:
        cluster.take_over()
    with database(settings) as settings:
        engine = sa.create_engine(settings.as_owner().database_url, poolclass=sa.NullPool)
        if only_copy:
            if cluster is not None:
                cluster.check_own()
            click.echo(f"Photos: {keeping.copy(engine, settings).photos} new.")
            return
        if not only_state:
            _back_up(engine, settings, cluster)
        _tell_state(engine, settings, is_ours=cluster is not None)


def _back_up(engine: sa.Engine, settings: Settings, cluster: Cluster | None) -> None:
    made, copied, expired = keeping.back_up(engine, settings, cluster)
    if made is None:
        click.echo("The database is backed up by its own server, not by this command.")
    else:
        size = made.size_bytes / 1_000_000
        click.echo(f"Base backup {made.label} ({made.kind}) of {size:,.0f} MB of database.")
    click.echo(f"Photos: {copied.photos} new, {expired} dropped that no restore can ask for.")
    key = "with it" if settings.secret_key else "not set, so not with it"
    click.echo(f"The secret key: {key}. OPS_BACKUP_KEY is never in it: keep that elsewhere.")


def _tell_state(engine: sa.Engine, settings: Settings, *, is_ours: bool) -> None:
    if not is_ours:
        return
    with engine.connect() as connection:
        state = backup.state(settings, connection)
    if state is None:
        raise Refused("Say in OPS_BACKUP which folder is for the backups.")
    click.echo(f"Base backup: {_when(state.last_backup_at)}. Archived: {_when(state.archived_at)}.")
    if why := state.why():
        raise Refused(why)


def _when(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds") if at else "never"


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> object:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise click.BadParameter("give a time with its zone, such as 2026-11-30T04:15:00Z.")
    return moment


@click.command("restore")
@click.option(
    "--to", callback=_moment, help="The moment, such as 2026-11-30T04:15:00Z; without it, the last."
)
@click.option("--replace", is_flag=True, help="Move aside the database that is in OPS_HOME.")
def restore(to: dt.datetime | None, replace: bool) -> None:
    """Restore everything into OPS_HOME as it was at a moment, and look whether it is whole."""
    settings = read_settings()
    found = restoring.restore(settings, cluster_of(settings), to, replace=replace)
    click.echo(f"Restored from {found.used.label} to {_when(to) if to else 'the last moment'}.")
    click.echo(f"The last thing that was written then: {_when(found.last_written_at)}.")
    click.echo(", ".join(f"{table} {count}" for table, count in found.rows.items()))
    verdict = found.verdict
    if verdict.fault is None:
        click.echo(f"The ledger is whole: {verdict.sealed} rows sealed, {verdict.waiting} waiting.")
    click.echo(f"Photos: {found.photos_came} came back, {len(found.photos_missing)} are missing.")
    click.echo(f"The secret key {found.secret_key}.")
    if found.before:
        click.echo(f"What was here before is in {found.before}.")
    if found.revision != upgrading.newest():
        click.echo(f"The tables are of {found.revision}: run `ops db upgrade`.")
    for each in found.to_erase:
        click.echo(f"Had been erased, and is there again: {each}. Erase it anew.")
    click.echo("It is backed up nowhere until `ops backup --take-over`.")
    if not found.is_whole:
        for sha256 in found.photos_missing:
            click.echo(f"Missing: photo {sha256}", err=True)
        raise Refused(f"It is not whole. {verdict.fault or 'Photos are missing.'}")


COMMANDS = (database_group, back_up, restore)
