"""Subscriptions, what the feed has for one, and which delivery is next."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import aggregate_order_by

from ops import db
from ops.access.models import Organisation, Person
from ops.briefings.models import Briefing
from ops.geo.models import Area
from ops.ledger import feed
from ops.ledger.models import Change
from ops.operations.models import Deployment, Operation
from ops.results.models import Result
from ops.subscriptions.models import (
    Delivery,
    Subscription,
    SubscriptionOperation,
    SubscriptionPlace,
    SubscriptionSecret,
)

DELIVERY_KEYS: list[db.Key] = [Delivery.position]
# Whose event is told to whoever sees the record itself: a change alone would tell of one that only
# some may see. What is gone is told to whoever saw its operation, whole.
_RECORDS: Mapping[str, Any] = {
    "operation": Operation.id,
    "area": Area.id,
    "deployment": Deployment.id,
    "result": Result.id,
    "briefing": Briefing.id,
}
# Whoever sees no more operations than these has the feed of each read by itself.
FEW = 50
_IS_OF_ALL = Operation.visibility != "covert"
# What a place in the feed is taken from, before anything else is read.
NOW = sa.select(*feed.NOW)


def as_owner(person_id: uuid.UUID) -> db.Query:
    """Name the actor of the running transaction, and give up all other rights."""
    return sa.select(
        sa.func.set_config("ops.actor", str(person_id), True),
        sa.func.set_config("role", db.APPLICATION, True),
    )


# Take the rights back that `as_owner` gave up.
AS_OURSELVES = sa.select(sa.func.set_config("role", "none", True))


def subscriptions(person_id: uuid.UUID, filters: Mapping[str, Any]) -> db.Query:
    """List the subscriptions that whoever asks sees, the newest first.

    Of somebody else's nothing is told but that it is there, and whose.
    """
    is_own: Any = Subscription.person_id == person_id
    named = (
        sa.select(
            sa.func.coalesce(
                sa.func.array_agg(
                    aggregate_order_by(SubscriptionOperation.operation_id,
                                       SubscriptionOperation.operation_id)
                ),
                sa.cast([], sa.ARRAY(sa.Uuid())),
            )
        )
        .where(SubscriptionOperation.subscription_id == Subscription.id)
        .correlate(Subscription)
        .scalar_subquery()
    )  # fmt: skip
    query = (
        sa.select(
            *Subscription.__table__.columns,
            named.label("operations"),
            is_own.label("is_own"),
            sa.func.jsonb_build_object(
                "id", Person.id, "name", Person.name, "organisation", Organisation.code
            ).label("owner"),
            *(_counted(state) for state in ("waiting", "dead")),
            _last("sent", sa.func.max(Delivery.tried_at)).label("sent_at"),
        )
        .join(Person, Person.id == Subscription.person_id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Subscription.removed_at.is_(None))
        .order_by(Subscription.created_at.desc(), Subscription.id.desc())
    )
    if "id" in filters:
        query = query.where(Subscription.id == filters["id"])
    return query


def to_change(subscription_id: uuid.UUID) -> sa.Select[Subscription]:
    """Take hold of a subscription, to change it."""
    return (
        sa.select(Subscription)
        .where(Subscription.id == subscription_id, Subscription.removed_at.is_(None))
        .with_for_update()
    )


def seen(operation_ids: Collection[uuid.UUID]) -> sa.Select[uuid.UUID]:
    """List which of these operations whoever asks sees."""
    return sa.select(Operation.id).where(Operation.id.in_(operation_ids)).order_by(Operation.id)


def _counted(state: str) -> sa.Label[Any]:
    return _last(state, sa.func.count()).label(state)


def _last(state: str, value: Any) -> sa.ScalarSelect[Any]:
    return (
        sa.select(value)
        .where(Delivery.subscription_id == Subscription.id, Delivery.state == state)
        .correlate(Subscription)
        .scalar_subquery()
    )


def deliveries(subscription_id: uuid.UUID, filters: Mapping[str, Any]) -> db.Query:
    """List the deliveries of a subscription, the newest first."""
    query = (
        sa.select(
            *Delivery.__table__.columns,
            Change.object.label("kind"),
            Change.object_id.label("record"),
        )
        .outerjoin(Change, Change.id == Delivery.change_id)
        .where(Delivery.subscription_id == subscription_id)
    )
    for name in ("id", "state"):
        if name in filters:
            query = query.where(Delivery.__table__.c[name] == filters[name])
    return query.order_by(Delivery.position.desc())


def given_up(person_id: uuid.UUID) -> db.Query:
    """List what of one's own subscriptions was given up, the oldest first."""
    return (
        sa.select(Delivery.id, Delivery.created_at)
        .join(Subscription, Subscription.id == Delivery.subscription_id)
        .where(
            Subscription.person_id == person_id,
            Subscription.removed_at.is_(None),
            Delivery.state == "dead",
        )
        .order_by(Delivery.created_at, Delivery.id)
    )


def running(roles: Collection[str]) -> sa.Select[uuid.UUID]:
    """List the subscriptions that may be told something."""
    return (
        sa.select(Subscription.id)
        .join(Person, Person.id == Subscription.person_id)
        .where(*_is_running(roles))
        .order_by(Subscription.id)
    )


def _is_running(roles: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Subscription.paused_at.is_(None),
        Subscription.removed_at.is_(None),
        Person.disabled_at.is_(None),
        Person.role.in_(roles),
    )


def place(subscription_id: uuid.UUID) -> db.Query:
    """Take hold of how far a subscription has read; no row while somebody else holds it."""
    return (
        sa.select(
            SubscriptionPlace.place,
            Subscription.person_id,
            Subscription.events,
            Subscription.all_operations,
        )
        .join(Subscription, Subscription.id == SubscriptionPlace.subscription_id)
        .where(SubscriptionPlace.subscription_id == subscription_id)
        .with_for_update(of=SubscriptionPlace, skip_locked=True)
    )


def sees_few() -> db.Query:
    """Tell whether whoever asks sees so few operations that each is read by itself."""
    some = sa.select(Operation.id).where(_IS_OF_ALL).limit(FEW + 1).subquery()
    return sa.select(sa.func.count() <= FEW).select_from(some)


def news(
    subscription_id: uuid.UUID, of_all: bool, place: feed.Place, limit: int, *, apart: bool
) -> db.Query:
    """List what was changed after a place, and where one is now: a row at least.

    `apart` reads a page of each operation, of which the first make the page: of few operations
    by themselves all that came after the place would be looked through for them, or put in order.
    """
    shown = (Change.object.in_(list(_RECORDS)), _is_seen())
    if apart:
        each = _operations(subscription_id, of_all).subquery("each_operation")
        of_each = feed.changes(Change.operation_id == each.c[0], place, limit, *shown)
        theirs = of_each.lateral("each_change")
        found = sa.select(*theirs.c).select_from(each.join(theirs, sa.true()))
        found = found.order_by(theirs.c.txid, theirs.c.id).limit(limit + 1)
    else:
        found = feed.changes(_is_of(subscription_id, of_all), place, limit, *shown)
    changed = found.cte("changed")
    one = sa.select(sa.literal(1)).subquery("one")
    return (
        sa.select(*feed.NOW, *changed.c)
        .select_from(one.outerjoin(changed, sa.true()))
        .order_by(changed.c.txid, changed.c.id)
    )


def change(subscription_id: uuid.UUID, of_all: bool, change_id: uuid.UUID) -> db.Query:
    """Give what a delivery is of, as long as its owner sees it; otherwise no row."""
    return (
        sa.select(
            Change.at,
            Change.object,
            Change.object_id,
            Change.operation_id,
            Operation.marking,
            sa.func.actor_in_charge(Change.operation_id).label("may_share"),
        )
        .join(Operation, Operation.id == Change.operation_id)
        .where(Change.id == change_id, _is_of(subscription_id, of_all), _is_seen())
    )


def _is_of(subscription_id: uuid.UUID, of_all: bool) -> sa.ColumnElement[bool]:
    return Change.operation_id.in_(_operations(subscription_id, of_all))


def _operations(subscription_id: uuid.UUID, of_all: bool) -> sa.Select[Any]:
    """List the operations that a subscription is of: what is covert has to be named."""
    if of_all:
        return sa.select(Operation.id).where(_IS_OF_ALL)
    return sa.select(SubscriptionOperation.operation_id).where(
        SubscriptionOperation.subscription_id == subscription_id
    )


def _is_seen() -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(Change.after.is_(None), Change.before.is_not(None)),
        *(
            sa.and_(
                Change.object == name, sa.exists().where(key == Change.object_id).correlate(Change)
            )
            for name, key in _RECORDS.items()
        ),
    )


def with_something_due(roles: Collection[str]) -> sa.Select[uuid.UUID]:
    """List the subscriptions of which a delivery is due, who waits longest first."""
    return (
        sa.select(Delivery.subscription_id)
        .join(Subscription, Subscription.id == Delivery.subscription_id)
        .join(Person, Person.id == Subscription.person_id)
        .where(Delivery.state == "waiting", Delivery.next_at <= sa.func.now(), *_is_running(roles))
        .group_by(Delivery.subscription_id)
        .order_by(sa.func.min(Delivery.next_at), Delivery.subscription_id)
    )


def due(subscription_id: uuid.UUID, roles: Collection[str]) -> db.Query:
    """Take hold of the next delivery that is due and that nobody holds, if there is one.

    Of an operation the first that waits, and no other: none overtakes one before it.
    """
    before = orm.aliased(Delivery)
    return (
        sa.select(
            *Delivery.__table__.columns,
            Subscription.address,
            Subscription.all_operations,
            Subscription.with_records,
            Subscription.recipient,
            Subscription.reason,
            Subscription.person_id,
            Person.role,
        )
        .join(Subscription, Subscription.id == Delivery.subscription_id)
        .join(Person, Person.id == Subscription.person_id)
        .where(
            Delivery.subscription_id == subscription_id,
            Delivery.state == "waiting",
            Delivery.next_at <= sa.func.now(),
            *_is_running(roles),
            ~sa.exists()
            .where(
                before.subscription_id == Delivery.subscription_id,
                before.operation_id == Delivery.operation_id,
                before.state == "waiting",
                before.position < Delivery.position,
            )
            .correlate(Delivery),
        )
        .order_by(Delivery.position)
        .limit(1)
        .with_for_update(of=Delivery, skip_locked=True)
    )


def secrets(subscription_id: uuid.UUID) -> db.Query:
    """List the secrets that hold, the newest first."""
    return (
        sa.select(SubscriptionSecret.secret)
        .where(
            SubscriptionSecret.subscription_id == subscription_id,
            sa.or_(
                SubscriptionSecret.ends_at.is_(None), SubscriptionSecret.ends_at > sa.func.now()
            ),
        )
        .order_by(SubscriptionSecret.made_at.desc(), SubscriptionSecret.id.desc())
    )


def postponed(subscription_id: uuid.UUID, until: Any) -> sa.Update:
    """Let what waits of a subscription wait a while, where it was due sooner."""
    return (
        sa.update(Delivery)
        .where(
            Delivery.subscription_id == subscription_id,
            Delivery.state == "waiting",
            Delivery.next_at < until,
        )
        .values(next_at=until)
    )
