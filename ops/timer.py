"""Work that is done every so often, beside the server."""

import logging
import threading
from collections.abc import Callable

import sqlalchemy as sa

logger = logging.getLogger(__name__)

Work = Callable[[sa.Engine], object]


def begin(database_url: str, minutes: float, name: str, work: Work) -> threading.Event:
    """Do work every so many minutes until the event is set; 0 is never."""
    over = threading.Event()
    if minutes > 0:
        engine = sa.create_engine(database_url, poolclass=sa.NullPool)
        threading.Thread(
            target=_go_on, args=(engine, minutes * 60, name, work, over), name=name, daemon=True
        ).start()
    return over


def _go_on(engine: sa.Engine, seconds: float, name: str, work: Work, over: threading.Event) -> None:
    while not over.wait(seconds):
        try:
            work(engine)
        except Exception as error:
            # The next turn does what this one left, whatever it was.
            logger.error("%s could not be brought up to date: %s", name, type(error).__name__)
