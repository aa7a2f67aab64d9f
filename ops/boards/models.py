"""Views of boards that people keep for themselves."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

# As long as a name fits on a phone in two lines, and an address in any browser.
LONGEST_NAME, LONGEST_ADDRESS = 80, 2000


class BoardView(Model):
    """A board with its filters, under a name of somebody's own."""

    __tablename__ = "board_view"
    __table_args__ = (
        sa.CheckConstraint(f"length(name) between 1 and {LONGEST_NAME}", name="name_length"),
        sa.CheckConstraint(f"length(address) <= {LONGEST_ADDRESS}", name="address_length"),
        sa.UniqueConstraint("person_id", "name"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str]
    # The path of a board's page with its filters, from the first slash on.
    address: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
