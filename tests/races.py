"""Two connections at once: one holds, the other has to wait."""

import time

import sqlalchemy as sa

_WAITING = sa.text(
    "select exists (select from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock')"
)


def until_somebody_waits(app):
    """Return once a connection of the app's waits for what another one holds."""
    with app.extensions["engine"].connect() as looking:
        deadline = time.monotonic() + 30
        while not looking.scalar(_WAITING):
            # A transaction sees the connections there were when it first looked.
            looking.rollback()
            assert time.monotonic() < deadline, "nobody waits"
