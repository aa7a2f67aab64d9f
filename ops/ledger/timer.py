"""Seal every so often, beside the server."""

import logging
import threading

import psycopg
import sqlalchemy as sa

from ops.ledger import sealing

logger = logging.getLogger(__name__)


def begin(database_url: str, minutes: int) -> threading.Event:
    """Seal every so many minutes until the event is set; 0 seals never."""
    over = threading.Event()
    if minutes > 0:
        engine = sa.create_engine(database_url, poolclass=sa.NullPool)
        threading.Thread(
            target=_seal_on, args=(engine, minutes * 60, over), name="seals", daemon=True
        ).start()
    return over


def _seal_on(engine: sa.Engine, seconds: float, over: threading.Event) -> None:
    while not over.wait(seconds):
        try:
            sealing.seal(engine)
        except (sa.exc.SQLAlchemyError, psycopg.Error) as error:
            # The next turn seals what this one left.
            logger.error("the ledger could not be sealed: %s", type(error).__name__)
