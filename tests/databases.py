"""A database for one use alone: made by the migrations, and dropped behind it."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import alembic.command
import alembic.config
import sqlalchemy as sa

from ops.cluster import Cluster
from ops.exports import analysis
from ops.results import measures

ROOT = Path(__file__).parents[1]


@contextlib.contextmanager
def own(cluster: Cluster, prefix: str, like: str | None = None) -> Iterator[str]:
    """Have a database of its own in a cluster that runs, or a copy of one: its name."""
    name = f"{prefix}_{secrets.token_hex(4)}"
    cluster.create_database(name, like)
    try:
        if like is None:
            _fill(cluster.url(name))
        yield name
    finally:
        cluster.drop_database(name)


def _fill(url: str) -> None:
    configuration = alembic.config.Config(ROOT / "alembic.ini")
    configuration.attributes["url"] = url
    alembic.command.upgrade(configuration, "head")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        measures.publish_built_ins(connection)
        analysis.publish(connection)
