"""From the change feed to what is to be delivered: nothing left out, nothing twice.

The place in the feed moves in the transaction that stores what came before it.
"""

import datetime as dt
import logging
import uuid

import sqlalchemy as sa

from ops.access import rules as rights
from ops.db import new_id
from ops.errors import Invalid
from ops.ledger import feed
from ops.subscriptions import queries, rules
from ops.subscriptions.models import Delivery, Subscription, SubscriptionPlace

logger = logging.getLogger(__name__)

# Changes that are looked at in one transaction; the next one follows at once.
MOST = 500
RESTORED = (
    "The tracker was restored on another server, so what was changed until now can't be told here."
    " Read it from the API, then resume."
)


def collect(engine: sa.Engine) -> int:
    """Store what is new for each subscription, and count it."""
    with engine.begin() as connection:
        running = connection.scalars(queries.running(rights.MAY["subscribe"])).all()
    return sum(_collect_all(engine, each) for each in running)


def _collect_all(engine: sa.Engine, subscription_id: uuid.UUID) -> int:
    stored, more = 0, True
    while more:
        try:
            with engine.begin() as connection:
                count, more = _collect(connection, subscription_id)
        except sa.exc.SQLAlchemyError as error:
            # The others go on; this one is where it was.
            logger.error("subscription %s could not read on: %s", subscription_id, type(error))
            break
        stored += count
    return stored


def _collect(connection: sa.Connection, subscription_id: uuid.UUID) -> tuple[int, bool]:
    """Store a page of what is new, and say whether there is more."""
    held = connection.execute(queries.place(subscription_id)).one_or_none()
    if held is None:
        return 0, False  # Somebody else is at it.
    place = feed.read(held.place)
    connection.execute(queries.as_owner(held.person_id))
    apart = not held.all_operations or connection.scalars(queries.sees_few()).one()
    query = queries.news(subscription_id, held.all_operations, place, MOST, apart=apart)
    found = connection.execute(query).all()
    connection.execute(queries.AS_OURSELVES)
    changed = [row for row in found if row.id is not None]
    now = dt.datetime.now(dt.UTC)
    try:
        page, here, more = feed.turn(place, changed, MOST, found[0], now)
    except Invalid:
        page, here, more = *feed.turn(None, [], MOST, found[0], now)[:2], False
        _pause(connection, subscription_id)
    events = [
        {
            "id": new_id(),
            "subscription_id": subscription_id,
            "operation_id": row.operation_id,
            "change_id": row.id,
            "event": event,
        }
        for row in page
        if (event := rules.event_of(row.object, row.before, row.after)) in held.events
    ]
    for each in events:
        # One by one, so that their numbers are in this order.
        connection.execute(sa.insert(Delivery).values(each))
    if str(here) != held.place:
        connection.execute(
            sa.update(SubscriptionPlace)
            .where(SubscriptionPlace.subscription_id == subscription_id)
            .values(place=str(here))
        )
    return len(events), more


def _pause(connection: sa.Connection, subscription_id: uuid.UUID) -> None:
    connection.execute(
        sa.update(Subscription)
        .where(Subscription.id == subscription_id)
        .values(
            paused_at=sa.func.now(),
            paused_because=RESTORED,
            version=Subscription.version + 1,
        )
    )
