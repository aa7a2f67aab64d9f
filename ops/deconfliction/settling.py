"""Finding, soon after a save, what whoever saved may not know of."""

import sqlalchemy as sa

# Often enough that the other side's board shows it within three seconds.
SECONDS = 1


def settle(engine: sa.Engine) -> None:
    """Find the conflicts of what was written since the last turn, and tell those who may know."""
    with engine.begin() as connection:
        connection.execute(sa.text("select settle_conflicts()"))
