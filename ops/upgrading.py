"""Bring the tables up to date beside a running app, and back again."""

import logging
import random
import time
from collections.abc import Callable
from pathlib import Path

import alembic.command
import alembic.config
import alembic.script
import sqlalchemy as sa
from alembic.util import CommandError
from psycopg.errors import DeadlockDetected, LockNotAvailable

from ops.config import Settings
from ops.errors import Refused
from ops.exports import analysis
from ops.results import measures

# A migration gives up its turn when a table is in use, since whoever comes after it waits for it;
# so often it comes again, with pauses that grow.
TRIES = 60
LONGEST_PAUSE_S = 10

logger = logging.getLogger(__name__)


def migrate(settings: Settings) -> None:
    """Bring the tables up to date, and the measures that come with the kinds."""
    url = settings.as_owner().database_url
    _patiently(lambda: alembic.command.upgrade(_configuration(url), "head"))
    _patiently(lambda: _publish(url))


def undo(settings: Settings, revision: str) -> None:
    """Take the tables back to an older revision; what only newer ones can hold is lost."""
    url = settings.as_owner().database_url
    _patiently(lambda: alembic.command.downgrade(_configuration(url), revision))


def revision(settings: Settings) -> str:
    """Tell how far the tables are."""
    engine = sa.create_engine(settings.as_owner().database_url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return "empty"
        return connection.scalar(sa.text("select version_num from alembic_version")) or "empty"


def newest() -> str:
    """Tell how far this version of the app brings them."""
    script = alembic.script.ScriptDirectory.from_config(_configuration(""))
    return script.get_current_head() or "empty"


def _publish(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("set local lock_timeout = '1s'"))
        measures.publish_built_ins(connection)
        analysis.publish(connection)


def _configuration(url: str) -> alembic.config.Config:
    configuration = alembic.config.Config(Path(__file__).parents[1] / "alembic.ini")
    configuration.attributes["url"] = url
    return configuration


def _patiently(run: Callable[[], None]) -> None:
    """Run migrations until they are through; each is a transaction of its own, whole or not."""
    for turn in range(1, TRIES + 1):
        try:
            run()
        except sa.exc.OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
            if turn == TRIES:
                raise Refused(
                    "The tables are in use all the time. What was done so far stays; try again "
                    "when less is going on, or stop the tracker first."
                ) from error
            logger.warning("a table is in use; the migration waits for its turn (%d)", turn)
            # Not always at the same moment as somebody else's.
            time.sleep(random.uniform(0.5, 1) * min(turn, LONGEST_PAUSE_S))  # noqa: S311
        except CommandError as error:
            raise Refused(
                f"This version of the tracker can't do that with these tables: {error}. Those "
                "of a newer version are taken back by that version: `ops db downgrade`."
            ) from error
        else:
            return
