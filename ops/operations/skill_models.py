"""What people are trained for, and until when."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

# General knowledge, not checked against a source.
SKILLS = {
    "search": "Search-trained",
    "licensed_search_officer": "Licensed search officer",
    "method_of_entry": "Method of entry",
    "specialist_entry": "Specialist entry",
    "public_order": "Public order",
    "dog_handler": "Dog handler",
    "driver": "Response driver",
    "first_aid": "Enhanced first aid",
}


class Certificate(Model):
    """That somebody is trained for something, from a day until another."""

    __tablename__ = "certificate"
    __table_args__ = (
        sa.CheckConstraint(sa.column("skill").in_(SKILLS), name="skill_known"),
        sa.CheckConstraint("from_on <= expires_on", name="from_before_expiry"),
        sa.Index(
            "uq_certificate_person_id_skill",
            "person_id",
            "skill",
            unique=True,
            postgresql_where=sa.text("withdrawn_at is null"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    skill: Mapped[str]
    from_on: Mapped[dt.date]
    # The last day on which it holds; some never expire.
    expires_on: Mapped[dt.date | None]
    given_by: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    given_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
