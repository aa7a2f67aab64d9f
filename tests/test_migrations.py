"""The migrations make exactly the tables that the models describe, and can be undone."""

import secrets
from pathlib import Path

import alembic.command
import alembic.config
import pytest


@pytest.fixture
def configuration(cluster):
    name = f"test_migrations_{secrets.token_hex(4)}"
    cluster.create_database(name)
    configuration = alembic.config.Config(Path(__file__).parent.parent / "alembic.ini")
    configuration.attributes["url"] = cluster.url(name)
    yield configuration
    cluster.drop_database(name)


def test_the_models_and_the_migrations_agree(configuration):
    alembic.command.upgrade(configuration, "head")

    alembic.command.check(configuration)


def test_each_migration_can_be_undone_and_done_again(configuration):
    alembic.command.upgrade(configuration, "head")

    alembic.command.downgrade(configuration, "base")
    alembic.command.upgrade(configuration, "head")

    alembic.command.check(configuration)
