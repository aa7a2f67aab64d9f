"""The application on a database of its own, with somebody in it; each input is undone."""

import contextlib
import functools
import logging
import os
from typing import Any

import sqlalchemy as sa
from werkzeug.test import Client

from ops import create_app, db
from ops.config import Settings
from tests.access.matrix_people import Asker, let_in
from tests.access.matrix_world import World
from tests.conftest import PHOTOS, undone
from tests.fuzz import grammar

# No statement of what is sent here takes longer, also on a busy machine.
STATEMENT_S = 10
# What a refusal must leave as it was: every record's changes, and what has none of its own.
KEPT = "select (select count(*) from change), (select count(*) from result)"


class House:
    """An open operation with everything in it, and its lead's client."""

    def __init__(self) -> None:
        settings = Settings(
            database_url=os.environ[grammar.DATABASE],
            demo=False,
            rate_limit="off",
            attachments=PHOTOS,
            statement_seconds=STATEMENT_S,
        )
        self.app = create_app(settings)
        self.app.testing = True
        # Each refusal has a line in the log.
        logging.disable(logging.CRITICAL)
        # Never left: the process ends, and all that was written with it.
        self.open = contextlib.ExitStack()
        session = self.open.enter_context(undone(self.app))
        self.world = World()
        self.world.fill("open")
        self.ids = self.world.ids["open", "rest"]
        self.lead = let_in(self.app, self.world, Asker("lead", "own", "lead", "lead"))
        self.person, self.client = self.lead.person.id, Client(self.app)
        self.operation = self.world.operations["open"].id
        self.token = self.lead.token
        session.expunge_all()
        self.connection: Any = session.get_bind()

    @contextlib.contextmanager
    def undoing(self) -> Any:
        """Undo what is done in the block."""
        undo = self.connection.begin_nested()
        try:
            yield
        finally:
            db.session.remove()
            undo.rollback()
            self.connection.exec_driver_sql("reset role")

    def kept(self) -> Any:
        """Count what is stored."""
        return self.connection.execute(sa.text(KEPT)).one()


@functools.cache
def house() -> House:
    """Give the house of this process."""
    return House()
