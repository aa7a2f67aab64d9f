"""What every command needs: the settings, a database that runs, and the app around it."""

import dataclasses
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

import click
import flask

from ops import create_app
from ops.access import oidc_roles
from ops.backup import keeping
from ops.cluster import ADMINISTRATOR, APPLICATION, Cluster
from ops.config import Settings


def read_settings() -> Settings:
    """Read the settings of this process, or refuse them in a sentence."""
    try:
        settings = Settings.from_env()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    # Here, since a worker that can't begin would only be begun again.
    oidc_roles.read(settings.oidc_roles)
    return settings


def cluster_of(settings: Settings) -> Cluster:
    """Give the private cluster, if that is the database here."""
    if settings.database_url:
        raise click.ClickException("OPS_DATABASE_URL names another server, so there is no cluster.")
    archive = keeping.archive(settings, ADMINISTRATOR)
    return Cluster(settings.home_at() / "postgres", archive)


@contextmanager
def database(settings: Settings, *, keep: bool = False) -> Iterator[Settings]:
    """Have a database for the block: the one that the settings name, or the private cluster."""
    if settings.database_url:
        yield settings
        return
    with cluster_of(settings).lease() as cluster, cluster.kept() if keep else nullcontext():
        yield dataclasses.replace(
            settings,
            database_url=cluster.url(role=APPLICATION),
            owner_database_url=cluster.url(),
            secret_key=settings.secret_key or own_key(settings.home_at() / "secret_key"),
        )


def own_key(file: Path) -> str:
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


@contextmanager
def application(settings: Settings) -> Iterator[flask.Flask]:
    """Have the app and its session for the block, as the owner, and leave no connection behind."""
    app = create_app(settings.as_owner())
    try:
        with app.app_context():
            yield app
    finally:
        app.extensions["engine"].dispose()
