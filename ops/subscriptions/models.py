"""Tables of who is told what was changed, where, and how far that has got."""

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ops.db import Model, new_id

EVENTS = {
    "operation.created": "An operation is planned",
    "operation.changed": "An operation is changed or moves on",
    "area.created": "An area is drawn",
    "area.changed": "An area is changed",
    "area.removed": "An area is removed",
    "deployment.created": "A deployment is planned",
    "deployment.changed": "A deployment is changed, begins or ends",
    "result.created": "A result is logged",
    "result.changed": "A result is corrected, confirmed or taken further",
    "result.struck": "A result is struck",
    "briefing.issued": "A briefing is issued",
    "briefing.withdrawn": "A briefing is withdrawn",
}
DELIVERY_STATES = {
    "waiting": "Waiting",
    "sent": "Delivered",
    "dead": "Given up",
    # Its owner did not see it any more when it was its turn.
    "withheld": "Not sent",
}


def _of_subscription() -> sa.ForeignKey:
    return sa.ForeignKey("subscription.id")


class Subscription(Model):
    """An address that is told what was changed, as far as its owner sees it when it is told.

    With `with_records` it is told what the records say, too, which somebody gets (`recipient`)
    for a reason; otherwise ids and kinds alone.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        sa.CheckConstraint("cardinality(events) > 0", name="events_some"),
        sa.CheckConstraint(
            "not with_records or (recipient is not null and reason is not null)",
            name="records_to_somebody",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    label: Mapped[str]
    address: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    # All that its owner sees but what is covert, which has to be named.
    all_operations: Mapped[bool]
    with_records: Mapped[bool] = mapped_column(server_default=sa.false())
    recipient: Mapped[str | None]
    reason: Mapped[str | None]
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    paused_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    paused_because: Mapped[str | None]
    removed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class SubscriptionOperation(Model):
    """An operation that a subscription is of, by name."""

    __tablename__ = "subscription_operation"

    subscription_id: Mapped[uuid.UUID] = mapped_column(_of_subscription(), primary_key=True)
    operation_id: Mapped[uuid.UUID] = mapped_column(
        sa.ForeignKey("operation.id"), primary_key=True, index=True
    )


class SubscriptionSecret(Model):
    """What deliveries are signed with, sealed; the one before signs too until it ends."""

    __tablename__ = "subscription_secret"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    subscription_id: Mapped[uuid.UUID] = mapped_column(_of_subscription(), index=True)
    secret: Mapped[bytes]
    made_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    ends_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class SubscriptionPlace(Model):
    """How far a subscription has read the feed; whoever reads on holds the row."""

    __tablename__ = "subscription_place"

    subscription_id: Mapped[uuid.UUID] = mapped_column(_of_subscription(), primary_key=True)
    place: Mapped[str]


class Delivery(Model):
    """One event for one subscription, under the id by which a receiver knows a repeat.

    It names the change, and says nothing of it: what is told is put together when it is sent.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_(DELIVERY_STATES), name="state_known"),
        sa.UniqueConstraint("subscription_id", "change_id"),
        sa.Index(None, "subscription_id", "position"),
        sa.Index(
            "ix_delivery_waiting",
            "subscription_id",
            "operation_id",
            "position",
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    # In the order of the feed.
    position: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True))
    subscription_id: Mapped[uuid.UUID] = mapped_column(_of_subscription())
    # Neither of a test.
    operation_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("operation.id"), index=True
    )
    change_id: Mapped[uuid.UUID | None]
    event: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    next_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.func.now()
    )
    tried_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    # What the receiver answered, and what went wrong, in our words.
    status: Mapped[int | None]
    error: Mapped[str | None]
