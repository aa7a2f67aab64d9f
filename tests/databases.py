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
def own(cluster: Cluster, prefix: str) -> Iterator[str]:
    """Have a database of its own in a cluster that runs: its name."""
    name = f"{prefix}_{secrets.token_hex(4)}"
    cluster.create_database(name)
    try:
        configuration = alembic.config.Config(ROOT / "alembic.ini")
        configuration.attributes["url"] = cluster.url(name)
        alembic.command.upgrade(configuration, "head")
        engine = sa.create_engine(cluster.url(name), poolclass=sa.NullPool)
        with engine.begin() as connection:
            measures.publish_built_ins(connection)
            analysis.publish(connection)
        yield name
    finally:
        cluster.drop_database(name)
